public import AzureModel
internal import GRDB
internal import Synchronization

/// What is open on the file: transactions within transactions, and the call being served.
struct Nesting {
  /// How many are open; the outermost is a transaction of SQLite, the others are savepoints.
  var depth = 0
  /// The depth at which the call being served began; nil between calls.
  var callDepth: Int?
  /// Audit rows of that call so far.
  var rows: [AuditEvent] = []
}

extension Workspace {
  /// Whether a transaction is open, which may still be taken back.
  public var isInTransaction: Bool { nesting.withLock { $0.depth > 0 } }

  /// Runs `body` so that its writes land together or not at all; may nest.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    guard let callDepth = nesting.withLock({ $0.callDepth }) else {
      return try call {
        try begin()
        return try body()
      }
    }
    if callDepth == nesting.withLock({ $0.depth }) { try begin() }
    return try nested(body)
  }

  /// Runs one call of the service: its changes and its audit rows land together.
  ///
  /// When it throws, its rows land alone. Within another call it is part of that one.
  ///
  /// The write lock is taken with the first change, so that a call which computes for long before
  /// it changes anything holds up no one.
  public func call<Result>(_ body: () throws -> Result) throws -> Result {
    let isOutermost = nesting.withLock { nesting in
      guard nesting.callDepth == nil else { return false }
      nesting.callDepth = nesting.depth
      return true
    }
    guard isOutermost else { return try body() }
    let result: Result
    do {
      result = try body()
    } catch {
      let rows = abandonCall()
      // The first error is the one to tell.
      try? keep(rows)
      throw error
    }
    do {
      try finishCall()
    } catch {
      _ = abandonCall()
      throw error
    }
    return result
  }

  /// Runs what a user takes back as one: when it throws, the audit rows of its calls are gone too.
  public func userTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    let outer = nesting.withLock { nesting in
      let outer = (nesting.callDepth, nesting.rows)
      (nesting.callDepth, nesting.rows) = (nil, [])
      return outer
    }
    defer { nesting.withLock { ($0.callDepth, $0.rows) = outer } }
    return try nested(body)
  }

  /// Adds a row to the call being served; a clock that stands still measures no duration.
  public func append(_ event: AuditEvent) throws {
    var event = event
    if event.durationInMilliseconds > 0, try isFrozen() { event.durationInMilliseconds = 0 }
    nesting.withLock { nesting in
      precondition(nesting.callDepth != nil, "an audit row belongs to a call")
      nesting.rows.append(event)
    }
  }

  private func finishCall() throws {
    let (rows, isOpen) = nesting.withLock { ($0.rows, $0.depth != $0.callDepth) }
    if isOpen {
      try insert(rows)
      try commit()
    } else {
      try keep(rows)
    }
    nesting.withLock { ($0.callDepth, $0.rows) = (nil, []) }
  }

  /// Takes back the call's changes, and returns its rows.
  private func abandonCall() -> [AuditEvent] {
    if nesting.withLock({ $0.depth != $0.callDepth }) { rollBack() }
    return nesting.withLock { nesting in
      defer { (nesting.callDepth, nesting.rows) = (nil, []) }
      return nesting.rows
    }
  }

  /// Writes rows of a call that changed nothing.
  ///
  /// No one waits for the disk on their account: they survive a killed process, while a lost power
  /// supply may take the last ones. A row that comes with a change is as safe as the change.
  private func keep(_ rows: [AuditEvent]) throws {
    if rows.isEmpty { return }
    let isOnDisk = path != ":memory:" && nesting.withLock { $0.depth == 0 }
    // Not as cached statements: SQLite carries this one out while it compiles it.
    if isOnDisk { try read { try $0.execute(sql: "PRAGMA synchronous = NORMAL") } }
    let kept = Result { try nested { try insert(rows) } }
    // Must not fail unnoticed: later changes would be less safe than they are said to be.
    if isOnDisk { try read { try $0.execute(sql: "PRAGMA synchronous = FULL") } }
    try kept.get()
  }

  // MARK: One level

  private func nested<Result>(_ body: () throws -> Result) throws -> Result {
    try begin()
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// Runs `body` in a transaction that is taken back, whatever comes of it.
  func takenBack<Result>(_ body: () throws -> Result) throws -> Result {
    try begin()
    defer { rollBack() }
    return try body()
  }

  private func begin() throws {
    try read(letGo)
    let depth = nesting.withLock { $0.depth }
    try execute(depth == 0 ? "BEGIN IMMEDIATE" : "SAVEPOINT nested_\(depth)")
    nesting.withLock { $0.depth += 1 }
    guard depth == 0 else { return }
    // What others committed until now is seen; while this one is open they cannot.
    do {
      try read(look)
    } catch {
      rollBack()
      throw error
    }
  }

  private func commit() throws {
    let depth = nesting.withLock { $0.depth - 1 }
    try execute(depth == 0 ? "COMMIT" : "RELEASE nested_\(depth)")
    nesting.withLock { $0.depth -= 1 }
  }

  private func rollBack() {
    let depth = nesting.withLock { nesting in
      nesting.depth -= 1
      return nesting.depth
    }
    // SQLite may have rolled back by itself, and then there is nothing left to do.
    try? execute(depth == 0 ? "ROLLBACK" : "ROLLBACK TO nested_\(depth)")
    if depth > 0 { try? execute("RELEASE nested_\(depth)") }
    everythingChanged()
  }

  private func execute(_ sql: String) throws {
    try read { db in try db.cachedStatement(sql: sql).execute() }
  }
}
