extension Azure {
  /// Makes a user-assigned managed identity, with a principal of its own in the directory.
  ///
  /// - Throws: `identity.exists`, `argument.value`, `access.denied`.
  @discardableResult
  public func createIdentity(
    name: String,
    resourceGroup: String,
    location: String? = nil,
    tags: [String: String] = [:],
    context: CallContext
  ) throws -> ManagedIdentity {
    try store.transaction {
      let group = try self.resourceGroup(resourceGroup, location: location, context)
      let resourceID = ManagedIdentity.resourceID(
        name,
        resourceGroup: group.name,
        subscriptionID: group.subscriptionID
      )
      let account = try authorizeIdentity("write", resourceID, context)
      try Self.checkIdentity(name, tags)
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
        created: context.now,
        labels: tags.isEmpty ? nil : tags
      )
      try store.put(identity)
      try store.put(
        DirectoryEntry(id: identity.principalID, parent: identity.id, use: .principal)
      )
      try store.put(DirectoryEntry(id: identity.clientID, parent: identity.id, use: .client))
      return identity
    }
  }

  /// Deletes an identity with its principal.
  ///
  /// What was granted to the principal stays and helps no one: an identity of the same name made
  /// later has another principal and another client id.
  ///
  /// - Throws: `identity.not_found`, `access.denied`.
  public func deleteIdentity(id: String, context: CallContext) throws {
    try store.transaction {
      let identity = try identity(id: id)
      try authorizeIdentity("delete", identity.resourceID, context)
      try store.delete(ManagedIdentity.self, id: identity.id)
      try store.delete(DirectoryEntry.self, id: identity.principalID)
      try store.delete(DirectoryEntry.self, id: identity.clientID)
      try removeAssignments(under: Scope(known: identity.resourceID), at: context.now)
    }
  }

  /// Checks that the caller may look at an identity, as `az identity show` and `list` need it.
  ///
  /// - Throws: `access.denied`.
  public func authorizeReading(_ identity: ManagedIdentity, context: CallContext) throws {
    try authorizeIdentity("read", identity.resourceID, context)
  }

  /// Whether the caller may look at an identity.
  public func canRead(_ identity: ManagedIdentity, context: CallContext) throws -> Bool {
    try isAuthorized(
      action: "Microsoft.ManagedIdentity/userAssignedIdentities/read",
      scope: identity.resourceID,
      context
    )
  }

  @discardableResult
  private func authorizeIdentity(
    _ verb: String,
    _ resourceID: String,
    _ context: CallContext
  ) throws -> Account {
    try authorize(
      action: "Microsoft.ManagedIdentity/userAssignedIdentities/\(verb)",
      scope: resourceID,
      context
    )
  }

  private static func checkIdentity(_ name: String, _ tags: [String: String]) throws {
    guard NameRule.isIdentityName(name) else {
      throw AzureError.badRequest(
        "The resource name '\(name.echoed)' is invalid.",
        hint: "an identity name has 3 to 128 letters, digits, - and _, and starts with a "
          + "letter or digit"
      )
    }
    let isFine = tags.allSatisfy { $0.utf8.count <= 512 && $1.utf8.count <= 256 }
    guard tags.count <= 50, isFine else {
      throw AzureError.badRequest(
        "The tags of '\(name)' are invalid.",
        hint: "a resource has at most 50 tags, names up to 512 and values up to 256 bytes"
      )
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
    throw Self.identityNotFound(name, resourceGroup)
  }

  /// Returns an identity by ARM id, ignoring letter case.
  ///
  /// - Throws: `identity.not_found`.
  public func identity(id: String) throws -> ManagedIdentity {
    if let identity = try findIdentity(id: id) { return identity }
    guard let parts = ARMID(id) else {
      throw Self.identityNotFound(
        "The identity '\(id.echoed)' was not found."
      )
    }
    throw Self.identityNotFound(parts.names[0], parts.resourceGroup)
  }

  /// Returns an identity by principal id, which is not its client id.
  ///
  /// - Throws: `identity.not_found`, with a hint when the GUID is a client id.
  public func identity(principalID: String) throws -> ManagedIdentity {
    if let identity = try findIdentity(principalID: principalID) { return identity }
    throw Self.identityNotFound(
      "No identity has the principal id '\(principalID.echoed)'.",
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
    guard let entry = try store.find(DirectoryEntry.self, id: principalID.lowercased()),
      entry.use == .principal
    else { return nil }
    return try findIdentity(id: entry.parent)
  }

  /// Lists the identities of a group of the subscription in use, or all there, in order of ARM id.
  public func listIdentities(resourceGroup: String? = nil) throws -> [ManagedIdentity] {
    let subscriptionID = try findAccount()?.subscriptionID
    return try store.all(ManagedIdentity.self, parent: resourceGroup?.lowercased())
      .filter { $0.subscriptionID == subscriptionID }
  }

  private static func identityNotFound(_ name: String, _ group: String?) -> AzureError {
    let place = group.map { " under resource group '\($0.echoed)'" } ?? ""
    return identityNotFound(
      "The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/\(name.echoed)'\(place) was "
        + "not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    )
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
