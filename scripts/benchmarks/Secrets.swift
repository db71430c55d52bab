import EncryptionAtRest
import Foundation
import GRDBSQLite
import LuaRuntime
import WorkspaceStore

extension Benchmarks {
  /// A cluster of many Secrets, each call in a process of its own.
  static func manySecrets(_ kmsh: String, counts: [Int] = [100_000, 1_000_000]) throws {
    var rates: [Double] = []
    for count in counts {
      let folder = try newFolder()
      defer { try? FileManager.default.removeItem(at: folder) }
      rates.append(try ManySecrets(kmsh, folder, count).measure(after: rates.first))
    }
  }

  static func newFolder() throws -> URL {
    let folder = URL.temporaryDirectory.appending(path: "kmsh-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}

/// Secrets of 1 KiB in a workspace on disk.
private struct ManySecrets {
  private static let rotation = """
    c = cluster.get('c1')
    c:update{ enable_azure_keyvault_kms = true, assign_identity = identity.get('id1'),
      azure_keyvault_kms_key_id = key.create{ vault_name = 'kv1', name = 'k' .. #c:kms().history },
      azure_keyvault_kms_key_vault_network_access = 'Public' }
    """

  let kmsh: String
  let path: String
  let count: Int

  init(_ kmsh: String, _ folder: URL, _ count: Int) {
    self.kmsh = kmsh
    self.count = count
    path = folder.appending(path: "workspace.db").path
  }

  /// Runs a chunk in a process of its own; returns seconds and the most memory it took, in KiB.
  @discardableResult
  private func run(_ code: String) throws -> (seconds: Double, peak: Int) {
    var peak = 0
    var status: Int32 = 0
    let seconds = try ContinuousClock().measure {
      status = try Benchmarks.run(kmsh, ["--workspace", path, "-e", code]) { process in
        peak = max(peak, Benchmarks.anonymousMemory(of: process))
        usleep(20_000)
      }.status
    }
    guard status == 0 else { throw CocoaError(.executableRuntimeMismatch) }
    return (seconds / .seconds(1), peak)
  }

  /// Puts them there in clear, in one transaction.
  private func fill() throws {
    let workspace = try Workspace.open(path: path)
    defer { workspace.close() }
    let etcd = workspace.etcd(ofCluster: "rg/c1")
    try etcd.transaction {
      for number in 0..<count {
        let secret = KubernetesSecret(
          name: "s\(number % 100_000 + 100_000)",
          namespace: "ns\(number / 100_000 + 10)",
          data: ["value": [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1024)],
          uid: "\(number)",
          creationTimestamp: Date(timeIntervalSince1970: 1_767_225_600)
        )
        _ = try etcd.put(secret.storageBytes(), at: secret.storagePath, ifRevision: 0)
      }
    }
  }

  /// - Returns: Secrets rewritten in a second.
  func measure(after first: Double?) throws -> Double {
    try run(
      """
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
      cluster.create{ name = 'c1', resource_group = 'rg' }
      """
    )
    try fill()
    try run(Self.rotation)
    let rewrite = "local r = cluster.get('c1'):rewrite_secrets{} assert(r.written == \(count))"
    print("\(count) Secrets of 1 KiB")
    let sealed = try run(rewrite)
    Benchmarks.show("  sealed for the first time", Double(count) / sealed.seconds, "/s")
    try run(Self.rotation)
    let rewritten = try run(rewrite)
    let rate = Double(count) / rewritten.seconds
    Benchmarks.show("  rewritten after a rotation", rate, "/s", times: first)
    Benchmarks.show("    memory, at most", Double(rewritten.peak) / 1024, "MiB")
    let inventory = try run("assert(cluster.get('c1'):inventory{}.values == \(count))")
    Benchmarks.show("  c:inventory", Double(count) / inventory.seconds, "/s")
    Benchmarks.show("    memory, at most", Double(inventory.peak) / 1024, "MiB")
    let times = try [1, 101].map { calls in
      try run(
        """
        local c = cluster.get('c1') local kid = c:kms().previous.kid
        for _ = 1, \(calls) do assert(not c:can_delete(kid).safe) end
        """
      ).seconds
    }
    Benchmarks.show("  c:can_delete", (times[1] - times[0]) / 100 * 1e3, "ms")
    Benchmarks.show("    from the start of the process", times[0] * 1e3, "ms")
    return rate
  }
}

extension Benchmarks {
  /// Secrets made one at a time, each durable, next to SQLite's own transactions of one row.
  static func durableSecrets() throws {
    let (rounds, count) = (7, 300)
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
        create(10)
        size = #secret.get{ cluster = c, name = 's0000001' }:stored().bytes
        """
      )
      let size = try state.call(state.load(Array("return size".utf8), chunkName: "=size"))
      guard case .integer(let byteCount) = size.first else { return }
      var (ours, theirs): ([Double], [Double]) = ([], [])
      for _ in 0..<rounds {
        theirs.append(try median(of: 1) { try bare.insert(count, byteCount: Int(byteCount)) })
        ours.append(try median(of: 1) { try run(state, "create(\(count))") })
      }
      let reference = Double(count) / theirs.sorted()[rounds / 2]
      print("Secrets of 1 KiB made one at a time, each on the disk")
      show("  SQLite, a row of as many bytes in a transaction of its own", reference, "/s")
      show("  secret.create", Double(count) / ours.sorted()[rounds / 2], "/s", times: reference)
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
      "CREATE TABLE entry (key BLOB PRIMARY KEY, value BLOB NOT NULL)",
    ] {
      guard sqlite3_exec(db, sql, nil, nil, nil) == SQLITE_OK else {
        throw CocoaError(.fileWriteUnknown)
      }
    }
    sqlite3_prepare_v2(db, "INSERT INTO entry VALUES (?, ?)", -1, &statement, nil)
  }

  deinit {
    sqlite3_finalize(statement)
    sqlite3_close(db)
  }

  /// Inserts rows, each in a transaction of its own.
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
