import FoundationEssentials

extension RotationPolicy {
  /// The service's `KeyRotationPolicy` of a key.
  public func restShape(of kid: KeyID) -> JSONTree {
    var attributes: [String: JSONTree] = [:]
    attributes["expiryTime"] = expiryTime.map { .string($0.description) }
    attributes["created"] = created.map { .integer(Int64($0.timeIntervalSince1970)) }
    attributes["updated"] = updated.map { .integer(Int64($0.timeIntervalSince1970)) }
    return [
      "id": .string(Self.id(of: kid)),
      "lifetimeActions": .array(
        lifetimeActions.map { item in
          let (member, duration) = item.trigger.member
          return [
            "trigger": .object([member: .string(duration.description)]),
            "action": ["type": .string(item.action.rawValue)],
          ]
        }
      ),
      "attributes": .object(attributes),
    ]
  }

  /// What `az keyvault key rotation-policy show` prints.
  public func azShape(of kid: KeyID) -> JSONTree {
    [
      "createdOn": .optional(created?.azTime), "expiresIn": .optional(expiryTime?.description),
      "id": .string(Self.id(of: kid)),
      "lifetimeActions": .array(
        lifetimeActions.map { item in
          let (member, duration) = item.trigger.member
          let none: JSONTree = ["timeAfterCreate": nil, "timeBeforeExpiry": nil]
          return none.merging([
            "action": .string(item.action.rawValue), member: .string(duration.description),
          ])
        }
      ),
      "updatedOn": .optional(updated?.azTime),
    ]
  }

  /// Address of a key's policy.
  public static func id(of kid: KeyID) -> String { "\(kid.unversioned)/rotationpolicy" }
}

extension RotationPolicy.Trigger {
  /// Name and value as a member of the JSON form.
  public var member: (name: String, duration: ISO8601Duration) {
    switch self {
    case .timeAfterCreate(let duration): ("timeAfterCreate", duration)
    case .timeBeforeExpiry(let duration): ("timeBeforeExpiry", duration)
    }
  }
}
