public import ClusterModel
internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB

/// ## Design
///
/// Checkpoints lie in the workspace's own file, as rows beside the rows they are copies of. So
/// taking one and going back to one are transactions like any other: there is no half checkpoint
/// after a full disk or a killed process, both may be part of a transaction or of a branch that is
/// taken back, other processes see all of it or nothing, a workspace in memory has them too, and
/// whoever copies the file has them with it. The price is that rows are copied one by one where a
/// copy of the file would copy pages.
///
/// Key material stays sealed under the same root key. A checkpoint holds no other checkpoint.
extension Workspace {
  /// Keeps the state of the whole workspace under a name: records, etcds, settings, clock, seed
  /// and audit log.
  ///
  /// - Throws: `workspace.checkpoint_name`, `workspace.checkpoint_exists`,
  ///   `workspace.checkpoint_limit`; `workspace.full`, and then nothing is kept.
  @discardableResult
  public func takeCheckpoint(_ name: String) throws -> Checkpoint {
    guard Checkpoint.isName(name) else { throw WorkspaceError.checkpointName }
    try willChange(Self.checkpointKind, name)
    return try write { db in
      guard try checkpointID(name, db) == nil else { throw WorkspaceError.checkpointExists(name) }
      let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM checkpoint") ?? 0
      guard count < Checkpoint.countMax else { throw WorkspaceError.tooManyCheckpoints }
      try db.execute(
        sql: "INSERT INTO checkpoint (\(Checkpoint.columns)) VALUES (?, ?, "
          + "(SELECT count(*) FROM record), (SELECT count(*) FROM etcd))",
        arguments: [name, try now().timeIntervalSince1970]
      )
      let id = db.lastInsertedRowID
      for table in Schema.stateTables {
        let columns = try columns(of: table, db)
        try db.execute(
          sql: "INSERT INTO checkpoint_\(table) (checkpoint, \(columns)) "
            + "SELECT ?, \(columns) FROM \(table)",
          arguments: [id]
        )
      }
      return try checkpoint(name)
    }
  }

  /// Returns the checkpoints in the order in which they were taken.
  public func checkpoints() throws -> [Checkpoint] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT \(Checkpoint.columns) FROM checkpoint ORDER BY id")
        .map(Checkpoint.init)
    }
  }

  /// Finds a checkpoint.
  ///
  /// - Throws: `workspace.checkpoint_not_found`, `workspace.checkpoint_name`.
  public func checkpoint(_ name: String) throws -> Checkpoint {
    try read { db in
      let row = try Row.fetchOne(
        db,
        sql: "SELECT \(Checkpoint.columns) FROM checkpoint WHERE id = ?",
        arguments: [try foundID(name, db)]
      )
      guard let row else { throw WorkspaceError.noCheckpoint(name) }
      return try Checkpoint(row)
    }
  }

  /// Makes the workspace what it was when a checkpoint was taken; all checkpoints stay.
  ///
  /// The clock goes back too when it stood still. Handles into what was not there then fail as
  /// those to deleted things do.
  ///
  /// - Throws: `workspace.checkpoint_not_found`, `workspace.checkpoint_name`, `workspace.full`.
  public func restore(_ name: String) throws {
    try write { db in
      let id = try foundID(name, db)
      try willRestore(id, db)
      for table in Schema.stateTables.reversed() { try db.execute(sql: "DELETE FROM \(table)") }
      for table in Schema.stateTables {
        let columns = try columns(of: table, db)
        try db.execute(
          sql: "INSERT INTO \(table) (\(columns)) "
            + "SELECT \(columns) FROM checkpoint_\(table) WHERE checkpoint = ?",
          arguments: [id]
        )
      }
    }
    everythingChanged()
  }

  /// Forgets a checkpoint; its room in the file is used again by what comes next.
  ///
  /// - Throws: `workspace.checkpoint_not_found`, `workspace.checkpoint_name`.
  public func dropCheckpoint(_ name: String) throws {
    try willChange(Self.checkpointKind, name)
    try write { db in
      let id = try foundID(name, db)
      for table in Schema.stateTables {
        try db.execute(sql: "DELETE FROM checkpoint_\(table) WHERE checkpoint = ?", arguments: [id])
      }
      try db.execute(sql: "DELETE FROM checkpoint WHERE id = ?", arguments: [id])
    }
  }

  /// Returns what each checkpoint needs for a cluster.
  public func keptStates(ofCluster clusterID: String) throws -> [KeptState] {
    try read { db in
      let kept = try Row.fetchAll(
        db,
        sql: "SELECT checkpoint.id, name, body FROM checkpoint JOIN checkpoint_record AS kept "
          + "ON kept.checkpoint = checkpoint.id WHERE kind = ? AND kept.id = ? "
          + "ORDER BY checkpoint.id",
        arguments: [Cluster.kind, clusterID]
      )
      return try kept.map { row in
        let uses = try Row.fetchAll(
          db,
          sql: "SELECT folder, provider, name, key_id, count FROM checkpoint_etcd_use "
            + "WHERE checkpoint = ? AND cluster = ? AND count <> 0",
          arguments: [try (row.value(0) as Int64), clusterID]
        )
        return KeptState(
          name: try row.value(1),
          cluster: try decode(Cluster.self, row.value(2)),
          uses: try uses.map { try ValueUse($0, firstColumn: 0) }.sorted()
        )
      }
    }
  }

  // MARK: Parts

  private func columns(of table: String, _ db: Database) throws -> String {
    try db.columns(in: table).map { "\"\($0.name)\"" }.joined(separator: ", ")
  }

  private func checkpointID(_ name: String, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(db, sql: "SELECT id FROM checkpoint WHERE name = ?", arguments: [name])
  }

  func foundID(_ name: String, _ db: Database) throws -> Int64 {
    guard Checkpoint.isName(name) else { throw WorkspaceError.checkpointName }
    guard let id = try checkpointID(name, db) else { throw WorkspaceError.noCheckpoint(name) }
    return id
  }

  /// Tells the branches under way what a restore is about to change.
  private func willRestore(_ id: Int64, _ db: Database) throws {
    guard isOnBranch else { return }
    try willChangeEverything()
    let names = try Row.fetchAll(
      db,
      sql: "SELECT kind, id FROM checkpoint_record WHERE checkpoint = ? UNION ALL "
        + "SELECT ?, name FROM checkpoint_setting WHERE checkpoint = ? LIMIT ?",
      arguments: [id, Self.settingKind, id, ChangeJournal.countMax + 1]
    )
    for row in names { try willChange(row.value(0), row.value(1)) }
  }
}
