/// What a GUID stands for in a tenant's directory.
public enum DirectoryObject: Hashable, Sendable {
  /// The object id of a user, a service principal or an identity: fit for grants.
  case principal(Principal)
  /// The application id of a service principal or an identity: a grant to it helps no one.
  case application(of: Principal)
  /// Nothing known.
  case unknown

  /// Advice for who is about to grant something to it; nil when all is well.
  public var hint: String? {
    switch self {
    case .principal: nil
    case .application(let principal):
      "this is the client id of \(principal.name); its principal id is \(principal.objectID)"
    case .unknown: "no principal of this tenant has this object id"
    }
  }
}

/// An id of the directory.
struct DirectoryEntry: Record {
  enum Use: String, Codable { case principal, client }

  static let kind = "directory_entry"
  /// The GUID in lower case.
  let id: String
  /// ARM id, in lower case, of the resource whose identity it is; for the others their tenant.
  let parent: String
  let use: Use
  /// The principal; nil for a user-assigned identity, whose own record says it.
  var principal: Principal?
  /// A user's name for people.
  var displayName: String?
}

extension Principal {
  /// What names it in `AuthorizationFailed`: users by name, others by application id.
  public var clientName: String { kind == .user ? name : applicationID }
}
