import Testing

@testable import AzureModel

@Suite struct PolicyTests {
  private let someone = "6b0ad0a5-25cf-4c1c-9d0a-0f2d0e0d8f11"

  private func set(
    _ world: World,
    _ permissions: [String]?,
    objectID: String? = nil
  ) throws -> AccessPolicy? {
    let objectID = objectID ?? someone
    let vault = try world.azure.setPolicy(
      vault: "mykeyvault",
      objectID: objectID,
      keyPermissions: permissions,
      context: world.context
    )
    return vault.accessPolicies.first { $0.objectID == objectID.lowercased() }
  }

  @Test func `permissions are a set, listed in one order`() throws {
    let world = try World()
    try world.vault()
    #expect(try set(world, ["decrypt", "encrypt", "DECRYPT"])?.keys == [.encrypt, .decrypt])
    #expect(try set(world, ["unwrapkey"])?.keys == [.unwrapKey])
  }

  @Test func `setting again replaces the list and adds no second entry`() throws {
    let world = try World()
    try world.vault()
    _ = try set(world, ["encrypt", "decrypt"])
    _ = try set(world, ["get"], objectID: someone.uppercased())
    let vault = try world.azure.vault(named: "MyKeyVault")
    #expect(vault.accessPolicies.count == 2)
    #expect(vault.accessPolicies.last?.keys == [.get])
  }

  @Test func `families not named stay`() throws {
    let world = try World()
    try world.vault()
    let me = world.account.signedInUser.objectID
    let policy = try set(world, ["get"], objectID: me)
    #expect(policy?.keys == [.get])
    #expect(policy?.secrets == ["all"])
    #expect(try set(world, nil, objectID: me)?.keys == [.get])
    #expect(try set(world, [], objectID: me)?.keys == [])
  }

  @Test(arguments: ["", "wrap", "encrypt ", "Key Vault Crypto User"])
  func `an unknown permission is refused and changes nothing`(name: String) throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents
    let error = refused(.argumentValue) { _ = try set(world, ["encrypt", name]) }
    #expect(error?.message.contains("Allowed values: all, backup, create, decrypt,") == true)
    #expect(world.store.contents == before)
  }

  @Test(arguments: [
    "", "MyIdentity", "6b0ad0a5-25cf-4c1c-9d0a-0f2d0e0d8f1",
    "g" + "b0ad0a5-25cf-4c1c-9d0a-0f2d0e0d8f11",
  ])
  func `what is no guid is refused`(objectID: String) throws {
    let world = try World()
    try world.vault()
    refused(.argumentValue) { _ = try set(world, ["get"], objectID: objectID) }
  }

  @Test func `an RBAC vault takes no policies`() throws {
    let world = try World()
    try world.vault { $0.enableRBACAuthorization = true }
    let error = refused(.policyRefused) { _ = try set(world, ["encrypt", "decrypt"]) }
    #expect(
      error?.message
        == "Cannot set policies to a vault with '--enable-rbac-authorization' specified"
    )
    #expect(error?.rule == "R35")
    let deleting = refused(.policyRefused) {
      try world.azure.deletePolicy(
        vault: "MyKeyVault",
        objectID: someone,
        context: world.context
      )
    }
    #expect(
      deleting?.message
        == "Cannot delete policies to a vault with '--enable-rbac-authorization' specified"
    )
  }

  @Test func `a vault takes 1,024 entries, and those it has can still be changed`() throws {
    let world = try World()
    var vault = try world.vault()
    let entry = vault.accessPolicies[0]
    vault.accessPolicies += (1..<AccessPolicy.countMax).map { number in
      AccessPolicy(
        tenantID: entry.tenantID,
        objectID: "00000000-0000-4000-8000-\(String(1_000_000_000_000 + number).dropFirst())",
        applicationID: nil,
        keys: [.get],
        secrets: [],
        certificates: [],
        storage: []
      )
    }
    try world.store.put(vault)
    let before = world.store.contents
    let error = refused(.argumentValue) { _ = try set(world, ["get"]) }
    #expect(error?.status == 400 && world.store.contents == before)
    let last = try #require(vault.accessPolicies.last?.objectID)
    #expect(try set(world, ["list"], objectID: last)?.keys == [.list])
    try world.azure.deletePolicy(vault: "MyKeyVault", objectID: last, context: world.context)
    #expect(try set(world, ["get"])?.keys == [.get])
  }

  @Test func `a deleted policy grants nothing any more`() throws {
    let world = try World()
    try world.vault()
    let me = world.account.signedInUser.objectID
    try world.azure.deletePolicy(vault: "MyKeyVault", objectID: me, context: world.context)
    refused(.accessDenied) { try world.key() }
    refused(.policyNotFound) {
      try world.azure.deletePolicy(vault: "MyKeyVault", objectID: me, context: world.context)
    }
  }

  @Test(
    arguments: [
      (.everything, []), (.allButPurge, [.purge]),
      (.classic, [.purge, .release, .rotate, .getrotationpolicy, .setrotationpolicy]),
    ] as [(PolicyAll, Set<KeyPermission>)]
  )
  func `what all leaves out is for the settings to say`(
    all: PolicyAll,
    leftOut: Set<KeyPermission>
  ) throws {
    let world = try World()
    let policy = try #require(try world.vault().accessPolicies.first)
    try world.azure.set("policy_all", to: .text(all.rawValue))
    for permission in KeyPermission.allCases {
      let isAllowed = try policy.allows(permission, all: world.azure.settings().policyAll)
      #expect(isAllowed == !leftOut.contains(permission))
    }
  }

  @Test func `who may write a vault can grant himself its keys, under policies and not under RBAC`()
    throws
  {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let ada = try world.user()
    try world.assign("Contributor", to: ada.objectID, at: world.subscription)
    let hers = world.seen(by: ada)
    refused(.accessDenied) { _ = try world.azure.key(kid, context: hers) }
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: ada.objectID,
      keyPermissions: ["get"],
      context: hers
    )
    #expect(try world.azure.key(kid, context: hers).kid == kid)
    let vault = try world.vault("rbac-vault") { $0.enableRBACAuthorization = true }
    let error = refused(.accessDenied) {
      try world.azure.createRoleAssignment(
        RoleAssignmentOptions(
          role: "Key Vault Crypto User",
          principalID: ada.objectID,
          scope: vault.resourceID
        ),
        context: hers
      )
    }
    #expect(error?.azureCode == "AuthorizationFailed")
  }
}
