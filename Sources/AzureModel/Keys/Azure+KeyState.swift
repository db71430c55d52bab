extension Azure {
  /// Returns the version asked for, the latest if none, once existence and state allow the call.
  ///
  /// - Throws: `key.not_found`, `key.disabled`, `key.expired`, `key.not_yet_valid`,
  ///   `key.forbidden`.
  func usable(_ kid: KeyID, for access: KeyAccess, _ context: CallContext) throws -> Key {
    guard let key = try findKey(kid) else { throw Self.keyNotFound(kid) }
    if access.needsEnabled, !key.isEnabled {
      throw Self.forbidden(
        .keyDisabled,
        "Operation \(access.verb) is not allowed on a disabled key.",
        "KeyDisabled",
        hint: "switch version \(key.version) on: enabled = true",
        rule: "R75"
      )
    }
    if access.needsValidity { try checkTime(of: key, access, context) }
    if let operation = access.operation, !key.operations.contains(operation) {
      throw Self.forbidden(
        .keyForbidden,
        "Operation \(access.verb) is not permitted on this key.",
        "KeyOperationForbidden",
        hint: key.type.operationsAllowed.contains(operation)
          ? "add the operation to the key_ops of version \(key.version)"
          : "a key of type \(key.type.rawValue) cannot: make an RSA key",
        rule: "R36"
      )
    }
    return key
  }

  /// Compares a version's time with the clock, with the leeway that is set.
  private func checkTime(of key: Key, _ access: KeyAccess, _ context: CallContext) throws {
    guard key.expires != nil || key.notBefore != nil else { return }
    let leeway = try settings().clockSkewLeeway
    if key.isExpired(at: try leeway.subtracted(from: context.now)) {
      throw Self.forbidden(
        .keyExpired,
        "Operation \(access.verb) is not allowed on an expired key.",
        "KeyExpired",
        hint: "give version \(key.version) a later expires, or make a new version",
        rule: "R107"
      )
    }
    if !key.isValidYet(at: try leeway.added(to: context.now)) {
      throw Self.forbidden(
        .keyNotYetValid,
        "Operation \(access.verb) is not allowed on a key that is not yet valid.",
        "KeyNotYetValid",
        hint: "give version \(key.version) an earlier not_before, or wait",
        rule: "R75"
      )
    }
  }

  private static func forbidden(
    _ code: AzureError.Code,
    _ message: String,
    _ innerCode: String,
    hint: String,
    rule: String
  ) -> AzureError {
    AzureError(
      code,
      message,
      hint: hint,
      rule: rule,
      status: 403,
      azureCode: "Forbidden",
      innerCode: innerCode
    )
  }

  static func keyNotFound(_ kid: KeyID) -> AzureError {
    AzureError(
      .keyNotFound,
      "A key with (name/id) \(kid.nameAndVersion) was not found in this key vault. If you "
        + "recently deleted this key you may be able to recover it using the correct recovery "
        + "command. For help resolving this issue, please see "
        + "https://go.microsoft.com/fwlink/?linkid=2125182",
      status: 404,
      azureCode: "KeyNotFound"
    )
  }
}
