internal import GRDB

extension Workspace {
  /// Tells what of the workspace is not as a checkpoint has it, which a restore would take back.
  ///
  /// Settings are not counted. It compares every value of every etcd.
  ///
  /// - Throws: `workspace.checkpoint_not_found`, `workspace.checkpoint_name`.
  public func difference(from name: String) throws -> CheckpointDifference {
    try read { db in
      let id = try foundID(name, db)
      return CheckpointDifference(
        records: try counts(of: "record", by: "kind", "id", as: ["body"], since: id, db),
        values: try counts(
          of: "etcd",
          by: "cluster",
          "key",
          as: ["mod_revision", "value"],
          since: id,
          db
        ),
        auditCount: try Int.fetchOne(
          db,
          sql:
            "SELECT count(*) FROM audit WHERE NOT EXISTS (SELECT 1 FROM checkpoint_audit AS kept "
            + "WHERE kept.checkpoint = ? AND kept.number = audit.number "
            + "AND kept.correlation_id = audit.correlation_id)",
          arguments: [id]
        ) ?? 0
      )
    }
  }

  /// Returns how many records of each kind there are.
  public func recordCounts() throws -> [String: Int] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT kind, count(*) FROM record GROUP BY kind")
        .reduce(into: [:]) { $0[try ($1.value(0) as String)] = try ($1.value(1) as Int) }
    }
  }

  /// Counts rows that are on one side only, or differ in some columns, by what they belong to.
  private func counts(
    of table: String,
    by owner: String,
    _ name: String,
    as columns: [String],
    since checkpoint: Int64,
    _ db: Database
  ) throws -> [String: Int] {
    let equal = columns.map { "kept.\($0) = now.\($0)" }.joined(separator: " AND ")
    let same = "kept.\(owner) = now.\(owner) AND kept.\(name) = now.\(name)"
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT \(owner), count(*) FROM (
          SELECT \(owner) FROM \(table) AS now WHERE NOT EXISTS (
            SELECT 1 FROM checkpoint_\(table) AS kept
            WHERE kept.checkpoint = ? AND \(same) AND \(equal))
          UNION ALL
          SELECT \(owner) FROM checkpoint_\(table) AS kept WHERE checkpoint = ? AND NOT EXISTS (
            SELECT 1 FROM \(table) AS now WHERE \(same)))
        GROUP BY \(owner)
        """,
      arguments: [checkpoint, checkpoint]
    )
    return try rows.reduce(into: [:]) { counts, row in
      counts[try (row.value(0) as String)] = try (row.value(1) as Int)
    }
  }
}
