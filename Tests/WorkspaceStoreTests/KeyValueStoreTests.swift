import EncryptionAtRest
import TestData
import Testing
import WorkspaceStore

@Suite struct KeyValueStoreTests {
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func `on SQLite it does what it does in memory`(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let model = MemoryKeyValueStore()
    let workspace = try Workspace.open(path: ":memory:")
    let store = workspace.etcd(ofCluster: "c")
    let other = workspace.etcd(ofCluster: "d")
    let keys = ["/a", "/a/b", "/a/b/c", "/a0", "/A", "/é", "/a/b-c", "/b"]
    for _ in 0..<400 {
      let key = keys.randomElement(using: &random) ?? ""
      let known = model.entry(at: key)?.modRevision
      let condition: Int64? = [nil, 0, known, 3].randomElement(using: &random) ?? nil
      switch UInt64.random(in: 0..<4, using: &random) {
      case 0:
        #expect(
          try store.delete(key, ifRevision: condition) == model.delete(key, ifRevision: condition)
        )
      case 1:
        let prefix = ["/", "/a", "/a/", "/é"].randomElement(using: &random) ?? "/"
        let after = [nil, key].randomElement(using: &random) ?? nil
        let limit = Int.random(in: 1...5, using: &random)
        #expect(
          try store.entries(prefix: prefix, after: after, limit: limit)
            == model.entries(prefix: prefix, after: after, limit: limit)
        )
      default:
        let value = [UInt8.random(in: 0...255, using: &random)]
        #expect(
          try store.put(value, at: key, ifRevision: condition)
            == model.put(value, at: key, ifRevision: condition)
        )
      }
      #expect(try store.entry(at: key) == model.entry(at: key))
      #expect(try store.revision() == model.revision())
    }
    #expect(try other.entries(prefix: "/", after: nil, limit: 9).isEmpty)
  }

  @Test func `deleting one cluster's etcd leaves the other's`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    for cluster in ["c", "d"] {
      _ = try workspace.etcd(ofCluster: cluster).put([1], at: "/k", ifRevision: nil)
    }
    try workspace.deleteEtcd(ofCluster: "c")
    #expect(try workspace.etcd(ofCluster: "c").entry(at: "/k") == nil)
    #expect(try workspace.etcd(ofCluster: "d").entry(at: "/k")?.value == [1])
  }

  struct Cut: Error {}

  /// SQLite keeps what a savepoint of the first length changed in memory, of the second in a file.
  @Test(arguments: [1 << 15, 8 << 20])
  func `a call that fails in a transaction takes back what it wrote, however much`(
    byteCount: Int
  ) throws {
    let place = Place()
    let workspace = try place.open()
    let store = workspace.etcd(ofCluster: "c")
    let length = 4096
    let keys = (0..<byteCount / length).map { "/k/\($0)" }
    func values() throws -> Set<UInt8> {
      try keys.reduce(into: []) { $0.formUnion(try store.entry(at: $1)?.value ?? []) }
    }
    try workspace.transaction {
      for key in keys {
        _ = try store.put([UInt8](repeating: 1, count: length), at: key, ifRevision: 0)
      }
    }
    let revision = try store.revision()
    try workspace.userTransaction {
      #expect(throws: Cut.self) {
        try workspace.transaction {
          for key in keys {
            _ = try store.put([UInt8](repeating: 2, count: length), at: key, ifRevision: nil)
          }
          throw Cut()
        }
      }
      #expect(try values() == [1])
      #expect(try store.revision() == revision)
      _ = try store.put([3], at: keys[0], ifRevision: nil)
    }
    #expect(try values() == [1, 3])
    #expect(try store.uses(inFolder: "/k/").map(\.count) == [keys.count])
  }
}
