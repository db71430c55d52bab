/// Resource groups as things of their own; most are made by the first thing created in them.
extension Azure {
  /// Makes a resource group; again with the same location, gives it the labels named.
  ///
  /// - Throws: `argument.value`, `access.denied`.
  @discardableResult
  public func createResourceGroup(
    _ name: String,
    location: String,
    tags: [String: String]? = nil,
    _ context: CallContext
  ) throws -> ResourceGroup {
    try store.transaction {
      let place = try Self.normalLocation(location)
      var group = try resourceGroup(name, location: place, context)
      try authorizeGroup("write", group, context)
      guard group.location == place else {
        throw AzureError(
          .argumentValue,
          "Invalid resource group location '\(place.echoed)'. The Resource group already exists in "
            + "location '\(group.location)'.",
          hint: "leave the group where it is, or delete it first",
          status: 409,
          azureCode: "InvalidResourceGroupLocation"
        )
      }
      if let tags {
        group.labels = tags
        try store.put(group)
      }
      return group
    }
  }

  /// Returns a resource group of the subscription in use, ignoring letter case.
  ///
  /// - Throws: `resource_group.not_found`, `access.denied`.
  public func resourceGroup(named name: String, _ context: CallContext) throws -> ResourceGroup {
    let subscriptionID = try account(context.identifiers).subscriptionID
    let id = ResourceGroup.id(name, subscriptionID)
    guard let group = try store.find(ResourceGroup.self, id: id) else {
      throw Self.resourceGroupNotFound(name.echoed)
    }
    try authorizeGroup("read", group, context)
    return group
  }

  /// Lists the resource groups of the subscription in use that the caller may read, in order of
  /// name.
  public func listResourceGroups(_ context: CallContext) throws -> [ResourceGroup] {
    let subscriptionID = try account(context.identifiers).subscriptionID
    return try store.all(ResourceGroup.self, parent: subscriptionID).filter {
      try isAuthorized(action: Self.groupAction("read"), scope: $0.resourceID, context)
    }
  }

  /// Deletes a resource group that nothing lies in any more.
  ///
  /// - Throws: `resource_group.not_found`, `access.denied`.
  public func deleteResourceGroup(named name: String, _ context: CallContext) throws {
    try store.transaction {
      let group = try resourceGroup(named: name, context)
      try authorizeGroup("delete", group, context)
      try removeAssignments(under: Scope(known: group.resourceID), at: context.now)
      try store.delete(ResourceGroup.self, id: group.id)
    }
  }

  /// Checks that the caller may delete a resource group.
  ///
  /// - Throws: `access.denied`.
  public func authorizeDeleting(_ group: ResourceGroup, _ context: CallContext) throws {
    try authorizeGroup("delete", group, context)
  }

  private func authorizeGroup(
    _ verb: String,
    _ group: ResourceGroup,
    _ context: CallContext
  ) throws {
    _ = try authorize(action: Self.groupAction(verb), scope: group.resourceID, context)
  }

  private static func groupAction(_ verb: String) -> String {
    "Microsoft.Resources/subscriptions/resourceGroups/\(verb)"
  }
}
