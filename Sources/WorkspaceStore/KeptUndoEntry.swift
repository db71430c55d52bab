internal import FoundationEssentials
internal import GRDB

/// A row of `undo_entry`, and what lies in the file of what the entry changed.
struct KeptUndoEntry {
  static let isWholeSQL =
    "row_count < \(UndoEntry.rowCountMax) AND byte_count < \(UndoEntry.byteCountMax)"
  static let columns = "number, token, time, is_undone, session, row_count, \(isWholeSQL)"

  let number: Int
  /// Names the entry in the twins of the tables.
  let token: Int64
  let time: Date
  let isUndone: Bool
  /// The connection that wrote it.
  let session: Int64
  /// How many rows it changed, each of which is kept on both sides.
  let rowCount: Int
  /// Whether it is small enough to be kept.
  let isWhole: Bool

  /// Reads `columns`.
  init(_ row: Row) throws {
    number = try row.value(0)
    token = try row.value(1)
    time = Date(timeIntervalSince1970: try row.value(2))
    isUndone = try row.value(3)
    session = try row.value(4)
    rowCount = try row.value(5)
    isWhole = try row.value(6)
  }

  /// How many of its rows are there, on the side that has fewer.
  func presentRowCount(_ db: Database) throws -> Int {
    try [UndoSide.before, .after].map { side in
      try UndoTable.all.reduce(0) { count, table in
        count
          + (try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM undo_\(table.name) "
              + "WHERE entry = ? AND side = ? AND present IN (0, 1)",
            arguments: [token, side.rawValue]
          ) ?? 0)
      }
    }.min() ?? 0
  }
}
