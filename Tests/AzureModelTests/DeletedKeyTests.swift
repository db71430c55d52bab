@testable import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

/// Soft delete: what happens to a key between its deletion and its end.
@Suite struct DeletedKeyTests {
  private let day = 86_400.0

  /// A world whose signed-in user may do everything with keys.
  private func world(_ change: (inout VaultOptions) -> Void = { _ in }) throws -> World {
    let world = try World()
    try world.vault("MyKeyVault", change)
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: world.account.signedInUser.objectID,
      keyPermissions: KeyPermission.allCases.map(\.rawValue),
      context: world.context
    )
    return world
  }

  @Test(arguments: [7, 30, 90])
  func `a deleted key waits for as long as the vault keeps it`(days: Int) throws {
    let world = try world { $0.retentionDays = days }
    let first = try world.key()
    let latest = try world.key("MYKEYNAME")
    let deleted = try world.azure.deleteKey(first.kid, context: world.context)
    #expect(deleted.name == "MyKeyName" && deleted.key == latest)
    #expect(deleted.recoveryID == "https://mykeyvault.vault.azure.net/deletedkeys/MyKeyName")
    #expect(deleted.deletedDate == world.context.now)
    #expect(deleted.scheduledPurgeDate == world.context.now + Double(days) * day)
    let again = try world.azure.deletedKey(latest.kid.unversioned, context: world.context)
    #expect(again == deleted)
    for kid in [first.kid, latest.kid, first.kid.unversioned] {
      refused(.keyNotFound) { _ = try world.azure.key(kid, context: world.context) }
    }
    let last = world.later(Double(days) * day - 1)
    #expect(try world.azure.listDeletedKeys(vault: "MyKeyVault", context: last) == [deleted])
    let end = world.later(Double(days) * day)
    #expect(try world.azure.listDeletedKeys(vault: "MyKeyVault", context: end).isEmpty)
    #expect(try world.azure.findDeletedKey(first.kid, context: end) == nil)
  }

  @Test func `what is recovered is what was deleted`() throws {
    let world = try world()
    let first = try world.key { $0.isDisabled = true }
    let latest = try world.key { $0.tags = ["a": "b"] }
    let sealed = try world.azure.encrypt(
      latest.kid,
      algorithm: .rsaOAEP256,
      value: SecretBytes("seed"),
      context: world.context
    )
    let before = world.store.contents
    try world.azure.deleteKey(latest.kid, context: world.context)
    #expect(try world.azure.recoverKey(first.kid, context: world.later(day)) == latest)
    #expect(world.store.contents == before)
    let opened = try world.azure.decrypt(
      latest.kid,
      algorithm: .rsaOAEP256,
      value: sealed.value,
      context: world.context
    )
    #expect(opened.value == SecretBytes("seed"))
    refused(.keyNotFound) { try world.azure.recoverKey(first.kid, context: world.context) }
  }

  @Test func `the name of a deleted key is not free`() throws {
    let world = try world()
    let kid = try world.key().kid
    let backup = try world.azure.backupKey(kid, context: world.context)
    try world.azure.deleteKey(kid, context: world.context)
    let before = world.store.contents
    let options = KeyOptions(vault: "MyKeyVault", name: "mykeyname")
    let errors = try [
      #require(
        refused(.keyDeleted) { try world.azure.createKey(options, context: world.context) }
      ),
      #require(refused(.keyDeleted) { try world.key() }),
      #require(
        refused(.keyDeleted) {
          try world.azure.restoreKey(backup, toVault: "MyKeyVault", context: world.context)
        }
      ),
    ]
    for error in errors {
      #expect(
        error.message
          == "Key MyKeyName is currently in a deleted but recoverable state, and its name cannot "
          + "be reused; in this state, the key can only be recovered or purged."
      )
      #expect(error.status == 409 && error.azureCode == "Conflict")
      #expect(error.innerCode == "ObjectIsDeletedButRecoverable")
    }
    #expect(world.store.contents == before)
    try world.azure.purgeKey(kid, context: world.context)
    #expect(try world.key("mykeyname").kid.name == "mykeyname")
  }

  @Test func `a purged key leaves no trace`() throws {
    let world = try world()
    let before = world.store.contents
    let kid = try world.key().kid
    try world.key()
    try world.azure.deleteKey(kid, context: world.context)
    try world.azure.purgeKey(kid, context: world.context)
    #expect(world.store.contents == before)
    let error = refused(.keyNotFound) {
      try world.azure.purgeKey(kid, context: world.context)
    }
    #expect(error?.message == "Deleted Key not found: MyKeyName")
    #expect(error?.status == 404 && error?.azureCode == "KeyNotFound")
  }

  @Test func `a key that is not deleted is neither recovered nor purged`() throws {
    let world = try world()
    let kid = try world.key().kid
    let before = world.store.contents
    refused(.keyNotFound) { try world.azure.recoverKey(kid, context: world.context) }
    refused(.keyNotFound) { try world.azure.purgeKey(kid, context: world.context) }
    #expect(world.store.contents == before)
  }

  @Test func `purge protection keeps a key until its day, and not longer`() throws {
    let world = try world { ($0.enablePurgeProtection, $0.retentionDays) = (true, 7) }
    let fresh = world.store.contents
    let kid = try world.key().kid
    try world.azure.deleteKey(kid, context: world.context)
    let before = world.store.contents
    let error = refused(.keyPurgeProtected) {
      try world.azure.purgeKey(kid, context: world.context)
    }
    #expect(
      error?.message
        == "Operation \"purge\" is not allowed because purge protection is enabled for this vault. "
        + "Key Vault service will automatically purge it after the retention period has passed."
    )
    #expect(error?.status == 403 && error?.azureCode == "Forbidden" && error?.innerCode == nil)
    #expect(world.store.contents == before)
    refused(.keyNotFound) {
      try world.azure.recoverKey(kid, context: world.later(7 * day))
    }
    #expect(world.store.contents == fresh)
  }

  @Test func `keys are purged by the clock in any order of deletion`() throws {
    let world = try world { $0.retentionDays = 7 }
    for (number, name) in ["c", "a", "b"].enumerated() {
      let kid = try world.key(name).kid
      try world.azure.deleteKey(kid, context: world.later(Double(number)))
    }
    func names(_ seconds: Double) throws -> [String] {
      let context = world.later(7 * day + seconds)
      return try world.azure.listDeletedKeys(vault: "MyKeyVault", context: context).map(\.name)
    }
    #expect(try names(-1) == ["a", "b", "c"])
    #expect(try names(0) == ["a", "b"])
    #expect(try names(2) == [])
  }

  @Test func `deleted keys are listed page by page`() throws {
    let world = try world()
    for number in 10..<40 {
      let kid = try world.key("k\(number)").kid
      try world.azure.deleteKey(kid, context: world.context)
    }
    let first = try world.azure.listDeletedKeys(vault: "MyKeyVault", context: world.context)
    let rest = try world.azure.listDeletedKeys(
      vault: "MyKeyVault",
      after: first.last?.name,
      context: world.context
    )
    #expect((first.count, rest.count) == (25, 5))
    #expect((first + rest).map(\.name) == (10..<40).map { "k\($0)" })
    for limit in [0, 26] {
      refused(.argumentValue) {
        _ = try world.azure.listDeletedKeys(
          vault: "MyKeyVault",
          limit: limit,
          context: world.context
        )
      }
    }
  }

  @Test func `deleting takes the time that is set`() throws {
    let world = try world()
    try world.azure.set("key_deletion_delay", to: .text("PT30S"))
    let kid = try world.key().kid
    try world.azure.deleteKey(kid, context: world.context)
    let early = world.later(29)
    refused(.keyNotFound) { _ = try world.azure.key(kid, context: early) }
    refused(.keyNotFound) { _ = try world.azure.deletedKey(kid, context: early) }
    refused(.keyNotFound) { try world.azure.recoverKey(kid, context: early) }
    var options = KeyOptions(vault: "MyKeyVault", name: "MyKeyName")
    options.kty = "EC"
    let error = refused(.keyDeleted) { try world.azure.createKey(options, context: early) }
    #expect(
      error?.message
        == "Key MyKeyName is currently being deleted and cannot be re-created; retry later."
    )
    #expect(error?.status == 409 && error?.innerCode == "ObjectIsBeingDeleted")
    let late = world.later(30)
    #expect(try world.azure.deletedKey(kid, context: late).name == "MyKeyName")
    let other = refused(.keyDeleted) { try world.azure.createKey(options, context: late) }
    #expect(other?.innerCode == "ObjectIsDeletedButRecoverable")
  }

  @Test func `recovering takes the time that is set`() throws {
    let world = try world()
    try world.azure.set("key_recovery_delay", to: .text("PT30S"))
    let key = try world.key()
    try world.azure.deleteKey(key.kid, context: world.context)
    #expect(try world.azure.recoverKey(key.kid, context: world.later(10)) == key)
    // Asking again changes nothing.
    _ = try world.azure.recoverKey(key.kid, context: world.later(20))
    refused(.keyNotFound) { _ = try world.azure.key(key.kid, context: world.later(39)) }
    #expect(try world.azure.key(key.kid, context: world.later(40)) == key)
    #expect(
      try world.azure.listDeletedKeys(vault: "MyKeyVault", context: world.later(40)).isEmpty
    )
  }

  @Test func `removing the keys of a vault leaves those of others`() throws {
    let world = try world()
    try world.vault("other-vault")
    let before = world.store.contents
    for name in ["a", "b"] { try world.key(name) }
    try world.azure.deleteKey(KeyID(vaultName: "MyKeyVault", name: "b"), context: world.context)
    try world.azure.setRotationPolicy(
      of: KeyID(vaultName: "MyKeyVault", name: "a"),
      actions: [.init(.rotate, .timeAfterCreate(ISO8601Duration(days: 7)))],
      expiryTime: nil,
      context: world.context
    )
    let kept = try world.key("a") { $0.vault = "other-vault" }
    try world.azure.removeKeys(ofVault: "mykeyvault")
    #expect(try world.azure.key(kept.kid, context: world.context) == kept)
    let left = Set(world.store.contents.keys).subtracting(before.keys)
    #expect(left.allSatisfy { $0.contains("/other-vault/a") } && left.count == 3)
  }
}
