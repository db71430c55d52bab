import AzureModel
import ClusterModel
import CryptoEngine
import EncryptionAtRest
import FoundationEssentials
import Testing

/// Operations that cannot end, and what an API server does when it starts.
@Suite struct OperationTests {
  /// A cluster rotated twice without a rewrite, and the keys that it had, the first one first.
  private func stranded() throws -> (World, [Key]) {
    let world = try World()
    let keys = try (0..<3).map { _ in try world.key() }
    _ = try world.cluster(keys[0])
    try world.secret("first")
    for key in keys.dropFirst() { _ = try world.use(key) }
    return (world, keys)
  }

  private func read(_ world: World, _ name: String) throws -> ClusterSecret {
    try world.server().secret(namespace: "default", name: name)
  }

  @Test func `rotated twice without a rewrite, a cluster is stuck in Updating (R79)`() throws {
    let (world, keys) = try stranded()
    #expect(try world.state() == .updating)
    #expect(try world.cluster().kms?.slots == [keys[2].kid, keys[1].kid])
    #expect(throws: ClusterError.self) { try read(world, "first") }
    let error = try world.refused(.conflict) { _ = try world.use(keys[0]) }
    #expect(error?.rule == "R79" && error?.status == 409)
    #expect(error?.azureCode == "OperationNotAllowed")
    #expect(error?.hint?.contains("1 Secrets") == true)
  }

  @Test func `with a rewrite in between it is not`() throws {
    let world = try World()
    _ = try world.cluster(world.key())
    try world.secret("first")
    for _ in 0..<2 {
      _ = try world.use(world.key())
      #expect(try world.server().rewriteSecrets().total.written == 1)
      #expect(try world.state() == .succeeded)
    }
  }

  @Test func `aborted, it can be rotated back, and nothing is lost`() throws {
    let (world, keys) = try stranded()
    try world.secret("third")
    _ = try world.clusters.abortOperation(world.cluster(), world.context)
    #expect(try world.state() == .canceled)
    _ = try world.use(keys[0])
    #expect(try world.state() == .succeeded)
    #expect(try read(world, "first").object.name == "first")
    #expect(try read(world, "third").object.name == "third")
    #expect(try world.server().rewriteSecrets().total.written == 1)
    #expect(try world.isHealthy())
  }

  @Test func `by itself it is given up after the time that the settings say`() throws {
    var (world, keys) = try stranded()
    world.context.now += 86_399
    #expect(try world.state() == .updating)
    world.context.now += 1
    #expect(try world.state() == .failed)
    try world.refused(.invalid) {
      _ = try world.clusters.abortOperation(world.cluster(), world.context)
    }
    _ = try world.use(keys[0])
    #expect(try world.state() == .succeeded && world.isHealthy())
  }

  @Test func `without the Secrets that cannot be read it ends well`() throws {
    let (world, _) = try stranded()
    let etcd = world.clusters.etcd(of: try world.cluster())
    #expect(try etcd.delete("/registry/secrets/default/first", ifRevision: nil))
    #expect(try world.state() == .succeeded)
    try world.update()
  }

  @Test func `under v1 an API server that starts asks the vault once for each Secret (R25)`() throws
  {
    var world = try World()
    let key = try world.key()
    try world.create {
      $0.kubernetesVersion = "1.26"
      $0.kms = world.kms(key)
    }
    for number in 0..<5 { try world.secret("s\(number)") }
    _ = try world.azure.setDiagnostics(ofVault: "kv1", isOn: true, world.context)
    _ = try world.clusters.stop(world.cluster(), world.context)
    world.context.now += 60
    _ = try world.clusters.start(world.cluster(), world.context)
    let rows = world.store.auditEvents(AuditFilter(), after: nil, limit: 100)
    // One for each Secret, and one of the health check.
    #expect(rows.count { $0.operation == .keyDecrypt } == 6)
    #expect(try world.state() == .succeeded)
  }

  @Test func `more Secrets under v1 than the vault takes in ten seconds, and a start fails (R25)`()
    throws
  {
    var world = try World()
    try world.azure.set("throttling", to: .boolean(true))
    let key = try world.azure.importKey(
      KeyOptions(vault: "kv1", name: "large"),
      privateKey: .rsa(RSAPrivateKey.generate(bitCount: 4096)),
      context: world.context
    )
    try world.create {
      $0.kubernetesVersion = "1.26"
      $0.kms = world.kms(key)
    }
    // A vault takes 500 calls on such a key.
    for number in 0..<501 {
      if number % 400 == 0 { world.context.now += 10 }
      try world.secret("s\(number)")
    }
    _ = try world.clusters.stop(world.cluster(), world.context)
    world.context.now += 10
    _ = try world.clusters.start(world.cluster(), world.context)
    #expect(try world.state() == .failed)
  }

  @Test func `at 2,000 Secrets under v1 there is a warning, under v2 there is none (R25, R26)`()
    throws
  {
    for (version, rules) in [("1.26", ["R25"]), ("1.27", [])] as [(String, [String?])] {
      let world = try World()
      let key = try world.key()
      try world.create {
        $0.kubernetesVersion = version
        $0.kms = world.kms(key)
      }
      let etcd = world.clusters.etcd(of: try world.cluster())
      func fill(_ numbers: Range<Int>) throws {
        for number in numbers {
          _ = try etcd.put([0x6B], at: "/registry/secrets/default/s\(number)", ifRevision: 0)
        }
      }
      func warned() throws -> [String?] {
        try world.clusters.warnings(of: world.cluster(), world.context).map(\.rule)
      }
      try fill(0..<1999)
      #expect(try warned().isEmpty)
      try fill(1999..<2000)
      #expect(try warned() == rules)
    }
  }
}
