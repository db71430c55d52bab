extension Azure {
  /// Makes a user-assigned managed identity.
  ///
  /// - Throws: `identity.exists`, `argument.value`, `access.denied`.
  @discardableResult
  public func createIdentity(
    name: String,
    resourceGroup: String,
    location: String? = nil,
    context: CallContext
  ) throws -> ManagedIdentity {
    try store.transaction {
      guard NameRule.isIdentityName(name) else {
        throw AzureError.badRequest(
          "The resource name '\(name)' is invalid.",
          hint: "an identity name has 3 to 128 letters, digits, - and _, and starts with a "
            + "letter or digit"
        )
      }
      let group = try self.resourceGroup(resourceGroup, location: location)
      let account = try account(context.identifiers)
      let resourceID = ManagedIdentity.resourceID(
        name,
        resourceGroup: group.name,
        subscriptionID: account.subscriptionID
      )
      try authorize(
        action: "Microsoft.ManagedIdentity/userAssignedIdentities/write",
        scope: resourceID,
        context
      )
      if let other = try findIdentity(id: resourceID) {
        throw AzureError(
          .identityExists,
          "The identity '\(other.name)' already exists in resource group '\(group.name)'.",
          hint: "identity.get('\(other.name)') returns it",
          status: 409,
          azureCode: "Conflict"
        )
      }
      let identity = ManagedIdentity(
        name: name,
        resourceGroup: group.name,
        location: try location.map(Self.normalLocation) ?? group.location,
        subscriptionID: account.subscriptionID,
        tenantID: account.tenantID,
        principalID: try context.identifiers.guid(),
        clientID: try context.identifiers.guid(),
        created: context.now
      )
      try store.put(identity)
      try store.put(
        DirectoryEntry(id: identity.principalID, parent: identity.id, use: .principal)
      )
      try store.put(DirectoryEntry(id: identity.clientID, parent: identity.id, use: .client))
      return identity
    }
  }

  /// Returns an identity by name; a name used in several groups needs the group.
  ///
  /// - Throws: `identity.not_found`, `argument.value` when the name is not enough.
  public func identity(
    named name: String,
    resourceGroup: String? = nil
  ) throws -> ManagedIdentity {
    if let identity = try findIdentity(named: name, resourceGroup: resourceGroup) {
      return identity
    }
    let place = resourceGroup.map { " under resource group '\($0)'" } ?? ""
    throw Self.identityNotFound(
      "The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/\(name)'\(place) was not "
        + "found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
  }

  /// Returns an identity by ARM id, ignoring letter case.
  ///
  /// - Throws: `identity.not_found`.
  public func identity(id: String) throws -> ManagedIdentity {
    if let identity = try findIdentity(id: id) { return identity }
    throw Self.identityNotFound("The identity '\(id)' was not found.")
  }

  /// Returns an identity by principal id, which is not its client id.
  ///
  /// - Throws: `identity.not_found`, with a hint when the GUID is a client id.
  public func identity(principalID: String) throws -> ManagedIdentity {
    if let identity = try findIdentity(principalID: principalID) { return identity }
    throw Self.identityNotFound(
      "No identity has the principal id '\(principalID)'.",
      hint: try describeObject(principalID).hint
    )
  }

  /// Returns an identity by name; nil when there is none.
  ///
  /// - Throws: `argument.value` for a name used in several groups.
  public func findIdentity(
    named name: String,
    resourceGroup: String? = nil
  ) throws -> ManagedIdentity? {
    let found = try listIdentities(resourceGroup: resourceGroup).filter {
      $0.name.lowercased() == name.lowercased()
    }
    guard found.count < 2 else {
      let groups = found.map(\.resourceGroup).joined(separator: ", ")
      throw AzureError(
        .argumentValue,
        "The name '\(name)' is used in several resource groups: \(groups).",
        hint: "give the resource group, or the id"
      )
    }
    return found.first
  }

  /// Returns an identity by ARM id, ignoring letter case; nil when there is none.
  public func findIdentity(id: String) throws -> ManagedIdentity? {
    try store.find(ManagedIdentity.self, id: id.lowercased())
  }

  /// Returns an identity by principal id; nil when there is none.
  public func findIdentity(principalID: String) throws -> ManagedIdentity? {
    guard case .principal(let identity) = try describeObject(principalID) else { return nil }
    return identity
  }

  /// Lists the identities of a group, or all, in order of ARM id.
  public func listIdentities(resourceGroup: String? = nil) throws -> [ManagedIdentity] {
    try store.all(ManagedIdentity.self, parent: resourceGroup?.lowercased())
  }

  /// Tells what a GUID stands for, so that a grant to a client id can be warned of.
  public func describeObject(_ id: String) throws -> DirectoryObject {
    let id = id.lowercased()
    if let account = try store.find(Account.self, id: Account.onlyID),
      account.signedInUser.objectID == id
    {
      return .signedInUser(account.signedInUser)
    }
    guard let entry = try store.find(DirectoryEntry.self, id: id),
      let identity = try findIdentity(id: entry.parent)
    else { return .unknown }
    switch entry.use {
    case .principal: return .principal(identity)
    case .client: return .client(identity)
    }
  }

  private static func identityNotFound(_ message: String, hint: String? = nil) -> AzureError {
    AzureError(
      .identityNotFound,
      message,
      hint: hint,
      status: 404,
      azureCode: "ResourceNotFound"
    )
  }
}
