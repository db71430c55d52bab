import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

/// Asking what a vault would answer, against what it answers.
@Suite struct RefusalTests {
  /// What stands in the way of a caller who was granted encrypt and decrypt.
  enum Obstacle: String, CaseIterable {
    case none, expired, notYetValid, disabled, deleted, purged, operations, grant, firewall
    case connection, vaultGone, tenant
  }

  private func world(_ obstacle: Obstacle) throws -> (World, KeyID, CallContext) {
    let world = try World()
    try world.vault()
    let key = try world.key { options in
      if obstacle == .operations { options.ops = ["encrypt"] }
    }
    var changes = KeyChanges()
    var caller = world.later(60)
    switch obstacle {
    case .expired: changes.expires = world.context.now + 30
    case .notYetValid: changes.notBefore = world.context.now + 600
    case .disabled: changes.isEnabled = false
    case .deleted: try world.azure.deleteKey(key.kid, context: world.context)
    case .purged:
      try world.azure.set("policy_all", to: .text("everything"))
      try world.azure.deleteKey(key.kid, context: world.context)
      try world.azure.purgeKey(key.kid, context: world.context)
    case .grant:
      let user = try world.azure.createUser(name: "ada@contoso.com", context: world.context)
      caller.principal = user
    case .firewall:
      var vault = VaultChanges()
      vault.defaultAction = .deny
      try world.azure.updateVault(named: "MyKeyVault", vault, world.context)
    case .connection:
      var vault = VaultChanges()
      vault.publicNetworkAccess = .disabled
      try world.azure.updateVault(named: "MyKeyVault", vault, world.context)
    case .vaultGone: try world.azure.deleteVault(named: "MyKeyVault", world.context)
    case .tenant:
      let me = caller.principal
      caller.principal = Principal(
        kind: me.kind,
        objectID: me.objectID,
        applicationID: me.applicationID,
        tenantID: "00000000-0000-0000-0000-000000000009",
        name: me.name
      )
    case .none, .operations: break
    }
    if changes != KeyChanges() {
      _ = try world.azure.updateKey(key.kid, changes, context: world.context)
    }
    return (world, key.kid, caller)
  }

  /// The answer that encrypting and then decrypting gets.
  private func answer(_ world: World, _ kid: KeyID, _ context: CallContext) throws -> AzureError? {
    do {
      let sealed = try world.azure.encrypt(
        kid,
        algorithm: .rsaOAEP256,
        value: SecretBytes("x"),
        context: context
      )
      _ = try world.azure.decrypt(
        kid,
        algorithm: .rsaOAEP256,
        value: sealed.value,
        context: context
      )
      return nil
    } catch let error as AzureError {
      return error
    }
  }

  @Test(arguments: Obstacle.allCases)
  func `what a vault would answer is what it answers`(obstacle: Obstacle) throws {
    let (world, kid, caller) = try world(obstacle)
    let refusal = try world.azure.refusal(ofUsing: kid, caller)
    #expect(try refusal == answer(world, kid, caller))
    #expect((refusal == nil) == (obstacle == .none))
  }

  @Test func `an expired key is refused for encrypting only`() throws {
    let (world, kid, caller) = try world(.expired)
    #expect(try world.azure.refusal(ofUsing: kid, for: [.decrypt], caller) == nil)
    #expect(try world.azure.refusal(ofUsing: kid, for: [.encrypt], caller)?.code == .keyExpired)
  }

  @Test func `asking logs nothing and counts nothing, and tells of a vault that has had enough`()
    throws
  {
    let (world, kid, caller) = try world(.none)
    try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: true, world.context)
    try world.azure.set("throttling", to: .boolean(true))
    for _ in 1...4001 { _ = try world.azure.refusal(ofUsing: kid, caller) }
    #expect(try world.azure.refusal(ofUsing: kid, caller) == nil)
    #expect(try world.azure.auditEvents().allSatisfy { $0.operation != .keyEncrypt })
    var count = 0
    while try answer(world, kid, caller) == nil { count += 2 }
    #expect(count == 4000)
    #expect(try world.azure.refusal(ofUsing: kid, caller)?.code == .vaultThrottled)
    var later = caller
    later.now += 10
    #expect(try world.azure.refusal(ofUsing: kid, later) == nil)
  }
}
