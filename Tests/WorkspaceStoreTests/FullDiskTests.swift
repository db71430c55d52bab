import EncryptionAtRest
import Foundation
import GRDB
import Testing

@testable import WorkspaceStore

/// A database that may not grow: SQLite says what it says when a disk is full.
@Suite struct FullDiskTests {
  private func limit(_ workspace: Workspace, toMore pages: Int) throws {
    try workspace.read { db in
      let count = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(count + pages)")
    }
  }

  @Test func `what was acknowledged is there, the write that did not fit left nothing`() throws {
    let place = Place()
    let workspace = try place.open()
    let store = workspace.etcd(ofCluster: "c")
    try limit(workspace, toMore: 60)
    var acknowledged: [String: [UInt8]] = [:]
    var failure: WorkspaceError?
    for number in 1...1000 where failure == nil {
      let key = "/registry/secrets/default/s\(number)"
      let value = StoredValues.kmsV2("one", [UInt8](repeating: UInt8(number % 256), count: 1000))
      do {
        _ = try store.put(value, at: key, ifRevision: nil)
        acknowledged[key] = value
      } catch let error as WorkspaceError {
        failure = error
      }
    }
    #expect(failure?.code == .full && failure?.hint != nil)
    #expect(acknowledged.count > 20)
    // A batch that does not fit is taken back as a whole, and what others read goes on.
    try workspace.setSetting("after", nil)
    let entries = try store.entries(prefix: "/", after: nil, limit: 1000)
    let error = #expect(throws: WorkspaceError.self) {
      try store.replace(entries.map { ($0, $0.value + [UInt8](repeating: 1, count: 3000)) })
    }
    #expect(error?.code == .full)
    for current in [workspace, try place.open()] {
      let store = current.etcd(ofCluster: "c")
      let entries = try store.entries(prefix: "/", after: nil, limit: 1000)
      #expect(Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) }) == acknowledged)
      #expect(try store.uses(inFolder: "") == store.scannedUses(inFolder: ""))
      #expect(try store.revision() == Int64(acknowledged.count))
    }
    try limit(workspace, toMore: 1000)
    #expect(try store.put([1], at: "/registry/secrets/default/more", ifRevision: nil) != nil)
  }
}
