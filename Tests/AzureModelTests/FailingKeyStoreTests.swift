import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

/// Every call that changes a key lands wholly or not at all, whichever write fails.
@Suite struct FailingKeyStoreTests {
  enum Change: String, CaseIterable {
    case create, importing, update, rotate, setRotationPolicy, delete, recover, purge, restore
    case dueRotation, duePurge, dueNotice, dueRecovery
  }

  private let week = 604_800.0

  /// A world in which the change can be made.
  private func prepare(_ change: Change) throws -> (World, KeyID, [UInt8]) {
    let world = try World()
    try world.vault { $0.retentionDays = 7 }
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: world.account.signedInUser.objectID,
      keyPermissions: ["all", "purge"],
      context: world.context
    )
    let kid = try world.key(on: .p256, "MyKeyName").kid
    try world.key(on: .p384, "MyKeyName") { $0.expires = world.context.now + 8 * week }
    let backup = try world.azure.backupKey(kid, context: world.context)
    func policy(_ action: RotationPolicy.LifetimeAction) throws {
      try world.azure.setRotationPolicy(
        of: kid,
        actions: [action],
        expiryTime: nil,
        context: world.context
      )
    }
    switch change {
    case .create, .importing, .setRotationPolicy: break
    case .update, .rotate, .delete, .dueRotation:
      try policy(.init(.rotate, .timeAfterCreate(ISO8601Duration(days: 7))))
    case .dueNotice: try policy(.init(.notify, .timeBeforeExpiry(ISO8601Duration(days: 49))))
    case .recover, .purge, .duePurge, .restore, .dueRecovery:
      try world.azure.deleteKey(kid, context: world.context)
      if change == .restore { try world.azure.purgeKey(kid, context: world.context) }
      if change == .dueRecovery {
        try world.azure.set("key_recovery_delay", to: .text("P1D"))
        try world.azure.recoverKey(kid, context: world.context)
      }
    }
    return (world, kid, backup)
  }

  private func make(
    _ change: Change,
    _ azure: Azure,
    _ world: World,
    _ kid: KeyID,
    _ backup: [UInt8]
  ) throws {
    let context = world.context
    switch change {
    case .create:
      var options = KeyOptions(vault: "MyKeyVault", name: "MyKeyName")
      options.kty = "EC"
      try azure.createKey(options, context: context)
    case .importing:
      try azure.importKey(
        KeyOptions(vault: "MyKeyVault", name: "MyKeyName"),
        privateKey: Material.get(),
        context: context
      )
    case .update:
      // The latest version, whose expiry the policy looks at.
      let expires = KeyChanges(expires: context.now + 9 * week)
      try azure.updateKey(kid.unversioned, expires, context: context)
    case .rotate: try azure.rotateKey(kid, context: context)
    case .setRotationPolicy:
      try azure.setRotationPolicy(
        of: kid,
        actions: [.init(.rotate, .timeAfterCreate(ISO8601Duration(days: 7)))],
        expiryTime: nil,
        context: context
      )
    case .delete: try azure.deleteKey(kid, context: context)
    case .recover: try azure.recoverKey(kid, context: context)
    case .purge: try azure.purgeKey(kid, context: context)
    case .restore: try azure.restoreKey(backup, toVault: "MyKeyVault", context: context)
    case .dueRotation, .duePurge, .dueNotice, .dueRecovery:
      _ = try azure.listKeys(vault: "MyKeyVault", context: world.later(week))
    }
  }

  @Test(arguments: Change.allCases)
  func `a change lands wholly or not at all`(change: Change) throws {
    let (world, kid, backup) = try prepare(change)
    let before = world.store.contents
    var write = 1
    while true {
      let azure = Azure(store: FailingStore(world.store, failingAt: write))
      do {
        try make(change, azure, world, kid, backup)
        break
      } catch is FailingStore.Failure {
        #expect(world.store.contents == before, "write \(write)")
        write += 1
      }
    }
    #expect(write > 1 && world.store.contents != before)
  }
}
