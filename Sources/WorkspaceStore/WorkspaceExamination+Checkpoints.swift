internal import FoundationEssentials
internal import GRDB

extension WorkspaceExamination {
  /// What is wrong with checkpoints: all their rows must be there, and be read, and be of one.
  static func checkpoints(_ db: Database) throws -> [WorkspaceFinding] {
    let rows = try Row.fetchAll(
      db,
      sql: "SELECT \(Checkpoint.columns), id FROM checkpoint ORDER BY id"
    )
    return try rows.compactMap { try finding(ofCheckpoint: $0, db) } + orphans(db)
  }

  private static func finding(
    ofCheckpoint row: Row,
    _ db: Database
  ) throws -> WorkspaceFinding? {
    let checkpoint: Checkpoint
    do {
      checkpoint = try Checkpoint(row)
    } catch {
      return damaged("a checkpoint", "its name, time and counts cannot be read", drop: nil)
    }
    let examined = ExaminedRows(checkpoint: try row.value(4))
    guard Checkpoint.isName(checkpoint.name) else {
      return damaged("a checkpoint", "its name is none", drop: nil)
    }
    let name = "checkpoint '\(checkpoint.name)'"
    let problems = try problems(of: checkpoint, examined, db)
    guard problems.isEmpty else {
      return damaged(name, problems.joined(separator: "; "), drop: checkpoint.name)
    }
    guard try miscountedEtcds(db, examined) != nil else { return nil }
    return WorkspaceFinding(
      "checkpoint.miscounted",
      "\(name): what its Secrets are under is counted wrongly: c:can_delete would err",
      cure: "kmsh doctor --repair counts anew",
      isRepairable: true
    )
  }

  private static func damaged(_ name: String, _ why: String, drop: String?) -> WorkspaceFinding {
    WorkspaceFinding(
      "checkpoint.damaged",
      "\(name) cannot be restored as it was: \(why)",
      cure: drop.map { "workspace.drop('\($0)') forgets it; nothing else is touched by it" }
        ?? "put a copy of the workspace back; nothing but the checkpoint is touched by it"
    )
  }

  /// Why a checkpoint would not be restored as it was.
  private static func problems(
    of checkpoint: Checkpoint,
    _ examined: ExaminedRows,
    _ db: Database
  ) throws -> [String] {
    var problems: [String] = []
    func compare(_ table: String, _ wanted: Int, _ noun: String) throws {
      let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(examined.of(table))") ?? 0
      if count != wanted { problems.append("it has \(count) of \(wanted) \(noun)") }
    }
    try compare("record", checkpoint.recordCount, "records")
    try compare("etcd", checkpoint.valueCount, "values of etcds")
    let records = try brokenRecords(db, examined)
    if !records.isEmpty {
      problems.append("records that cannot be read: \(records.joined(separator: ", "))")
    }
    let settings = try brokenSettings(db, examined)
    if !settings.isEmpty {
      problems.append("settings that are no number: \(settings.joined(separator: ", "))")
    }
    let auditCount = try brokenAuditCount(db, examined)
    if auditCount > 0 { problems.append("\(auditCount) rows of the audit log cannot be read") }
    do {
      _ = try miscountedEtcds(db, examined)
    } catch is DamagedRow {
      problems.append("values of etcds that cannot be read")
    }
    return problems
  }

  /// Rows that no checkpoint owns.
  private static func orphans(_ db: Database) throws -> [WorkspaceFinding] {
    let count = try Schema.stateTables.reduce(0) { count, table in
      count
        + (try Int.fetchOne(db, sql: "SELECT count(*) FROM checkpoint_\(table) WHERE \(orphaned)")
          ?? 0)
    }
    guard count > 0 else { return [] }
    return [
      WorkspaceFinding(
        "checkpoint.orphaned",
        "\(count) rows belong to no checkpoint: they take up room, and nothing reads them",
        cure: "kmsh doctor --repair takes them away",
        isRepairable: true
      )
    ]
  }

  private static var orphaned: String { "checkpoint NOT IN (SELECT id FROM checkpoint)" }

  // MARK: Repair

  /// Makes good what can be made good from the rest of the file.
  ///
  /// It counts anew what values are under, and takes away rows that no checkpoint owns and entries
  /// that cannot be undone any more. What else was lost or altered is left as it is.
  ///
  /// - Throws: as opening a workspace does; `workspace.damaged` for values that cannot be read.
  public static func repair(path: String) throws {
    let workspace = try Workspace.open(path: path)
    defer { workspace.close() }
    try workspace.write { db in
      if try miscountedEtcds(db, ExaminedRows()) != nil { try Schema.countEtcdUses(db) }
      for table in Schema.stateTables {
        try db.execute(sql: "DELETE FROM checkpoint_\(table) WHERE \(orphaned)")
      }
      for id in try Int64.fetchAll(db, sql: "SELECT id FROM checkpoint") {
        do {
          guard try miscountedEtcds(db, ExaminedRows(checkpoint: id)) != nil else { continue }
        } catch is DamagedRow {
          // Values that cannot be read are told of, and cannot be counted.
          continue
        }
        try Schema.countEtcdUses(ofCheckpoint: id, db)
      }
      try repairUndoLog(db)
    }
  }
}
