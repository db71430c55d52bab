import AzureModel
import FoundationEssentials
import Testing

@Suite struct SubscriptionTests {
  private let otherTenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"

  /// The world as seen after signing in to another subscription.
  private func signedIn(_ world: World, to subscription: Subscription) throws -> World {
    try world.azure.use(subscription.id, world.context.identifiers)
    var world = world
    world.context.principal = subscription.user
    return world
  }

  @Test func `a fresh workspace has one, and its user is Owner by an assignment`() throws {
    let world = try World()
    let all = try world.azure.listSubscriptions(world.context.identifiers)
    #expect(all.map(\.id) == [world.account.subscriptionID])
    #expect(all[0].tenantID == world.account.tenantID && !all[0].isKonnectivityGrandfathered)
    #expect(all[0].user == world.account.signedInUser)
    let roles = try world.azure.listRoleAssignments(context: world.context)
    #expect(roles.map(\.principalID) == [world.account.signedInUser.objectID])
    #expect(roles.map(\.scope.description) == [world.subscription])
    #expect(roles.map(\.roleID) == ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635"])
  }

  @Test func `a second one of the tenant has the same user; what is made lies in the one in use`()
    throws
  {
    let world = try World()
    try world.vault("first")
    _ = try world.identity()
    let second = try world.azure.createSubscription(
      isKonnectivityGrandfathered: true,
      context: world.context
    )
    #expect(second.isKonnectivityGrandfathered && second.tenantID == world.account.tenantID)
    #expect(second.user == world.account.signedInUser)
    #expect(try world.azure.account(world.context.identifiers) == world.account)
    let there = try signedIn(world, to: second)
    let vault = try there.vault("second")
    #expect(vault.resourceID.hasPrefix("/subscriptions/\(second.id)/resourceGroups/MyResource"))
    #expect(try world.azure.listVaults().map(\.name) == ["second"])
    #expect(try world.azure.listIdentities().isEmpty)
    #expect(try there.identity().subscriptionID == second.id)
    #expect(try there.azure.listVaults(resourceGroup: "MyResourceGroup").map(\.name) == ["second"])
    // Vault names are one cloud's, and its data plane asks for the tenant, not the subscription.
    refused(.vaultExists) { try there.vault("first") }
    _ = try there.azure.listKeys(vault: "first", context: there.context)
  }

  @Test func `another tenant knows the user as a guest, and tokens stay in their tenant`() throws {
    let world = try World()
    let vault = try world.vault()
    let identity = try world.identity()
    let foreign = try world.azure.createSubscription(
      tenantID: otherTenant.uppercased(),
      context: world.context
    )
    #expect(foreign.tenantID == otherTenant)
    #expect(foreign.user.objectID != world.account.signedInUser.objectID)
    #expect(foreign.user.tenantID == otherTenant && foreign.user.name.contains("#EXT#@"))
    let there = try signedIn(world, to: foreign)
    let theirs = try there.vault("theirs")
    #expect(theirs.tenantID == otherTenant)
    // The one tenant's principals call neither plane of the other's vault.
    let context = there.seen(by: identity.principal)
    let data = refused(.accessUnauthenticated) {
      _ = try there.azure.listKeys(vault: "theirs", context: context)
    }
    #expect(data?.message.hasPrefix("AKV10032: ") == true)
    let control = refused(.accessUnauthenticated) {
      try there.azure.setPolicy(
        vault: "MyKeyVault",
        objectID: foreign.user.objectID,
        keyPermissions: [],
        context: there.context
      )
    }
    #expect(control?.status == 401 && control?.azureCode == "InvalidAuthenticationTokenTenant")
    #expect(
      control?.message.hasPrefix(
        "The access token is from the wrong issuer 'https://sts.windows.net/\(otherTenant)/'. It "
          + "must match the tenant 'https://sts.windows.net/\(world.account.tenantID)/' associated "
          + "with this subscription. Please use the authority (URL) "
          + "'https://login.windows.net/\(world.account.tenantID)' to get the token. Note, if "
      ) == true
    )
    // Nor is one tenant's principal in the directory of the other.
    refused(.principalNotFound) {
      try there.assign("Reader", to: identity.principalID, at: theirs.resourceID)
    }
    let known = try there.azure.createSubscription(tenantID: otherTenant, context: there.context)
    #expect(known.user == foreign.user)
    _ = vault
  }

  @Test func `access at one tenant's root says nothing of another's`() throws {
    let world = try World()
    try world.azure.elevateAccess(context: world.context)
    let foreign = try world.azure.createSubscription(
      tenantID: otherTenant,
      context: world.context
    )
    let there = try signedIn(world, to: foreign)
    let listed = try there.azure.listRoleAssignments(context: there.context)
    #expect(listed.map(\.principalID) == [foreign.user.objectID])
  }

  @Test func `a subscription is chosen by id, ARM id or name`() throws {
    let world = try World()
    let second = try world.azure.createSubscription(context: world.context)
    let identifiers = world.context.identifiers
    for text in [second.id, second.resourceID.uppercased(), "subscription 2"] {
      #expect(try world.azure.subscription(text, identifiers) == second)
    }
    let error = refused(.subscriptionNotFound) { try world.azure.use("none", identifiers) }
    #expect(
      error?.message == "The subscription of 'none' doesn't exist in cloud 'AzureCloud'."
    )
    #expect(try world.azure.account(identifiers) == world.account)
  }

  @Test(arguments: ["", "contoso", "72f988bf-86f1-41af-91ab-2d7cd011db4"])
  func `a tenant is named by a GUID`(tenantID: String) throws {
    let world = try World()
    let before = world.store.contents
    refused(.argumentValue) {
      try world.azure.createSubscription(tenantID: tenantID, context: world.context)
    }
    #expect(world.store.contents == before)
  }

  @Test func `a workspace has a limit of subscriptions`() throws {
    let world = try World()
    for _ in 2...100 { try world.azure.createSubscription(context: world.context) }
    refused(.argumentValue) { try world.azure.createSubscription(context: world.context) }
  }
}
