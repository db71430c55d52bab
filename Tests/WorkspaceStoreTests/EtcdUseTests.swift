import EncryptionAtRest
import Foundation
import TestData
import Testing
import WorkspaceStore

/// Stored values of every kind; those of one key differ in what they seal.
enum StoredValues {
  static func kmsV2(_ keyID: String, _ data: [UInt8]) -> [UInt8] {
    let object = EncryptedObject(
      encryptedData: data,
      source: WrappedSource(ciphertext: [7], keyID: keyID, annotations: ["a.example.com": [1]]),
      sourceType: .seed
    )
    return KMSv2Provider.prefix(name: "azurekmsprovider") + object.bytes()
  }

  static func all(_ data: UInt8) -> [[UInt8]] {
    [
      Array("k8s\0".utf8) + [data], Array("{}\n".utf8), [data], [],
      kmsV2("one", [data]), kmsV2("two", [data]), kmsV2("TWO", [data]),
      KMSv2Provider.prefix(name: "azurekmsprovider") + [data],
      Array("k8s:enc:kms:v1:azurekmsprovider:\0".utf8) + [data],
      Array("k8s:enc:aescbc:v1:a\0b:".utf8) + [data],
      Array("k8s:enc:aescbc:v1:a\0c:".utf8) + [data],
      Array("k8s:enc:other:".utf8) + [data],
    ]
  }
}

@Suite struct EtcdUseTests {
  private struct Stop: Error {}
  private static let keys =
    ["default", "kube-system", "é", ""].flatMap { namespace in
      (1...6).map { "/registry/secrets/\(namespace)/s\($0)" }
    } + ["/registry/configmaps/default/c", "/top", "no slash"]

  /// What the store counts is what a look at every value finds.
  private func check(_ store: any KeyValueStore) throws {
    for folder in ["", "/registry/secrets/", "/registry/secrets/default/"] {
      let uses = try store.uses(inFolder: folder)
      #expect(try uses == store.scannedUses(inFolder: folder))
      for use in uses {
        let keys = try store.keys(of: use, limit: use.count + 1)
        #expect(keys.count == use.count && Set(keys).count == keys.count)
        #expect(keys.allSatisfy { ValueUse.folder(of: $0) == use.folder })
        #expect(try store.keys(of: use, limit: 1).count == 1)
      }
    }
  }

  /// Writes and deletes at random, within transactions of which some are taken back.
  private func change(
    _ store: any KeyValueStore,
    depth: Int,
    _ random: inout SeededGenerator
  ) throws {
    for _ in 0..<Int.random(in: 1...12, using: &random) {
      let key = Self.keys.randomElement(using: &random) ?? ""
      switch Int.random(in: 0..<10, using: &random) {
      case 0...1: _ = try store.delete(key, ifRevision: nil)
      case 2 where depth < 3:
        let fails = Bool.random(using: &random)
        // The generator is copied in and out: a closure cannot take it along.
        var inner = random
        do {
          try store.transaction {
            try change(store, depth: depth + 1, &inner)
            if fails { throw Stop() }
          }
        } catch is Stop {
          // Thrown on purpose: what was written is to be taken back.
        }
        random = inner
      default:
        let values = StoredValues.all(UInt8.random(in: 0...255, using: &random))
        let known = try store.entry(at: key)?.modRevision ?? 0
        _ = try store.put(
          values.randomElement(using: &random) ?? [],
          at: key,
          ifRevision: [nil, 0, known].randomElement(using: &random) ?? nil
        )
      }
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `what values are under is counted as a scan counts it, whatever happens`(
    seed: UInt64
  ) throws {
    let place = Place()
    var random = SeededGenerator(seed)
    var workspaces = [try place.open(), try place.open()]
    for round in 1...40 {
      let workspace = workspaces[round % 2]
      let store = workspace.etcd(ofCluster: ["c", "d"].randomElement(using: &random) ?? "c")
      try change(store, depth: 0, &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0:
        workspace.close()
        workspaces[round % 2] = try place.open()
      case 1: try workspace.deleteEtcd(ofCluster: "d")
      default: break
      }
      for workspace in workspaces {
        try check(workspace.etcd(ofCluster: "c"))
        try check(workspace.etcd(ofCluster: "d"))
      }
    }
  }

  @Test func `in memory it is counted alike`() throws {
    var random = SeededGenerator(9)
    let store = MemoryKeyValueStore()
    for _ in 1...20 {
      try change(store, depth: 0, &random)
      try check(store)
    }
  }

  @Test func `a reset and a deleted etcd leave nothing counted`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    for cluster in ["c", "d"] {
      _ = try workspace.etcd(ofCluster: cluster).put([1], at: "/a/b", ifRevision: nil)
    }
    try workspace.deleteEtcd(ofCluster: "c")
    #expect(try workspace.etcd(ofCluster: "c").uses(inFolder: "").isEmpty)
    #expect(try workspace.etcd(ofCluster: "d").uses(inFolder: "").map(\.count) == [1])
    try workspace.reset()
    #expect(try workspace.etcd(ofCluster: "d").uses(inFolder: "").isEmpty)
    _ = try workspace.etcd(ofCluster: "d").put([1], at: "/a/b", ifRevision: nil)
    #expect(try workspace.etcd(ofCluster: "d").uses(inFolder: "").map(\.count) == [1])
  }
}
