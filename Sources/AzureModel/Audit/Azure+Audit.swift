import FoundationEssentials

extension Azure {
  /// Switches a vault's diagnostic setting, and with it its audit log, on or off.
  ///
  /// Switched on with a setting, it is known by that; switched on again without, it keeps it.
  ///
  /// - Throws: `vault.not_found`, `access.denied`.
  @discardableResult
  public func setDiagnostics(
    ofVault name: String,
    isOn: Bool,
    setting: DiagnosticSetting? = nil,
    _ context: CallContext
  ) throws -> Vault {
    try store.transaction {
      var vault = try vault(named: name)
      try authorize(
        action: "Microsoft.Insights/diagnosticSettings/write",
        scope: vault.resourceID,
        context
      )
      let wanted = isOn ? setting ?? vault.diagnosticSetting : nil
      guard isOn != vault.isAudited || wanted != vault.diagnosticSetting else { return vault }
      vault.auditedSince = isOn ? vault.auditedSince ?? context.now : nil
      vault.diagnosticSetting = wanted
      try store.put(vault)
      return vault
    }
  }

  /// Reads rows of the audit log in order of time, those after a row read before.
  ///
  /// A page has 1 to 1000 rows; a walk over all rows asks again with the last one it got.
  public func auditEvents(
    _ filter: AuditFilter = AuditFilter(),
    after last: AuditEvent? = nil,
    limit: Int = 500
  ) throws -> [AuditEvent] {
    precondition((1...1000).contains(limit))
    return try store.auditEvents(filter, after: last, limit: limit)
  }

  /// Runs a request to a vault, and logs it when the vault's diagnostic setting is on.
  ///
  /// A request that the service refuses is logged too; one that never reaches it is not.
  func audited<Result>(
    _ request: @autoclosure () -> AuditRequest,
    of vault: Vault,
    _ context: CallContext,
    _ body: () throws -> Result
  ) throws -> Result {
    guard vault.isAudited else { return try body() }
    let request = request()
    return try store.call {
      let start = ContinuousClock.now
      do {
        let result = try body()
        let kid = (result as? any NamingKey)?.kid
        try store.append(event(request, of: vault, kid: kid, since: start, context))
        return result
      } catch let error as AzureError where error.status != nil {
        try store.append(event(request, of: vault, error, since: start, context))
        throw error
      }
    }
  }

  /// Runs a request to the control plane about a vault, counted and logged as `audited` does.
  ///
  /// A deleted vault still has its diagnostic setting; one that is not there has none.
  func served<Result>(
    _ operation: AuditOperation,
    vault name: String,
    _ context: CallContext,
    _ body: () throws -> Result
  ) throws -> Result {
    let id = name.lowercased()
    let found =
      try store.find(Vault.self, id: id) ?? store.find(DeletedVault.self, id: id)?.vault
    guard let vault = found else { return try body() }
    return try audited(AuditRequest(operation: operation), of: vault, context) {
      try throttle(vault, context)
      return try body()
    }
  }

  /// As `served`, for a request that changes something: `body` is one transaction.
  func servedChange<Result>(
    _ operation: AuditOperation,
    vault name: String,
    _ context: CallContext,
    _ body: () throws -> Result
  ) throws -> Result {
    try served(operation, vault: name, context) { try store.transaction(body) }
  }

  /// Logs a listing of vaults: a row for each that has a log.
  func logListing(
    _ operation: AuditOperation,
    of vaults: [Vault],
    _ context: CallContext
  ) throws {
    for vault in vaults { try audited(AuditRequest(operation: operation), of: vault, context) {} }
  }

  /// Logs what a vault did by itself, at the time it was due; it has no caller and no request.
  func log(
    _ operation: AuditOperation,
    of vault: Vault,
    objectID: String? = nil,
    at time: Date
  ) throws {
    guard vault.isAudited else { return }
    try store.append(
      AuditEvent(
        time: time,
        vault: vault.id,
        resourceID: vault.resourceID.uppercased(),
        operation: operation,
        operationVersion: APIClient.shell.apiVersion,
        httpStatusCode: operation.statusOfSuccess,
        objectID: objectID ?? vault.vaultURI
      )
    )
  }

  /// Brings every audited vault up to date with the clock, so that what it did by itself is logged.
  public func settleAuditedVaults(_ context: CallContext) throws {
    for vault in try listVaults() where vault.isAudited { _ = try settled(vault, context) }
  }
}
