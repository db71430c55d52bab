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
    let vault = try settled(resolve(vaultName), context)
    return try audited(
      AuditRequest(operation: access.audit, key: name, version: version),
      of: vault,
      context
    ) {
      try checkTenant(of: vault, context)
      try throttle(access, of: vault, key: name, version: version, context)
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
    try checkTenant(of: vault, context)
    try check(access, of: vault, key: name, context)
    return vault
  }

  /// Finds the vault behind a host name.
  func resolve(_ vaultName: String) throws -> Vault {
    if let vault = try findVault(named: vaultName) { return vault }
    throw AzureError(
      .vaultNotFound,
      "Failed to resolve '\(vaultName.lowercased()).\(KeyID.hostSuffix)'",
      hint: try recoveryHint(vaultName) ?? "there is no vault of that name"
    )
  }

  /// Refuses whom the vault does not let in, in the service's order: network, grant.
  ///
  /// The tenant comes before; what follows, body, existence, state and `key_ops`, is for the operation to ask in that order.
  func check(
    _ access: KeyAccess,
    of vault: Vault,
    key name: String?,
    _ context: CallContext
  ) throws {
    try checkNetwork(of: vault, context)
    try checkGrant(access, on: vault, key: name, context)
  }

  func checkTenant(of vault: Vault, _ context: CallContext) throws {
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

  static func caller(_ context: CallContext) -> String {
    let principal = context.principal
    return "appid=\(principal.applicationID);oid=\(principal.objectID);"
      + "iss=https://sts.windows.net/\(principal.tenantID)/"
  }

  static func callerLine(_ context: CallContext) -> String { "Caller: \(caller(context))" }

  static func vaultLine(_ vault: Vault) -> String {
    "Vault: \(vault.name);location=\(vault.location)"
  }
}
