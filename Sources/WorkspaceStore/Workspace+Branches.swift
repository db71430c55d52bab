internal import FoundationEssentials
internal import GRDB
internal import Synchronization

extension Workspace {
  /// Runs `body` on a branch of the workspace: all that it changes is taken back at its end.
  ///
  /// The branch is a transaction that never commits, so it sees itself and no one else sees it;
  /// while it lasts, no other process can change the file. Clock, settings, the row of identifiers
  /// and the audit log belong to the workspace, and so to the branch. Branches may nest, within a
  /// transaction too.
  public func branch<Result>(_ body: () throws -> Result) throws -> Result {
    let outer = nesting.withLock { nesting in
      let outer = (nesting.callDepth, nesting.rows)
      (nesting.callDepth, nesting.rows) = (nil, [])
      return outer
    }
    journals.withLock { $0.append(ChangeJournal()) }
    defer {
      _ = journals.withLock { $0.removeLast() }
      nesting.withLock { ($0.callDepth, $0.rows) = outer }
    }
    return try takenBack(body)
  }

  /// Whether a branch is under way.
  public var isOnBranch: Bool { journals.withLock { !$0.isEmpty } }

  /// What the innermost branch changed so far, in order; `isComplete` is false when there was more
  /// than is kept.
  public func changesOnBranch() throws -> (changes: [RecordChange], isComplete: Bool) {
    guard let journal = journals.withLock({ $0.last }) else { return ([], true) }
    let changes = try journal.texts.compactMap { name, before -> RecordChange? in
      let after = try text(name)
      guard before != after else { return nil }
      return RecordChange(kind: name.kind, id: name.id, before: before, after: after)
    }
    return (changes.sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }, !journal.isTruncated)
  }

  /// Notes what a branch is about to change.
  func willChange(_ kind: String, _ id: String) throws {
    let count = journals.withLock { $0.count }
    guard count > 0 else { return }
    let name = ChangeJournal.Name(kind: kind, id: id)
    for index in 0..<count where journals.withLock({ $0[index].texts[name] == nil }) {
      let before = try text(name)
      journals.withLock { $0[index].note(name) { before } }
    }
  }

  /// Notes that a branch is about to change every record and setting.
  func willChangeEverything() throws {
    guard isOnBranch else { return }
    let names = try read { db in
      try Row.fetchAll(
        db,
        sql: "SELECT kind, id FROM record UNION ALL SELECT ?, name FROM setting LIMIT ?",
        arguments: [Self.settingKind, ChangeJournal.countMax + 1]
      ).map { row -> (String, String) in (try row.value(0), try row.value(1)) }
    }
    for (kind, id) in names { try willChange(kind, id) }
  }

  private func text(_ name: ChangeJournal.Name) throws -> Data? {
    try read { db in
      let (sql, arguments): (String, StatementArguments) =
        switch name.kind {
        case Self.settingKind:
          ("SELECT CAST(value AS BLOB) FROM setting WHERE name = ?", [name.id])
        case Self.checkpointKind:
          (
            "SELECT CAST(json_object('records', records, 'values', stored_values) AS BLOB) "
              + "FROM checkpoint WHERE name = ?", [name.id]
          )
        default: ("SELECT body FROM record WHERE kind = ? AND id = ?", [name.kind, name.id])
        }
      return try Data.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }
  }

  /// Names settings among what was changed; no record is of this kind.
  static let settingKind = "setting"

  /// Names checkpoints among what was changed; no record is of this kind.
  static let checkpointKind = "checkpoint"
}
