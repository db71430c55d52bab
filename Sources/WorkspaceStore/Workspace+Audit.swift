public import AzureModel
internal import FoundationEssentials
internal import GRDB

extension Workspace {
  /// Columns of the audit log in the order in which they are read.
  static let auditColumns =
    "number, time, vault, resource_id, operation, operation_version, http_status_code, "
    + "result_description, duration_ms, caller_ip_address, correlation_id, object_id, upn, "
    + "app_id, client_info, request_uri, id"

  /// Writes rows in their order, at the end of the log.
  func insert(_ rows: [AuditEvent]) throws {
    if rows.isEmpty { return }
    try read { db in
      let last = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(number) FROM audit")) ?? 0
      let statement = try db.cachedStatement(
        sql: "INSERT INTO audit (\(Self.auditColumns)) "
          + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
      )
      for (number, row) in zip((last + 1)..., rows) {
        let correlationID =
          try row.correlationID.isEmpty
          ? GUID.text(auditIdentifierBytes(number)) : row.correlationID
        try statement.execute(arguments: [
          number, row.time.microseconds, row.vault, row.resourceID, row.operation.rawValue,
          row.operationVersion, row.httpStatusCode, row.resultDescription,
          row.durationInMilliseconds, row.callerIPAddress, correlationID, row.claims?.objectID,
          row.claims?.userPrincipalName, row.claims?.applicationID, row.clientInfo,
          row.requestURI, row.objectID,
        ])
      }
    }
  }

  /// Reads at most `limit` rows that pass the filter, after a row read before, in order of time.
  public func auditEvents(
    _ filter: AuditFilter,
    after last: AuditEvent?,
    limit: Int
  ) throws -> [AuditEvent] {
    var conditions: [String] = []
    var arguments: StatementArguments = []
    if let last {
      conditions.append("(time, number) > (?, ?)")
      arguments += [last.time.microseconds, last.number]
    }
    if let since = filter.since {
      conditions.append("time >= ?")
      arguments += [since.microseconds]
    }
    if let vault = filter.vault {
      conditions.append("vault = ?")
      arguments += [vault.lowercased()]
    }
    if let principal = filter.principal {
      conditions.append("? COLLATE NOCASE IN (object_id, upn, app_id)")
      arguments += [principal]
    }
    if let operations = filter.operations {
      let names = operations.map { "'\($0.rawValue)'" }.sorted()
      conditions.append("operation IN (\(names.joined(separator: ", ")))")
    }
    if let statuses = filter.statuses {
      let numbers = statuses.sorted().map(String.init)
      conditions.append("http_status_code IN (\(numbers.joined(separator: ", ")))")
    }
    let condition = conditions.isEmpty ? "" : "WHERE \(conditions.joined(separator: " AND ")) "
    arguments += [limit]
    return try read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT \(Self.auditColumns) FROM audit \(condition)ORDER BY time, number LIMIT ?"
      )
      let rows = try Row.fetchCursor(statement, arguments: arguments)
      var events: [AuditEvent] = []
      while let row = try rows.next() { events.append(try AuditEvent(row)) }
      return events
    }
  }
}

extension AuditEvent {
  /// Reads the columns of a row, `Workspace.auditColumns`.
  ///
  /// - Throws: `DamagedRow`.
  init(_ row: Row) throws {
    let objectID: String? = try row.optionalValue(11)
    self.init(
      number: try row.value(0),
      time: Date(microseconds: try row.value(1)),
      vault: try row.value(2),
      resourceID: try row.value(3),
      operation: try (row.value(4) as AuditOperationName).operation,
      operationVersion: try row.value(5),
      httpStatusCode: try row.value(6),
      resultDescription: try row.value(7),
      durationInMilliseconds: try row.value(8),
      callerIPAddress: try row.value(9),
      correlationID: try row.value(10),
      claims: try objectID.map {
        Claims(
          objectID: $0,
          userPrincipalName: try row.optionalValue(12),
          applicationID: try row.optionalValue(13) ?? ""
        )
      },
      clientInfo: try row.value(14),
      requestURI: try row.value(15),
      objectID: try row.value(16)
    )
  }
}

/// An operation as a column holds it: a name that there is none of is no value of the column.
private struct AuditOperationName: DatabaseValueConvertible {
  let operation: AuditOperation

  var databaseValue: DatabaseValue { operation.rawValue.databaseValue }

  static func fromDatabaseValue(_ value: DatabaseValue) -> AuditOperationName? {
    String.fromDatabaseValue(value).flatMap(AuditOperation.init).map(Self.init)
  }
}

extension Date {
  /// Whole microseconds since 1970: what the log orders by.
  fileprivate var microseconds: Int64 { Int64((timeIntervalSince1970 * 1e6).rounded()) }

  fileprivate init(microseconds: Int64) {
    self.init(timeIntervalSince1970: Double(microseconds) / 1e6)
  }
}
