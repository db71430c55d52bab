internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB

extension Schema {
  /// Counts the values of each etcd by what they are under.
  ///
  /// The triggers keep the counts; `use` of a row is 0 only while this step is under way.
  private static let etcdUses = """
    CREATE TABLE etcd_use (
      id INTEGER PRIMARY KEY, cluster TEXT NOT NULL, folder BLOB NOT NULL,
      provider TEXT NOT NULL, name BLOB, key_id BLOB, count INTEGER NOT NULL);
    CREATE INDEX etcd_use_folder ON etcd_use (cluster, folder);
    ALTER TABLE etcd ADD COLUMN use INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX etcd_of_use ON etcd (use);
    CREATE TRIGGER etcd_use_insert AFTER INSERT ON etcd BEGIN
      UPDATE etcd_use SET count = count + 1 WHERE id = new.use;
    END;
    CREATE TRIGGER etcd_use_delete AFTER DELETE ON etcd BEGIN
      UPDATE etcd_use SET count = count - 1 WHERE id = old.use;
    END;
    CREATE TRIGGER etcd_use_update AFTER UPDATE OF use ON etcd WHEN old.use <> new.use BEGIN
      UPDATE etcd_use SET count = count - 1 WHERE id = old.use;
      UPDATE etcd_use SET count = count + 1 WHERE id = new.use;
    END;
    """

  static func addEtcdUses(_ db: Database) throws {
    try db.execute(sql: etcdUses)
    try countEtcdUses(db)
  }

  /// Gives every row of every etcd its number anew; the numbers of before are gone.
  ///
  /// Rows are read a batch at a time, and never while they are being written.
  static func countEtcdUses(_ db: Database) throws {
    try db.execute(sql: "DELETE FROM etcd_use; UPDATE etcd SET use = 0")
    var uses = EtcdUses()
    var last: Int64 = 0
    while true {
      let rows = try Row.fetchAll(
        db.cachedStatement(
          sql:
            "SELECT rowid, cluster, key, value FROM etcd WHERE rowid > ? ORDER BY rowid LIMIT 500"
        ),
        arguments: [last]
      )
      for row in rows {
        last = try row.value(0)
        let key: Data = try row.value(2)
        let value: Data = try row.value(3)
        let number = try uses.number(
          of: [UInt8](value),
          at: String(decoding: key, as: UTF8.self),
          cluster: row.value(1),
          db
        )
        try db.cachedStatement(sql: "UPDATE etcd SET use = ? WHERE rowid = ?")
          .execute(arguments: [number, last])
      }
      if rows.isEmpty { return }
    }
  }
  /// Counts anew what the values of a checkpoint are under; the numbers of before are gone.
  static func countEtcdUses(ofCheckpoint checkpoint: Int64, _ db: Database) throws {
    try db.execute(
      sql: "DELETE FROM checkpoint_etcd_use WHERE checkpoint = ?",
      arguments: [checkpoint]
    )
    var headers = HeaderReader()
    var numbers: [String: [ValueUse: Int]] = [:]
    var uses: [(cluster: String, use: ValueUse, count: Int)] = []
    var last: Int64 = 0
    while true {
      let rows = try Row.fetchAll(
        db.cachedStatement(
          sql: "SELECT rowid, cluster, key, value FROM checkpoint_etcd "
            + "WHERE checkpoint = ? AND rowid > ? ORDER BY rowid LIMIT 500"
        ),
        arguments: [checkpoint, last]
      )
      for row in rows {
        last = try row.value(0)
        let cluster: String = try row.value(1)
        let (key, value): (Data, Data) = (try row.value(2), try row.value(3))
        let use = ValueUse(
          folder: ValueUse.folder(of: String(decoding: key, as: UTF8.self)),
          group: ValueGroup(headers.read([UInt8](value))),
          count: 0
        )
        let index = numbers[cluster]?[use] ?? uses.count
        if index == uses.count {
          uses.append((cluster, use, 0))
          numbers[cluster, default: [:]][use] = index
        }
        uses[index].count += 1
        try db.cachedStatement(sql: "UPDATE checkpoint_etcd SET use = ? WHERE rowid = ?")
          .execute(arguments: [index + 1, last])
      }
      if rows.isEmpty { break }
    }
    for (index, entry) in uses.enumerated() {
      let group = entry.use.group
      try db.execute(
        sql: "INSERT INTO checkpoint_etcd_use "
          + "(checkpoint, id, cluster, folder, provider, name, key_id, count) "
          + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          checkpoint, index + 1, entry.cluster, Data(entry.use.folder.utf8),
          group.provider.rawValue, group.name.map { Data($0.utf8) },
          group.keyID.map { Data($0.utf8) }, entry.count,
        ]
      )
    }
  }
}
