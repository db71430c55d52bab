import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

/// Backing a key up and restoring it.
@Suite struct KeyBackupTests {
  private func world() throws -> World {
    let world = try World()
    for name in ["MyKeyVault", "same-geography", "elsewhere"] {
      try world.vault(name) { options in
        switch name {
        case "same-geography": options.location = "westus2"
        case "elsewhere": options.location = "westeurope"
        default: options.location = "eastus"
        }
      }
    }
    return world
  }

  private func restore(
    _ world: World,
    _ blob: [UInt8],
    to vault: String = "same-geography"
  ) throws -> Key {
    try world.azure.restoreKey(blob, toVault: vault, context: world.context)
  }

  @Test func `a restored key has the versions it had, under another host`() throws {
    let world = try world()
    let first = try world.key { $0.isDisabled = true }
    let second = try world.key { ($0.tags, $0.expires) = (["a": "b"], world.context.now + 9) }
    let third = try world.key(on: .p521, "MyKeyName")
    let sealed = try world.azure.encrypt(
      second.kid,
      algorithm: .rsaOAEP256,
      value: SecretBytes("seed"),
      context: world.context
    ).value
    let blob = try world.azure.backupKey(second.kid, context: world.context)
    let latest = try restore(world, blob)
    #expect(latest.version == third.version && latest.vault == "same-geography")
    #expect(latest.name == "MyKeyName" && latest.number == 3)
    let restored = try world.azure.listVersions(of: latest.kid, context: world.context)
    let own = try world.azure.listVersions(of: first.kid, context: world.context)
    #expect(restored.map(\.version) == own.map(\.version))
    for (left, right) in zip(restored, own) {
      #expect(left.publicNumbers == right.publicNumbers && left.tags == right.tags)
      #expect(left.isEnabled == right.isEnabled && left.expires == right.expires)
      #expect(left.created == right.created && left.operations == right.operations)
    }
    let kid = try KeyID(
      vaultName: "same-geography",
      name: "MyKeyName",
      version: second.version
    )
    // Another process opens what was sealed anew.
    let opened = try Azure(store: world.store).decrypt(
      kid,
      algorithm: .rsaOAEP256,
      value: sealed,
      context: world.context
    )
    #expect(opened.value == SecretBytes("seed"))
  }

  @Test func `a purged key comes back from its backup as it was`() throws {
    let world = try world()
    let kid = try world.key().kid
    try world.azure.setRotationPolicy(
      of: kid,
      actions: [.init(.rotate, .timeAfterCreate(ISO8601Duration(days: 7)))],
      expiryTime: nil,
      context: world.context
    )
    let before = world.store.contents
    let blob = try world.azure.backupKey(kid, context: world.context)
    try world.azure.deleteKey(kid, context: world.context)
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: world.account.signedInUser.objectID,
      keyPermissions: ["all", "purge"],
      context: world.context
    )
    try world.azure.purgeKey(kid, context: world.context)
    _ = try restore(world, blob, to: "MyKeyVault")
    let after = world.store.contents
    #expect(Set(after.keys) == Set(before.keys))
    for (id, text) in after where !id.hasPrefix("vault/") { #expect(text == before[id]) }
  }

  @Test func `a name that is taken is a conflict`() throws {
    let world = try world()
    let kid = try world.key().kid
    let blob = try world.azure.backupKey(kid, context: world.context)
    let before = world.store.contents
    let error = refused(.keyExists) { _ = try restore(world, blob, to: "MyKeyVault") }
    #expect(error?.status == 409 && error?.azureCode == "Conflict")
    #expect(
      error?.message.hasPrefix("There was a conflict restoring the key '\(kid)'. This can") == true
    )
    #expect(world.store.contents == before)
  }

  @Test func `another geography does not open a backup`() throws {
    let world = try world()
    let blob = try world.azure.backupKey(world.key().kid, context: world.context)
    let before = world.store.contents
    let error = refused(.keyBackupRejected) { _ = try restore(world, blob, to: "elsewhere") }
    #expect(error?.message == "Cannot decrypt backup blob." && error?.status == 400)
    #expect(error?.azureCode == "BadParameter")
    let places = "another geography, United States; vault elsewhere lies in Europe"
    #expect(error?.hint?.contains(places) == true)
    #expect(world.store.contents == before)
  }

  @Test func `another subscription does not open a backup, even of this workspace`() throws {
    let world = try world()
    let blob = try world.azure.backupKey(world.key().kid, context: world.context)
    let text = String(decoding: blob.prefix(200), as: UTF8.self)
    #expect(text.contains(world.account.subscriptionID) && text.contains("United States"))
    let other = try World(seed: 2)
    try other.vault()
    let error = refused(.keyBackupRejected) { _ = try restore(other, blob, to: "MyKeyVault") }
    #expect(error?.hint?.contains("another subscription") == true)
    // The same subscription id in another workspace, whose root key is another.
    let twin = try World()
    try twin.vault()
    let stranger = refused(.keyBackupRejected) { _ = try restore(twin, blob, to: "MyKeyVault") }
    #expect(stranger?.hint?.contains("another workspace") == true)
    #expect(Set([error?.message, stranger?.message]).count == 1)
  }

  @Test func `a blob with any byte altered is refused`() throws {
    let world = try world()
    let blob = try world.azure.backupKey(world.key(on: .p256).kid, context: world.context)
    let before = world.store.contents
    for index in blob.indices {
      var altered = blob
      altered[index] ^= 1 << UInt8(index % 8)
      let error = #expect(throws: AzureError.self) { try restore(world, altered) }
      #expect(error?.code == .keyBackupRejected)
    }
    for count in [0, 1, 18, 40, 150, blob.count - 1] {
      refused(.keyBackupRejected) { _ = try restore(world, Array(blob.prefix(count))) }
    }
    refused(.keyBackupRejected) { _ = try restore(world, blob + [0]) }
    refused(.keyBackupRejected) {
      _ = try restore(world, blob + [UInt8](repeating: 0, count: 9 << 20))
    }
    #expect(world.store.contents == before)
    _ = try restore(world, blob)
  }

  @Test func `a backup shows no private material`() throws {
    let world = try world()
    let blob = try world.azure.backupKey(world.key().kid, context: world.context)
    let pkcs8 = try Material.get().pkcs8()
    let secret = pkcs8.withUnsafeBytes { Array($0.dropFirst(300).prefix(24)) }
    #expect(!blob.indices.contains { blob[$0...].starts(with: secret) })
  }

  @Test func `500 versions are backed up, one more is too many`() throws {
    let world = try world()
    var kid = try world.key(on: .p256).kid
    for _ in 1..<500 { kid = try world.key(on: .p256).kid }
    let blob = try world.azure.backupKey(kid, context: world.context)
    #expect(blob.count < 8 << 20)
    #expect(try restore(world, blob).version == kid.version)
    try world.key(on: .p256)
    let before = world.store.contents
    let error = refused(.keyBackupRefused) {
      _ = try world.azure.backupKey(kid, context: world.context)
    }
    #expect(error?.status == 400 && error?.message.contains("500 versions") == true)
    #expect(world.store.contents == before)
  }

  @Test(arguments: [
    ("eastus", "westus3", true), ("westeurope", "northeurope", true),
    ("japaneast", "japanwest", true), ("eastus", "canadaeast", false),
    ("uksouth", "westeurope", false), ("nowhere1", "nowhere1", true),
    ("nowhere1", "nowhere2", false),
  ])
  func `regions lie in geographies`(from: String, to: String, isSame: Bool) throws {
    let world = try World()
    try world.vault("from-vault") { $0.location = from }
    try world.vault("to-vault") { $0.location = to }
    let kid = try world.key("k") { $0.vault = "from-vault" }.kid
    let blob = try world.azure.backupKey(kid, context: world.context)
    if isSame {
      _ = try restore(world, blob, to: "to-vault")
    } else {
      refused(.keyBackupRejected) { _ = try restore(world, blob, to: "to-vault") }
    }
  }
}
