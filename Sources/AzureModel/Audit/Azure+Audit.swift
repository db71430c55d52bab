import FoundationEssentials

/// What an audit row says of a request.
struct AuditRequest: Sendable {
  let operation: AuditOperation
  /// Name of the key as asked for, if the request is about one.
  var key: String?
  /// Version as asked for.
  var version: String?
}

/// A result that names the key version which gave it.
protocol NamingKey {
  var kid: KeyID { get }
}

extension Key: NamingKey {}
extension EncryptedValue: NamingKey {}
extension DecryptedValue: NamingKey {}
extension SignedDigest: NamingKey {}

extension Azure {
  /// Switches a vault's diagnostic setting, and with it its audit log, on or off.
  ///
  /// The storage account that the real setting names is not modelled: rows are in the workspace.
  ///
  /// - Throws: `vault.not_found`, `access.denied`.
  @discardableResult
  public func setDiagnostics(
    ofVault name: String,
    isOn: Bool,
    _ context: CallContext
  ) throws -> Vault {
    try store.transaction {
      var vault = try vault(named: name)
      try authorize(
        action: "Microsoft.Insights/diagnosticSettings/write",
        scope: vault.resourceID,
        context
      )
      guard isOn != vault.isAudited else { return vault }
      vault.auditedSince = isOn ? context.now : nil
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
  func served<Result>(
    _ operation: AuditOperation,
    vault name: String,
    _ context: CallContext,
    _ body: () throws -> Result
  ) throws -> Result {
    guard let vault = try findVault(named: name) else { return try body() }
    return try audited(AuditRequest(operation: operation), of: vault, context) {
      try throttle(vault, context)
      return try body()
    }
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

  private func event(
    _ request: AuditRequest,
    of vault: Vault,
    kid: KeyID? = nil,
    _ error: AzureError? = nil,
    since start: ContinuousClock.Instant,
    _ context: CallContext
  ) throws -> AuditEvent {
    let duration = start.duration(to: .now).components
    let isRejected = error?.status == 401
    let name = request.key.map(Self.pathComponent) ?? ""
    let asked = request.version ?? ""
    let path = request.operation.path(key: name, asked: asked, served: kid?.version ?? asked)
    let isControlPlane = path == nil
    let isNewEra = try settings().vaultRBACDefault
    let apiVersion =
      isControlPlane
      ? APIClient.controlPlaneVersion(isNewEra: isNewEra) : context.client.apiVersion
    let caller = context.principal
    return AuditEvent(
      time: context.now,
      vault: vault.id,
      resourceID: vault.resourceID.uppercased(),
      operation: isRejected ? .authentication : request.operation,
      operationVersion: apiVersion,
      httpStatusCode: error?.status ?? request.operation.statusOfSuccess,
      resultDescription: error?.message ?? "",
      durationInMilliseconds: Int(
        duration.seconds * 1000 + duration.attoseconds / 1_000_000_000_000_000
      ),
      callerIPAddress: isControlPlane
        ? context.origin.address : vault.addressSeen(from: context.origin),
      correlationID: context.correlationID ?? "",
      claims: AuditEvent.Claims(
        objectID: caller.objectID,
        userPrincipalName: caller.kind == .user ? caller.name : nil,
        applicationID: caller.applicationID
      ),
      clientInfo: isControlPlane ? APIClient.resourceManager : context.client.userAgent,
      requestURI: (path.map { vault.vaultURI + $0 }
        ?? "https://management.azure.com\(vault.resourceID)") + "?api-version=\(apiVersion)",
      objectID: kid?.description ?? Self.objectID(name, request.version, of: vault)
    )
  }

  private static func objectID(_ name: String, _ version: String?, of vault: Vault) -> String {
    guard !name.isEmpty else { return vault.vaultURI }
    return "\(vault.vaultURI)keys/\(name)" + (version.map { "/\($0)" } ?? "")
  }

  /// A name as it stands in an address; one that is none is cut short, since it may be anything.
  private static func pathComponent(_ name: String) -> String {
    if NameRule.isKeyName(name) { return name }
    return name.utf8.prefix(127).map { byte in
      let character = String(UnicodeScalar(byte))
      return NameRule.isKeyName(character) ? character : "%\(Hexadecimal.text([byte]).uppercased())"
    }.joined()
  }
}
