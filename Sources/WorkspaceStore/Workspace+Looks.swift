internal import GRDB
internal import Synchronization

extension Workspace {
  /// Runs `body`, all of whose reads may see the file as it is now.
  ///
  /// What other processes commit meanwhile is seen by the next reading, and by a transaction that
  /// begins within this one. It spares each read of `body` a look at what others did; a long wait
  /// does not belong in it.
  public func reading<Result>(_ body: () throws -> Result) throws -> Result {
    let isOutermost = nesting.withLock { nesting in
      defer { nesting.isReading = true }
      return !nesting.isReading
    }
    guard isOutermost else { return try body() }
    defer { nesting.withLock { $0.isReading = false } }
    try look()
    return try body()
  }

  /// Notices what other connections committed, unless this moment's look was taken already.
  ///
  /// While a transaction is open no one else can commit: it holds the write lock.
  func lookAnew() throws {
    guard isShared, nesting.withLock({ !$0.isReading && $0.depth == 0 }) else { return }
    try look()
  }

  /// Asks SQLite whether other connections committed, and forgets what was known if so.
  func look() throws {
    guard isShared else { return }
    let version = try read { db in
      try Int.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
    }
    if revisions.saw(dataVersion: version) { everythingChanged() }
  }

  /// Forgets all that was read: none of it need be so any more.
  func everythingChanged() {
    revisions.everythingChanged()
    records.dropAll()
  }
}
