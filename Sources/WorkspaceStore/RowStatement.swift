internal import GRDB
internal import GRDBSQLite

/// A statement that is bound and stepped by hand, for loops over a great many rows.
///
/// Arguments and columns go straight between SQLite and the arrays of the caller, where GRDB would
/// wrap and copy each of them twice. Blobs are lent for the time of one `run`.
struct RowStatement: ~Copyable {
  private let db: Database
  private let statement: OpaquePointer

  /// Takes a statement from the connection's cache.
  init(_ db: Database, sql: String) throws {
    self.db = db
    statement = try db.cachedStatement(sql: sql).sqliteStatement
  }

  /// An argument; blobs come from memory that outlives the step.
  enum Argument {
    case integer(Int64)
    case text(String)
    case blob(UnsafeRawBufferPointer)
  }

  /// Binds the arguments in order, and calls `row` with each row of the result; false stops.
  func run(_ arguments: [Argument], row: (borrowing RowStatement) throws -> Bool = { _ in true })
    throws
  {
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, argument) in arguments.enumerated() {
      try check(bind(argument, Int32(index + 1)))
    }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_DONE: return
      case SQLITE_ROW: guard try row(self) else { return }
      case let code: return try check(code)
      }
    }
  }

  /// What SQLite takes for "copy the bytes": a destructor of -1.
  private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  private func bind(_ argument: Argument, _ index: Int32) -> Int32 {
    switch argument {
    case .integer(let value): sqlite3_bind_int64(statement, index, value)
    case .text(let text): sqlite3_bind_text(statement, index, text, -1, Self.transient)
    case .blob(let bytes):
      bytes.count == 0
        ? sqlite3_bind_zeroblob(statement, index, 0)
        : sqlite3_bind_blob64(statement, index, bytes.baseAddress, UInt64(bytes.count), nil)
    }
  }

  private func check(_ code: Int32) throws {
    guard code == SQLITE_OK else {
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
    }
  }

  /// An integer of the row under way.
  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

  /// Lends the bytes of a column of the row under way.
  func withBytes<Result>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let bytes = sqlite3_column_blob(statement, column)
    return body(
      UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column)))
    )
  }
}
