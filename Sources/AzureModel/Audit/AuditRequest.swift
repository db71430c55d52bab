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
  /// The row of a request that was answered with a result, or with an error.
  func event(
    _ request: AuditRequest,
    of vault: Vault,
    kid: KeyID? = nil,
    _ error: AzureError? = nil,
    since start: ContinuousClock.Instant,
    _ context: CallContext
  ) throws -> AuditEvent {
    let duration = start.duration(to: .now).components
    let isRejected = error?.status == 401
    // What is no name and no version may be anything, even a key in the wrong place.
    let name = request.key.flatMap { NameRule.isKeyName($0) ? $0 : nil } ?? ""
    let asked = request.version?.echoed ?? ""
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
      requestURI: (path.map { vault.vaultURI + $0 } ?? request.operation.resourceURI(of: vault))
        + "?api-version=\(apiVersion)",
      objectID: kid?.description ?? Self.objectID(name, asked, of: vault)
    )
  }

  private static func objectID(_ name: String, _ version: String, of vault: Vault) -> String {
    guard !name.isEmpty else { return vault.vaultURI }
    return "\(vault.vaultURI)keys/\(name)" + (version.isEmpty ? "" : "/\(version)")
  }
}
