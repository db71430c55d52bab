/// Users and service principals, made and deleted; the identities that resources have of their own.
extension Azure {
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
}
