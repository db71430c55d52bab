internal import GRDB

/// A row that holds what its column cannot; what that is, is not told: it may be anything.
struct DamagedRow: Error {}

extension Row {
  /// The value of a column.
  ///
  /// A damaged file may have anything in its rows. GRDB's subscripts end the process for some of it
  /// and take the rest for 0.
  ///
  /// - Throws: `DamagedRow`, which leaves a workspace as `workspace.damaged`.
  func value<Value: DatabaseValueConvertible>(_ column: Int) throws -> Value {
    let found: DatabaseValue = self[column]
    guard let value = Value.fromDatabaseValue(found) else { throw DamagedRow() }
    return value
  }

  /// As `value`, nil where the column is NULL.
  func optionalValue<Value: DatabaseValueConvertible>(_ column: Int) throws -> Value? {
    let found: DatabaseValue = self[column]
    return found.isNull ? nil : try value(column)
  }
}
