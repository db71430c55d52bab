internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// What was noticed of other connections, and when.
struct Looks {
  /// Whether this moment's look was taken, for all reads of a reading.
  var isReading = false
  /// Whether a statement holds the file as it was seen.
  var isHeld = false
  /// Head of the index when it was seen.
  var head: WALIndex.Head?
}

extension Workspace {
  /// Runs `body`, whose reads see the file as it is now, or later, but never go back in time.
  ///
  /// What other processes commit meanwhile need not be seen; the first read that is not answered
  /// from memory, and a transaction, see all that was committed before them. It spares each read
  /// of `body` a look at what others did, and SQLite a lock for each query. A long wait does not
  /// belong in it.
  public func reading<Result>(_ body: () throws -> Result) throws -> Result {
    let isOutermost = looks.withLock { looks in
      defer { looks.isReading = true }
      return !looks.isReading
    }
    guard isOutermost else { return try body() }
    defer { looks.withLock { $0.isReading = false } }
    // The queue is entered once for all of them.
    return try read { db in
      defer { letGo(db) }
      try look(db)
      return try body()
    }
  }

  /// Notices what other connections committed, unless this moment's look was taken already.
  ///
  /// While a transaction is open no one else can commit: it holds the write lock.
  func lookAnew() throws {
    guard isShared, !looks.withLock({ $0.isReading }), nesting.withLock({ $0.depth }) == 0 else {
      return
    }
    try read(look)
  }

  /// Reads the file; all such reads of a reading see one state of it.
  func query<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try read { db in
      if looks.withLock({ $0.isReading && !$0.isHeld }), nesting.withLock({ $0.depth }) == 0 {
        try hold(db)
      }
      return try body(db)
    }
  }

  /// Notices what other connections committed, and forgets what was known if they did.
  func look(_ db: Database) throws {
    guard isShared else { return }
    // Read first: what is committed in between is noticed once more, not missed.
    let head = WALIndex.head(of: db)
    guard head == nil || head != looks.withLock({ $0.head }) else { return }
    defer { sqlite3_reset(statement(db)) }
    try step(db)
    looks.withLock { $0.head = head }
  }

  /// Keeps the file as it is now, for this connection alone, until `letGo`: SQLite does so as long
  /// as a statement is under way.
  private func hold(_ db: Database) throws {
    guard isShared else { return }
    try step(db)
    looks.withLock { $0.isHeld = true }
  }

  /// Ends what `hold` began; nothing is fine.
  ///
  /// A transaction does so before it begins: a writer never upgrades a read, which by then may be
  /// of the past.
  func letGo(_ db: Database) {
    let isHeld = looks.withLock { looks in
      defer { looks.isHeld = false }
      return looks.isHeld
    }
    if isHeld { sqlite3_reset(statement(db)) }
  }

  /// Asks SQLite whether other connections committed, and forgets what was known if they did.
  private func step(_ db: Database) throws {
    let statement = statement(db)
    guard sqlite3_step(statement) == SQLITE_ROW else {
      sqlite3_reset(statement)
      throw DatabaseError(resultCode: db.lastErrorCode, message: db.lastErrorMessage)
    }
    let version = Int(sqlite3_column_int64(statement, 0))
    if revisions.saw(dataVersion: version) { everythingChanged() }
  }

  /// The statement that asks; stepped by hand, since it stays under way.
  ///
  /// One that cannot be made is stepped in vain, and the step tells what SQLite says.
  private func statement(_ db: Database) -> OpaquePointer? {
    try? db.cachedStatement(sql: "PRAGMA data_version").sqliteStatement
  }

  /// Forgets all that was read: none of it need be so any more.
  func everythingChanged() {
    revisions.everythingChanged()
    records.dropAll()
    uses.withLock { $0.forget() }
  }
}
