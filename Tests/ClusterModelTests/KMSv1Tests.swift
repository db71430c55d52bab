import AzureModel
import ClusterModel
import CryptoEngine
import EncryptionAtRest
import FoundationEssentials
import Testing

/// Secrets under KMS v1, whose values name no key: which one they are under shows when they open.
///
/// Source: seed rules R74 to R79; Kubernetes specification §2, §4 and §9.
@Suite struct KMSv1Tests {
  private let world: World
  private let first: Key

  /// A version of its own material: with the same one any version would open what another sealed.
  private static func key(_ world: World) throws -> Key {
    try world.azure.importKey(
      KeyOptions(vault: "kv1", name: "k"),
      privateKey: .rsa(RSAPrivateKey.generate(bitCount: 2048)),
      context: world.context
    )
  }

  /// Three Secrets under the first key.
  init() throws {
    let world = try World()
    let key = try Self.key(world)
    try world.create {
      $0.kubernetesVersion = "1.26"
      $0.kms = world.kms(key)
    }
    for number in 1...3 { try world.secret("s\(number)") }
    (self.world, first) = (world, key)
  }

  /// How many Secrets are stale, and how many cannot be read.
  private func counts() throws -> [Int] {
    var inventory = try SecretInventory(world.server())
    let total = try inventory.counted().total
    return [total.stale, total.unreadable]
  }

  @Test func `what the key before opens is stale, and a rewrite moves it once (R74)`() throws {
    #expect(try counts() == [0, 0])
    #expect(try world.server().rewriteSecrets().total.written == 0)
    _ = try world.use(Self.key(world))
    try world.secret("new")
    #expect(try counts() == [3, 0])
    let report = try world.server().rewriteSecrets()
    #expect(report.total.written == 3 && report.total.unchanged == 1)
    #expect(try counts() == [0, 0])
    #expect(try world.server().rewriteSecrets().total.written == 0)
  }

  @Test func `rewritten after each rotation they outlive the oldest key (R77)`() throws {
    for _ in 1...2 {
      _ = try world.use(Self.key(world))
      _ = try world.server().rewriteSecrets()
    }
    _ = try world.azure.updateKey(first.kid, KeyChanges(isEnabled: false), context: world.context)
    #expect(try counts() == [0, 0])
    #expect(try world.isHealthy())
    #expect(try world.server().listSecrets().count == 3)
  }

  @Test func `rotated twice without a rewrite they cannot be read (R79)`() throws {
    for _ in 1...2 { _ = try world.use(Self.key(world)) }
    #expect(try counts() == [0, 3])
    #expect(try world.server().rewriteSecrets().total.failed == 3)
    #expect(try world.state() == .updating)
    let reasons = try world.clusters.health(of: world.cluster(), world.context).reasons
    #expect(reasons.map(\.id) == ["SecretsUnreadable"] && reasons.first?.rule == "R79")
    #expect(reasons.first?.kid == first.kid)
    #expect(reasons.first?.message.contains("Code=\"BadParameter\"") == true)
    #expect(try world.clusters.secretGroups(of: world.cluster()).map(\.count) == [3])
    _ = try world.clusters.abortOperation(world.cluster(), world.context)
    _ = try world.use(first)
    #expect(try world.isHealthy())
    #expect(try world.server().rewriteSecrets().total.unchanged == 3)
  }

  @Test func `an update that changes nothing writes what is stale, once`() throws {
    _ = try world.use(Self.key(world))
    func update() throws -> Int64 {
      try world.server().updateSecret(namespace: "default", name: "s1", SecretChanges())
        .resourceVersion
    }
    let old = try world.server().secret(namespace: "default", name: "s1").resourceVersion
    let new = try update()
    #expect(new > old)
    #expect(try update() == new)
    #expect(try counts() == [2, 0])
  }

  @Test func `with KMS off all are stale, until they lie in clear`() throws {
    try world.disable()
    #expect(try counts() == [3, 0])
    #expect(try world.server().rewriteSecrets().total.written == 3)
    #expect(try counts() == [0, 0])
  }

  @Test func `the health endpoint asks both keys (R76)`() throws {
    _ = try world.use(Self.key(world))
    var later = world.context
    later.now += 60
    #expect(try world.clusters.readyz(of: world.cluster(), later)?.status == 200)
    _ = try world.azure.updateKey(first.kid, KeyChanges(isEnabled: false), context: later)
    later.now += 60
    let answer = try world.clusters.readyz(of: world.cluster(), later)
    #expect(answer?.status == 500 && answer?.text.contains("encrypt section") == true)
  }

  @Test func `a damaged value is told apart from one whose key is missing`() throws {
    let etcd = world.clusters.etcd(of: try world.cluster())
    let path = "/registry/secrets/default/s1"
    var value = try #require(try etcd.entry(at: path)).value
    value[value.count - 1] ^= 1
    _ = try etcd.put(value, at: path, ifRevision: nil)
    _ = try world.use(Self.key(world))
    func rule(_ name: String) -> String? {
      let error = #expect(throws: ClusterError.self) {
        try world.server().secret(namespace: "default", name: name)
      }
      #expect(error?.code == .secretUnreadable)
      return error?.rule
    }
    #expect(rule("s1") == nil)
    _ = try world.use(Self.key(world))
    #expect(rule("s2") == "R75")
  }

  @Test func `reading is told key by key`() throws {
    let key = try Self.key(world)
    _ = try world.use(key)
    let told = try world.server().explain(namespace: "default", name: "s1")
    #expect(
      told.isReadable
        && told.steps.map(\.title) == ["etcd", "provider", "key", "object", "verdict"]
    )
    #expect(told.steps[2].detail.hasSuffix("\(key.kid), then \(first.kid)"))
    #expect(told.steps[4].detail.hasPrefix("stale"))
    _ = try world.use(Self.key(world))
    let lost = try world.server().explain(namespace: "default", name: "s1")
    #expect(!lost.isReadable && lost.steps[2].isGood == false)
  }
}
