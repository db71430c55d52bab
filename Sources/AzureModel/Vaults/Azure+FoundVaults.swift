extension Azure {
  /// Returns a vault by name, ignoring letter case, whoever asks.
  ///
  /// For showing and explaining: no grant stands in its way.
  ///
  /// - Throws: `vault.not_found`.
  public func vault(named name: String) throws -> Vault {
    if let vault = try findVault(named: name) { return vault }
    throw Self.notFound(name, recovery: try recoveryHint(name))
  }

  /// What to do about a vault that is not there because it was deleted; nil for any other.
  func recoveryHint(_ name: String) throws -> String? {
    guard let deleted = try store.find(DeletedVault.self, id: name.lowercased()) else { return nil }
    return "it is in deleted state: vault.recover('\(deleted.name)') brings it back"
  }

  /// The client's words for a vault that it does not find in the subscription.
  private static func notFound(_ name: String, recovery: String? = nil) -> AzureError {
    AzureError(
      .vaultNotFound,
      "The Vault '\(name)' not found within subscription.",
      hint: recovery ?? "vault.list{} names the vaults of the subscription in use",
      rule: recovery == nil ? nil : "R18",
      status: 404,
      azureCode: "ResourceNotFound"
    )
  }

  /// Returns a vault as the control plane tells the caller.
  ///
  /// By name alone the client looks for it; with a resource group the service answers.
  ///
  /// - Throws: `vault.not_found`, `resource_group.not_found`, `access.denied`.
  public func vault(
    named name: String,
    resourceGroup: String? = nil,
    _ context: CallContext
  ) throws -> Vault {
    let subscriptionID = try account(context.identifiers).subscriptionID
    guard let resourceGroup else {
      let vault = try vault(named: name)
      guard vault.subscriptionID == subscriptionID else { throw Self.notFound(name) }
      try authorizeReading(vault, context)
      return vault
    }
    return try vault(
      named: name,
      resourceGroup: resourceGroup,
      subscriptionID: subscriptionID,
      context
    )
  }

  /// Returns a vault by ARM id, as the control plane tells the caller.
  ///
  /// - Throws: as `vault(named:resourceGroup:_:)`, and `argument.value`.
  public func vault(id: String, _ context: CallContext) throws -> Vault {
    guard let parts = ARMID(id), parts.isOf(type: "Microsoft.KeyVault/vaults") else {
      throw AzureError(
        .argumentValue,
        "'\(id.echoed)' is no ARM id of a vault",
        hint: "it is written /subscriptions/<s>/resourceGroups/<g>/providers/Microsoft.KeyVault"
          + "/vaults/<n>"
      )
    }
    return try vault(
      named: parts.names[0],
      resourceGroup: parts.resourceGroup,
      subscriptionID: parts.subscriptionID.lowercased(),
      context
    )
  }

  private func vault(
    named name: String,
    resourceGroup: String,
    subscriptionID: String,
    _ context: CallContext
  ) throws -> Vault {
    let groupID = ResourceGroup.id(resourceGroup, subscriptionID)
    guard try store.find(ResourceGroup.self, id: groupID) != nil else {
      throw Self.resourceGroupNotFound(resourceGroup)
    }
    guard let vault = try findVault(named: name),
      ResourceGroup.id(vault.resourceGroup, vault.subscriptionID) == groupID
    else { throw Self.resourceNotFound("Microsoft.KeyVault/vaults/\(name)", group: resourceGroup) }
    try authorizeReading(vault, context)
    return vault
  }

  /// Returns a vault by name, whoever asks; nil when there is none, or a deleted one only.
  public func findVault(named name: String) throws -> Vault? {
    try store.find(Vault.self, id: name.lowercased())
  }

  /// Lists the vaults of a group of the subscription in use, or all there, whoever asks.
  public func listVaults(resourceGroup: String? = nil) throws -> [Vault] {
    let subscriptionID = try findAccount()?.subscriptionID
    return try store.all(Vault.self, parent: resourceGroup?.lowercased())
      .filter { $0.subscriptionID == subscriptionID }
  }

  /// Lists the vaults that the caller may read, in order of name.
  public func listVaults(
    resourceGroup: String? = nil,
    _ context: CallContext
  ) throws -> [Vault] {
    let vaults = try listVaults(resourceGroup: resourceGroup).filter {
      try isAuthorized(action: Self.read, scope: $0.resourceID, context)
    }
    try logListing(.vaultList, of: vaults, context)
    return vaults
  }

  private static let read = "Microsoft.KeyVault/vaults/read"

  private func authorizeReading(_ vault: Vault, _ context: CallContext) throws {
    try served(.vaultGet, vault: vault.name, context) {
      _ = try authorize(action: Self.read, scope: vault.resourceID, context)
    }
  }

  /// Azure Resource Manager's answer for a group that is not there.
  static func resourceGroupNotFound(_ name: String) -> AzureError {
    AzureError(
      .resourceGroupNotFound,
      "Resource group '\(name)' could not be found.",
      hint: "a group is made by the first thing created in it",
      status: 404,
      azureCode: "ResourceGroupNotFound"
    )
  }

  /// Azure Resource Manager's answer for a resource that is not there.
  static func resourceNotFound(_ path: String, group: String) -> AzureError {
    AzureError(
      .vaultNotFound,
      "The Resource '\(path)' under resource group '\(group)' was not found. For more details "
        + "please go to https://aka.ms/ARMResourceNotFoundFix",
      status: 404,
      azureCode: "ResourceNotFound"
    )
  }
}
