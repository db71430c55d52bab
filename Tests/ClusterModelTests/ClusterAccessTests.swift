import AzureModel
import ClusterModel
import FoundationEssentials
import Testing

@Suite struct ClusterAccessTests {
  /// The world's context as that of a user with some roles in the subscription.
  private func context(_ world: World, _ roles: [String: String]) throws -> CallContext {
    var context = world.context
    let user = try world.azure.createUser(name: "ada@contoso.com", context: world.context)
    for (scope, role) in roles {
      try world.azure.assignRole(
        RoleAssignmentOptions(role: role, principalID: user.objectID, scope: scope),
        context: world.context
      )
    }
    context.principal = user
    return context
  }

  private func subscription(_ world: World) throws -> String {
    "/subscriptions/\(try world.azure.account(world.context.identifiers).subscriptionID)"
  }

  private func denied(_ code: String, _ body: () throws -> Void) -> AzureError? {
    let error = #expect(throws: AzureError.self) { try body() }
    #expect(error?.azureCode == code)
    return error
  }

  @Test func `a cluster is made and changed by who may write clusters`() throws {
    let world = try World()
    let options = ClusterOptions(name: "c1", resourceGroup: "rg")
    let stranger = try context(world, [:])
    let error = denied("AuthorizationFailed") { _ = try world.clusters.create(options, stranger) }
    #expect(error?.message.contains("'Microsoft.ContainerService/managedClusters/write'") == true)
    #expect(try world.clusters.list().isEmpty)
    let cluster = try world.clusters.create(options, world.context)
    _ = denied("AuthorizationFailed") {
      _ = try world.clusters.update(cluster, ClusterUpdate(), stranger)
    }
  }

  @Test func `a user-assigned identity is given by who may assign it`() throws {
    let world = try World()
    let group = try subscription(world) + "/resourceGroups/rg"
    let writer = try context(world, [group: "Azure Kubernetes Service Contributor Role"])
    var options = ClusterOptions(name: "c1", resourceGroup: "rg")
    options.assignIdentity = world.identity.resourceID
    let error = denied("LinkedAuthorizationFailed") {
      _ = try world.clusters.create(options, writer)
    }
    #expect(
      error?.message
        == "The client 'ada@contoso.com' with object id '\(writer.principal.objectID)' "
        + "has permission to perform action 'Microsoft.ContainerService/managedClusters/write' on "
        + "scope '\(group)/providers/Microsoft.ContainerService/managedClusters/c1'; however, it "
        + "does not have permission to perform action(s) "
        + "'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) "
        + "'\(world.identity.resourceID)' (respectively) or the linked scope(s) are invalid."
    )
    #expect(try world.clusters.list().isEmpty)
    try world.azure.assignRole(
      RoleAssignmentOptions(
        role: "Managed Identity Operator",
        principalID: writer.principal.objectID,
        scope: world.identity.resourceID
      ),
      context: world.context
    )
    _ = try world.clusters.create(options, writer)
  }

  @Test func `a cluster without one has an identity of its own until it is given one (R22)`()
    throws
  {
    let world = try World()
    let cluster = try world.clusters.create(
      ClusterOptions(name: "c1", resourceGroup: "rg"),
      world.context
    )
    let own = try #require(try world.azure.findSystemIdentity(of: cluster.resourceID))
    #expect(try world.azure.findPrincipal(objectID: own.objectID) == own && own.name == "c1")
    var update = ClusterUpdate()
    _ = try world.clusters.update(cluster, update, world.context)
    #expect(try world.azure.findSystemIdentity(of: cluster.resourceID) == own)
    update.assignIdentity = world.identity.resourceID
    _ = try world.clusters.update(cluster, update, world.context)
    #expect(try world.azure.findSystemIdentity(of: cluster.resourceID) == nil)
    #expect(try world.azure.findPrincipal(objectID: own.objectID) == nil)
  }

  @Test func `under RBAC the plugin needs the role, and loses its key with it`() throws {
    let world = try World()
    let vault = try world.azure.createVault(
      VaultOptions(name: "rbac", resourceGroup: "rg", enableRBACAuthorization: true),
      world.context
    )
    let me = world.context.principal.objectID
    func assign(_ role: String, _ principal: String) throws {
      try world.azure.assignRole(
        RoleAssignmentOptions(role: role, principalID: principal, scope: vault.resourceID),
        context: world.context
      )
    }
    try assign("Key Vault Crypto Officer", me)
    let key = try world.azure.createKey(
      KeyOptions(vault: "rbac", name: "k"),
      context: world.context
    )
    var options = ClusterOptions(name: "c1", resourceGroup: "rg")
    options.assignIdentity = world.identity.resourceID
    options.kms.isEnabled = true
    options.kms.networkAccess = "Public"
    options.kms.keyID = key.kid.description
    // Wrapping and unwrapping are not what the plugin does (R36).
    for role in ["Key Vault Crypto Service Encryption User", "Key Vault Contributor", "Owner"] {
      try assign(role, world.identity.principalID)
      let error = #expect(throws: ClusterError.self) {
        try world.clusters.create(options, world.context)
      }
      #expect(error?.code == .identityDenied && error?.innerCode == "ForbiddenByRbac")
    }
    try assign("Key Vault Crypto User", world.identity.principalID)
    let cluster = try world.clusters.create(options, world.context)
    #expect(try world.clusters.kmsClient(of: cluster, world.context)?.problem == nil)
    try world.azure.revokeRole(
      role: "Key Vault Crypto User",
      principalID: world.identity.principalID,
      scope: vault.resourceID,
      context: world.context
    )
    // The API server asks its plugin once a minute.
    var later = world.context
    later.now += 60
    #expect(try world.clusters.kmsClient(of: cluster, later)?.problem != nil)
  }
}
