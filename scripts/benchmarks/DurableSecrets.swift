import Foundation
import GRDBSQLite
import LuaRuntime

extension Benchmarks {
  /// Secrets made one at a time, each durable, next to SQLite's own transactions of one row.
  ///
  /// Both wait for the disk, whose time drifts and has two speeds: a log that grows is slower than
  /// one that is written over. So both begin with a log of full length, and take turns.
  static func durableSecrets() throws {
    let (rounds, count, warmUpCount) = (61, 50, 12_000)
    let folder = try newFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let bare = try BareDatabase(folder.appending(path: "bare.db").path)
    try withWorkspace { state in
      try run(
        state,
        """
        v = vault.create{ name = 'kv1', resource_group = 'rg' }
        i = identity.create{ name = 'id1', resource_group = 'rg' }
        v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
        c = cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
          enable_azure_keyvault_kms = true,
          azure_keyvault_kms_key_id = key.create{ vault_name = v, name = 'k' },
          azure_keyvault_kms_key_vault_network_access = 'Public' }
        n, text = 0, ('x'):rep(1024)
        function create(count)
          for _ = 1, count do
            n = n + 1
            secret.create{ cluster = c, name = ('s%07d'):format(n), data = { value = text } }
          end
        end
        workspace.transaction(function() create(\(warmUpCount)) end)
        size = #secret.get{ cluster = c, name = 's0000001' }:stored().bytes
        """
      )
      let size = try state.call(state.load(Array("return size".utf8), chunkName: "=size"))
      guard case .integer(let byteCount) = size.first else { return }
      try bare.together { try bare.insert(warmUpCount, byteCount: Int(byteCount)) }
      let times = try inTurns(rounds) {
        try bare.insert(count, byteCount: Int(byteCount))
      } _: {
        try run(state, "create(\(count))")
      }
      print("Secrets of 1 KiB made one at a time, each on the disk")
      show(
        "  SQLite, a row of as many bytes in a transaction of its own",
        Double(count) / times.reference,
        "/s"
      )
      show(
        "  secret.create",
        Double(count) / times.body,
        "/s",
        ratio: 1 / times.ratio,
        goal: "0.60 x at least"
      )
    }
  }
}

/// A database with the pragmas of a workspace and nothing else.
private final class BareDatabase {
  private var db: OpaquePointer?
  private var statement: OpaquePointer?
  private var number = 0

  init(_ path: String) throws {
    sqlite3_open(path, &db)
    for sql in [
      "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
      "PRAGMA wal_autocheckpoint = 4000", "PRAGMA cache_size = -16384",
      "CREATE TABLE entry (key BLOB PRIMARY KEY, value BLOB NOT NULL)",
    ] { try execute(sql) }
    sqlite3_prepare_v2(db, "INSERT INTO entry VALUES (?, ?)", -1, &statement, nil)
  }

  deinit {
    sqlite3_finalize(statement)
    sqlite3_close(db)
  }

  private func execute(_ sql: String) throws {
    guard sqlite3_exec(db, sql, nil, nil, nil) == SQLITE_OK else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  /// Runs `body` in one transaction.
  func together(_ body: () throws -> Void) throws {
    try execute("BEGIN IMMEDIATE")
    try body()
    try execute("COMMIT")
  }

  /// Inserts rows, each in a transaction of its own unless one is open.
  func insert(_ count: Int, byteCount: Int) throws {
    let value = [UInt8](repeating: 0x61, count: byteCount)
    for _ in 0..<count {
      number += 1
      let key = Array("/registry/secrets/default/s\(10_000_000 + number)".utf8)
      sqlite3_bind_blob(statement, 1, key, Int32(key.count), nil)
      sqlite3_bind_blob(statement, 2, value, Int32(value.count), nil)
      guard sqlite3_step(statement) == SQLITE_DONE else { throw CocoaError(.fileWriteUnknown) }
      sqlite3_reset(statement)
    }
  }
}
