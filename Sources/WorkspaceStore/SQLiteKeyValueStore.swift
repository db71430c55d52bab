internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB
internal import Synchronization

/// The etcd of one cluster in the workspace's file.
///
/// ## Design
///
/// What writes a row also counts it, by a trigger, so SQLite would keep a journal of each statement
/// to take back half of it: within a savepoint, that writes every page of it to a temporary file,
/// four times as much as the row itself. `OR FAIL` tells it not to. Whoever writes here runs in a
/// transaction or a savepoint of their call, and takes that back as a whole.
struct SQLiteKeyValueStore: KeyValueStore {
  let workspace: Workspace
  let cluster: String

  private static let columns = "key, value, create_revision, mod_revision, version"

  func entry(at key: String) throws -> StoredEntry? {
    try workspace.read { db in
      let statement = try RowStatement(
        db,
        sql: "SELECT \(Self.columns) FROM etcd WHERE cluster = ? AND key = ?"
      )
      var entry: StoredEntry?
      try Array(key.utf8).withUnsafeBytes { key in
        try statement.run([.text(cluster), .blob(key)]) { row in
          entry = StoredEntry(row)
          return false
        }
      }
      return entry
    }
  }

  func entries(prefix: String, after: String?, limit: Int) throws -> [StoredEntry] {
    try workspace.read { db in
      let statement = try RowStatement(
        db,
        sql: "SELECT \(Self.columns) FROM etcd WHERE cluster = ? AND key > ? AND key < ? "
          + "AND key >= ? ORDER BY key LIMIT ?"
      )
      var entries: [StoredEntry] = []
      var byteCount = 0
      func read(_ row: borrowing RowStatement) -> Bool {
        let entry = StoredEntry(row)
        byteCount += entry.value.count
        entries.append(entry)
        return byteCount < StoredEntry.pageByteCountMax
      }
      let (first, end) = (Array((after ?? "").utf8), end(of: prefix))
      try first.withUnsafeBytes { first in
        try end.withUnsafeBytes { end in
          try Array(prefix.utf8).withUnsafeBytes { prefix in
            try statement.run(
              [.text(cluster), .blob(first), .blob(end), .blob(prefix), .integer(Int64(limit))],
              row: read
            )
          }
        }
      }
      return entries
    }
  }

  /// One statement a value, and the store's revision read and written once for all.
  func replace(_ values: [(entry: StoredEntry, value: [UInt8])]) throws -> [Bool] {
    try workspace.write { db in
      let statement = try RowStatement(
        db,
        sql: "UPDATE OR FAIL etcd SET value = ?, mod_revision = ?, version = version + 1, use = ? "
          + "WHERE cluster = ? AND key = ? AND mod_revision = ?"
      )
      var revision = try revision()
      let written = try values.map { entry, value in
        let use = try workspace.uses.withLock {
          try $0.number(of: value, at: entry.key, cluster: cluster, db)
        }
        try value.withUnsafeBytes { value in
          try Array(entry.key.utf8).withUnsafeBytes { key in
            try statement.run([
              .blob(value), .integer(revision + 1), .integer(use), .text(cluster), .blob(key),
              .integer(entry.modRevision),
            ])
          }
        }
        let isWritten = db.changesCount > 0
        if isWritten { revision += 1 }
        return isWritten
      }
      if written.contains(true) { try setRevision(revision, db) }
      return written
    }
  }

  /// The first key after all that start with a prefix; UTF-8 never holds 0xFF.
  func end(of prefix: String) -> [UInt8] { Array(prefix.utf8) + [0xFF] }

  func put(_ value: [UInt8], at path: String, ifRevision: Int64?) throws -> Int64? {
    try workspace.write { db in
      try Array(path.utf8).withUnsafeBytes { key -> Int64? in
        let found = try modRevision(key, db)
        if let ifRevision, ifRevision != (found ?? 0) { return nil }
        let revision = try nextRevision(db)
        let use = try workspace.uses.withLock {
          try $0.number(of: value, at: path, cluster: cluster, db)
        }
        let statement = try RowStatement(db, sql: found == nil ? Self.insertion : Self.update)
        try value.withUnsafeBytes { value in
          try statement.run([
            .blob(value), .integer(revision), .integer(use), .text(cluster), .blob(key),
          ])
        }
        return revision
      }
    }
  }

  private static let insertion =
    "INSERT OR FAIL INTO etcd (value, mod_revision, use, cluster, key, create_revision, version) "
    + "VALUES (?1, ?2, ?3, ?4, ?5, ?2, 1)"
  private static let update =
    "UPDATE OR FAIL etcd SET value = ?1, mod_revision = ?2, use = ?3, version = version + 1 "
    + "WHERE cluster = ?4 AND key = ?5"

  private func modRevision(_ key: UnsafeRawBufferPointer, _ db: Database) throws -> Int64? {
    let statement = try RowStatement(
      db,
      sql: "SELECT mod_revision FROM etcd WHERE cluster = ? AND key = ?"
    )
    var revision: Int64?
    try statement.run([.text(cluster), .blob(key)]) { row in
      revision = row.integer(0)
      return false
    }
    return revision
  }

  func delete(_ key: String, ifRevision: Int64?) throws -> Bool {
    try workspace.write { db in
      try db.cachedStatement(
        sql:
          "DELETE FROM etcd WHERE cluster = ? AND key = ? AND mod_revision = ifnull(?, mod_revision)"
      ).execute(arguments: [cluster, Data(key.utf8), ifRevision])
      guard db.changesCount > 0 else { return false }
      _ = try nextRevision(db)
      return true
    }
  }

  private func setRevision(_ revision: Int64, _ db: Database) throws {
    try db.cachedStatement(sql: "UPDATE etcd_revision SET revision = ? WHERE cluster = ?")
      .execute(arguments: [revision, cluster])
  }

  private func nextRevision(_ db: Database) throws -> Int64 {
    let statement = try RowStatement(
      db,
      sql: "INSERT OR FAIL INTO etcd_revision (cluster, revision) VALUES (?, 1) "
        + "ON CONFLICT DO UPDATE SET revision = revision + 1 RETURNING revision"
    )
    var revision: Int64 = 1
    try statement.run([.text(cluster)]) { row in
      revision = row.integer(0)
      return true
    }
    return revision
  }

  func revision() throws -> Int64 {
    try workspace.read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT revision FROM etcd_revision WHERE cluster = ?"
      )
      return try Int64.fetchOne(statement, arguments: [cluster]) ?? 0
    }
  }

  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try workspace.transaction(body)
  }
}

extension StoredEntry {
  /// Reads the columns of an entry; whatever a damaged file has in them, it is taken for bytes.
  fileprivate init(_ row: borrowing RowStatement) {
    self.init(
      key: row.withBytes(0) { String(decoding: $0, as: UTF8.self) },
      value: row.withBytes(1) { [UInt8]($0) },
      createRevision: row.integer(2),
      modRevision: row.integer(3),
      version: row.integer(4)
    )
  }
}
