internal import GRDB

extension Schema {
  /// Tables that make up the state of a workspace.
  ///
  /// Counts of an etcd come last and go first: its triggers then find nothing to count while its
  /// rows move.
  static let stateTables = ["record", "setting", "audit", "etcd_revision", "etcd", "etcd_use"]

  /// Keeps states of the whole workspace under names.
  ///
  /// Each table of the state has a twin that holds its rows of every checkpoint. A later step that
  /// changes columns or rows of one does the same to the other.
  static let checkpoints = """
    CREATE TABLE checkpoint (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created REAL NOT NULL,
      records INTEGER NOT NULL, stored_values INTEGER NOT NULL);
    CREATE TABLE checkpoint_record (
      checkpoint INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL,
      body BLOB NOT NULL, PRIMARY KEY (checkpoint, kind, id)) WITHOUT ROWID;
    CREATE TABLE checkpoint_setting (
      checkpoint INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (checkpoint, name)) WITHOUT ROWID;
    CREATE TABLE checkpoint_audit (
      checkpoint INTEGER NOT NULL, number INTEGER NOT NULL, time INTEGER NOT NULL,
      vault TEXT NOT NULL, resource_id TEXT NOT NULL, operation TEXT NOT NULL,
      operation_version TEXT NOT NULL, http_status_code INTEGER NOT NULL,
      result_description TEXT NOT NULL, duration_ms INTEGER NOT NULL,
      caller_ip_address TEXT NOT NULL, correlation_id TEXT NOT NULL, object_id TEXT, upn TEXT,
      app_id TEXT, client_info TEXT NOT NULL, request_uri TEXT NOT NULL, id TEXT NOT NULL,
      PRIMARY KEY (checkpoint, number)) WITHOUT ROWID;
    CREATE TABLE checkpoint_etcd_revision (
      checkpoint INTEGER NOT NULL, cluster TEXT NOT NULL, revision INTEGER NOT NULL,
      PRIMARY KEY (checkpoint, cluster)) WITHOUT ROWID;
    CREATE TABLE checkpoint_etcd (
      checkpoint INTEGER NOT NULL, cluster TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
      create_revision INTEGER NOT NULL, mod_revision INTEGER NOT NULL, version INTEGER NOT NULL,
      use INTEGER NOT NULL);
    CREATE UNIQUE INDEX checkpoint_etcd_key ON checkpoint_etcd (checkpoint, cluster, key);
    CREATE TABLE checkpoint_etcd_use (
      checkpoint INTEGER NOT NULL, id INTEGER NOT NULL, cluster TEXT NOT NULL,
      folder BLOB NOT NULL, provider TEXT NOT NULL, name BLOB, key_id BLOB,
      count INTEGER NOT NULL, PRIMARY KEY (checkpoint, id)) WITHOUT ROWID;
    """
}
