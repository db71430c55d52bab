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

  @Test(arguments: [
    ("MyKeyVault", NameAvailability.Reason?.some(.alreadyExists)),
    ("MYKEYVAULT", .alreadyExists), ("deleted", .alreadyExists), ("free", nil),
    ("ab", .accountNameInvalid), ("a--b", .accountNameInvalid),
  ])
  func `a name can be had, or the reason is told`(
    name: String,
    reason: NameAvailability.Reason?
  ) throws {
    let world = try World()
    try world.vault()
    try world.vault("deleted")
    try world.azure.deleteVault(named: "deleted", world.context)
    let answer = try world.azure.nameAvailability(of: name, world.context)
    #expect(answer.reason == reason && answer.isAvailable == (reason == nil))
    switch reason {
    case nil: #expect(answer.message == nil)
    case .accountNameInvalid:
      #expect(answer.message == refused(.vaultNameInvalid) { try world.vault(name) }?.message)
    case .alreadyExists:
      #expect(answer.message?.hasPrefix("The vault name '\(name)' is already in use.") == true)
    }
  }

  @Test(arguments: [-1, 0, 6, 91, Int.max, Int.min])
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
    let world = try World()
    let error = refused(.vaultNotFound) { _ = try world.azure.vault(named: "nope", world.context) }
    #expect(error?.message == "The Vault 'nope' not found within subscription.")
    #expect(error?.status == 404)
    #expect(try world.azure.findVault(named: "nope") == nil)
  }

  @Test func `an unknown vault of a known group is told as Resource Manager tells it`() throws {
    let world = try World()
    let id = try world.vault().resourceID
    try world.vault("other") { $0.resourceGroup = "other" }
    #expect(try world.azure.vault(id: id.uppercased(), world.context).name == "MyKeyVault")
    for name in ["nope", "other"] {
      let error = refused(.vaultNotFound) {
        _ = try world.azure.vault(
          named: name,
          resourceGroup: "MyResourceGroup",
          world.context
        )
      }
      #expect(
        error?.message
          == "The Resource 'Microsoft.KeyVault/vaults/\(name)' under resource group "
          + "'MyResourceGroup' was not found. For more details please go to "
          + "https://aka.ms/ARMResourceNotFoundFix"
      )
      #expect(error?.azureCode == "ResourceNotFound" && error?.status == 404)
    }
    let group = refused(.resourceGroupNotFound) {
      _ = try world.azure.vault(named: "MyKeyVault", resourceGroup: "nope", world.context)
    }
    #expect(group?.message == "Resource group 'nope' could not be found.")
    #expect(group?.azureCode == "ResourceGroupNotFound" && group?.status == 404)
    for text in ["", "/", id + "/keys/k", id.replacing("vaults", with: "managedHSMs")] {
      refused(.argumentValue) { _ = try world.azure.vault(id: text, world.context) }
    }
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

  /// Every call of the control plane, and the action it needs.
  private static let calls: [(String, @Sendable (Azure, CallContext) throws -> Void)] = [
    ("vaults/write", { try $0.createVault(VaultOptions(name: "kv1", resourceGroup: "new"), $1) }),
    ("vaults/read", { _ = try $0.vault(named: "MyKeyVault", $1) }),
    (
      "vaults/read",
      { _ = try $0.vault(named: "MyKeyVault", resourceGroup: "MyResourceGroup", $1) }
    ),
    ("vaults/write", { try $0.updateVault(named: "MyKeyVault", VaultChanges(), $1) }),
    ("vaults/delete", { try $0.deleteVault(named: "MyKeyVault", $1) }),
    ("vaults/write", { try $0.recoverVault(named: "deleted", $1) }),
    ("locations/deletedVaults/read", { _ = try $0.deletedVault(named: "deleted", $1) }),
    ("deletedVaults/read", { _ = try $0.listDeletedVaults($1) }),
    ("locations/deletedVaults/purge/action", { try $0.purgeVault(named: "deleted", $1) }),
    ("checkNameAvailability/read", { _ = try $0.nameAvailability(of: "free", $1) }),
    (
      "vaults/write", { try $0.addNetworkRules([.address("203.0.113.7")], to: "MyKeyVault", $1) }
    ),
    (
      "vaults/write",
      { try $0.removeNetworkRules([.address("203.0.113.7")], from: "MyKeyVault", $1) }
    ),
    (
      "vaults/privateEndpointConnections/write",
      { try $0.decideConnection("c", of: "MyKeyVault", isApproved: true, $1) }
    ),
    (
      "vaults/privateEndpointConnections/delete",
      { try $0.deleteConnection("c", of: "MyKeyVault", $1) }
    ),
  ]

  @Test(arguments: calls.indices)
  func `a caller without rights is refused on the control plane`(index: Int) throws {
    let (action, call) = Self.calls[index]
    let world = try World()
    try world.vault()
    try world.vault("deleted")
    try world.azure.deleteVault(named: "deleted", world.context)
    try world.azure.connectPrivateEndpoint(
      PrivateEndpointOptions(endpoint: "pe", connectionName: "c"),
      to: "MyKeyVault",
      world.context
    )
    let identity = try world.identity()
    let before = world.store.contents
    let error = refused(.accessDenied) {
      try call(world.azure, world.seen(by: identity.principal))
    }
    #expect(error?.azureCode == "AuthorizationFailed" && error?.status == 403)
    let start =
      "The client '\(identity.clientID)' with object id '\(identity.principalID)' does not have "
      + "authorization to perform action 'Microsoft.KeyVault/\(action)' over scope "
      + "'/subscriptions/\(world.account.subscriptionID)"
    #expect(error?.message.hasPrefix(start) == true)
    #expect(world.store.contents == before)
    // The owner may.
    try call(world.azure, world.context)
  }

  @Test(arguments: [
    (90, false, "Recoverable+Purgeable"), (90, true, "Recoverable"),
    (89, false, "CustomizedRecoverable+Purgeable"), (7, true, "CustomizedRecoverable"),
  ])
  func `the recovery level is told by retention and purge protection`(
    days: Int,
    isProtected: Bool,
    level: String
  ) throws {
    let vault = try World().vault {
      $0.retentionDays = days
      if isProtected { $0.enablePurgeProtection = true }
    }
    #expect(vault.recoveryLevel == level)
  }

  @Test func `a caller without rights sees no vault in a list`() throws {
    let world = try World()
    try world.vault()
    let identity = try world.identity()
    #expect(try world.azure.listVaults(world.seen(by: identity.principal)).isEmpty)
    #expect(try world.azure.listVaults(world.context).map(\.name) == ["MyKeyVault"])
  }
}
