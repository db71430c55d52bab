internal import FoundationEssentials
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#endif

/// Looks at the files of a workspace without changing them, from the outside in: what cannot be
/// opened is not looked into.
public struct WorkspaceExamination {
  /// Lines of SQLite's own check that are told.
  private static let integrityLineCountMax = 20
  /// Free space below which the next writes may not fit.
  private static let freeByteCountMin: UInt64 = 64 << 20

  private let path: String
  /// What was found so far.
  public private(set) var findings: [WorkspaceFinding] = []
  /// Whether the workspace can be opened as it is, with nothing to be carried over.
  public private(set) var isUsable = false

  /// Examines the workspace at a path.
  public init(path: String) {
    self.path = path
    guard path != ":memory:" else { return }
    guard examineFiles() else { return }
    examineDatabase()
  }

  private mutating func add(_ finding: WorkspaceFinding) { findings.append(finding) }

  // MARK: Files

  /// Whether there is a file that may be a database.
  private mutating func examineFiles() -> Bool {
    let folder = WorkspaceFile.folder(of: path)
    guard access(path, F_OK) == 0 else {
      missing(folder)
      return false
    }
    if access(path, R_OK | W_OK) != 0 {
      add(
        WorkspaceFinding(
          "file.forbidden",
          "\(path) cannot be read and written: \(String(cString: strerror(errno)))",
          cure: "make it yours: chown and chmod u+rw"
        )
      )
    }
    if access(folder.isEmpty ? "." : folder, R_OK | W_OK | X_OK) != 0 {
      add(
        WorkspaceFinding(
          "folder.forbidden",
          "the folder of \(path) cannot be written, where SQLite keeps its log",
          cure: "make it yours: chown and chmod u+rwx"
        )
      )
    }
    for file in [path, path + ".key"] where Self.isOpenToOthers(file) {
      add(
        WorkspaceFinding(
          "file.exposed",
          "\(file) can be read by others than its owner",
          cure: "chmod 600 \(file)"
        )
      )
    }
    examineSpace()
    return access(path, R_OK) == 0
  }

  private mutating func missing(_ folder: String) {
    let left = ["-wal", ".key"].map { path + $0 }.filter { access($0, F_OK) == 0 }
    guard left.isEmpty else {
      return add(
        WorkspaceFinding(
          "file.missing",
          "\(path) is gone, while \(left.joined(separator: " and ")) is still there",
          cure: "put the file back from a backup; the log and the root key belong to it"
        )
      )
    }
    add(
      WorkspaceFinding(
        "file.none",
        "there is no workspace at \(path) yet: the first call makes it",
        cure: "name another file with --workspace or KMSH_WORKSPACE if there should be one",
        severity: .note
      )
    )
  }

  private static func isOpenToOthers(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & 0o077 != 0
  }

  private mutating func examineSpace() {
    var space = statvfs()
    guard statvfs(path, &space) == 0 else { return }
    let free = UInt64(space.f_bavail) * UInt64(space.f_frsize)
    guard free < Self.freeByteCountMin else { return }
    add(
      WorkspaceFinding(
        "disk.full",
        "\(free >> 20) MiB are free where \(path) lies",
        cure: "make room: a write that does not fit fails, and changes nothing"
      )
    )
  }

  // MARK: Database

  private mutating func examineDatabase() {
    let header = Self.start(of: path, byteCount: 100)
    if header.isEmpty {
      return add(
        WorkspaceFinding(
          "file.empty",
          "\(path) is empty: the first call makes a workspace of it",
          severity: .note
        )
      )
    }
    guard header.starts(with: Array("SQLite format 3\0".utf8)), header.count == 100 else {
      return add(
        WorkspaceFinding(
          "file.foreign",
          "\(path) is no database",
          cure: "move it away, or name another file with --workspace or KMSH_WORKSPACE"
        )
      )
    }
    let pageByteCount = header.number(16, 2) == 1 ? 65_536 : header.number(16, 2)
    examineLog(pageByteCount)
    examineLength(header, pageByteCount)
    do {
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(10)
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer {
        // Nothing was written that could be lost by a failing close.
        try? queue.close()
      }
      try queue.read { try examine($0) }
    } catch {
      // What a row holds instead of what it should is not told: it may be anything.
      let why = (error as? DatabaseError)?.message ?? "a row holds what it cannot hold"
      add(
        WorkspaceFinding(
          "file.damaged",
          "\(path) cannot be read: \(why)",
          cure: "put a copy back, or move it away to begin a new one"
        )
      )
    }
  }

  /// The first bytes of a file; none of one that cannot be read.
  private static func start(of path: String, byteCount: Int) -> [UInt8] {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { Glibc.close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: byteCount) { room, read in
      read = max(0, Glibc.read(descriptor, room.baseAddress, byteCount))
    }
  }

  private mutating func examineLog(_ pageByteCount: Int) {
    let cure = "put back the database and the log that belong together, both from one backup"
    switch WriteAheadLog.problem(path: path + "-wal", pageByteCount: pageByteCount) {
    case .foreign:
      add(
        WorkspaceFinding(
          "log.foreign",
          "\(path)-wal is no log of this database: SQLite ignores it",
          cure: cure
        )
      )
    case .damaged(let frame):
      add(
        WorkspaceFinding(
          "log.damaged",
          "\(path)-wal is damaged at frame \(frame): what was written after it is not read",
          cure: cure
        )
      )
    case nil: break
    }
  }

  /// A log may still hold pages that the file lacks, so a length tells only without one.
  private mutating func examineLength(_ header: [UInt8], _ pageByteCount: Int) {
    var status = stat()
    var log = stat()
    let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
    let wanted = header.number(28, 4) * pageByteCount
    guard !hasLog, stat(path, &status) == 0, Int(status.st_size) < wanted else { return }
    add(
      WorkspaceFinding(
        "file.short",
        "\(path) has \(status.st_size) bytes where its header promises \(wanted)",
        cure: "put a copy back: what was cut off cannot be made up"
      )
    )
  }

  private mutating func examine(_ db: Database) throws {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard application == Schema.applicationID else {
      return add(
        WorkspaceFinding(
          "file.foreign",
          "\(path) is a database of another program",
          cure: "name another file with --workspace or KMSH_WORKSPACE"
        )
      )
    }
    let lines = try String.fetchAll(
      db,
      sql: "PRAGMA integrity_check(\(Self.integrityLineCountMax))"
    )
    if lines != ["ok"] {
      return add(
        WorkspaceFinding(
          "file.damaged",
          "\(path) is damaged: \(lines.joined(separator: "; "))",
          cure: "put a copy back; `sqlite3 FILE .recover` may save some of the rest"
        )
      )
    }
    switch try Schema.age(db) {
    case .newer:
      return add(
        WorkspaceFinding(
          "schema.newer",
          "\(path) was written by a later version of kmsh",
          cure: "update kmsh"
        )
      )
    case .older:
      return add(
        WorkspaceFinding(
          "schema.older",
          "\(path) was written by an earlier version of kmsh: the next call carries it over",
          severity: .note
        )
      )
    case .current: break
    }
    findings += try Self.contents(of: db, path: path)
    isUsable = !findings.contains { $0.severity == .problem && !$0.isRepairable }
    // A checkpoint, or an undo log, that is damaged keeps nothing else from working.
    findings += try Self.checkpoints(db) + Self.undoLog(db)
  }
}

extension [UInt8] {
  /// Some bytes as a number, the highest first.
  fileprivate func number(_ offset: Int, _ count: Int) -> Int {
    self[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
  }
}
