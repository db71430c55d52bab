internal import AzureModel
internal import LuaRuntime

extension LuaClass<KeyHandle> {
  /// Making new versions, now and by policy.
  func keyRotation(_ session: Session) {
    method(
      "rotate",
      "Makes a new version: same type, size, operations and tags, fresh material.",
      returns: "key"
    ) { handle, _ in
      let key = try session.azure.rotateKey(handle.kid, context: session.context())
      return .object(KeyHandle(key.kid, session))
    }
    method(
      "rotation_policy",
      "Sets when new versions are made by themselves; without options, returns the policy.",
      options: [
        .optional(
          "lifetime_actions",
          .table,
          "array of { action = 'Rotate' | 'Notify', time_after_create | time_before_expiry }"
        ),
        .optional("expiry_time", .string, "how long a new version lives, such as P2Y"),
        .optional("attributes", .table, "{ expiry_time }, as in the policy's JSON form"),
        .optional("value", .string, "the whole policy as JSON text", az: "--value"),
      ],
      returns: "{ id, lifetime_actions, attributes }"
    ) { handle, call in
      let policy = try session.rotationPolicy(of: handle.kid, call.options())
      return policy.luaValue(of: handle.kid)
    }
    method(
      "show_rotation_policy",
      "Returns what az keyvault key rotation-policy show prints.",
      returns: "table"
    ) { handle, _ in
      let policy = try session.azure.rotationPolicy(of: handle.kid, context: session.context())
      return policy.azShape(of: handle.kid).luaValue
    }
  }
}

extension Session {
  /// Sets a rotation policy as the options say, or reads it where they say nothing.
  fileprivate func rotationPolicy(
    of kid: KeyID,
    _ options: LuaOptions
  ) throws -> RotationPolicy {
    let given = try options.rotationPolicy()
    guard let given else { return try azure.rotationPolicy(of: kid, context: context()) }
    return try azure.setRotationPolicy(
      of: kid,
      actions: given.actions(),
      expiryTime: given.expiryTime(),
      context: context()
    )
  }
}

/// A rotation policy as a script writes it: flat, or nested as the service has it.
private struct GivenPolicy {
  let members: JSONTree

  func expiryTime() throws -> ISO8601Duration? {
    let text = try text(members, "expiryTime") ?? text(member(members, "attributes"), "expiryTime")
    return try text.map { try ISO8601Duration(parsing: $0) }
  }

  func actions() throws -> [RotationPolicy.LifetimeAction] {
    let items: [JSONTree]
    switch member(members, "lifetimeActions") {
    case .array(let given) where given.count <= 16: items = given
    case .null: items = []
    // An empty Lua table is no array.
    case .object(let none) where none.isEmpty: items = []
    default: throw Self.wrong("lifetime_actions must be an array of at most 16 actions")
    }
    return try items.map { item in
      let name = try text(item, "action") ?? text(member(item, "action"), "type")
      guard
        let type = RotationPolicy.ActionType.allCases.first(where: {
          $0.rawValue.lowercased() == name?.lowercased()
        })
      else {
        throw Self.wrong("a lifetime action has action = 'Rotate' or 'Notify'")
      }
      return RotationPolicy.LifetimeAction(type, try trigger(item))
    }
  }

  private func trigger(_ item: JSONTree) throws -> RotationPolicy.Trigger {
    let nested = member(item, "trigger")
    let after = try text(item, "timeAfterCreate") ?? text(nested, "timeAfterCreate")
    let before = try text(item, "timeBeforeExpiry") ?? text(nested, "timeBeforeExpiry")
    switch (after, before) {
    case (let after?, nil): return .timeAfterCreate(try ISO8601Duration(parsing: after))
    case (nil, let before?): return .timeBeforeExpiry(try ISO8601Duration(parsing: before))
    default:
      throw Self.wrong(
        "a lifetime action has one trigger, time_after_create or time_before_expiry"
      )
    }
  }

  /// A member by its JSON name, or by that in snake case; null when absent.
  private func member(_ tree: JSONTree, _ name: String) -> JSONTree {
    guard case .object(let members) = tree else { return .null }
    return members[name] ?? members[name.snakeCase] ?? .null
  }

  /// A text member; nil when absent or of another kind that holds it nested.
  private func text(_ tree: JSONTree, _ name: String) throws -> String? {
    switch member(tree, name) {
    case .string(let text): return text
    case .null, .object: return nil
    default: throw Self.wrong("\(name.snakeCase) must be a text")
    }
  }

  private static func wrong(_ why: String) -> LuaError {
    LuaError(code: "argument.type", message: "key:rotation_policy: \(why)")
  }
}

extension LuaOptions {
  /// The policy that options give; nil when they give none.
  fileprivate func rotationPolicy() throws -> GivenPolicy? {
    if let text = optionalBytes("value") { return GivenPolicy(members: try JSONTree(text: text)) }
    let names = ["lifetime_actions", "expiry_time", "attributes"].filter(contains)
    guard !names.isEmpty else { return nil }
    let pairs = try names.map { ($0, try JSONTree(value($0), path: $0)) }
    return GivenPolicy(members: .object(Dictionary(uniqueKeysWithValues: pairs)))
  }
}

extension RotationPolicy {
  /// The policy in the service's form, names in snake case and times as texts.
  fileprivate func luaValue(of kid: KeyID) -> LuaValue {
    let actions = lifetimeActions.map { item -> LuaValue in
      let (member, duration) = item.trigger.member
      return .table([
        "trigger": .table([LuaKey(member.snakeCase): .string(duration.description)]),
        "action": .table(["type": .string(item.action.rawValue)]),
      ])
    }
    return .table([
      "id": .string(Self.id(of: kid)), "lifetime_actions": .array(actions),
      "attributes": .table([
        "expiry_time": .optional(expiryTime.map { .string($0.description) }),
        "created": .optional(created.map { .string($0.rfc3339) }),
        "updated": .optional(updated.map { .string($0.rfc3339) }),
      ]),
    ])
  }
}

extension String {
  /// `timeAfterCreate` as `time_after_create`.
  fileprivate var snakeCase: String {
    reduce(into: "") { text, letter in
      text += letter.isUppercase ? "_\(letter.lowercased())" : String(letter)
    }
  }
}
