import AzureModel
import EncryptionAtRest
import Foundation
import GRDB
import Testing

@testable import WorkspaceStore

/// An undo log that is damaged, or whose triggers are gone: an error, never a wrong world.
@Suite struct UndoDamageTests {
  private let place = Place()

  /// A workspace with three entries, of which the last can be done again.
  private func make() throws {
    let workspace = try place.open()
    for number in 1...3 {
      try workspace.recordingUndo {
        try workspace.put(Note(id: "n\(number)"))
        try workspace.setSetting("extra", "\(number)")
        _ = try workspace.etcd(ofCluster: "rg/c").put([1], at: "/\(number)", ifRevision: nil)
      }
    }
    _ = try workspace.undoLastEntry()
    workspace.close()
  }

  private func execute(_ sql: String) throws {
    let queue = try DatabaseQueue(path: place.path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  @Test(arguments: [
    "UPDATE undo_entry SET time = 'hunter2'", "UPDATE undo_entry SET is_undone = 'hunter2'",
    "UPDATE undo_entry SET session = 'hunter2'", "UPDATE undo_entry SET row_count = 'hunter2'",
    "UPDATE undo_record SET id = x'FF' WHERE entry = (SELECT token FROM undo_entry LIMIT 1)",
    "UPDATE undo_record SET kind = x'FF' WHERE entry = (SELECT token FROM undo_entry LIMIT 1)",
    "UPDATE undo_record SET present = 'hunter2'", "UPDATE undo_etcd SET cluster = x'FF'",
    "UPDATE undo_etcd SET present = 'hunter2'",
  ])
  func `a log that holds what it cannot hold is an error, and can be repaired`(
    damage: String
  ) throws {
    try make()
    #expect(WorkspaceExamination(path: place.path).findings.isEmpty)
    try execute(damage)
    let workspace = try place.open()
    let error = #expect(throws: WorkspaceError.self) {
      _ = try workspace.undoLog()
      _ = try workspace.undoLastEntry()
      _ = try workspace.undoLastEntry()
    }
    #expect(error?.code == .damaged && error?.message.contains("hunter2") == false)
    workspace.close()
    let found = WorkspaceExamination(path: place.path)
    #expect(Set(found.findings.map(\.id)) == ["undo.damaged"] && found.isUsable)
    #expect(found.findings.allSatisfy { $0.isRepairable && !$0.message.contains("hunter2") })
    try WorkspaceExamination.repair(path: place.path)
    #expect(WorkspaceExamination(path: place.path).findings.isEmpty)
    #expect(throws: Never.self) { try place.open().undoLog() }
  }

  @Test(arguments: [
    "DELETE FROM undo_record", "DELETE FROM undo_record WHERE side = 0",
    "DELETE FROM undo_setting WHERE side = 1", "DELETE FROM undo_etcd",
    "DELETE FROM undo_etcd_revision", "UPDATE undo_record SET side = 7 WHERE side = 1",
    "UPDATE undo_entry SET token = token + 1", "UPDATE undo_entry SET row_count = row_count + 1",
  ])
  func `an entry without all its rows is not taken back, nor done again`(damage: String) throws {
    try make()
    try execute(damage)
    let workspace = try place.open()
    for step in [workspace.undoLastEntry, workspace.redoLastEntry] {
      #expect(#expect(throws: WorkspaceError.self) { try step() }?.code == .damaged)
    }
    #expect(try workspace.undoLog().map(\.isUndone) == [true, false, false])
    #expect(try workspace.find(Note.self, id: "n2") != nil)
    workspace.close()
    let found = WorkspaceExamination(path: place.path).findings.map(\.id)
    #expect(found.prefix(3) == ["undo.damaged", "undo.damaged", "undo.damaged"])
    try WorkspaceExamination.repair(path: place.path)
    #expect(WorkspaceExamination(path: place.path).findings.isEmpty)
  }

  @Test(arguments: [
    "UPDATE undo_record SET body = CAST('{' AS BLOB) WHERE present",
    "UPDATE undo_etcd SET value = 7 WHERE present",
    "UPDATE undo_etcd_revision SET revision = NULL WHERE present",
    "UPDATE undo_setting SET name = 'clock.frozen', value = 'x'",
  ])
  func `what an entry would put back is looked into`(damage: String) throws {
    try make()
    try execute(damage)
    let found = WorkspaceExamination(path: place.path)
    #expect(Set(found.findings.map(\.id)) == ["undo.damaged"] && found.isUsable)
    try WorkspaceExamination.repair(path: place.path)
    #expect(WorkspaceExamination(path: place.path).findings.isEmpty)
  }

  @Test func `rows of no entry are told and taken away`() throws {
    try make()
    try execute("INSERT INTO undo_setting VALUES (77, 0, 1, 'a', 'b')")
    #expect(WorkspaceExamination(path: place.path).findings.map(\.id) == ["undo.orphaned"])
    try WorkspaceExamination.repair(path: place.path)
    #expect(WorkspaceExamination(path: place.path).findings.isEmpty)
    #expect(try place.open().undoLog().count == 3)
  }

  @Test func `a recording that is rolled back with its triggers leaves the next one working`()
    throws
  {
    struct Stop: Error {}
    let workspace = try place.open()
    for _ in 1...2 {
      #expect(throws: Stop.self) {
        try workspace.userTransaction {
          try workspace.recordingUndo { try workspace.put(Note(id: "a")) }
          throw Stop()
        }
      }
      try workspace.branch {
        try workspace.recordingUndo { try workspace.put(Note(id: "a")) }
        #expect(try workspace.undoLastEntry().changes.map(\.id) == ["a"])
      }
    }
    try workspace.recordingUndo {
      #expect(try workspace.currentUndoNumber() == nil)
      try workspace.put(Note(id: "b"))
      #expect(try workspace.currentUndoNumber() == 1)
    }
    #expect(try workspace.currentUndoNumber() == nil)
    #expect(try workspace.undoLastEntry().isOwn)
    #expect(try workspace.find(Note.self, id: "b") == nil)
    workspace.close()
    #expect(try place.open().redoLastEntry().isOwn == false)
  }

  @Test func `Secrets are told by their keys while they are few`() throws {
    let workspace = try place.open()
    func change(_ count: Int) throws -> [UndoEntry.ValueChange] {
      try workspace.recordingUndo {
        let store = workspace.etcd(ofCluster: "rg/c")
        for number in 0..<count {
          _ = try store.put(
            [UInt8(count)],
            at: "/registry/secrets/a/\(number)",
            ifRevision: nil
          )
        }
        _ = try store.put([1], at: "/other/gone", ifRevision: nil)
        _ = try store.delete("/other/gone", ifRevision: nil)
      }
      let entry = try #require(try workspace.undoLog().first)
      #expect(entry.values == ["rg/c": count + 1])
      return entry.valueChanges
    }
    let (one, four) = (try change(1), try change(4))
    #expect(one.map(\.keys) == [["/registry/secrets/a/0"]] && one.map(\.areSecrets) == [true])
    #expect(four.map(\.action) == [.created, .changed] && four.map(\.count) == [3, 1])
    #expect(four.map(\.keys) == [[], ["/registry/secrets/a/0"]])
  }
}
