internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB
internal import Synchronization

/// The two states that an entry of the undo log lies between.
enum UndoSide: Int {
  case before = 0
  case after = 1

  var other: UndoSide { self == .before ? .after : .before }
}

extension Workspace {
  /// Makes what the last entry changed what it was on one side of it.
  func step(_ target: UndoSide) throws -> UndoEntry {
    let entry = try write { db in
      let (session, baseline) = try standing(db)
      let row = try Row.fetchOne(
        db,
        sql: "SELECT \(KeptUndoEntry.columns) FROM undo_entry "
          + "WHERE is_undone = ? AND (session = ? OR number <= ?) "
          + "ORDER BY number \(target == .before ? "DESC" : "ASC") LIMIT 1",
        arguments: [target == .after, session, baseline]
      )
      guard let row else {
        throw target == .before ? WorkspaceError.nothingToUndo : .nothingToRedo
      }
      let kept = try KeptUndoEntry(row)
      let token = kept.token
      let entry = try UndoEntry(kept, session, db)
      guard entry.isWhole else { throw WorkspaceError.undoTooLarge }
      guard try kept.presentRowCount(db) == kept.rowCount else {
        throw WorkspaceError.damagedUndo(path, kept.number)
      }
      let conflicts = try conflicts(token, target, db)
      guard conflicts.isEmpty else { throw WorkspaceError.undoConflict(conflicts) }
      try tellBranches(token, db)
      try withoutUndo {
        for table in UndoTable.all { try apply(token, target, table, db) }
        try db.execute(
          sql: "UPDATE undo_entry SET is_undone = ? WHERE token = ?",
          arguments: [target == .before, token]
        )
      }
      // What the same chunk writes after that is another entry.
      if isRecordingUndo, try hasUndoTriggers(db) {
        try db.execute(
          sql: "UPDATE undo_now SET token = ?",
          arguments: [Int64.random(in: .min ... .max)]
        )
      }
      return entry
    }
    everythingChanged()
    return entry
  }

  // MARK: Parts

  /// Names what is not as the entry left it, four things at most.
  private func conflicts(
    _ token: Int64,
    _ target: UndoSide,
    _ db: Database
  ) throws -> [String] {
    var things: [String] = []
    for table in UndoTable.all where things.count < 4 {
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT \(table.keys.map { "kept.\($0)" }.joined(separator: ", ")) "
          + "FROM undo_\(table.name) AS kept LEFT JOIN \(table.name) AS now "
          + "ON \(table.isSameRow("kept", "now")) WHERE kept.entry = ? AND kept.side = ? "
          + "AND NOT (\(table.condition(table.isPassedOver, of: "kept"))) "
          + "AND (\(table.differs("kept", "now"))) LIMIT ?",
        arguments: [token, target.other.rawValue, 4 - things.count]
      )
      things += try rows.map { try Self.name(of: $0, in: table) }
    }
    return things
  }

  private static func name(of row: Row, in table: UndoTable) throws -> String {
    switch table.name {
    case "record":
      let kind: String = try row.value(0)
      return "\(kind.replacing("_", with: " ")) \(try row.value(1) as String)"
    case "setting": return "setting \(try row.value(0) as String)"
    case "audit": return "row \(try row.value(0) as Int64) of the audit log"
    default:
      let (cluster, key): (String, Data) = (try row.value(0), try row.value(1))
      return "\(String(decoding: key, as: UTF8.self)) in etcd of "
        + "\(cluster.split(separator: "/").last ?? "")"
    }
  }

  /// Tells the branches under way what is about to change.
  private func tellBranches(_ token: Int64, _ db: Database) throws {
    guard isOnBranch else { return }
    let names = try Row.fetchAll(
      db,
      sql: "SELECT kind, id FROM undo_record WHERE entry = :token AND side = 0 UNION ALL "
        + "SELECT '\(Self.settingKind)', name FROM undo_setting WHERE entry = :token AND side = 0",
      arguments: ["token": token]
    )
    for name in names { try willChange(name.value(0), name.value(1)) }
  }

  private func apply(
    _ token: Int64,
    _ target: UndoSide,
    _ table: UndoTable,
    _ db: Database
  ) throws {
    // A counter that someone counted on with stays where it is.
    let wanted = """
      kept.entry = \(token) AND kept.side = \(target.rawValue)
      AND NOT (\(table.condition(table.isCounter, of: "kept")) AND EXISTS (
        SELECT 1 FROM undo_\(table.name) AS past LEFT JOIN \(table.name) AS now
          ON \(table.isSameRow("past", "now"))
        WHERE past.entry = \(token) AND past.side = \(target.other.rawValue)
          AND \(table.isSameRow("past", "kept")) AND (\(table.differs("past", "now")))))
      """
    let keys = table.keys.joined(separator: ", ")
    try db.execute(
      sql: "DELETE FROM \(table.name) WHERE (\(keys)) IN (SELECT \(keys) "
        + "FROM undo_\(table.name) AS kept WHERE \(wanted) AND present = 0)"
    )
    let columns = table.columns.joined(separator: ", ")
    let rows = "SELECT \(columns) FROM undo_\(table.name) AS kept WHERE \(wanted) AND present = 1"
    if table.name == "etcd" { return try putBack(rows, db) }
    try db.execute(
      sql: "INSERT INTO \(table.name) (\(columns)) \(rows) ON CONFLICT (\(keys)) DO UPDATE SET "
        + table.values.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
    )
  }

  /// Writes values to etcds, each under the number that stands for what it is under.
  private func putBack(_ rows: String, _ db: Database) throws {
    uses.withLock { $0.forget() }
    let cursor = try Row.fetchCursor(db, sql: rows)
    while let row = try cursor.next() {
      let (cluster, key, value): (String, Data, Data) = (
        try row.value(0), try row.value(1), try row.value(2)
      )
      let revisions: [Int64] = try (3...5).map { try row.value($0) }
      let use = try uses.withLock {
        try $0.number(
          of: [UInt8](value),
          at: String(decoding: key, as: UTF8.self),
          cluster: cluster,
          db
        )
      }
      try db.cachedStatement(
        sql: "INSERT INTO etcd "
          + "(cluster, key, value, create_revision, mod_revision, version, use) "
          + "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cluster, key) DO UPDATE SET "
          + "value = excluded.value, create_revision = excluded.create_revision, "
          + "mod_revision = excluded.mod_revision, version = excluded.version, use = excluded.use"
      ).execute(arguments: [
        cluster, key, value, revisions[0], revisions[1], revisions[2], use,
      ])
    }
  }
}

extension UndoTable {
  fileprivate func isSameRow(_ a: String, _ b: String) -> String {
    keys.map { "\(a).\($0) = \(b).\($0)" }.joined(separator: " AND ")
  }

  /// Whether a kept row is not what lies in the table.
  fileprivate func differs(_ kept: String, _ now: String) -> String {
    let values = values.map { "\(kept).\($0) IS NOT \(now).\($0)" }.joined(separator: " OR ")
    return "\(kept).present <> (\(now).\(keys[0]) IS NOT NULL) OR \(kept).present AND (\(values))"
  }

  /// A condition on columns, of the rows that have an alias.
  fileprivate func condition(_ condition: String, of alias: String) -> String {
    keys.reduce(condition) { text, key in
      text.hasPrefix("\(key) ") ? "\(alias).\(text)" : text
    }
  }
}
