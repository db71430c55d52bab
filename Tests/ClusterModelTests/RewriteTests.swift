import ClusterModel
import EncryptionAtRest
import FoundationEssentials
import Testing

/// Rewriting while somebody else writes, and Secrets that do not open.
@Suite struct RewriteTests {
  private let world: World
  private static let paths = (1...9).map { "/registry/secrets/default/s\($0)" }

  /// Nine Secrets under a key that is no longer current.
  init() throws {
    world = try World()
    _ = try world.cluster(world.key())
    for n in 1...9 { try world.secret("s\(n)") }
    _ = try world.use(world.key())
  }

  @Test func `what changes or goes between reading and writing is a conflict of its own`() throws {
    let (changed, gone) = (Self.paths[2], Self.paths[4])
    world.store.beforeReplacing { etcd in
      guard let entry = etcd.entry(at: changed) else { return }
      _ = etcd.put(entry.value, at: changed, ifRevision: nil)
      _ = etcd.delete(gone, ifRevision: nil)
    }
    let report = try world.server().rewriteSecrets()
    #expect(report.isComplete && report.total.read == 9)
    #expect(report.total.written == 7 && report.total.conflicts == 2)
    #expect(
      report.conflicts.map(\.message) == [
        "Operation cannot be fulfilled on secrets \"s3\": the object has been modified; please apply "
          + "your changes to the latest version and try again",
        "secrets \"s5\" not found",
      ]
    )
    world.store.beforeReplacing(nil)
    let again = try world.server().rewriteSecrets()
    #expect(again.total.written == 1 && again.total.unchanged == 7 && again.total.conflicts == 0)
  }

  @Test func `one that does not open never stops the others, and is told once`() throws {
    let etcd = world.store.etcd(ofCluster: try world.clusters.cluster(named: "c1").id)
    for path in [Self.paths[0], Self.paths[8]] {
      var value = try #require(try etcd.entry(at: path)).value
      // Within the encrypted data, which begins after the prefix and its length.
      value[KMSv2Provider.prefix(name: "azurekmsprovider").count + 40] ^= 1
      _ = try etcd.put(value, at: path, ifRevision: nil)
    }
    let report = try world.server().rewriteSecrets()
    #expect(report.total.written == 7 && report.total.failed == 2)
    #expect(report.failed.map(\.name) == ["s1", "s9"])
    #expect(report.namespaces["default"] == report.total)
    #expect(report.failed.allSatisfy { $0.message.hasPrefix("Internal error occurred: ") })
  }

  @Test func `a source that the plugin refuses is asked for once, whatever is under it`() throws {
    // A second rotation without a rewrite: no slot holds the key any more.
    _ = try world.use(world.key())
    let report = try world.server().rewriteSecrets()
    #expect(report.total.failed == 9 && report.total.written == 0)
    #expect(Set(report.failed.map(\.message)).count == 1)
    #expect(report.failed.first?.message.contains("does not match expected key id") == true)
  }

  @Test func `all are written when asked, in steps that end where they are told to`() throws {
    let first = try world.server().rewriteSecrets()
    #expect(first.total.written == 9)
    let all = try world.server().rewriteSecrets(writesAll: true) { _ in false }
    #expect(all.total.written == 9 && all.last == Self.paths[8] && !all.isComplete)
    let rest = try world.server().rewriteSecrets(after: Self.paths[6], writesAll: true)
    #expect(rest.total.written == 2 && rest.isComplete)
    #expect(try world.server().rewriteSecrets(namespace: "other").total.read == 0)
  }

  @Test func `the data comes through unchanged, JSON in protobuf form`() throws {
    let path = "/registry/secrets/default/json"
    let json = Array(
      #"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"json","namespace":"default"},"data":{"a":"AQI="},"type":"Opaque"}"#
        .utf8
    )
    let etcd = world.store.etcd(ofCluster: try world.clusters.cluster(named: "c1").id)
    _ = try etcd.put(json, at: path, ifRevision: nil)
    #expect(try world.server().rewriteSecrets().total.written == 10)
    let entry = try #require(try etcd.entry(at: path))
    #expect(try world.server().open(entry).plaintext.starts(with: Array("k8s\0".utf8)))
    for name in ["json", "s1"] {
      #expect(
        try world.server().secret(namespace: "default", name: name).object.data == ["a": [1, 2]]
      )
    }
  }
}
