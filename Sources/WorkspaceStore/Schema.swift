internal import GRDB

/// The tables of a workspace, and how older ones become newer.
enum Schema {
  /// Identifies the file as a workspace: "kmsh" in ASCII.
  static let applicationID = 0x6B6D_7368

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 records, etcd, settings") { db in
      try db.execute(
        sql: """
          PRAGMA application_id = \(applicationID);
          CREATE TABLE record (
            kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (kind, id)) WITHOUT ROWID;
          CREATE INDEX record_parent ON record (kind, parent, id);
          CREATE TABLE etcd (
            cluster TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
            create_revision INTEGER NOT NULL, mod_revision INTEGER NOT NULL,
            version INTEGER NOT NULL);
          CREATE UNIQUE INDEX etcd_key ON etcd (cluster, key);
          CREATE TABLE etcd_revision (cluster TEXT PRIMARY KEY, revision INTEGER NOT NULL)
            WITHOUT ROWID;
          CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
          """
      )
    }
    migrator.registerMigration("2 audit log") { db in
      try db.execute(
        sql: """
          CREATE TABLE audit (
            number INTEGER PRIMARY KEY, time INTEGER NOT NULL, vault TEXT NOT NULL,
            resource_id TEXT NOT NULL, operation TEXT NOT NULL, operation_version TEXT NOT NULL,
            http_status_code INTEGER NOT NULL, result_description TEXT NOT NULL,
            duration_ms INTEGER NOT NULL, caller_ip_address TEXT NOT NULL,
            correlation_id TEXT NOT NULL, object_id TEXT, upn TEXT, app_id TEXT,
            client_info TEXT NOT NULL, request_uri TEXT NOT NULL, id TEXT NOT NULL);
          CREATE INDEX audit_time ON audit (time);
          """
      )
    }
    migrator.registerMigration("3 vaults with sku, tags and network rules") { db in
      try db.execute(
        sql: """
          UPDATE record SET body = CAST(json_set(CAST(body AS TEXT),
            '$.sku', 'standard', '$.tags', json('{}'),
            '$.deploymentAccess', json('{"virtualMachines":false}'),
            '$.updatedBy', json_extract(CAST(body AS TEXT), '$.createdBy'),
            '$.networkACLs.ipRules', json('[]'), '$.networkACLs.virtualNetworkRules', json('[]'))
            AS BLOB)
          WHERE kind = 'vault';
          """
      )
    }
    migrator.registerMigration("4 subscriptions") { try $0.execute(sql: subscriptions) }
    migrator.registerMigration("5 etcd values by what they are under", migrate: addEtcdUses)
    migrator.registerMigration("6 checkpoints") { try $0.execute(sql: checkpoints) }
    migrator.registerMigration("7 undo log") { try $0.execute(sql: undoLog) }
    return migrator
  }

  /// How a file's tables are next to those of this version.
  enum Age { case older, current, newer }

  static func age(_ db: Database) throws -> Age {
    if try migrator.hasBeenSuperseded(db) { return .newer }
    return try migrator.hasCompletedMigrations(db) ? .current : .older
  }

  /// Brings a file up to date.
  ///
  /// - Throws: `workspace.damaged` for a database of another program, `workspace.newer`.
  static func migrate(_ queue: DatabaseQueue, path: String) throws {
    let isCurrent = try queue.read { db in
      let found = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
      let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
      guard found == applicationID || tables == 0 else {
        throw WorkspaceError(
          .damaged,
          "\(path) is a database of another program",
          hint: "name another file with --workspace or KMSH_WORKSPACE"
        )
      }
      guard try tables == 0 || !migrator.hasBeenSuperseded(db) else {
        throw WorkspaceError(
          .newer,
          "\(path) was written by a later version of kmsh",
          hint: "update kmsh"
        )
      }
      return try tables > 0 && migrator.hasCompletedMigrations(db)
    }
    if isCurrent { return }
    do {
      try migrator.migrate(queue)
    } catch {
      // Two processes may find a new file at once: the second finds the work done.
      guard try queue.read(migrator.hasCompletedMigrations) else { throw error }
    }
  }
}
