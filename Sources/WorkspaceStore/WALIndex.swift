internal import GRDB
internal import GRDBSQLite

/// The index of a write-ahead log, which all connections to a file share in memory.
///
/// SQLite itself compares its head to tell whether anything was committed since it looked last;
/// each commit and each restart of the log changes it. To do so by a statement takes a lock and
/// gives it back, two calls of the system; the bytes alone are there to be compared.
///
/// Source: SQLite, "WAL-mode File Format", section 2.1, "The WAL-Index Header".
enum WALIndex {
  /// Length of a block of the index, of which the first holds the head.
  private static let blockByteCount: Int32 = 32_768

  /// The head's first copy: 48 bytes.
  struct Head: Equatable {
    private let words: (SIMD4<UInt64>, SIMD2<UInt64>)

    init(_ bytes: UnsafeRawPointer) {
      words = (
        bytes.loadUnaligned(as: SIMD4<UInt64>.self),
        bytes.loadUnaligned(fromByteOffset: 32, as: SIMD2<UInt64>.self)
      )
    }

    static func == (left: Head, right: Head) -> Bool { left.words == right.words }
  }

  /// The head as it is now; nil when the index is not open.
  ///
  /// SQLite is asked for its own mapping: to open the file anew and close it would give up the
  /// locks that SQLite holds on it.
  static func head(of db: Database) -> Head? {
    var file: UnsafeMutablePointer<sqlite3_file>?
    sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file)
    guard let file, let methods = file.pointee.pMethods?.pointee, methods.iVersion >= 2 else {
      return nil
    }
    var block: UnsafeMutableRawPointer?
    guard methods.xShmMap(file, 0, blockByteCount, 0, &block) == SQLITE_OK, let block else {
      return nil
    }
    // A head that is being written is another one than was seen; its reader asks a statement.
    methods.xShmBarrier(file)
    return Head(block)
  }
}
