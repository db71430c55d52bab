internal import FoundationEssentials
internal import GRDB
internal import Synchronization

/// Whether writes are being kept for the undo log, and for whom.
struct UndoRecording {
  /// How many recordings are under way within one another.
  var depth = 0
  /// Names this connection among those that write to the log.
  let session = Int64.random(in: .min ... .max)
  /// The newest entry when this connection first looked: later ones of others are not its to undo.
  var baseline: Int64?
}

extension Workspace {
  /// Runs `body` so that what it changes is one entry of the undo log; may nest, and then is part
  /// of the outer one.
  public func recordingUndo<Result>(_ body: () throws -> Result) throws -> Result {
    try beginUndoEntry()
    defer { endUndoEntry() }
    return try body()
  }

  /// Begins what `recordingUndo` does, for whoever cannot run a body.
  public func beginUndoEntry() throws {
    if !isRecordingUndo { try read(beginEntry) }
    undo.withLock { $0.depth += 1 }
  }

  /// Ends what `beginUndoEntry` began.
  public func endUndoEntry() {
    undo.withLock { $0.depth -= 1 }
    // What is left over takes room only, and goes when the entry goes.
    if !isRecordingUndo { try? endEntry() }
  }

  /// Whether what is written now is kept.
  public var isRecordingUndo: Bool { undo.withLock { $0.depth > 0 } }

  /// Runs `body`, whose changes are not part of the entry under way.
  func withoutUndo<Result>(_ body: () throws -> Result) throws -> Result {
    try recording(under: { _ in nil }, body)
  }

  /// Runs `body`, whose changes belong to the entry before the one under way; to none if there is
  /// none.
  ///
  /// It is for what follows from the state that an entry left, and happens with the next look.
  public func amendingLastUndoEntry<Result>(_ body: () throws -> Result) throws -> Result {
    try recording(
      under: { db in
        let (session, baseline) = try standing(db)
        return try Int64.fetchOne(
          db,
          sql: "SELECT token FROM undo_entry WHERE NOT is_undone AND (session = ? OR number <= ?) "
            + "ORDER BY number DESC LIMIT 1",
          arguments: [session, baseline]
        )
      },
      body
    )
  }

  private func recording<Result>(
    under token: (Database) throws -> Int64?,
    _ body: () throws -> Result
  ) throws -> Result {
    guard isRecordingUndo, try read(hasUndoTriggers) else { return try body() }
    let earlier = try read { try Int64.fetchOne($0, sql: "SELECT token FROM undo_now") }
    try read { db in
      try db.execute(sql: "UPDATE undo_now SET token = ?", arguments: [token(db)])
    }
    // Without its token the entry under way would end early; the next one begins anew.
    defer {
      try? read { try $0.execute(sql: "UPDATE undo_now SET token = ?", arguments: [earlier]) }
    }
    return try body()
  }

  /// Returns the entries that this connection can take back or do again, the newest first.
  public func undoLog() throws -> [UndoEntry] {
    try read { db in
      let (session, baseline) = try standing(db)
      return try Row.fetchAll(
        db,
        sql: "SELECT \(KeptUndoEntry.columns) FROM undo_entry WHERE session = ? OR number <= ? "
          + "ORDER BY number DESC",
        arguments: [session, baseline]
      ).map { try UndoEntry(KeptUndoEntry($0), session, db) }
    }
  }

  /// Takes back what the last entry changed.
  ///
  /// - Throws: `workspace.undo_nothing`, `workspace.undo_too_large`, and `workspace.undo_conflict`
  ///   when someone else has changed the same since; nothing is taken back then.
  public func undoLastEntry() throws -> UndoEntry { try step(.before) }

  /// Does again what was taken back last.
  ///
  /// - Throws: as `undoLastEntry`.
  public func redoLastEntry() throws -> UndoEntry { try step(.after) }

  /// The number of the entry that is being written; nil while it has changed nothing.
  public func currentUndoNumber() throws -> Int? {
    guard isRecordingUndo else { return nil }
    return try read { db in
      guard try hasUndoTriggers(db) else { return nil }
      return try Int.fetchOne(
        db.cachedStatement(
          sql: "SELECT number FROM undo_entry WHERE token = (SELECT token FROM undo_now)"
        )
      )
    }
  }

  // MARK: Parts

  private func beginEntry(_ db: Database) throws {
    let time = try now().timeIntervalSince1970
    if try !hasUndoTriggers(db) {
      let (session, baseline) = try standing(db)
      try db.execute(sql: UndoTriggers.sql)
      try db.execute(
        sql: "INSERT INTO undo_now VALUES (NULL, ?, ?, ?)",
        arguments: [session, baseline, time]
      )
    }
    try db.cachedStatement(sql: "UPDATE undo_now SET token = ?, time = ?")
      .execute(arguments: [Int64.random(in: .min ... .max), time])
  }

  /// Ends the entry; what was kept of one that grew too large is of no use.
  private func endEntry() throws {
    let excess = try read { db in
      let token = try Int64.fetchOne(
        db.cachedStatement(
          sql: "SELECT token FROM undo_entry WHERE token = (SELECT token FROM undo_now) "
            + "AND NOT (\(KeptUndoEntry.isWholeSQL))"
        )
      )
      try db.cachedStatement(sql: "UPDATE undo_now SET token = NULL").execute()
      return token
    }
    guard let excess else { return }
    try write { db in
      for table in UndoTable.all {
        try db.execute(sql: "DELETE FROM undo_\(table.name) WHERE entry = ?", arguments: [excess])
      }
    }
  }

  /// Who this connection is to the log, and up to which number older entries are its too.
  func standing(_ db: Database) throws -> (session: Int64, baseline: Int64) {
    if let baseline = undo.withLock({ $0.baseline }) {
      return (undo.withLock { $0.session }, baseline)
    }
    let newest = try Int64.fetchOne(db, sql: "SELECT max(number) FROM undo_entry") ?? 0
    return undo.withLock { undo in
      undo.baseline = newest
      return (undo.session, newest)
    }
  }

  /// Whether this connection has the triggers.
  ///
  /// SQLite is asked, since they go when the transaction that they were made in is taken back.
  func hasUndoTriggers(_ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM temp.sqlite_master WHERE name = 'undo_now')"
      )
    ) ?? false
  }
}
