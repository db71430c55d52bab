internal import FoundationEssentials
internal import GRDB

extension WorkspaceExamination {
  /// What is wrong with the undo log: all rows of its entries must be there, and be read, and be of
  /// one.
  static func undoLog(_ db: Database) throws -> [WorkspaceFinding] {
    try brokenEntries(db).map { entry in
      WorkspaceFinding(
        "undo.damaged",
        "entry \(entry.number) of the undo log cannot be taken back or done again: \(entry.why)",
        cure: "kmsh doctor --repair takes it out of the log; nothing else is touched by it",
        isRepairable: true
      )
    } + orphans(db)
  }

  private static func brokenEntries(
    _ db: Database
  ) throws -> [(number: Int64, why: String)] {
    let rows = try Row.fetchAll(
      db,
      sql: "SELECT \(KeptUndoEntry.columns) FROM undo_entry ORDER BY number"
    )
    return try rows.compactMap { row in
      let number: Int64 = try row.value(0)
      let entry: KeptUndoEntry
      do {
        entry = try KeptUndoEntry(row)
      } catch is DamagedRow {
        return (number, "its time and marks cannot be read")
      }
      // Of one that grew too large nothing is kept.
      guard entry.isWhole else { return nil }
      return try problem(of: entry, db).map { (number, $0) }
    }
  }

  private static func problem(of entry: KeptUndoEntry, _ db: Database) throws -> String? {
    let count = try entry.presentRowCount(db)
    guard count == entry.rowCount else { return "it has \(count) of \(entry.rowCount) rows" }
    let examined = ExaminedRows(undo: entry.token)
    let records = try brokenRecords(db, examined)
    guard records.isEmpty else {
      return "records that cannot be read: \(records.joined(separator: ", "))"
    }
    let settings = try brokenSettings(db, examined)
    guard settings.isEmpty else {
      return "settings that are no number: \(settings.joined(separator: ", "))"
    }
    guard try brokenAuditCount(db, examined) == 0 else {
      return "rows of the audit log that cannot be read"
    }
    return try hasMistyped(db, examined) ? "rows that cannot be read" : nil
  }

  /// Columns whose values SQLite takes as they come, with the type that they have.
  private static let types = [
    "record": ["kind": "text", "id": "text"],
    "setting": ["name": "text"],
    "etcd_revision": ["cluster": "text", "revision": "integer"],
    "etcd": [
      "cluster": "text", "key": "blob", "value": "blob", "create_revision": "integer",
      "mod_revision": "integer", "version": "integer",
    ],
  ]

  private static func hasMistyped(_ db: Database, _ examined: ExaminedRows) throws -> Bool {
    try types.contains { table, columns in
      let wrong = columns.map { "typeof(\($0)) <> '\($1)'" }.sorted().joined(separator: " OR ")
      let sql = "SELECT EXISTS (SELECT 1 FROM \(examined.of(table)) AND (\(wrong)))"
      return try Bool.fetchOne(db, sql: sql) ?? false
    }
  }

  /// Rows that no entry owns.
  private static func orphans(_ db: Database) throws -> [WorkspaceFinding] {
    let count = try UndoTable.all.reduce(0) { count, table in
      count
        + (try Int.fetchOne(db, sql: "SELECT count(*) FROM undo_\(table.name) WHERE \(orphaned)")
          ?? 0)
    }
    guard count > 0 else { return [] }
    return [
      WorkspaceFinding(
        "undo.orphaned",
        "\(count) rows belong to no entry of the undo log: they take up room, and nothing reads "
          + "them",
        cure: "kmsh doctor --repair takes them away",
        isRepairable: true
      )
    ]
  }

  private static var orphaned: String { "entry NOT IN (SELECT token FROM undo_entry)" }

  /// Takes entries out of the log that cannot be taken back or done again, and rows of none.
  static func repairUndoLog(_ db: Database) throws {
    for entry in try brokenEntries(db) {
      try db.execute(sql: "DELETE FROM undo_entry WHERE number = ?", arguments: [entry.number])
    }
    for table in UndoTable.all {
      try db.execute(sql: "DELETE FROM undo_\(table.name) WHERE \(orphaned)")
    }
  }
}
