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
        try store.append(
          event(request, of: vault, kid: (result as? any NamingKey)?.kid, since: start, context)
        )
        return result
      } catch let error as AzureError where error.status != nil {
        try store.append(event(request, of: vault, error, since: start, context))
        throw error
      }
    }
  }

  private func event(
    _ request: AuditRequest,
    of vault: Vault,
    kid: KeyID? = nil,
    _ error: AzureError? = nil,
    since start: ContinuousClock.Instant,
    _ context: CallContext
  ) -> AuditEvent {
    let duration = start.duration(to: .now).components
    let isRejected = error?.status == 401
    let name = request.key.map(Self.pathComponent) ?? ""
    let asked = request.version ?? ""
    let path = request.operation.path(key: name, asked: asked, served: kid?.version ?? asked)
    let isControlPlane = path == nil
    let apiVersion = isControlPlane ? APIClient.controlPlaneVersion : context.client.apiVersion
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
