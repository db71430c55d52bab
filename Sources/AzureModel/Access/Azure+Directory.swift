/// Users, service principals and identities, by their ids.
extension Azure {
  /// Tells what a GUID stands for, so that a grant to a client id can be warned of.
  public func describeObject(_ id: String) throws -> DirectoryObject {
    guard let entry = try store.find(DirectoryEntry.self, id: id.lowercased()),
      let principal = try entry.principal ?? findIdentity(id: entry.parent)?.principal
    else { return .unknown }
    return entry.use == .principal ? .principal(principal) : .application(of: principal)
  }

  /// Returns the principal of an object id; nil when there is none, also for a client id.
  public func findPrincipal(objectID: String) throws -> Principal? {
    guard case .principal(let principal) = try describeObject(objectID) else { return nil }
    return principal
  }

  /// As `findPrincipal(objectID:)`.
  ///
  /// - Throws: `principal.not_found`, with a hint when the GUID is a client id.
  public func principal(objectID: String) throws -> Principal {
    let object = try describeObject(objectID)
    if case .principal(let principal) = object { return principal }
    throw Self.principalNotFound(
      objectID,
      hint: NameRule.isGUID(objectID) ? object.hint : nil
    )
  }

  /// Returns the user of a sign-in name, or the service principal of a display name or application
  /// id, in the tenant in use; nil when there is none.
  ///
  /// - Throws: `argument.value` for a display name of several service principals.
  public func findPrincipal(named name: String) throws -> Principal? {
    if case .application(let principal) = try describeObject(name) { return principal }
    let wanted = name.lowercased()
    let found = try listPrincipals().filter { $0.name.lowercased() == wanted }
    guard found.count < 2 else {
      throw AzureError(
        .argumentValue,
        "The name '\(name)' is used by several service principals.",
        hint: "name it by its object id: \(found.map(\.objectID).joined(separator: ", "))"
      )
    }
    return found.first
  }

  /// Lists the users and service principals of the tenant in use, those of resources apart.
  public func listPrincipals() throws -> [Principal] {
    guard let account = try findAccount() else { return [] }
    return try store.all(DirectoryEntry.self, parent: account.tenantID)
      .filter { $0.use == .principal }.compactMap(\.principal)
  }

  /// The name for people of a user, or of a service principal.
  public func displayName(of principal: Principal) throws -> String {
    let entry = try store.find(DirectoryEntry.self, id: principal.objectID.lowercased())
    return entry?.displayName ?? principal.name
  }

  static func principalNotFound(_ text: String, hint: String? = nil) -> AzureError {
    let text = text.echoed
    return AzureError(
      .principalNotFound,
      "Cannot find user or service principal in graph database for '\(text)'. If the assignee is "
        + "an appId, make sure the corresponding service principal is created with "
        + "'az ad sp create --id \(text)'.",
      hint: hint ?? "name a principal by handle, object id or sign-in name"
    )
  }
}
