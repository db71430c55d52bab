import CryptoEngine
import FoundationEssentials
import TestData
import Testing

@testable import AzureModel

@Suite struct ThrottlingTests {
  /// A world that throttles, with a vault; RSA keys of 2048 and 4096 bits and a curve lie in it.
  private func world() throws -> World {
    let world = try World()
    try world.vault()
    try world.key()
    try world.azure.importKey(
      KeyOptions(vault: "MyKeyVault", name: "Large"),
      privateKey: Self.large.get(),
      context: world.context
    )
    try world.key(on: .p256)
    try world.azure.set("throttling", to: .boolean(true))
    return world
  }

  private static let large = Result {
    try PrivateKey.rsa(RSAPrivateKey.generate(bitCount: 4096))
  }

  private func get(_ world: World, _ name: String, _ context: CallContext? = nil) throws {
    _ = try world.azure.key(
      vault: "MyKeyVault",
      name: name,
      context: context ?? world.context
    )
  }

  private func create(
    _ world: World,
    _ name: String,
    vault: String = "MyKeyVault",
    _ context: CallContext? = nil
  ) throws {
    let options = KeyOptions(vault: vault, name: name, kty: "EC")
    try world.azure.createKey(options, context: context ?? world.context)
  }

  /// Uses a vault up: twenty new keys are all it takes.
  private func exhaust(_ world: World, vault: String = "MyKeyVault") throws {
    for number in 1...20 { try create(world, "k\(number)", vault: vault) }
  }

  /// The table of the service's limits: creating and all else, in hardware and in software.
  @Test(arguments: [
    (KeyType.rsaHSM, 2048, 10, 2000), (.rsa, 2048, 20, 4000), (.rsaHSM, 3072, 10, 500),
    (.rsa, 3072, 20, 1000), (.rsaHSM, 4096, 10, 250), (.rsa, 4096, 20, 500),
    (.ecHSM, 256, 10, 2000), (.ec, 256, 20, 4000), (.ec, 384, 20, 4000), (.ec, 521, 20, 4000),
  ])
  func `limits`(type: KeyType, bitCount: Int, creations: Int, others: Int) {
    for (areCreations, limit) in [(true, creations), (false, others)] {
      #expect(
        ServiceLimits.transactions(on: type, bitCount: bitCount, areCreations: areCreations)
          == limit
      )
      // Shares are whole, so that a mix adds up exactly.
      #expect(ServiceLimits.shares(perTransactionOf: limit) * limit == 4000)
    }
  }

  @Test func `nothing is throttled unless the setting is on`() throws {
    let world = try world()
    #expect(!Settings().throttling)
    try world.azure.set("throttling", to: nil)
    for number in 1...25 { try create(world, "k\(number)") }
    #expect(try world.store.list(TransactionCount.self, parent: nil, after: nil, limit: 9).isEmpty)
  }

  @Test func `a throttled call is refused in the service's words, and logged`() throws {
    let world = try world()
    try world.azure.setDiagnostics(ofVault: "MyKeyVault", isOn: true, world.context)
    try exhaust(world)
    let before = world.store.contents
    let error = refused(.vaultThrottled) { try get(world, "MyKeyName") }
    #expect(
      error?.message
        == "Request was not processed because too many requests were received. "
        + "Reason: VaultRequestTypeLimitReached"
    )
    #expect(error?.status == 429 && error?.azureCode == "Throttled" && error?.innerCode == nil)
    #expect(world.store.contents == before)
    let row = try #require(try world.azure.auditEvents(AuditFilter(statuses: [429])).first)
    #expect(row.operation == .keyGet && row.resultSignature == "Too Many Requests")
  }

  @Test func `the next ten seconds start anew`() throws {
    let world = try world()
    try exhaust(world)
    refused(.vaultThrottled) { try get(world, "MyKeyName", world.later(9.9)) }
    try get(world, "MyKeyName", world.later(10))
  }

  @Test func `throttled calls do not count, refused ones do`() throws {
    let world = try world()
    for _ in 1...500 { try get(world, "Large") }
    for _ in 1...100 { refused(.vaultThrottled) { try get(world, "Large") } }
    var context = world.context
    context.now += 10
    for _ in 1...499 { try get(world, "Large", context) }
    for _ in 1...8 { refused(.keyNotFound) { try get(world, "missing", context) } }
    refused(.vaultThrottled) { try get(world, "MyKeyName", context) }
  }

  @Test func `a call whose token is refused does not count, one without a grant does`() throws {
    let world = try world()
    let stranger = Principal(
      kind: .servicePrincipal,
      objectID: "11111111-1111-4111-8111-111111111111",
      applicationID: "22222222-2222-4222-8222-222222222222",
      tenantID: world.account.tenantID,
      name: "stranger"
    )
    let foreigner = Principal(
      kind: .user,
      objectID: stranger.objectID,
      applicationID: stranger.applicationID,
      tenantID: "72f988bf-86f1-41af-91ab-2d7cd011db47",
      name: "foreigner"
    )
    for _ in 1...600 {
      refused(.accessUnauthenticated) { try get(world, "Large", world.seen(by: foreigner)) }
    }
    for _ in 1...500 {
      refused(.accessDenied) { try get(world, "Large", world.seen(by: stranger)) }
    }
    // After the token it may strike before anything else is looked at.
    refused(.vaultThrottled) { try get(world, "Large", world.seen(by: stranger)) }
    refused(.vaultThrottled) { try get(world, "Large") }
    refused(.accessUnauthenticated) { try get(world, "Large", world.seen(by: foreigner)) }
  }

  @Test func `the vaults of a subscription in one region have five vaults' worth together`() throws
  {
    let world = try world()
    for number in 1...5 {
      try world.vault("kv\(number)")
      try exhaust(world, vault: "kv\(number)")
    }
    let error = refused(.vaultThrottled) { try get(world, "MyKeyName") }
    #expect(error?.message.hasSuffix(" Reason: VaultOperationLimitReached") == true)
    try world.vault("kv6") { $0.location = "westus" }
    try create(world, "k", vault: "kv6")
  }

  @Test func `requests about a vault count as one of 4000 each`() throws {
    let world = try world()
    for number in 1...19 { try create(world, "k\(number)") }
    for _ in 1...200 { _ = try world.azure.vault(named: "MyKeyVault", world.context) }
    refused(.vaultThrottled) { _ = try world.azure.vault(named: "MyKeyVault", world.context) }
    let changes = VaultChanges(tags: ["a": "b"])
    refused(.vaultThrottled) {
      try world.azure.updateVault(named: "MyKeyVault", changes, world.context)
    }
    try world.azure.updateVault(named: "MyKeyVault", changes, world.later(10))
  }

  @Test func `what is taken back has not counted`() throws {
    struct Back: Error {}
    let world = try world()
    #expect(throws: Back.self) {
      try world.store.userTransaction {
        try exhaust(world)
        throw Back()
      }
    }
    try exhaust(world)
    refused(.vaultThrottled) { try get(world, "MyKeyName") }
  }

  /// Calls of every cost in any mix, by a clock that moves, against a sum of fractions.
  @Test(arguments: UInt64(1)...8)
  func `a mix of calls is throttled as the weighted sum says`(seed: UInt64) throws {
    let world = try world()
    var random = SeededGenerator(seed)
    var context = world.context
    var (window, sum) = (0.0, 0.0)
    var throttledCount = 0
    for number in 1...300 {
      context.now += Int.random(in: 0..<20, using: &random) == 0 ? 2.5 : 0.01
      let now = (context.now.timeIntervalSince1970 / 10).rounded(.down)
      if now != window { (window, sum) = (now, 0) }
      let (limit, call): (Double, () throws -> Void) =
        switch Int.random(in: 0..<6, using: &random) {
        case 0: (20, { try create(world, "k\(number)", context) })
        case 1:
          (
            20,
            {
              let kid = try KeyID(vaultName: "MyKeyVault", name: "MyCurve")
              try world.azure.rotateKey(kid, context: context)
            }
          )
        case 2: (500, { try get(world, "Large", context) })
        case 3: (4000, { try get(world, "MyCurve", context) })
        case 4: (4000, { try get(world, "MyKeyName", context) })
        default:
          (4000, { _ = try world.azure.listKeys(vault: "MyKeyVault", context: context) })
        }
      if sum + 1 / limit > 1 + 1e-9 {
        throttledCount += 1
        refused(.vaultThrottled) { try call() }
      } else {
        sum += 1 / limit
        try call()
      }
    }
    #expect(throttledCount > 10)
  }
}
