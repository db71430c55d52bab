internal import AzureModel
internal import ClusterModel
internal import LuaRuntime

extension HostCall {
  /// The call as the runbook takes it: objects by their names, options with their az flags.
  var row: LuaValue {
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
