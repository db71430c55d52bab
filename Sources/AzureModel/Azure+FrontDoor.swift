extension Azure {
  /// Runs a data-plane operation behind the front door: every call to the keys of a vault is one.
  ///
  /// `name` is nil for what concerns the vault as a whole; `version` is what was asked for, and is
  /// for the audit log alone.
  ///
  /// - Throws: as `admit`, and what the operation throws.
  func perform<Result>(
    _ access: KeyAccess,
    vault vaultName: String,
    key name: String?,
    version: String? = nil,
    _ context: CallContext,
    _ body: (Vault) throws -> Result
  ) throws -> Result {
    let vault = try resolve(vaultName)
    return try audited(
      AuditRequest(operation: access.audit, key: name, version: version),
      of: vault,
      context
    ) {
      try check(access, of: vault, key: name, context)
      return try body(vault)
    }
  }

  /// Lets a data-plane call in, or refuses it.
  ///
  /// - Throws: `vault.not_found`, `access.unauthenticated`, `access.denied`.
  func admit(
    _ access: KeyAccess,
    vault vaultName: String,
    key name: String?,
    _ context: CallContext
  ) throws -> Vault {
    let vault = try resolve(vaultName)
    try check(access, of: vault, key: name, context)
    return vault
  }

  /// Finds the vault behind a host name.
  private func resolve(_ vaultName: String) throws -> Vault {
    if let vault = try findVault(named: vaultName) { return vault }
    throw AzureError(
      .vaultNotFound,
      "Failed to resolve '\(vaultName.lowercased()).\(KeyID.hostSuffix)'",
      hint: "there is no vault of that name"
    )
  }

  /// Refuses whom the vault does not let in, in the service's order: tenant, network, grant.
  ///
  /// What follows, body, existence, state and `key_ops`, is for the operation to ask in that order.
  private func check(
    _ access: KeyAccess,
    of vault: Vault,
    key name: String?,
    _ context: CallContext
  ) throws {
    try checkTenant(of: vault, context)
    try checkNetwork(of: vault, context)
    if vault.enableRBACAuthorization {
      throw Self.forbiddenByRBAC(access, vault: vault, key: name, context)
    }
    let caller = context.principal.objectID.lowercased()
    let policy = vault.accessPolicies.first { $0.objectID == caller }
    guard policy?.allows(access.permission) == true else {
      throw Self.accessDenied(access, vault: vault, context)
    }
  }

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
        hint: "switch version \(key.version) on: enabled = true"
      )
    }
    if access.needsValidity, key.isExpired(at: context.now) {
      throw Self.forbidden(
        .keyExpired,
        "Operation \(access.verb) is not allowed on an expired key.",
        "KeyExpired",
        hint: "give version \(key.version) a later expires, or make a new version"
      )
    }
    if access.needsValidity, !key.isValidYet(at: context.now) {
      throw Self.forbidden(
        .keyNotYetValid,
        "Operation \(access.verb) is not allowed on a key that is not yet valid.",
        "KeyNotYetValid",
        hint: "give version \(key.version) an earlier not_before, or wait"
      )
    }
    if let operation = access.operation, !key.operations.contains(operation) {
      throw Self.forbidden(
        .keyForbidden,
        "Operation \(access.verb) is not permitted on this key.",
        "KeyOperationForbidden",
        hint: "add the operation to the key_ops of version \(key.version)"
      )
    }
    return key
  }

  private func checkTenant(of vault: Vault, _ context: CallContext) throws {
    let tenantID = context.principal.tenantID.lowercased()
    guard tenantID == vault.tenantID else {
      throw AzureError(
        .accessUnauthenticated,
        "AKV10032: Invalid issuer. Expected one of https://sts.windows.net/\(vault.tenantID)/, "
          + "found https://sts.windows.net/\(tenantID)/.",
        hint: "the vault belongs to another tenant",
        rule: "R27",
        status: 401,
        azureCode: "Unauthorized"
      )
    }
  }
}

extension Azure {
  private static func forbidden(
    _ code: AzureError.Code,
    _ message: String,
    _ innerCode: String,
    hint: String
  ) -> AzureError {
    AzureError(
      code,
      message,
      hint: hint,
      status: 403,
      azureCode: "Forbidden",
      innerCode: innerCode
    )
  }

  static func denied(
    _ lines: [String],
    _ innerCode: String,
    hint: String? = nil,
    rule: String?
  ) -> AzureError {
    AzureError(
      .accessDenied,
      lines.joined(separator: "\r\n"),
      hint: hint,
      rule: rule,
      status: 403,
      azureCode: "Forbidden",
      innerCode: innerCode
    )
  }

  private static func caller(_ context: CallContext) -> String {
    let principal = context.principal
    return "appid=\(principal.applicationID);oid=\(principal.objectID);"
      + "iss=https://sts.windows.net/\(principal.tenantID)/"
  }

  static func callerLine(_ context: CallContext) -> String { "Caller: \(caller(context))" }

  static func vaultLine(_ vault: Vault) -> String {
    "Vault: \(vault.name);location=\(vault.location)"
  }

  private static func accessDenied(
    _ access: KeyAccess,
    vault: Vault,
    _ context: CallContext
  ) -> AzureError {
    denied(
      [
        "The user, group or application '\(caller(context))' does not have keys "
          + "\(access.permission.rawValue) permission on key vault "
          + "'\(vault.name);location=\(vault.location)'. For help resolving this issue, please "
          + "see https://go.microsoft.com/fwlink/?linkid=2125287"
      ],
      "AccessDenied",
      hint: "grant it: az keyvault set-policy --name \(vault.name) --key-permissions "
        + "\(access.permission.rawValue) --object-id \(context.principal.objectID)",
      rule: "R35"
    )
  }

  private static func forbiddenByRBAC(
    _ access: KeyAccess,
    vault: Vault,
    key name: String?,
    _ context: CallContext
  ) -> AzureError {
    denied(
      [
        "Caller is not authorized to perform action on resource.",
        "If role assignments, deny assignments or role definitions were changed recently, "
          + "please observe propagation time.",
        callerLine(context),
        "Action: 'Microsoft.KeyVault/vaults/\(access.dataAction)'",
        "Resource: '\(vault.resourceID)\(name.map { "/keys/\($0)" } ?? "")'",
        "Assignment: (not found)",
        "DenyAssignmentId: null",
        "DecisionReason: null",
        vaultLine(vault),
      ],
      "ForbiddenByRbac",
      hint: "even an Owner has no data action; a Key Vault Crypto role at the vault has",
      rule: "R38"
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
