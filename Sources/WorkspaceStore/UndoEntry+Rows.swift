internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB

extension UndoEntry {
  /// Reads what an entry changed; `session` is the connection that asks.
  init(_ kept: KeptUndoEntry, _ session: Int64, _ db: Database) throws {
    let changes = try Self.changes(kept.token, db)
    number = kept.number
    time = kept.time
    isOwn = kept.session == session
    isUndone = kept.isUndone
    isWhole = kept.isWhole
    self.changes = Array(changes.prefix(Self.namedMax))
    changeCount = changes.count
    (values, valueChanges) = try Self.values(kept.token, db)
  }

  private static func changes(_ token: Int64, _ db: Database) throws -> [Change] {
    let kinds = RecordChange.bookkeepingKinds.sorted().map { "'\($0)'" }.joined(separator: ", ")
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT kind, id, old.present, new.present, \(nameSQL) FROM undo_record AS old
          JOIN undo_record AS new USING (entry, kind, id)
          WHERE entry = :token AND old.side = 0 AND new.side = 1
            AND (old.present <> new.present OR old.body IS NOT new.body)
            AND kind NOT IN (\(kinds))
        UNION ALL
        SELECT '\(Workspace.settingKind)', name, old.present, new.present, NULL
          FROM undo_setting AS old JOIN undo_setting AS new USING (entry, name)
          WHERE entry = :token AND old.side = 0 AND new.side = 1 AND old.value IS NOT new.value
            AND name <> 'identifiers.counter'
        ORDER BY 1, 2
        """,
      arguments: ["token": token]
    )
    return try rows.compactMap { row in
      guard let action = try Change.Action(row, firstColumn: 2) else { return nil }
      return Change(
        kind: try row.value(0),
        id: try row.value(1),
        name: try row.optionalValue(4),
        action: action
      )
    }
  }

  /// The name of a record whose id tells people nothing; an identity is named by its ARM id.
  private static let nameSQL = """
    CASE WHEN kind NOT IN ('resource_group', 'directory_entry') THEN NULL
      WHEN NOT json_valid(CAST(ifnull(new.body, old.body) AS TEXT)) THEN NULL
      WHEN kind = 'resource_group'
        THEN json_extract(CAST(ifnull(new.body, old.body) AS TEXT), '$.name')
      ELSE ifnull(
        json_extract(CAST(ifnull(new.body, old.body) AS TEXT), '$.principal.name'),
        ifnull(new.parent, old.parent)) END
    """

  /// How many values of each cluster there are, and what was done to them.
  private static func values(
    _ token: Int64,
    _ db: Database
  ) throws -> ([String: Int], [ValueChange]) {
    let folder = KubernetesSecret.storagePrefix
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT cluster, substr(key, 1, :length) = :folder, old.present, new.present, count(*),
            min(key), max(key)
          FROM undo_etcd AS old JOIN undo_etcd AS new USING (entry, cluster, key)
          WHERE entry = :token AND old.side = 0 AND new.side = 1 GROUP BY 1, 2, 3, 4
          ORDER BY 1, 2, 3, 4
        """,
      arguments: [
        "token": token, "folder": Data(folder.utf8), "length": folder.utf8.count,
      ]
    )
    var counts: [String: Int] = [:]
    let changes = try rows.compactMap { row -> ValueChange? in
      let (cluster, count): (String, Int) = (try row.value(0), try row.value(4))
      counts[cluster, default: 0] += count
      guard let action = try Change.Action(row, firstColumn: 2) else { return nil }
      let keys: [Data] = [try row.value(5), try row.value(6)]
      return ValueChange(
        cluster: cluster,
        areSecrets: try row.value(1),
        action: action,
        count: count,
        keys: count > keys.count
          ? [] : keys.prefix(count).map { String(decoding: $0, as: UTF8.self) }
      )
    }
    return (counts, changes)
  }
}

extension UndoEntry.Change.Action {
  /// Reads whether something was there before and is there after; nil if neither.
  fileprivate init?(_ row: Row, firstColumn: Int) throws {
    switch (try row.value(firstColumn) as Bool, try row.value(firstColumn + 1) as Bool) {
    case (false, false): return nil
    case (false, true): self = .created
    case (true, true): self = .changed
    case (true, false): self = .deleted
    }
  }
}
