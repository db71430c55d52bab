internal import AzureModel
internal import CryptoEngine
internal import FoundationEssentials
internal import LuaRuntime

extension LuaValue {
  /// What the prompt shows of one object: a title, fields in order, what is wrong last.
  static func card(
    _ title: String,
    _ fields: [(String, LuaValue)],
    warnings: [String] = []
  ) -> LuaValue {
    .table([
      "title": .string(title),
      "fields": .row(fields),
      "warnings": .array(warnings.map { .string($0) }),
    ])
  }

  /// One line of an aligned table: pairs of column and value, in order.
  static func row(_ cells: [(String, LuaValue)]) -> LuaValue {
    .array(cells.map { .array([.string($0.0), $0.1]) })
  }
}

extension Key {
  func card(now: Date, uses: [KeyUse]) -> LuaValue {
    var warnings: [String] = []
    if !isEnabled {
      warnings.append(
        "R17  disabled: every operation is refused; k:update{ enabled = true } ends that"
      )
    }
    let (making, undoing) = type.isRSA ? ("encrypt", "decrypt") : ("sign", "verify")
    if isExpired(at: now) {
      warnings.append(
        "R107  expired: \(making) is refused, \(undoing) still works; k:update{ expires = … } moves "
          + "the expiry"
      )
    }
    if !isValidYet(at: now) { warnings.append("not yet valid: \(making) is refused") }
    return .card(
      "key \(name) / \(version)",
      [
        ("enabled", isEnabled ? "yes" : "no"), ("type", .string(typeAndSize)),
        ("not_before", .optional(notBefore.map { .string($0.rfc3339) })),
        ("expires", .optional(expires.map { .string($0.rfc3339) })),
        ("used by", uses.isEmpty ? .nil : .string(uses.map(\.text).joined(separator: "; "))),
        ("kid", .string(kid.description)),
        ("key_ops", .string(operations.map(\.rawValue).joined(separator: " "))),
        ("created", .string(created.rfc3339)),
      ].filter { !$0.1.isNil },
      warnings: warnings + uses.compactMap(\.warning)
    )
  }

  var row: LuaValue {
    .row([
      ("name", .string(name)), ("version", .string(version)),
      ("type", .string(typeAndSize)), ("enabled", isEnabled ? "yes" : "no"),
      ("expires", .string(expires?.rfc3339 ?? "")),
    ])
  }
}

extension Key {
  /// Such as `RSA 2048` or `EC P-256`.
  fileprivate var typeAndSize: String {
    switch publicNumbers {
    case .rsa: "\(type.rawValue) \(bitCount)"
    case .ec(let curve, _, _): "\(type.rawValue) \(curve.rawValue)"
    }
  }
}

extension DeletedKey {
  var card: LuaValue {
    .card(
      "deleted key \(name)",
      [
        ("kid", .string(key.kid.description)), ("type", .string(key.typeAndSize)),
        ("deleted_date", .string(deletedDate.rfc3339)),
        ("scheduled_purge_date", .string(scheduledPurgeDate.rfc3339)),
      ]
    )
  }

  var row: LuaValue {
    .row([
      ("name", .string(name)), ("type", .string(key.typeAndSize)),
      ("deleted", .string(deletedDate.rfc3339)), ("purge", .string(scheduledPurgeDate.rfc3339)),
    ])
  }
}
