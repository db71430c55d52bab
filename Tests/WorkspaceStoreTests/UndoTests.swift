import AzureModel
import EncryptionAtRest
import Foundation
import GRDB
import TestData
import Testing

@testable import WorkspaceStore

@Suite struct UndoTests {
  @Test func `an entry is taken back row for row, and done again`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.fill()
    try workspace.warm()
    let before = try workspace.keptRows()
    try workspace.recordingUndo { try workspace.changeMuch() }
    let after = try workspace.keptRows()
    #expect(before != after)
    for _ in 1...3 {
      let undone = try workspace.undoLastEntry()
      #expect(try workspace.keptRows() == before)
      #expect(
        undone.changes.map(\.id).contains("n4") && undone.values.keys.sorted() == ["c1", "c2"]
      )
      #expect(try workspace.find(Note.self, id: "n1")?.text == "kept")
      #expect(try workspace.redoLastEntry().number == undone.number)
      #expect(try workspace.keptRows() == after)
    }
    try workspace.expectSoundUses()
  }

  @Test func `what an entry changed is told, and what ends as it began is not`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.put(Note(id: "a"))
    try workspace.put(Note(id: "b"))
    try workspace.recordingUndo {
      try workspace.put(Note(id: "a", text: "new"))
      try workspace.delete(Note.self, id: "b")
      try workspace.put(Note(id: "c"))
      try workspace.put(Note(id: "d"))
      try workspace.delete(Note.self, id: "d")
      try workspace.setSetting("extra", "1")
    }
    let entry = try #require(try workspace.undoLog().first)
    #expect(
      entry.changes.map { "\($0.action) \($0.kind) \($0.id)" } == [
        "created setting extra", "changed test_note a", "deleted test_note b",
        "created test_note c",
      ]
    )
    #expect(entry.changeCount == 4 && entry.isWhole && !entry.isUndone && entry.number == 1)
  }

  @Test(arguments: UInt64(0)..<20)
  func `any row of entries is taken back one by one, and done again`(seed: UInt64) throws {
    let workspace = try Workspace.open(path: ":memory:")
    var generator = SeededGenerator(seed)
    try workspace.fill()
    var states = [try workspace.keptRows()]
    for _ in 1...12 {
      try workspace.recordingUndo {
        for _ in 0...Int.random(in: 0...4, using: &generator) {
          try workspace.changeSomething(&generator)
        }
      }
      // One that changed nothing left no entry.
      if try workspace.undoLog().count == states.count { states.append(try workspace.keptRows()) }
    }
    for state in states.dropLast().reversed() {
      _ = try workspace.undoLastEntry()
      #expect(try workspace.keptRows() == state)
    }
    #expect(throws: WorkspaceError.nothingToUndo) { try workspace.undoLastEntry() }
    for state in states.dropFirst() {
      _ = try workspace.redoLastEntry()
      #expect(try workspace.keptRows() == state)
    }
    #expect(throws: WorkspaceError.nothingToRedo) { try workspace.redoLastEntry() }
    try workspace.expectSoundUses()
  }

  @Test func `something new ends what could be done again`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    for id in ["a", "b"] { try workspace.recordingUndo { try workspace.put(Note(id: id)) } }
    _ = try workspace.undoLastEntry()
    try workspace.recordingUndo { try workspace.put(Note(id: "c")) }
    #expect(throws: WorkspaceError.nothingToRedo) { try workspace.redoLastEntry() }
    #expect(try workspace.undoLog().flatMap(\.changes).map(\.id) == ["c", "a"])
  }

  @Test func `the last fifty entries are kept`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    for n in 1...60 { try workspace.recordingUndo { try workspace.put(Note(id: "n\(n)")) } }
    #expect(try workspace.undoLog().map(\.number) == Array((11...60).reversed()))
    for _ in 1...50 { _ = try workspace.undoLastEntry() }
    #expect(throws: WorkspaceError.nothingToUndo) { try workspace.undoLastEntry() }
    #expect(try workspace.list(Note.self, parent: nil, after: nil, limit: 99).count == 10)
    #expect(try workspace.undoRowCount() == 100)
  }

  @Test func `who only looks leaves no entry, though servers remember it`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.recordingUndo {
      try workspace.put(Memory(id: "c1"))
      _ = try workspace.call { try workspace.find(Note.self, id: "n") }
      _ = try workspace.setting("extra")
    }
    #expect(try workspace.undoLog().isEmpty)
    #expect(try workspace.undoRowCount() == 0)
  }

  @Test func `what is rolled back, or happened on a branch, is in no entry`() throws {
    struct Stop: Error {}
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.recordingUndo {
      #expect(throws: Stop.self) {
        try workspace.transaction {
          try workspace.put(Note(id: "a"))
          throw Stop()
        }
      }
      try workspace.branch { try workspace.put(Note(id: "b")) }
    }
    #expect(try workspace.undoLog().isEmpty)
    try workspace.recordingUndo {
      try workspace.put(Note(id: "kept"))
      try workspace.branch { try workspace.changeMuch() }
    }
    #expect(try workspace.undoLog().first?.changes.map(\.id) == ["kept"])
  }

  @Test func `to take back is what a branch tells and forgets like anything else`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.recordingUndo { try workspace.put(Note(id: "a")) }
    let changed = try workspace.branch {
      _ = try workspace.undoLastEntry()
      return try workspace.changesOnBranch().changes.map(\.id)
    }
    #expect(changed == ["a"])
    #expect(try workspace.find(Note.self, id: "a") != nil)
    #expect(try workspace.undoLog().map(\.isUndone) == [false])
  }

  @Test func `scripts leave no entries`() throws {
    let place = Place()
    let workspace = try place.open()
    try workspace.fill()
    try workspace.changeMuch()
    #expect(throws: WorkspaceError.nothingToUndo) { try workspace.undoLastEntry() }
    #expect(try workspace.undoRowCount() == 0)
  }

  @Test func `an entry is still there for the next prompt`() throws {
    let place = Place()
    let first = try place.open()
    try first.recordingUndo { try first.put(Note(id: "a")) }
    first.close()
    let second = try place.open()
    #expect(try second.undoLastEntry().changes.map(\.id) == ["a"])
    #expect(try second.find(Note.self, id: "a") == nil)
    second.close()
    #expect(try place.open().redoLastEntry().number == 1)
  }

  @Test func `an entry of another prompt is left to it`() throws {
    let place = Place()
    let (one, other) = (try place.open(), try place.open())
    try one.recordingUndo { try one.put(Note(id: "mine")) }
    try other.recordingUndo { try other.put(Note(id: "theirs")) }
    // What was there when it began is everyone's.
    #expect(try other.undoLog().map(\.number) == [2, 1])
    #expect(try one.undoLastEntry().changes.map(\.id) == ["mine"])
    #expect(throws: WorkspaceError.nothingToUndo) { try one.undoLastEntry() }
    #expect(try one.find(Note.self, id: "theirs") != nil)
  }

  @Test(arguments: [
    "UPDATE record SET body = CAST('{\"id\":\"a\",\"parent\":\"\",\"text\":\"x\"}' AS BLOB)",
    "DELETE FROM record", "UPDATE setting SET value = '2'", "DELETE FROM setting",
    "UPDATE etcd SET value = x'02', mod_revision = 9", "DELETE FROM etcd",
  ])
  func `what another process changed since is not overwritten`(sql: String) throws {
    let place = Place()
    let workspace = try place.open()
    try workspace.recordingUndo {
      try workspace.put(Note(id: "a"))
      try workspace.setSetting("extra", "1")
      _ = try workspace.etcd(ofCluster: "c").put([1], at: "/x", ifRevision: nil)
    }
    let queue = try DatabaseQueue(path: place.path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
    let before = try workspace.keptRows()
    let error = #expect(throws: WorkspaceError.self) { try workspace.undoLastEntry() }
    #expect(error?.code == .undoConflict)
    #expect(try workspace.keptRows() == before)
    #expect(try workspace.undoLog().map(\.isUndone) == [false])
  }

  @Test func `a conflict is told by the names of the things`() throws {
    let place = Place()
    let (one, other) = (try place.open(), try place.open())
    try one.recordingUndo {
      try one.put(Note(id: "a"))
      _ = try one.etcd(ofCluster: "x/c1").put([1], at: "/registry/x", ifRevision: nil)
    }
    try other.put(Note(id: "a", text: "changed"))
    _ = try other.etcd(ofCluster: "x/c1").put([2], at: "/registry/x", ifRevision: nil)
    let error = #expect(throws: WorkspaceError.self) { try one.undoLastEntry() }
    #expect(
      error?.message
        == "changed since, by another process or a script: test note a, /registry/x in etcd of c1"
    )
  }

  @Test func `a counter that others counted on stays, and does not stand in the way`() throws {
    let place = Place()
    let (one, other) = (try place.open(), try place.open())
    try one.seed(1)
    try one.recordingUndo {
      _ = try one.identifierBytes()
      _ = try one.etcd(ofCluster: "c").put([1], at: "/a", ifRevision: nil)
    }
    _ = try other.identifierBytes()
    _ = try other.etcd(ofCluster: "c").put([2], at: "/b", ifRevision: nil)
    _ = try one.undoLastEntry()
    #expect(try one.etcd(ofCluster: "c").entry(at: "/a") == nil)
    #expect(try one.etcd(ofCluster: "c").entry(at: "/b")?.value == [2])
    #expect(try one.etcd(ofCluster: "c").revision() == 2)
    #expect(try one.setting("identifiers.counter") == "2")
  }

  @Test func `an entry that changed too much is refused, and its rows are not kept`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.recordingUndo { try workspace.put(Note(id: "earlier")) }
    try workspace.recordingUndo {
      try workspace.transaction {
        let store = workspace.etcd(ofCluster: "c")
        for n in 1...UndoEntry.rowCountMax { _ = try store.put([1], at: "/\(n)", ifRevision: nil) }
      }
    }
    let before = try workspace.undoRowCount()
    #expect(before == 2)
    let error = #expect(throws: WorkspaceError.self) { try workspace.undoLastEntry() }
    #expect(error?.code == .undoTooLarge && error?.hint?.contains("checkpoint") == true)
    #expect(try workspace.undoLog().map(\.isWhole) == [false, true])
  }

  @Test func `entries nest as one, and what follows an undo in the same chunk is another`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.recordingUndo {
      try workspace.put(Note(id: "a"))
      try workspace.recordingUndo { try workspace.put(Note(id: "b")) }
      try workspace.withoutUndo { try workspace.put(Note(id: "apart")) }
      try workspace.put(Note(id: "c"))
    }
    #expect(try workspace.undoLog().map { $0.changes.map(\.id) } == [["a", "b", "c"]])
    try workspace.recordingUndo {
      _ = try workspace.undoLastEntry()
      try workspace.put(Note(id: "d"))
    }
    #expect(try workspace.undoLog().map { $0.changes.map(\.id) } == [["d"]])
    _ = try workspace.undoLastEntry()
    #expect(try workspace.list(Note.self, parent: nil, after: nil, limit: 9).map(\.id) == ["apart"])
  }

  @Test func `what follows from an entry goes with it`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.recordingUndo {
      try workspace.amendingLastUndoEntry { try workspace.put(Note(id: "first")) }
    }
    #expect(try workspace.undoLog().isEmpty)
    try workspace.recordingUndo { try workspace.reset() }
    try workspace.recordingUndo {
      try workspace.amendingLastUndoEntry {
        try workspace.put(Note(id: "first", text: "again"))
        try workspace.put(Note(id: "second"))
      }
    }
    #expect(try workspace.undoLog().map(\.number) == [1])
    _ = try workspace.undoLastEntry()
    let notes = try workspace.list(Note.self, parent: nil, after: nil, limit: 9)
    #expect(notes == [Note(id: "first")])
  }

  @Test func `a restore and a reset can be taken back`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.fill()
    try workspace.takeCheckpoint("start")
    try workspace.changeMuch()
    let before = try workspace.keptRows()
    try workspace.recordingUndo { try workspace.restore("start") }
    try workspace.recordingUndo { try workspace.reset() }
    _ = try workspace.undoLastEntry()
    _ = try workspace.undoLastEntry()
    #expect(try workspace.keptRows() == before)
    try workspace.expectSoundUses()
  }

  @Test func `the twins of the tables have their columns`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    for table in UndoTable.all {
      let (columns, twins) = try workspace.read { db in
        (
          try db.columns(in: table.name).map(\.name),
          try db.columns(in: "undo_\(table.name)").map(\.name)
        )
      }
      #expect(Set(columns).subtracting(["use"]) == Set(table.columns))
      #expect(twins == ["entry", "side", "present"] + columns.filter { $0 != "use" })
    }
    #expect(Set(UndoTable.all.map(\.name)) == Set(Schema.stateTables).subtracting(["etcd_use"]))
  }
}

/// What a server remembers, which a look may write.
private struct Memory: AzureModel.Record {
  static let kind = "api_server"
  let id: String
  var parent = ""
}

extension Workspace {
  /// Every row of the state, but for the numbers that stand for what values are under.
  fileprivate func keptRows() throws -> [String] {
    try read { db in
      try UndoTable.all.flatMap { table in
        let columns = table.columns.map { "quote(\"\($0)\")" }.joined(separator: " || ' ' || ")
        return try String.fetchAll(
          db,
          sql: "SELECT '\(table.name) ' || \(columns) FROM \(table.name)"
        ).sorted()
      }
    }
  }

  /// How many rows the log keeps in all.
  fileprivate func undoRowCount() throws -> Int {
    try read { db in
      try UndoTable.all.reduce(0) { count, table in
        count + (try Int.fetchOne(db, sql: "SELECT count(*) FROM undo_\(table.name)") ?? 0)
      }
    }
  }

  /// Compares the counts of what values are under with the values themselves.
  fileprivate func expectSoundUses() throws {
    for cluster in ["c1", "c2"] {
      let store = etcd(ofCluster: cluster)
      #expect(try store.uses(inFolder: "/") == store.scannedUses(inFolder: ""))
    }
  }

  /// Makes, changes or deletes one thing.
  fileprivate func changeSomething(_ generator: inout SeededGenerator) throws {
    let n = Int.random(in: 1...5, using: &generator)
    let store = etcd(ofCluster: "c\(n % 2 + 1)")
    switch Int.random(in: 0...7, using: &generator) {
    case 0, 1: try put(Note(id: "n\(n)", text: "\(Int.random(in: 0...99, using: &generator))"))
    case 2: try delete(Note.self, id: "n\(n)")
    case 3: try setSetting("s\(n)", "\(Int.random(in: 0...99, using: &generator))")
    case 4: try setSetting("s\(n)", nil)
    case 5:
      _ = try store.put(
        StoredValues.kmsV2("p\(n)", [UInt8.random(in: 0...255, using: &generator)]),
        at: "/registry/secrets/ns\(n)/s\(n)",
        ifRevision: nil
      )
    case 6: _ = try store.delete("/registry/secrets/ns\(n)/s\(n)", ifRevision: nil)
    default: try deleteEtcd(ofCluster: "c\(n % 2 + 1)")
    }
  }
}
