public import FoundationEssentials

/// Who calls: an entry of a tenant's directory.
public struct Principal: Hashable, Codable, Sendable {
  /// Kinds of principal a role can be assigned to.
  public enum Kind: String, Codable, Sendable {
    case user = "User"
    case servicePrincipal = "ServicePrincipal"
  }
  /// What the principal is.
  public let kind: Kind
  /// Object id (`oid`): what a grant names.
  public let objectID: String
  /// Application id (`appid`, client id): what a token names.
  public let applicationID: String
  /// Tenant the principal lives in.
  public let tenantID: String
  /// User principal name or display name.
  public let name: String

  /// Makes a principal from its directory entry; ids are taken in lower case.
  public init(kind: Kind, objectID: String, applicationID: String, tenantID: String, name: String) {
    self.kind = kind
    self.objectID = objectID.lowercased()
    self.applicationID = applicationID.lowercased()
    self.tenantID = tenantID.lowercased()
    self.name = name
  }
}

extension Principal {
  /// Whether a text is written like an object id, which is a GUID.
  public static func isObjectID(_ text: String) -> Bool { NameRule.isGUID(text) }
}

/// Where fresh identifiers (GUIDs, key versions) come from: repeatable under a seeded workspace.
public protocol IdentifierSource: Sendable {
  /// Returns 16 bytes that no earlier call returned.
  func identifierBytes() throws -> [UInt8]
}

/// What a call may know of the world outside the model.
public struct CallContext: Sendable {
  /// Who calls.
  public var principal: Principal
  /// The workspace clock's time.
  public var now: Date
  /// Where the call comes from.
  public var origin: NetworkOrigin
  /// Source of fresh identifiers.
  public var identifiers: any IdentifierSource
  /// Program that calls.
  public var client = APIClient.shell
  /// The client's own id of the request, a GUID; nil when it sends none.
  public var correlationID: String?

  /// Makes a context for one call.
  public init(
    principal: Principal,
    now: Date,
    origin: NetworkOrigin = .publicAddress(NetworkOrigin.addressByDefault),
    identifiers: any IdentifierSource
  ) {
    self.principal = principal
    self.now = now
    self.origin = origin
    self.identifiers = identifiers
  }
}
