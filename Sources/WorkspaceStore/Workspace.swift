public import ClusterModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#endif

/// One workspace: a whole modelled world in one SQLite file.
///
/// ## Design
///
/// The file is in WAL mode, so that two processes may hold it. Every change begins with the write
/// lock (`BEGIN IMMEDIATE`), never by upgrading a read, so that waiting cannot end in a deadlock.
/// `synchronous = FULL`: what a call has returned from survives a killed process and a lost power
/// supply. The root key that seals key material lies in a file of its own beside the database, so
/// that a copy of the database alone gives no key away.
///
/// Calls are confined to the thread that opened the workspace or ordered by its queue; a
/// transaction's body may call back into the workspace.
public final class Workspace: ClusterStore, Sendable {
  /// File in use; `:memory:` for a workspace that ends with the process.
  public let path: String
  let queue: DatabaseQueue
  let rootKey: RootKey
  let nesting = Mutex(Nesting())
  /// What is known of changes, for who remembers what it read.
  let revisions = Revisions()
  let records = RecordCache()
  let looks = Mutex(Looks())
  /// What the branches under way changed, the innermost last.
  let journals = Mutex<[ChangeJournal]>([])
  let uses = Mutex(EtcdUses())
  let undo = Mutex(UndoRecording())
  /// Whether another connection can have the same file.
  var isShared: Bool { path != ":memory:" }

  /// `$KMSH_WORKSPACE`, else `kmsh/workspace.db` in the user's data folder.
  public static func defaultPath(environment: [String: String]) -> String {
    if let path = environment["KMSH_WORKSPACE"], !path.isEmpty { return path }
    let home = environment["HOME"] ?? "."
    let data =
      environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.local/share"
    return data + "/kmsh/workspace.db"
  }

  /// Version of SQLite, such as `3.40.1`.
  public static func sqliteVersion() throws -> String {
    try DatabaseQueue().read { db in
      try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? ""
    }
  }

  /// Opens a workspace, making it when there is none.
  ///
  /// - Throws: `workspace.damaged`, `workspace.newer`, `workspace.unwritable`.
  public static func open(path: String) throws -> Workspace {
    do {
      return try Workspace(path: path)
    } catch let error as DatabaseError {
      throw WorkspaceError(error, path: path)
    } catch is DamagedRow {
      throw WorkspaceError.damagedRow(path)
    }
  }

  private init(path: String) throws {
    self.path = path
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    // A transaction spans many accesses: its body may be Lua that calls back.
    configuration.allowsUnsafeTransactions = true
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA journal_mode = WAL")
      try db.execute(sql: "PRAGMA trusted_schema = OFF")
      // A log of 16 MiB: it is taken into the file less often, which costs two waits for the disk.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
      // 16 MiB of pages: a vault of ten thousand keys.
      try db.execute(sql: "PRAGMA cache_size = -16384")
    }
    if path == ":memory:" {
      queue = try DatabaseQueue(configuration: configuration)
    } else {
      try WorkspaceFile.prepare(path)
      queue = try DatabaseQueue(path: path, configuration: configuration)
    }
    rootKey = RootKey(workspacePath: path)
    try Schema.migrate(queue, path: path)
  }

  /// Closes the file; later calls fail.
  ///
  /// All that was acknowledged is committed, so there is nothing that closing could lose.
  public func close() { try? queue.close() }

  // MARK: Access

  /// Reads, within the transaction that is open if one is.
  func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try translated { try queue.unsafeReentrantWrite(body) }
  }

  /// Writes, in a transaction of its own unless one is open.
  func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try transaction { try read(body) }
  }

  private func translated<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw WorkspaceError(error, path: path)
    } catch is DamagedRow {
      throw WorkspaceError.damagedRow(path)
    }
  }
}

extension WorkspaceError {
  /// A row with a value that its column cannot have, which is not told: it may be anything.
  static func damagedRow(_ path: String) -> WorkspaceError {
    WorkspaceError(
      .damaged,
      "\(path): a row holds what it cannot hold",
      hint: "kmsh doctor tells more"
    )
  }

  init(_ error: DatabaseError, path: String) {
    let why = error.message ?? "SQLite failed"
    switch error.resultCode {
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      self.init(
        .damaged,
        "\(path) is no workspace, or it is damaged",
        hint: "kmsh doctor tells more; put a copy back, or move it away to begin a new one"
      )
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.busy, "\(path) is held by another process", hint: "try again when it is done")
    case .SQLITE_FULL:
      self.init(
        .full,
        "there is no room left for \(path)",
        hint: "make room and do it again: the call that failed changed nothing, those before stand"
      )
    case .SQLITE_IOERR:
      self.init(
        .unwritable,
        "\(path) cannot be read or written: \(why)",
        hint: "the call changed nothing; look for a full disk or a limit on the length of files, "
          + "kmsh doctor tells more"
      )
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
      self.init(
        .unwritable,
        "\(path) cannot be written: \(why)",
        hint: "kmsh doctor tells what is in the way"
      )
    default:
      self.init(.damaged, "\(path): \(why)", hint: "kmsh doctor tells more")
    }
  }
}
