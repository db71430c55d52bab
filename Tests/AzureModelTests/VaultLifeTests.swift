import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

@Suite struct VaultLifeTests {
  private let day = 86_400.0

  private func world(_ change: (inout VaultOptions) -> Void = { _ in }) throws -> World {
    let world = try World()
    try world.vault("MyKeyVault", change)
    try world.key()
    return world
  }

  @Test func `a deleted vault is gone from both planes, its keys with it`() throws {
    let world = try world()
    let kid = try world.azure.key(
      vault: "MyKeyVault",
      name: "MyKeyName",
      context: world.context
    ).kid
    try world.azure.deleteVault(named: "mykeyvault", world.context)
    #expect(try world.azure.findVault(named: "MyKeyVault") == nil)
    #expect(try world.azure.listVaults(world.context).isEmpty)
    let control = refused(.vaultNotFound) {
      _ = try world.azure.vault(named: "MyKeyVault", world.context)
    }
    #expect(control?.message == "The Vault 'MyKeyVault' not found within subscription.")
    #expect(control?.hint?.contains("vault.recover('MyKeyVault')") == true)
    let data = refused(.vaultNotFound) {
      _ = try world.azure.encrypt(
        kid,
        algorithm: .rsaOAEP256,
        value: SecretBytes("seed"),
        context: world.context
      )
    }
    #expect(data?.message == "Failed to resolve 'mykeyvault.vault.azure.net'")
    #expect(data?.hint == control?.hint)
    refused(.vaultNotFound) { try world.azure.deleteVault(named: "MyKeyVault", world.context) }
  }

  @Test func `a deleted vault is listed with its dates`() throws {
    let world = try world {
      $0.retentionDays = 7
      $0.tags = ["team": "blue"]
    }
    try world.azure.deleteVault(named: "MyKeyVault", world.later(0.75))
    let deleted = try #require(try world.azure.listDeletedVaults(world.context).first)
    #expect(deleted.name == "MyKeyVault")
    #expect(
      deleted.resourceID
        == "/subscriptions/\(world.account.subscriptionID)/providers/Microsoft.KeyVault"
        + "/locations/eastus/deletedVaults/MyKeyVault"
    )
    #expect(deleted.deletionDate == world.context.now)
    #expect(deleted.scheduledPurgeDate == world.context.now + 7 * day)
    #expect(deleted.vault.tags == ["team": "blue"])
    #expect(try world.azure.deletedVault(named: "MYKEYVAULT", world.context) == deleted)
  }

  @Test func `recovery brings back the vault, its policies and its keys`() throws {
    let world = try world()
    let before = try world.azure.vault(named: "MyKeyVault")
    let kid = try world.azure.key(
      vault: "MyKeyVault",
      name: "MyKeyName",
      context: world.context
    ).kid
    let sealed = try world.azure.encrypt(
      kid,
      algorithm: .rsaOAEP256,
      value: SecretBytes("seed"),
      context: world.context
    )
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    let after = try world.azure.recoverVault(named: "mykeyvault", world.later(60))
    #expect(after.accessPolicies == before.accessPolicies)
    #expect(after.created == before.created && after.updated == before.updated + 60)
    #expect(try world.azure.listDeletedVaults(world.context).isEmpty)
    let opened = try world.azure.decrypt(
      kid,
      algorithm: .rsaOAEP256,
      value: sealed.value,
      context: world.context
    )
    #expect(opened.value == SecretBytes("seed"))
  }

  @Test func `a purged vault leaves no record of a key, and its name is free`() throws {
    let world = try world()
    try world.key("other")
    try world.key()
    let kinds = world.store.contents.keys.filter { $0.hasPrefix("key") }
    #expect(!kinds.isEmpty)
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    try world.azure.purgeVault(named: "MyKeyVault", world.context)
    #expect(!world.store.contents.keys.contains { $0.hasPrefix("key") })
    #expect(!world.store.contents.keys.contains { $0.hasPrefix("deleted_vault") })
    try world.vault()
    #expect(try world.azure.listKeys(vault: "MyKeyVault", context: world.context).isEmpty)
  }

  @Test func `purging one vault leaves the keys of others`() throws {
    let world = try world()
    try world.vault("MyKeyVault2")
    try world.key("MyKeyName") { $0.vault = "MyKeyVault2" }
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    try world.azure.purgeVault(named: "MyKeyVault", world.context)
    let left = try world.azure.listKeys(vault: "MyKeyVault2", context: world.context)
    #expect(left.map(\.name) == ["MyKeyName"])
  }

  @Test func `a name stays taken while its vault is in deleted state`() throws {
    let world = try world()
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    let before = world.store.contents
    let error = refused(.vaultDeleted) {
      try world.vault("MYKEYVAULT") { $0.resourceGroup = "other" }
    }
    #expect(error?.status == 409)
    #expect(error?.azureCode == "ConflictError")
    #expect(
      error?.message
        == "A vault with the same name already exists in deleted state. You need to either "
        + "recover or purge existing key vault. Follow this link "
        + "https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete."
    )
    #expect(world.store.contents == before)
  }

  @Test func `purge protection keeps everyone from purging`() throws {
    let world = try world { $0.enablePurgeProtection = true }
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    let before = world.store.contents
    let error = refused(.vaultPurgeProtected) {
      try world.azure.purgeVault(named: "MyKeyVault", world.later(89 * day))
    }
    #expect(error?.message == "Operation 'DeletedVaultPurge' is not allowed.")
    #expect(error?.azureCode == "MethodNotAllowed" && error?.status == 405)
    #expect(world.store.contents == before)
    try world.azure.recoverVault(named: "MyKeyVault", world.context)
    #expect(try world.azure.vault(named: "MyKeyVault").enablePurgeProtection)
  }

  @Test(arguments: [false, true], [7, 30, 90])
  func `the service purges at the scheduled date, protected or not`(
    isProtected: Bool,
    days: Int
  ) throws {
    let world = try world {
      $0.retentionDays = days
      if isProtected { $0.enablePurgeProtection = true }
    }
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    let last = world.later(Double(days) * day - 1)
    #expect(try world.azure.findDeletedVault(named: "MyKeyVault", last) != nil)
    #expect(try world.azure.listDeletedVaults(last).count == 1)
    let due = world.later(Double(days) * day)
    refused(.vaultNotFound) { try world.azure.recoverVault(named: "MyKeyVault", due) }
    #expect(try world.azure.listDeletedVaults(due).isEmpty)
    #expect(!world.store.contents.keys.contains { $0.hasPrefix("key_material") })
    #expect(try world.azure.nameAvailability(of: "MyKeyVault", due).isAvailable)
  }

  @Test func `a new vault may take the name once the clock has purged the old one`() throws {
    let world = try world()
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    let due = world.later(90 * day)
    try world.azure.createVault(VaultOptions(name: "mykeyvault", resourceGroup: "rg"), due)
    #expect(try world.azure.listKeys(vault: "mykeyvault", context: due).isEmpty)
  }

  @Test func `moving the clock removes what no one asks for`() throws {
    let world = try world()
    try world.vault("other") { $0.retentionDays = 7 }
    for name in ["MyKeyVault", "other"] {
      try world.azure.deleteVault(named: name, world.context)
    }
    try world.azure.purgeDueVaults(at: world.context.now + 7 * day)
    #expect(world.store.contents.keys.filter { $0.hasPrefix("deleted_vault") }.count == 1)
    try world.azure.purgeDueVaults(at: world.context.now + 90 * day)
    #expect(!world.store.contents.keys.contains { $0.hasPrefix("deleted_vault") })
  }

  @Test func `a name that no deleted vault has is told as the client tells it`() throws {
    let world = try world()
    let calls: [() throws -> Void] = [
      { _ = try world.azure.deletedVault(named: "MyKeyVault", world.context) },
      { try world.azure.recoverVault(named: "MyKeyVault", world.context) },
      { try world.azure.purgeVault(named: "MyKeyVault", world.context) },
    ]
    for call in calls {
      let error = refused(.vaultNotFound, call)
      #expect(error?.message == "No deleted Vault or HSM was found with name MyKeyVault")
    }
  }

  @Test func `a vault may be deleted and recovered again and again`() throws {
    let world = try world()
    for round in 1...3 {
      let context = world.later(Double(round) * 60 * day)
      let deleted = try world.azure.deleteVault(named: "MyKeyVault", context)
      #expect(deleted.scheduledPurgeDate == context.now + 90 * day)
      try world.azure.recoverVault(named: "MyKeyVault", context)
    }
    #expect(try world.azure.listKeys(vault: "MyKeyVault", context: world.context).count == 1)
  }
}
