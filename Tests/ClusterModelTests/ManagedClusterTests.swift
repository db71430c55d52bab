import AzureModel
import ClusterModel
import CryptoEngine
import EncryptionAtRest
import FoundationEssentials
import Testing

@Suite struct ManagedClusterTests {
  @discardableResult
  private func refused(
    _ code: ClusterError.Code,
    at location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) -> ClusterError? {
    let error = #expect(throws: ClusterError.self, sourceLocation: location) { try body() }
    #expect(error?.code == code, sourceLocation: location)
    return error
  }

  @Test func `Secrets are sealed under the key's hash, as the plugin names it`() throws {
    let world = try World()
    let key = try world.key()
    _ = try world.cluster(key)
    try world.secret("s")
    let stored = try world.server().stored(namespace: "default", name: "s").value
    let prefix = KMSv2Provider.prefix(name: "azurekmsprovider")
    #expect(stored.starts(with: prefix))
    let envelope = try EncryptedObject(parsing: stored, from: prefix.count)
    // As `printf %s KID | sha256sum` prints it.
    let hash = try Digest.sha256(key.kid.description.utf8).lowerHex
    #expect(envelope.source.keyID == hash)
    #expect(
      Set(envelope.source.annotations.keys) == [
        "algorithm.azure.akv.io", "date.azure.akv.io", "version.azure.akv.io",
        "x-ms-keyvault-region.azure.akv.io", "x-ms-request-id.azure.akv.io",
      ]
    )
    #expect(envelope.source.ciphertext.count == 342)
  }

  @Test func `a cluster named twice, and bad names, leave nothing`() throws {
    let world = try World()
    _ = try world.cluster(nil)
    refused(.exists) { _ = try world.cluster(nil) }
    refused(.invalid) {
      _ = try world.clusters.create(ClusterOptions(name: "-c", resourceGroup: "rg"), world.context)
    }
    #expect(try world.clusters.list().count == 1)
  }

  @Test func `a name that two resource groups have is not enough`() throws {
    let world = try World()
    for group in ["rg", "other"] {
      _ = try world.clusters.create(
        ClusterOptions(name: "c1", resourceGroup: group),
        world.context
      )
    }
    refused(.invalid) { _ = try world.clusters.findCluster(named: "C1") }
    let found = try world.clusters.findCluster(named: "C1", resourceGroup: "other")
    #expect(found?.resourceGroup == "other")
  }

  @Test func `a key id without version is refused, and nothing is made (R45)`() throws {
    let world = try World()
    var options = ClusterOptions(name: "c1", resourceGroup: "rg")
    options.assignIdentity = world.identity.resourceID
    options.kms.isEnabled = true
    options.kms.networkAccess = "Public"
    options.kms.keyID = "https://kv1.vault.azure.net/keys/k"
    #expect(throws: (any Error).self) { try world.clusters.create(options, world.context) }
    #expect(try world.clusters.findCluster(named: "c1") == nil)
  }

  @Test func `without a grant the cluster is refused, and nothing is made`() throws {
    let world = try World()
    let key = try world.key()
    _ = try world.azure.setPolicy(
      vault: "kv1",
      objectID: world.identity.principalID,
      keyPermissions: ["get"],
      context: world.context
    )
    refused(.identityDenied) { _ = try world.cluster(key) }
    #expect(try world.clusters.findCluster(named: "c1") == nil)
  }

  @Test
  func `an expired key makes the API server unhealthy, though the vault still decrypts (R113)`()
    throws
  {
    var world = try World()
    let key = try world.key()
    _ = try world.cluster(key)
    try world.secret("s")
    var changes = KeyChanges()
    changes.expires = world.context.now + 60
    _ = try world.azure.updateKey(key.kid, changes, context: world.context)
    let cluster = try world.clusters.cluster(named: "c1")
    #expect(try world.clusters.health(of: cluster, world.context).state == .healthy)
    world.context.now += 120
    #expect(
      try world.clusters.health(of: cluster, world.context).reasons.map(\.id) == ["KeyExpired"]
    )
  }

  @Test func `a rewrite moves every Secret, in steps that can be gone on with`() throws {
    let world = try World()
    _ = try world.cluster(world.key())
    for n in 1...7 { try world.secret("s\(n)") }
    _ = try world.use(world.key())
    let first = try world.server().rewriteSecrets(limit: 3)
    #expect(first.total.written == 3 && !first.isComplete)
    let second = try world.server().rewriteSecrets(after: first.last)
    #expect(second.total.written == 4 && second.isComplete)
    let third = try world.server().rewriteSecrets()
    #expect(third.total.written == 0 && third.total.unchanged == 7)
  }

  @Test func `a change with an old resource version is a conflict`() throws {
    let world = try World()
    _ = try world.cluster(nil)
    let made = try world.secret("s")
    var changes = SecretChanges()
    changes.data = ["a": [3]]
    changes.resourceVersion = made.resourceVersion
    _ = try world.server().updateSecret(namespace: "default", name: "s", changes)
    refused(.secretConflict) {
      _ = try world.server().updateSecret(namespace: "default", name: "s", changes)
    }
    refused(.secretExists) { try world.secret("s") }
    try world.server().deleteSecret(namespace: "default", name: "s")
    refused(.secretNotFound) {
      try world.server().deleteSecret(namespace: "default", name: "s")
    }
  }

  @Test func `a value under a provider that the cluster does not have is an error of its own`()
    throws
  {
    let world = try World()
    let cluster = try world.cluster(world.key())
    try world.secret("a")
    try world.secret("z")
    let etcd = world.store.etcd(ofCluster: cluster.id)
    let foreign = Array("k8s:enc:aescbc:v1:other:".utf8) + [UInt8](repeating: 7, count: 64)
    _ = try etcd.put(foreign, at: "/registry/secrets/default/m", ifRevision: nil)
    let error = refused(.secretUnreadable) {
      _ = try world.server().secret(namespace: "default", name: "m")
    }
    #expect(error?.message.contains("no matching prefix found") == true)
    _ = try world.use(world.key())
    let report = try world.server().rewriteSecrets()
    #expect(report.total.written == 2 && report.failed.map(\.name) == ["m"])
  }
}
