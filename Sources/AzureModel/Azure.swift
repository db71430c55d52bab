/// The modelled cloud: tenants with their subscriptions, principals, vaults and keys.
///
/// ## Design
///
/// All state is in the store, so that two processes may share it and a rollback takes everything
/// back; a mutating method is one transaction. Who calls and what time it is comes with each call.
/// Opened private keys are remembered, since the material of a version never changes, and what
/// callers were granted, until a role assignment may have changed.
public struct Azure: Sendable {
  /// Where everything is kept.
  public let store: any AzureStore
  let openKeys = OpenKeyCache()
  let rememberedGrants = RememberedGrants()

  /// Opens the cloud that a store holds.
  public init(store: any AzureStore) {
    self.store = store
  }

  /// Returns a resource group, making it when it is not there yet; letter case does not count.
  ///
  /// A new group lies at `location`; without one, in `eastus`.
  ///
  /// - Throws: `argument.value`.
  public func resourceGroup(
    _ name: String,
    location: String? = nil,
    _ context: CallContext
  ) throws -> ResourceGroup {
    guard NameRule.isResourceGroupName(name) else {
      throw AzureError(
        .argumentValue,
        "Resource group name '\(name.echoed)' is invalid.",
        hint: "use 1 to 90 letters, digits and -_.(), not ending in a full stop",
        status: 400,
        azureCode: "InvalidResourceGroupName"
      )
    }
    return try store.transaction {
      let subscriptionID = try account(context.identifiers).subscriptionID
      let id = ResourceGroup.id(name, subscriptionID)
      if let group = try store.find(ResourceGroup.self, id: id) { return group }
      let place = try location.map(Self.normalLocation) ?? ResourceGroup.locationByDefault
      let group = ResourceGroup(subscriptionID: subscriptionID, name: name, location: place)
      try store.put(group)
      return group
    }
  }

  /// A region's name as the services print it: `East US` is `eastus`.
  ///
  /// - Throws: `argument.value`.
  public static func normalLocation(_ location: String) throws -> String {
    let name = location.lowercased().filter { $0 != " " }
    let isPlain = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
    guard (1...60).contains(name.utf8.count), isPlain else {
      throw AzureError(
        .argumentValue,
        "The provided location '\(location.echoed)' is not available for resource type.",
        hint: "a location is written like eastus",
        status: 400,
        azureCode: "LocationNotAvailableForResourceType"
      )
    }
    return name
  }
}
