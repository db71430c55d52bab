internal import GRDB

/// A table of the state as the undo log keeps it.
///
/// Its twin `undo_NAME` holds, for each entry of the log, a row that was written twice: as it was
/// before (side 0) and as it is after (side 1). `present` is 0 where there was no such row.
struct UndoTable {
  let name: String
  /// Columns that name a row.
  let keys: [String]
  /// The other columns that are kept.
  let values: [String]
  /// Rows whose write alone makes an entry, as a condition on `row.COLUMN`.
  ///
  /// Servers remember what they saw, and vaults what they were asked, when someone only looks.
  var beginsEntry = "1"
  /// Rows that another process may have written since without being in the way, as a condition on
  /// columns: memories, which are made what they were, and counters.
  var isPassedOver = "0"
  /// Counters, which only go back when no one counted on, as a condition on columns.
  var isCounter = "0"

  var columns: [String] { keys + values }

  static let all = [
    UndoTable(
      name: "record",
      keys: ["kind", "id"],
      values: ["parent", "body"],
      beginsEntry: "row.kind NOT IN (\(memories))",
      isPassedOver: "kind IN (\(memories))"
    ),
    UndoTable(
      name: "setting",
      keys: ["name"],
      values: ["value"],
      beginsEntry: "row.name <> 'identifiers.counter'",
      isPassedOver: "name = 'identifiers.counter'",
      isCounter: "name = 'identifiers.counter'"
    ),
    UndoTable(
      name: "audit",
      keys: ["number"],
      values: [
        "time", "vault", "resource_id", "operation", "operation_version", "http_status_code",
        "result_description", "duration_ms", "caller_ip_address", "correlation_id", "object_id",
        "upn", "app_id", "client_info", "request_uri", "id",
      ],
      beginsEntry: "0"
    ),
    UndoTable(
      name: "etcd_revision",
      keys: ["cluster"],
      values: ["revision"],
      isPassedOver: "1",
      isCounter: "1"
    ),
    // What a value is under follows from the value, so its number is not kept.
    UndoTable(
      name: "etcd",
      keys: ["cluster", "key"],
      values: ["value", "create_revision", "mod_revision", "version"]
    ),
  ]

  private static let memories = RecordChange.memoryKinds.sorted().map { "'\($0)'" }
    .joined(separator: ", ")
}

extension Schema {
  /// Keeps what the last entries at the prompt changed.
  ///
  /// A later step that changes columns of a table of the state does the same to its twin here.
  static let undoLog = """
    CREATE TABLE undo_entry (
      number INTEGER PRIMARY KEY, token INTEGER NOT NULL UNIQUE, session INTEGER NOT NULL,
      time REAL NOT NULL, is_undone INTEGER NOT NULL DEFAULT 0,
      row_count INTEGER NOT NULL DEFAULT 0, byte_count INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE undo_record (
      entry INTEGER NOT NULL, side INTEGER NOT NULL, present INTEGER NOT NULL,
      kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT, body BLOB,
      PRIMARY KEY (entry, side, kind, id)) WITHOUT ROWID;
    CREATE TABLE undo_setting (
      entry INTEGER NOT NULL, side INTEGER NOT NULL, present INTEGER NOT NULL,
      name TEXT NOT NULL, value TEXT, PRIMARY KEY (entry, side, name)) WITHOUT ROWID;
    CREATE TABLE undo_audit (
      entry INTEGER NOT NULL, side INTEGER NOT NULL, present INTEGER NOT NULL,
      number INTEGER NOT NULL, time INTEGER, vault TEXT, resource_id TEXT, operation TEXT,
      operation_version TEXT, http_status_code INTEGER, result_description TEXT,
      duration_ms INTEGER, caller_ip_address TEXT, correlation_id TEXT, object_id TEXT, upn TEXT,
      app_id TEXT, client_info TEXT, request_uri TEXT, id TEXT,
      PRIMARY KEY (entry, side, number)) WITHOUT ROWID;
    CREATE TABLE undo_etcd_revision (
      entry INTEGER NOT NULL, side INTEGER NOT NULL, present INTEGER NOT NULL,
      cluster TEXT NOT NULL, revision INTEGER, PRIMARY KEY (entry, side, cluster)) WITHOUT ROWID;
    CREATE TABLE undo_etcd (
      entry INTEGER NOT NULL, side INTEGER NOT NULL, present INTEGER NOT NULL,
      cluster TEXT NOT NULL, key BLOB NOT NULL, value BLOB, create_revision INTEGER,
      mod_revision INTEGER, version INTEGER);
    CREATE UNIQUE INDEX undo_etcd_key ON undo_etcd (entry, side, cluster, key);
    CREATE TRIGGER undo_entry_delete AFTER DELETE ON undo_entry BEGIN
      DELETE FROM undo_record WHERE entry = old.token;
      DELETE FROM undo_setting WHERE entry = old.token;
      DELETE FROM undo_audit WHERE entry = old.token;
      DELETE FROM undo_etcd_revision WHERE entry = old.token;
      DELETE FROM undo_etcd WHERE entry = old.token;
    END;
    """
}
