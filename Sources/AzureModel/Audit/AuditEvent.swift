public import FoundationEssentials

/// One row of a vault's audit log: a request, who made it, and what came of it.
///
/// A refused request has a row as well: `resultType` stays `Success`, and the reason is in the
/// signature, the description and the HTTP status, as in logs of the real service.
///
/// Source: Key Vault logging, category `AuditEvent`.
public struct AuditEvent: Hashable, Sendable {
  /// Who called, by the claims of his token.
  public struct Claims: Hashable, Sendable {
    /// Object id.
    public let objectID: String
    /// User principal name; nil for what is no user.
    public let userPrincipalName: String?
    /// Application id.
    public let applicationID: String

    /// Makes the claims from their parts.
    public init(objectID: String, userPrincipalName: String?, applicationID: String) {
      self.objectID = objectID
      self.userPrincipalName = userPrincipalName
      self.applicationID = applicationID
    }
  }

  /// Place in the log, counted from 1 in the order of logging; 0 until the row is kept.
  public var number: Int64 = 0
  /// When the request came, by the workspace clock.
  public var time: Date
  /// Name of the vault, in lower case.
  public var vault: String
  /// ARM id of the vault, in upper case.
  public var resourceID: String
  /// What was asked.
  public var operation: AuditOperation
  /// `api-version` of the request.
  public var operationVersion: String
  /// HTTP status of the answer.
  public var httpStatusCode: Int
  /// The service's message when it refused; empty else.
  public var resultDescription: String
  /// Milliseconds that the answer took; 0 while the workspace clock stands still.
  public var durationInMilliseconds: Int
  /// Public address of the caller; empty for one that came through a private endpoint.
  public var callerIPAddress: String
  /// GUID of the request; the store draws one for a row that brings none.
  public var correlationID: String
  /// Who called; nil for what the service does by itself.
  public var claims: Claims?
  /// User agent.
  public var clientInfo: String
  /// Address of the request.
  public var requestURI: String
  /// What the request was about: a key's id, else the vault's address.
  public var objectID: String

  /// `AuditEvent`, the one category there is.
  public static let category = "AuditEvent"
  /// What every row says, refused or not.
  public static let resultType = "Success"

  /// Makes a row from its parts.
  public init(
    number: Int64 = 0,
    time: Date,
    vault: String,
    resourceID: String,
    operation: AuditOperation,
    operationVersion: String,
    httpStatusCode: Int,
    resultDescription: String = "",
    durationInMilliseconds: Int = 0,
    callerIPAddress: String = "",
    correlationID: String = "",
    claims: Claims? = nil,
    clientInfo: String = "",
    requestURI: String = "",
    objectID: String = ""
  ) {
    self.number = number
    self.time = time
    self.vault = vault
    self.resourceID = resourceID
    self.operation = operation
    self.operationVersion = operationVersion
    self.httpStatusCode = httpStatusCode
    self.resultDescription = resultDescription
    self.durationInMilliseconds = durationInMilliseconds
    self.callerIPAddress = callerIPAddress
    self.correlationID = correlationID
    self.claims = claims
    self.clientInfo = clientInfo
    self.requestURI = requestURI
    self.objectID = objectID
  }

  /// The status in words, such as `OK` or `Forbidden`.
  public var resultSignature: String { Self.signatures[httpStatusCode] ?? "\(httpStatusCode)" }

  /// The statuses that the model answers with, and their words.
  ///
  /// Source: RFC 9110, section 15.
  public static let signatures: [Int: String] = [
    200: "OK", 202: "Accepted", 204: "No Content", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
    429: "Too Many Requests",
  ]
}
