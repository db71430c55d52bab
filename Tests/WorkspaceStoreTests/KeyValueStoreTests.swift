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
}
