import AzureModel
import Testing

@Suite struct VaultTests {
  @Test func `a default vault uses access policies and lets its creator do all`() throws {
    let world = try World()
    let vault = try world.vault()
    #expect(vault.name == "MyKeyVault")
    #expect(vault.vaultURI == "https://mykeyvault.vault.azure.net/")
    #expect(
      vault.resourceID
        == "/subscriptions/\(world.account.subscriptionID)/resourceGroups/MyResourceGroup"
        + "/providers/Microsoft.KeyVault/vaults/MyKeyVault"
    )
    #expect(!vault.enableRBACAuthorization)
    #expect(vault.softDeleteRetentionInDays == 90)
    #expect(vault.publicNetworkAccess == .enabled)
    #expect(vault.tenantID == world.account.tenantID)
    #expect(vault.accessPolicies.map(\.objectID) == [world.account.signedInUser.objectID])
    #expect(vault.accessPolicies.first?.keys == [.all])
    #expect(vault.recoveryLevel == "Recoverable+Purgeable")
  }

  @Test func `options decide what a vault is`() throws {
    let world = try World()
    let vault = try world.vault {
      $0.location = "West Europe"
      $0.retentionDays = 7
      $0.enablePurgeProtection = true
      $0.publicNetworkAccess = .disabled
      $0.noSelfPermissions = true
    }
    #expect(vault.location == "westeurope")
    #expect(vault.recoveryLevel == "CustomizedRecoverable")
    #expect(vault.publicNetworkAccess == .disabled)
    #expect(vault.accessPolicies.isEmpty)
    #expect(try world.vault("rbac") { $0.enableRBACAuthorization = true }.accessPolicies.isEmpty)
  }

  @Test(arguments: ["abc", "A1-b2", "MyKeyVault", String(repeating: "v", count: 24)])
  func `a good name is taken`(name: String) throws {
    #expect(try World().vault(name).name == name)
  }

  @Test(
    arguments: [
      "", "ab", "1abc", "-abc", "abc-", "a--b", "a_b", "a b", "vält", "a.b", "vault\n",
      String(repeating: "v", count: 25),
    ])
  func `a bad name is refused`(name: String) throws {
    let world = try World()
    let before = world.store.contents
    let error = refused(.vaultNameInvalid) { try world.vault(name) }
    #expect(error?.azureCode == "VaultNameNotValid")
    #expect(error?.status == 400)
    #expect(error?.message.hasPrefix("The vault name '\(name)' is invalid. A vault's") == true)
    #expect(world.store.contents == before)
  }

  @Test func `a name is taken once, in any letter case`() throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents
    let same = refused(.vaultExists) { try world.vault("mykeyvault") }
    #expect(same?.message == "The specified vault: mykeyvault already exists")
    let other = refused(.vaultExists) { try world.vault { $0.resourceGroup = "other" } }
    #expect(other?.azureCode == "VaultAlreadyExists")
    #expect(
      other?.message.hasPrefix(
        "The vault name 'MyKeyVault' is already in use. Vault names are globaly unique"
      ) == true
    )
    #expect(world.store.contents == before)
  }

  @Test(arguments: [-1, 0, 6, 91])
  func `retention outside 7 to 90 days is refused`(days: Int) throws {
    let world = try World()
    refused(.argumentValue) { try world.vault { $0.retentionDays = days } }
    #expect(try world.azure.listVaults().isEmpty)
  }

  @Test func `purge protection cannot be asked to be off`() throws {
    let world = try World()
    let error = refused(.argumentValue) { try world.vault { $0.enablePurgeProtection = false } }
    #expect(
      error?.message
        == "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge "
        + "protection for a vault is an irreversible action."
    )
    refused(.argumentValue) { try world.vault { $0.tenantID = "contoso" } }
  }

  @Test func `an unknown vault is told as the client tells it`() throws {
    let azure = try World().azure
    let error = refused(.vaultNotFound) { _ = try azure.vault(named: "nope") }
    #expect(error?.message == "The Vault 'nope' not found within subscription.")
    #expect(try azure.findVault(named: "nope") == nil)
  }

  @Test func `vaults are listed by name, of one group or all`() throws {
    let world = try World()
    for name in ["zeta", "Alpha", "mid"] { try world.vault(name) }
    try world.vault("beta") { $0.resourceGroup = "other" }
    #expect(try world.azure.listVaults().map(\.name) == ["Alpha", "beta", "mid", "zeta"])
    let one = try world.azure.listVaults(resourceGroup: "MYRESOURCEGROUP")
    #expect(one.map(\.name) == ["Alpha", "mid", "zeta"])
    #expect(try world.azure.listVaults(resourceGroup: "none").isEmpty)
  }

  @Test func `only the owner writes on the control plane`() throws {
    let world = try World()
    let identity = try world.azure.createIdentity(
      name: "MyIdentity",
      resourceGroup: "MyResourceGroup",
      context: world.context
    )
    let context = world.seen(by: identity.principal)
    let before = world.store.contents
    let error = refused(.accessDenied) {
      try world.azure.createVault(VaultOptions(name: "kv1", resourceGroup: "new"), context)
    }
    #expect(error?.azureCode == "AuthorizationFailed")
    let start =
      "The client '\(identity.clientID)' with object id '\(identity.principalID)' does not have "
      + "authorization to perform action 'Microsoft.KeyVault/vaults/write' over scope "
    #expect(error?.message.hasPrefix(start) == true)
    #expect(world.store.contents == before)
  }
}
