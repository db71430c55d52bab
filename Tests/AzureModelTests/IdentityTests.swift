import AzureModel
import Testing

@Suite struct IdentityTests {
  private func make(
    _ world: World,
    _ name: String = "MyIdentity",
    group: String = "MyResourceGroup"
  ) throws -> ManagedIdentity {
    try world.azure.createIdentity(name: name, resourceGroup: group, context: world.context)
  }

  @Test func `its three ids are three things`() throws {
    let world = try World()
    let identity = try make(world)
    let ids = [identity.principalID, identity.clientID, identity.tenantID, identity.resourceID]
    #expect(Set(ids).count == 4)
    #expect(
      identity.resourceID
        == "/subscriptions/\(world.account.subscriptionID)/resourceGroups/MyResourceGroup"
        + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/MyIdentity"
    )
    #expect(identity.principal.objectID == identity.principalID)
    #expect(identity.principal.applicationID == identity.clientID)
  }

  @Test func `it is found by name, ARM id and principal id`() throws {
    let world = try World()
    let identity = try make(world)
    let azure = world.azure
    #expect(try azure.identity(named: "MYIDENTITY") == identity)
    #expect(try azure.identity(named: "MyIdentity", resourceGroup: "myresourcegroup") == identity)
    #expect(try azure.identity(id: identity.resourceID.lowercased()) == identity)
    #expect(try azure.identity(principalID: identity.principalID.uppercased()) == identity)
    #expect(try azure.listIdentities() == [identity])
    #expect(try azure.findIdentity(named: "nope") == nil)
    refused(.identityNotFound) { _ = try azure.identity(named: "nope") }
    refused(.identityNotFound) { _ = try azure.identity(id: "nope") }
  }

  @Test func `a client id is no principal id, and the error says so`() throws {
    let world = try World()
    let identity = try make(world)
    let error = refused(.identityNotFound) {
      _ = try world.azure.identity(principalID: identity.clientID)
    }
    #expect(error?.hint?.contains("its principal id is \(identity.principalID)") == true)
  }

  @Test func `a name is taken once per group`() throws {
    let world = try World()
    _ = try make(world)
    let before = world.store.contents
    refused(.identityExists) { _ = try make(world, "myidentity", group: "myResourceGroup") }
    #expect(world.store.contents == before)
    _ = try make(world, group: "other")
    refused(.argumentValue) { _ = try world.azure.identity(named: "MyIdentity") }
    let one = try world.azure.identity(named: "MyIdentity", resourceGroup: "other")
    #expect(one.resourceGroup == "other")
  }

  @Test(arguments: ["", "ab", "-ab", "_ab", "a b", "a.b", String(repeating: "i", count: 129)])
  func `a bad name is refused and makes no group`(name: String) throws {
    let world = try World()
    let before = world.store.contents
    refused(.argumentValue) { _ = try make(world, name) }
    #expect(world.store.contents == before)
  }

  @Test func `a guid is described by what it stands for`() throws {
    let world = try World()
    let identity = try make(world)
    let azure = world.azure
    let user = world.account.signedInUser
    #expect(try azure.describeObject(user.objectID) == .principal(user))
    #expect(try azure.describeObject(identity.principalID) == .principal(identity.principal))
    #expect(try azure.describeObject(identity.clientID) == .application(of: identity.principal))
    #expect(try azure.describeObject(world.account.tenantID) == .unknown)
    #expect(try azure.describeObject(identity.principalID).hint == nil)
    #expect(try azure.describeObject("nonsense").hint != nil)
  }

  @Test func `another principal makes none`() throws {
    let world = try World()
    let context = world.seen(by: try make(world).principal)
    let error = refused(.accessDenied) {
      try world.azure.createIdentity(name: "two", resourceGroup: "g", context: context)
    }
    #expect(error?.azureCode == "AuthorizationFailed")
  }

  @Test func `a deleted one is gone with its ids, and roles at it with it`() throws {
    let world = try World()
    let identity = try make(world)
    try world.assign(
      "Managed Identity Operator",
      to: world.user().objectID,
      at: identity.resourceID
    )
    try world.azure.deleteIdentity(id: identity.resourceID.uppercased(), context: world.context)
    #expect(try world.azure.listIdentities().isEmpty)
    #expect(try world.azure.describeObject(identity.principalID) == .unknown)
    #expect(try world.azure.describeObject(identity.clientID) == .unknown)
    #expect(try world.azure.listRoleAssignments(context: world.context).count == 1)
    refused(.identityNotFound) {
      try world.azure.deleteIdentity(id: identity.resourceID, context: world.context)
    }
  }

  @Test func `it has the shapes that az and the service print`() throws {
    let world = try World()
    let identity = try world.azure.createIdentity(
      name: "MyIdentity",
      resourceGroup: "MyResourceGroup",
      location: "West US",
      tags: ["env": "lab"],
      context: world.context
    )
    let shared: JSONTree = [
      "id": .string(identity.resourceID), "location": "westus", "name": "MyIdentity",
      "tags": ["env": "lab"], "type": "Microsoft.ManagedIdentity/userAssignedIdentities",
    ]
    let ids: JSONTree = [
      "clientId": .string(identity.clientID), "principalId": .string(identity.principalID),
      "tenantId": .string(identity.tenantID),
    ]
    guard case .object(let members) = ids else { return }
    #expect(
      identity.azShape
        == shared.merging(members).merging([
          "isolationScope": nil, "resourceGroup": "MyResourceGroup",
        ])
    )
    #expect(
      identity.restShape
        == shared.merging(["properties": ids.merging(["isolationScope": "None"])])
    )
  }

  @Test func `tags have their limits`() throws {
    let world = try World()
    for tags in [
      Dictionary(uniqueKeysWithValues: (0...50).map { ("t\($0)", "") }),
      ["t": String(repeating: "v", count: 257)], [String(repeating: "n", count: 513): ""],
    ] {
      refused(.argumentValue) {
        try world.azure.createIdentity(
          name: "MyIdentity",
          resourceGroup: "g",
          tags: tags,
          context: world.context
        )
      }
    }
  }
}
