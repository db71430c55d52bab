import AzureModel
import Testing

/// What the roles of the control plane let a caller do with vaults.
@Suite struct VaultRightsTests {
  private func world() throws -> (World, ManagedIdentity, Vault) {
    let world = try World()
    let vault = try world.vault()
    return (world, try world.identity(), vault)
  }

  @Test func `role assignments at a deleted vault do not come back with it`() throws {
    let (world, identity, _) = try world()
    let vault = try world.azure.updateVault(
      named: "MyKeyVault",
      VaultChanges(enableRBACAuthorization: true),
      world.context
    )
    let role = "Key Vault Crypto Officer"
    let user = world.account.signedInUser.objectID
    try world.assign(role, to: user, at: vault.resourceID)
    try world.assign(role, to: identity.principalID, at: vault.resourceID + "/keys/MyKeyName")
    try world.assign("Reader", to: identity.principalID, at: world.subscription)
    try world.key()
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    try world.azure.recoverVault(named: "MyKeyVault", world.context)
    let error = refused(.accessDenied) { try world.key() }
    #expect(error?.innerCode == "ForbiddenByRbac")
    let all = try world.azure.listRoleAssignments(context: world.context)
    #expect(all.filter { $0.scope.description.hasPrefix(vault.resourceID) }.isEmpty)
    #expect(all.contains { $0.principalID == identity.principalID })
    try world.assign(role, to: user, at: vault.resourceID)
    try world.key()
  }

  @Test func `only a role above the vault purges it, and Key Vault Contributor is none`() throws {
    let (world, identity, vault) = try world()
    let caller = world.seen(by: identity.principal)
    try world.assign("Key Vault Contributor", to: identity.principalID, at: world.subscription)
    try world.azure.deleteVault(named: vault.name, caller)
    #expect(try world.azure.listDeletedVaults(caller).map(\.name) == ["MyKeyVault"])
    let error = refused(.accessDenied) { try world.azure.purgeVault(named: vault.name, caller) }
    #expect(
      error?.message.contains(
        "action 'Microsoft.KeyVault/locations/deletedVaults/purge/action' over scope "
          + "'/subscriptions/\(world.account.subscriptionID)/providers/Microsoft.KeyVault/locations"
          + "/eastus/deletedVaults/MyKeyVault'"
      ) == true
    )
    try world.assign("Key Vault Purge Operator", to: identity.principalID, at: world.subscription)
    try world.azure.purgeVault(named: vault.name, caller)
    #expect(try world.azure.nameAvailability(of: vault.name, caller).isAvailable)
  }

  @Test func `a Reader sees a vault and changes nothing`() throws {
    let (world, identity, vault) = try world()
    let caller = world.seen(by: identity.principal)
    try world.vault("other")
    try world.assign("Reader", to: identity.principalID, at: vault.resourceID)
    #expect(try world.azure.vault(named: vault.name, caller) == vault)
    #expect(try world.azure.listVaults(caller) == [vault])
    refused(.accessDenied) { _ = try world.azure.vault(named: "other", caller) }
    let before = world.store.contents
    refused(.accessDenied) {
      try world.azure.updateVault(named: vault.name, VaultChanges(), caller)
    }
    refused(.accessDenied) { try world.azure.deleteVault(named: vault.name, caller) }
    #expect(world.store.contents == before)
  }

  @Test func `changing the permission model needs the right to assign roles`() throws {
    let (world, identity, vault) = try world()
    let caller = world.seen(by: identity.principal)
    try world.assign("Contributor", to: identity.principalID, at: vault.resourceID)
    try world.azure.updateVault(
      named: vault.name,
      VaultChanges(publicNetworkAccess: .disabled, enableRBACAuthorization: false),
      caller
    )
    let before = world.store.contents
    let error = refused(.accessDenied) {
      try world.azure.updateVault(
        named: vault.name,
        VaultChanges(enableRBACAuthorization: true),
        caller
      )
    }
    #expect(error?.message.contains("'Microsoft.Authorization/roleAssignments/write'") == true)
    #expect(world.store.contents == before)
    try world.assign("User Access Administrator", to: identity.principalID, at: vault.resourceID)
    try world.azure.updateVault(
      named: vault.name,
      VaultChanges(enableRBACAuthorization: true),
      caller
    )
  }

  @Test func `who may not approve connections asks by hand, or is refused (R65)`() throws {
    let (world, identity, _) = try world()
    let caller = world.seen(by: identity.principal)
    let group = world.subscription + "/resourceGroups/MyResourceGroup"
    let endpoint = group + "/providers/Microsoft.Network/privateEndpoints/pe"
    try world.azure.createVault(VaultOptions(name: "beside", resourceGroup: "other"), world.context)
    try world.assign("Contributor", to: identity.principalID, at: group)
    // The endpoint's group is the caller's own; the vault in the other group is not.
    let error = refused(.accessDenied) {
      try world.azure.connectPrivateEndpoint(
        PrivateEndpointOptions(endpoint: endpoint),
        to: "beside",
        caller
      )
    }
    let other = try world.azure.vault(named: "beside").resourceID
    #expect(
      error?.message
        == "The client '\(identity.clientID)' with object id '\(identity.principalID)' has "
        + "permission to perform action 'Microsoft.Network/privateEndpoints/write' on scope "
        + "'\(endpoint)'; however, it does not have permission to perform action(s) "
        + "'Microsoft.KeyVault/vaults/PrivateEndpointConnectionsApproval/action' on the linked "
        + "scope(s) '\(other)' (respectively) or the linked scope(s) are invalid."
    )
    #expect(error?.azureCode == "LinkedAuthorizationFailed" && error?.rule == "R65")
    #expect(try world.azure.vault(named: "beside").privateEndpointConnections.isEmpty)
    let asked = try world.azure.connectPrivateEndpoint(
      PrivateEndpointOptions(endpoint: endpoint, connectionName: "c", isManual: true),
      to: "beside",
      caller
    )
    #expect(asked.status == .pending)
    refused(.accessDenied) {
      try world.azure.decideConnection("c", of: "beside", isApproved: true, caller)
    }
    // With the right at the vault it approves, and its next endpoint is open at once.
    try world.assign("Key Vault Contributor", to: identity.principalID, at: other)
    try world.azure.decideConnection("c", of: "beside", isApproved: true, caller)
    let open = try world.azure.connectPrivateEndpoint(
      PrivateEndpointOptions(endpoint: endpoint + "2"),
      to: "beside",
      caller
    )
    #expect(open.status == .approved)
  }

  @Test func `a vault of another subscription is not found, but its name is taken`() throws {
    let (world, _, vault) = try world()
    try world.vault("gone")
    try world.azure.deleteVault(named: "gone", world.context)
    let other = try world.azure.createSubscription(context: world.context)
    _ = try world.azure.use(other.id, world.context.identifiers)
    refused(.vaultNotFound) { _ = try world.azure.vault(named: vault.name, world.context) }
    #expect(try world.azure.vault(id: vault.resourceID, world.context) == vault)
    #expect(try world.azure.listVaults(world.context).isEmpty)
    #expect(try world.azure.listDeletedVaults(world.context).isEmpty)
    refused(.vaultNotFound) { try world.azure.recoverVault(named: "gone", world.context) }
    for name in [vault.name, "gone"] {
      let error = refused(.vaultExists) { try world.vault(name) }
      #expect(error?.azureCode == "VaultAlreadyExists")
      #expect(error?.message.hasPrefix("The vault name '\(name)' is already in use.") == true)
    }
  }

  @Test func `the permission model of a new vault is as the settings have it`() throws {
    let (world, _, vault) = try world()
    #expect(!vault.enableRBACAuthorization)
    try world.azure.set("vault_rbac_default", to: .boolean(true))
    let newer = try world.vault("newer")
    #expect(newer.enableRBACAuthorization && newer.accessPolicies.isEmpty)
    #expect(try !world.vault("told") { $0.enableRBACAuthorization = false }.enableRBACAuthorization)
  }
}
