import AzureModel
import FoundationEssentials
import Testing

@Suite struct VaultUpdateTests {
  @Test func `what is given changes, what is left out stays`() throws {
    let world = try World()
    let before = try world.vault {
      $0.tags = ["a": "1"]
      $0.bypass = NetworkACLs.Bypass.none
    }
    let after = try world.azure.updateVault(
      named: "mykeyvault",
      VaultChanges(publicNetworkAccess: .disabled, defaultAction: .deny),
      world.later(5)
    )
    #expect(after.publicNetworkAccess == .disabled)
    #expect(after.networkACLs.defaultAction == .deny)
    #expect(after.networkACLs.bypass == NetworkACLs.Bypass.none)
    #expect(after.tags == ["a": "1"])
    #expect(after.updated == before.created + 5 && after.created == before.created)
    #expect(try world.azure.vault(named: "MyKeyVault") == after)
  }

  @Test func `every option of a change has its place`() throws {
    let world = try World()
    try world.vault { $0.retentionDays = 30 }
    let vault = try world.azure.updateVault(
      named: "MyKeyVault",
      VaultChanges(
        publicNetworkAccess: .securedByPerimeter,
        enableRBACAuthorization: true,
        enablePurgeProtection: true,
        retentionDays: 30,
        defaultAction: .deny,
        bypass: NetworkACLs.Bypass.none,
        tags: ["b": "2"],
        deploymentAccess: DeploymentAccess(
          virtualMachines: true,
          diskEncryption: true,
          templates: false
        )
      ),
      world.context
    )
    #expect(vault.publicNetworkAccess == .securedByPerimeter)
    #expect(vault.enableRBACAuthorization && vault.enablePurgeProtection)
    #expect(vault.networkACLs == NetworkACLs(bypass: .none, defaultAction: .deny))
    #expect(vault.tags == ["b": "2"])
    #expect(vault.recoveryLevel == "CustomizedRecoverable")
    #expect(vault.deploymentAccess.virtualMachines == true)
    #expect(vault.deploymentAccess.diskEncryption == true)
    #expect(vault.deploymentAccess.templates == false)
  }

  @Test(arguments: [
    (
      VaultChanges(enablePurgeProtection: false),
      "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge "
        + "protection for a vault is an irreversible action."
    ),
    (
      VaultChanges(retentionDays: 30),
      "The property \"softDeleteRetentionInDays\" has been set already and it can't be modified."
    ),
    (
      VaultChanges(tags: Dictionary(uniqueKeysWithValues: (0..<51).map { ("t\($0)", "") })),
      "A vault takes at most 50 tags, not 51."
    ),
  ])
  func `what cannot change is refused, and nothing else changes with it`(
    changes: VaultChanges,
    text: String
  ) throws {
    let world = try World()
    try world.vault { $0.enablePurgeProtection = true }
    let before = world.store.contents
    var changes = changes
    changes.publicNetworkAccess = .disabled
    let error = refused(.argumentValue) {
      try world.azure.updateVault(named: "MyKeyVault", changes, world.context)
    }
    #expect(error?.message == text)
    #expect(error?.azureCode == "BadRequest" && error?.status == 400)
    #expect(world.store.contents == before)
  }

  @Test func `purge protection asked for twice stays, and never goes`() throws {
    let world = try World()
    try world.vault()
    for _ in 1...2 {
      try world.azure.updateVault(
        named: "MyKeyVault",
        VaultChanges(enablePurgeProtection: true),
        world.context
      )
    }
    let vault = try world.azure.updateVault(named: "MyKeyVault", VaultChanges(), world.context)
    #expect(vault.enablePurgeProtection)
  }

  @Test func `a switch to roles keeps the policies for the way back`() throws {
    let world = try World()
    let before = try world.vault()
    for usesRBAC in [true, false] {
      let vault = try world.azure.updateVault(
        named: "MyKeyVault",
        VaultChanges(enableRBACAuthorization: usesRBAC),
        world.context
      )
      #expect(vault.enableRBACAuthorization == usesRBAC)
      #expect(vault.accessPolicies == before.accessPolicies)
    }
  }

  @Test(arguments: [
    ["": "x"], [String(repeating: "n", count: 513): "x"],
    ["n": String(repeating: "v", count: 257)], ["a": "1", "A": "2"], ["a<b": "1"], ["a/b": "1"],
  ])
  func `a tag beyond its limits is refused`(tags: [String: String]) throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents
    refused(.argumentValue) {
      try world.azure.updateVault(named: "MyKeyVault", VaultChanges(tags: tags), world.context)
    }
    refused(.argumentValue) { try world.vault("other") { $0.tags = tags } }
    #expect(world.store.contents == before)
  }

  @Test func `a tag within its limits is taken`() throws {
    let world = try World()
    let tags = [
      String(repeating: "n", count: 512): String(repeating: "v", count: 256), "x": "",
    ]
    #expect(try world.vault { $0.tags = tags }.tags == tags)
  }

  @Test func `a vault that is not there cannot change`() throws {
    let world = try World()
    refused(.vaultNotFound) {
      try world.azure.updateVault(named: "nope", VaultChanges(), world.context)
    }
  }

  @Test func `who changed a vault is told, and when`() throws {
    let world = try World()
    let vault = try world.vault()
    #expect(vault.createdBy == world.account.signedInUser && vault.updatedBy == vault.createdBy)
    let after = try world.azure.addNetworkRules(
      [.address("203.0.113.7")],
      to: "MyKeyVault",
      world.later(9)
    )
    #expect(after.updated == vault.updated + 9)
  }
}
