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

  /// Makes a user of the tenant in use.
  ///
  /// `name` is what the user signs in with, such as `ada@contoso.onmicrosoft.com`.
  ///
  /// - Throws: `principal.exists`, `argument.value`, `access.denied`.
  @discardableResult
  public func createUser(
    name: String,
    displayName: String? = nil,
    context: CallContext
  ) throws -> Principal {
    try store.transaction {
      let account = try authorizeDirectory(context)
      guard NameRule.isUserPrincipalName(name) else {
        throw AzureError(
          .argumentValue,
          "Property userPrincipalName is invalid.",
          hint: "a user's name is written like ada@contoso.onmicrosoft.com",
          status: 400,
          azureCode: "Request_BadRequest"
        )
      }
      try checkDisplayName(displayName)
      guard try findPrincipal(named: name) == nil else {
        throw AzureError(
          .principalExists,
          "Another object with the same value for property userPrincipalName already exists.",
          hint: "identity.principals() lists the users there are",
          status: 400,
          azureCode: "Request_BadRequest"
        )
      }
      let user = Principal(
        kind: .user,
        objectID: try context.identifiers.guid(),
        applicationID: Account.commandLineApplicationID,
        tenantID: account.tenantID,
        name: name
      )
      try enter(user, displayName: displayName)
      return user
    }
  }

  /// Makes an application with its service principal in the tenant in use.
  ///
  /// - Throws: `argument.value`, `access.denied`.
  @discardableResult
  public func createServicePrincipal(
    displayName: String,
    context: CallContext
  ) throws -> Principal {
    try store.transaction {
      let account = try authorizeDirectory(context)
      try checkDisplayName(displayName)
      let principal = Principal(
        kind: .servicePrincipal,
        objectID: try context.identifiers.guid(),
        applicationID: try context.identifiers.guid(),
        tenantID: account.tenantID,
        name: displayName
      )
      try enter(principal)
      return principal
    }
  }

  /// Deletes a user or service principal; its role assignments and access policies stay behind and
  /// help no one.
  ///
  /// - Throws: `principal.not_found`, `access.denied`, and `argument.value` for an identity, which
  ///   goes with its resource, and for the user who is signed in.
  public func deletePrincipal(objectID: String, context: CallContext) throws {
    try store.transaction {
      let account = try authorizeDirectory(context)
      guard let entry = try store.find(DirectoryEntry.self, id: objectID.lowercased()),
        entry.use == .principal
      else { throw Self.principalNotFound(objectID) }
      guard let principal = entry.principal, entry.parent == principal.tenantID,
        principal.objectID != account.signedInUser.objectID
      else {
        throw AzureError(
          .argumentValue,
          "Insufficient privileges to complete the operation.",
          hint: entry.id == account.signedInUser.objectID
            ? "the signed-in user cannot delete itself"
            : "an identity goes with the resource whose identity it is",
          status: 403,
          azureCode: "Authorization_RequestDenied"
        )
      }
      try leave(principal)
    }
  }

  // MARK: Identities of resources

  /// Gives a resource an identity of its own, which lives as long as it does.
  ///
  /// To be called within the transaction that makes the resource, or gives it the identity.
  @discardableResult
  public func createSystemIdentity(
    of resourceID: String,
    name: String,
    context: CallContext
  ) throws -> Principal {
    if let principal = try findSystemIdentity(of: resourceID) { return principal }
    let principal = Principal(
      kind: .servicePrincipal,
      objectID: try context.identifiers.guid(),
      applicationID: try context.identifiers.guid(),
      tenantID: try account(context.identifiers).tenantID,
      name: name
    )
    try enter(principal, of: resourceID)
    return principal
  }

  /// Returns the system-assigned identity of a resource; nil when it has none.
  public func findSystemIdentity(of resourceID: String) throws -> Principal? {
    try store.all(DirectoryEntry.self, parent: resourceID.lowercased())
      .first { $0.use == .principal }?.principal
  }

  /// Takes the system-assigned identity of a resource away; its grants stay behind.
  public func deleteSystemIdentity(of resourceID: String) throws {
    if let principal = try findSystemIdentity(of: resourceID) { try leave(principal) }
  }

  // MARK: Parts

  func enter(
    _ principal: Principal,
    of resourceID: String? = nil,
    displayName: String? = nil
  ) throws {
    let parent = resourceID?.lowercased() ?? principal.tenantID
    try store.put(
      DirectoryEntry(
        id: principal.objectID,
        parent: parent,
        use: .principal,
        principal: principal,
        displayName: displayName
      )
    )
    guard principal.kind == .servicePrincipal else { return }
    try store.put(
      DirectoryEntry(
        id: principal.applicationID,
        parent: parent,
        use: .client,
        principal: principal
      )
    )
  }

  private func leave(_ principal: Principal) throws {
    try store.delete(DirectoryEntry.self, id: principal.objectID)
    guard principal.kind == .servicePrincipal else { return }
    try store.delete(DirectoryEntry.self, id: principal.applicationID)
  }

  /// Checks that the caller administers the directory: who signed in to the workspace does.
  @discardableResult
  private func authorizeDirectory(_ context: CallContext) throws -> Account {
    let account = try account(context.identifiers)
    guard context.principal.objectID == account.signedInUser.objectID else {
      throw AzureError(
        .accessDenied,
        "Insufficient privileges to complete the operation.",
        hint: "the signed-in user administers the directory; no other principal does",
        status: 403,
        azureCode: "Authorization_RequestDenied"
      )
    }
    return account
  }

  private func checkDisplayName(_ name: String?) throws {
    guard let name else { return }
    let isPlain = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    guard (1...256).contains(name.unicodeScalars.count), isPlain else {
      throw AzureError(
        .argumentValue,
        "Invalid value specified for property 'displayName' of resource.",
        hint: "a display name has 1 to 256 characters and no control characters",
        status: 400,
        azureCode: "Request_BadRequest"
      )
    }
  }

  static func principalNotFound(_ text: String, hint: String? = nil) -> AzureError {
    AzureError(
      .principalNotFound,
      "Cannot find user or service principal in graph database for '\(text)'. If the assignee is "
        + "an appId, make sure the corresponding service principal is created with "
        + "'az ad sp create --id \(text)'.",
      hint: hint ?? "name a principal by handle, object id or sign-in name"
    )
  }
}
