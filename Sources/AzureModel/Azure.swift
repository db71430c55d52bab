/// The modelled cloud: one tenant with its subscription, vaults, keys and identities.
///
/// ## Design
///
/// All state is in the store, so that two processes may share it and a rollback takes everything
/// back; a mutating method is one transaction. Who calls and what time it is comes with each call.
/// Opened private keys are the one thing remembered, since the material of a version never changes.
public struct Azure: Sendable {
  /// Where everything is kept.
  public let store: any AzureStore
  let openKeys = OpenKeyCache()
  let rememberedSettings = Remembered<String, Settings>()

  /// Opens the cloud that a store holds.
  public init(store: any AzureStore) {
    self.store = store
  }

  /// Returns the account; makes it on first use.
  public func account(_ identifiers: any IdentifierSource) throws -> Account {
    if let account = try store.find(Account.self, id: Account.onlyID) { return account }
    return try store.transaction {
      if let account = try store.find(Account.self, id: Account.onlyID) { return account }
      let tenantID = try identifiers.guid()
      let account = Account(
        tenantID: tenantID,
        subscriptionID: try identifiers.guid(),
        signedInUser: Principal(
          kind: .user,
          objectID: try identifiers.guid(),
          applicationID: Account.commandLineApplicationID,
          tenantID: tenantID,
          name: "learner@contoso.onmicrosoft.com"
        )
      )
      try store.put(account)
      return account
    }
  }

  /// Returns a resource group, making it when it is not there yet; letter case does not count.
  ///
  /// A new group lies at `location`; without one, in `eastus`.
  ///
  /// - Throws: `argument.value`.
  public func resourceGroup(_ name: String, location: String? = nil) throws -> ResourceGroup {
    guard NameRule.isResourceGroupName(name) else {
      throw AzureError(
        .argumentValue,
        "Resource group name '\(name)' is invalid.",
        hint: "use 1 to 90 letters, digits and -_.(), not ending in a full stop",
        status: 400,
        azureCode: "InvalidResourceGroupName"
      )
    }
    return try store.transaction {
      if let group = try store.find(ResourceGroup.self, id: name.lowercased()) { return group }
      let place = try location.map(Self.normalLocation) ?? ResourceGroup.locationByDefault
      let group = ResourceGroup(name: name, location: place)
      try store.put(group)
      return group
    }
  }

  /// Checks that the caller may act on the control plane: the subscription's Owner may.
  @discardableResult
  func authorize(action: String, scope: String, _ context: CallContext) throws -> Account {
    let account = try account(context.identifiers)
    let caller = context.principal
    guard caller.objectID == account.signedInUser.objectID else {
      let client = caller.kind == .user ? caller.name : caller.applicationID
      throw AzureError(
        .accessDenied,
        "The client '\(client)' with object id '\(caller.objectID)' does not have authorization "
          + "to perform action '\(action)' over scope '\(scope)' or the scope is invalid. If "
          + "access was recently granted, please refresh your credentials.",
        rule: "R09",
        status: 403,
        azureCode: "AuthorizationFailed"
      )
    }
    return account
  }

  /// A region's name as the services print it: `East US` is `eastus`.
  static func normalLocation(_ location: String) throws -> String {
    let name = location.lowercased().filter { $0 != " " }
    let isPlain = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) }
    guard (1...60).contains(name.utf8.count), isPlain else {
      throw AzureError(
        .argumentValue,
        "The provided location '\(location)' is not available for resource type.",
        hint: "a location is written like eastus",
        status: 400,
        azureCode: "LocationNotAvailableForResourceType"
      )
    }
    return name
  }
}
