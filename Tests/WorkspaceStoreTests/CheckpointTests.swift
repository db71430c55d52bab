import EncryptionAtRest
import Foundation
import GRDB
import Testing

@testable import WorkspaceStore

/// States of the whole workspace that are kept and brought back.
@Suite struct CheckpointTests {
  private struct Stop: Error {}
  private let place = Place()

  /// A workspace with something in each table of the state.
  private func world(_ path: String? = nil) throws -> Workspace {
    let workspace = try path.map(Workspace.open) ?? place.open()
    try workspace.fill()
    return workspace
  }

  @Test(arguments: [false, true])
  func `a restore brings back every row, in memory too`(inMemory: Bool) throws {
    let workspace = try world(inMemory ? ":memory:" : nil)
    let before = try workspace.stateRows()
    let checkpoint = try workspace.takeCheckpoint("before")
    #expect(checkpoint.recordCount == 3 && checkpoint.valueCount == 5)
    #expect(checkpoint.created == Date(timeIntervalSince1970: 1_767_225_600))
    #expect(try workspace.stateRows() == before)
    try workspace.changeMuch()
    try workspace.warm()
    #expect(try workspace.stateRows() != before)
    for _ in 1...2 {
      try workspace.restore("before")
      #expect(try workspace.stateRows() == before)
      // What is remembered is what is there.
      #expect(try workspace.find(Note.self, id: "n1")?.text == "kept")
      #expect(try workspace.find(Note.self, id: "n4") == nil)
      #expect(try workspace.setting("extra") == nil)
      #expect(try workspace.now() == checkpoint.created)
      let store = workspace.etcd(ofCluster: "c1")
      #expect(try store.uses(inFolder: "") == store.scannedUses(inFolder: ""))
      try workspace.changeMuch()
      #expect(try store.uses(inFolder: "") == store.scannedUses(inFolder: ""))
    }
  }

  @Test func `the row of identifiers goes on where it was`() throws {
    let workspace = try world()
    try workspace.takeCheckpoint("before")
    let next = try workspace.identifierBytes()
    #expect(try workspace.identifierBytes() != next)
    try workspace.restore("before")
    #expect(try workspace.identifierBytes() == next)
  }

  @Test func `what differs is told, table by table`() throws {
    let workspace = try world()
    try workspace.takeCheckpoint("before")
    let none = try workspace.difference(from: "before")
    #expect(none == CheckpointDifference(records: [:], values: [:], auditCount: 0))
    try workspace.changeMuch()
    let difference = try workspace.difference(from: "before")
    #expect(difference.records == ["test_note": 3])
    #expect(difference.values == ["c1": 2, "c2": 1])
    #expect(difference.auditCount == 1)
    try workspace.restore("before")
    #expect(try workspace.difference(from: "before") == none)
  }

  @Test func `checkpoints survive their process, a reset and each other's end`() throws {
    var workspace = try world()
    let before = try workspace.stateRows()
    try workspace.takeCheckpoint("one")
    try workspace.changeMuch()
    let after = try workspace.stateRows()
    try workspace.takeCheckpoint("two")
    workspace.close()
    workspace = try place.open()
    try workspace.reset()
    #expect(try workspace.stateRows().isEmpty)
    #expect(try workspace.checkpoints().map(\.name) == ["one", "two"])
    try workspace.restore("one")
    #expect(try workspace.stateRows() == before)
    try workspace.dropCheckpoint("one")
    #expect(try workspace.checkpoints().map(\.name) == ["two"])
    try workspace.restore("two")
    #expect(try workspace.stateRows() == after)
    // Nothing of a dropped one lies in the file.
    try workspace.dropCheckpoint("two")
    let left = try workspace.read { db in
      try (Schema.stateTables.map { "checkpoint_\($0)" } + ["checkpoint"]).map {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)")
      }
    }
    #expect(left.allSatisfy { $0 == 0 })
  }

  @Test func `another process sees the restored state, whatever it remembers`() throws {
    let workspace = try world()
    try workspace.takeCheckpoint("before")
    let other = try place.open()
    try other.changeMuch()
    try other.warm()
    try workspace.restore("before")
    #expect(try other.find(Note.self, id: "n1")?.text == "kept")
    #expect(try other.find(Note.self, id: "n4") == nil)
    #expect(try other.setting("extra") == nil)
    #expect(try other.stateRows() == workspace.stateRows())
    #expect(try other.checkpoints() == workspace.checkpoints())
  }

  @Test func `a transaction and a branch take them back`() throws {
    let workspace = try world()
    try workspace.takeCheckpoint("before")
    try workspace.changeMuch()
    let after = try workspace.stateRows()
    #expect(throws: Stop.self) {
      try workspace.userTransaction {
        try workspace.restore("before")
        try workspace.takeCheckpoint("second")
        try workspace.dropCheckpoint("before")
        throw Stop()
      }
    }
    #expect(try workspace.stateRows() == after)
    #expect(try workspace.checkpoints().map(\.name) == ["before"])
    let changes = try workspace.branch {
      try workspace.restore("before")
      try workspace.takeCheckpoint("second")
      return try workspace.changesOnBranch().changes.filter { $0.kind == "test_note" }
    }
    #expect(changes.map(\.id) == ["n1", "n2", "n4"])
    #expect(changes.map { $0.before == nil } == [false, true, false])
    #expect(changes.map { $0.after == nil } == [false, false, true])
    #expect(try workspace.stateRows() == after)
    #expect(try workspace.find(Note.self, id: "n1")?.text == "changed")
    #expect(try workspace.checkpoints().map(\.name) == ["before"])
  }

  @Test func `without room there is one error, and no half checkpoint`() throws {
    let workspace = try world()
    let store = workspace.etcd(ofCluster: "c1")
    for n in 1...200 {
      _ = try store.put(Array(repeating: 1, count: 4096), at: "/x/\(n)", ifRevision: nil)
    }
    try workspace.takeCheckpoint("small")
    let before = try workspace.stateRows()
    try workspace.read { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages + 100)")
    }
    #expect(throws: WorkspaceError.self) { try workspace.takeCheckpoint("big") }
    #expect(try workspace.checkpoints().map(\.name) == ["small"])
    #expect(try workspace.stateRows() == before)
    try workspace.read { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
    try workspace.takeCheckpoint("big")
    #expect(try workspace.checkpoints().map(\.name) == ["small", "big"])
  }

  @Test(
    arguments: ["", "-a", ".a", "a b", "a/b", "a'b", "é", String(repeating: "a", count: 64), "a\n"]
  )
  func `a name that none can have is refused`(name: String) throws {
    let workspace = try place.open()
    for act in [
      { _ = try workspace.takeCheckpoint(name) }, { try workspace.restore(name) },
      { try workspace.dropCheckpoint(name) },
    ] {
      let error = #expect(throws: WorkspaceError.self) { try act() }
      #expect(error?.code == .checkpointName)
    }
  }

  @Test func `a name is taken once, and one that is not there is not found`() throws {
    let workspace = try place.open()
    let name = "A" + String(repeating: "z", count: 60) + ".9"
    try workspace.takeCheckpoint(name)
    var error = #expect(throws: WorkspaceError.self) { try workspace.takeCheckpoint(name) }
    #expect(error?.code == .checkpointExists)
    error = #expect(throws: WorkspaceError.self) { try workspace.restore("none") }
    #expect(error?.code == .checkpointNotFound)
    error = #expect(throws: WorkspaceError.self) { try workspace.dropCheckpoint("none") }
    #expect(error?.code == .checkpointNotFound)
  }

  @Test func `there is a limit to how many there are`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    for n in 1...Checkpoint.countMax { try workspace.takeCheckpoint("n\(n)") }
    let error = #expect(throws: WorkspaceError.self) { try workspace.takeCheckpoint("more") }
    #expect(error?.code == .checkpointLimit)
    try workspace.dropCheckpoint("n7")
    try workspace.takeCheckpoint("more")
  }

  @Test(arguments: Schema.stateTables)
  func `a checkpoint has every column of a table`(table: String) throws {
    let workspace = try place.open()
    let (live, kept) = try workspace.read { db in
      try (db.columns(in: table).map(\.name), db.columns(in: "checkpoint_\(table)").map(\.name))
    }
    #expect(Set(kept) == Set(live + ["checkpoint"]))
  }

  @Test func `every table belongs to the state, the checkpoints or the undo log`() throws {
    let tables = try place.open().read { db in
      try String.fetchAll(
        db,
        sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
          + "AND name NOT LIKE 'checkpoint%' AND name NOT LIKE 'undo_%'"
      )
    }
    #expect(Set(tables) == Set(Schema.stateTables + ["grdb_migrations"]))
  }
}
