internal import AzureModel
internal import ClusterModel
internal import LuaRuntime

/// The calls at a prompt that changed the world and stand: what a runbook is made of.
///
/// What a transaction or a what-if took back is not in it, and neither is what `workspace.undo`
/// took back.
final class Ledger {
  /// Most calls that are kept; later ones are counted.
  static let countMax = 2000

  private struct Kept {
    let number: Int
    let entry: Int
    let row: LuaValue
  }

  private var calls: [Kept] = []
  private var undone: [[Kept]] = []
  private var entry = 0
  /// How many calls came after as many as are kept.
  private(set) var leftOutCount = 0

  /// Whether a function belongs to the modelled world, and is no plain computation.
  static func isDomain(_ function: LuaFunctionDescription) -> Bool {
    guard !function.isField else { return false }
    return !["kmsh.", "prompt.", "crypto.", "json.", "yaml."].contains(
      where: function.name.hasPrefix
    )
  }

  /// Whether the calls of a function are kept, or tell which ones stand.
  func keeps(_ function: LuaFunctionDescription) -> Bool {
    Self.changing.contains(function.name) || Self.framing.contains(function.name)
  }

  func beginEntry() { entry += 1 }

  func begin(_ call: HostCall) {
    if Self.changing.contains(call.description.name) { undone = [] }
  }

  /// Keeps a call that has ended well, or forgets those that it took back.
  func end(_ call: HostCall) {
    switch call.description.name {
    case "workspace.what_if": calls.removeAll { $0.number > call.number && $0.entry == entry }
    case "workspace.transaction" where call.error != nil:
      calls.removeAll { $0.number > call.number && $0.entry == entry }
    case "workspace.undo" where call.error == nil: takeBack()
    case "workspace.redo" where call.error == nil: calls += undone.popLast() ?? []
    case let name where Self.changing.contains(name) && call.error == nil:
      guard calls.count < Self.countMax else { return leftOutCount += 1 }
      calls.append(Kept(number: call.number, entry: entry, row: call.row))
    default: break
    }
  }

  private func takeBack() {
    guard let last = calls.last?.entry else { return }
    let taken = calls.filter { $0.entry == last }
    calls.removeAll { $0.entry == last }
    undone.append(taken)
  }

  /// The calls in their order, each `{ name, receiver?, options, arguments, result? }`.
  var rows: LuaValue { .array(calls.map(\.row)) }

  private static let framing: Set = [
    "workspace.what_if", "workspace.transaction", "workspace.undo", "workspace.redo",
  ]

  /// Functions that there is a command for elsewhere; `util/commands.lua` has the commands.
  static let changing: Set = [
    "vault.create", "vault.recover", "vault.purge", "vault:update", "vault:delete",
    "vault:set_policy", "vault:delete_policy", "vault:network_rule_add",
    "vault:network_rule_remove", "vault:create_key", "vault:private_endpoint_create",
    "vault:private_endpoint_delete", "vault:diagnostics", "deleted vault:recover",
    "deleted vault:purge", "key.create", "key.import", "key.update", "key.recover", "key.purge",
    "key.restore", "key:update", "key:rotate", "key:rotation_policy", "key:delete",
    "deleted key:recover", "deleted key:purge", "identity.create", "identity:delete",
    "role.assign", "role.revoke", "cluster.create", "cluster:update", "cluster:upgrade",
    "cluster:scale", "cluster:stop", "cluster:start", "cluster:operation_abort",
    "cluster:delete", "cluster:rewrite_secrets", "secret.create", "secret:update",
    "secret:delete", "group.create", "group:delete", "kmsh.desk.command_line",
  ]
}

extension HostCall {
  /// The call as the runbook takes it: objects by their names, options with their az flags.
  fileprivate var row: LuaValue {
    var options: [LuaValue] = []
    if let declared = description.options, case .table(let given)? = arguments.first {
      options = declared.compactMap { option in
        guard let value = given[LuaKey(option.name)] else { return nil }
        return .table([
          "name": .string(option.name), "flag": .optional(option.azFlag.map { .string($0) }),
          "value": value.named,
        ])
      }
    }
    return .table([
      "name": .string(description.name), "receiver": .optional(receiver?.commandName),
      "options": .array(options), "arguments": .array(arguments.map(\.named)),
      "result": results.first?.named ?? .nil,
    ])
  }
}

extension LuaValue {
  /// The value with tables in place of objects.
  fileprivate var named: LuaValue {
    switch self {
    case .object(let object): object.commandName
    case .array(let items): .array(items.map(\.named))
    case .table(let members): .table(members.mapValues(\.named))
    case .function: .nil
    default: self
    }
  }
}

extension LuaObject {
  /// How a command line names what a handle stands for, while it is there.
  fileprivate var commandName: LuaValue {
    // What is gone meanwhile is named by what its handle knows.
    switch self {
    case let vault as VaultHandle:
      return .names([
        "kind": "vault", "name": vault.name, "id": try? vault.vault().resourceID,
        "resource_group": try? vault.vault().resourceGroup,
      ])
    case let vault as DeletedVaultHandle: return .names(["kind": "vault", "name": vault.name])
    case let key as KeyHandle:
      return .names([
        "kind": "key", "name": key.kid.name, "vault": key.kid.vault,
        "kid": key.kid.description,
      ])
    case let key as DeletedKeyHandle:
      return .names(["kind": "key", "name": key.kid.name, "vault": key.kid.vault])
    case let identity as IdentityHandle:
      // The same: without the record there are only the handle's own words.
      let found = try? identity.identity()
      return .names([
        "kind": "identity", "id": identity.armID, "name": found?.name,
        "resource_group": found?.resourceGroup, "principal_id": found?.principalID,
        "client_id": found?.clientID,
      ])
    case let principal as PrincipalHandle:
      return .names([
        "kind": "principal", "name": principal.principal.name,
        "principal_id": principal.principal.objectID,
      ])
    case let group as GroupHandle: return .names(["kind": "group", "name": group.name])
    case let cluster as ClusterHandle:
      // The same.
      return .names([
        "kind": "cluster", "name": cluster.name,
        "resource_group": cluster.resourceGroup, "id": try? cluster.cluster().resourceID,
      ])
    case let secret as SecretHandle:
      return .names([
        "kind": "secret", "name": secret.name, "namespace": secret.namespace,
        "cluster": secret.cluster.name, "resource_group": secret.cluster.resourceGroup,
      ])
    default: return .nil
    }
  }
}

extension LuaValue {
  fileprivate static func names(_ names: [String: String?]) -> LuaValue {
    .table(
      Dictionary(
        uniqueKeysWithValues: names.compactMap { name, text in
          text.map { (LuaKey(name), LuaValue.string($0)) }
        }
      )
    )
  }
}
