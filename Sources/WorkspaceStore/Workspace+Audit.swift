public import AzureModel
internal import FoundationEssentials
internal import GRDB

extension Workspace {
  private static let columns =
    "number, time, vault, resource_id, operation, operation_version, http_status_code, "
    + "result_description, duration_ms, caller_ip_address, correlation_id, object_id, upn, "
    + "app_id, client_info, request_uri, id"

  /// Writes rows in their order, at the end of the log.
  func insert(_ rows: [AuditEvent]) throws {
    if rows.isEmpty { return }
    try read { db in
      let last = try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(number) FROM audit")) ?? 0
      let statement = try db.cachedStatement(
        sql: "INSERT INTO audit (\(Self.columns)) "
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
        sql: "SELECT \(Self.columns) FROM audit \(condition)ORDER BY time, number LIMIT ?"
      )
      let rows = try Row.fetchCursor(statement, arguments: arguments)
      var events: [AuditEvent] = []
      while let row = try rows.next() { events.append(try event(row)) }
      return events
    }
  }

  private func event(_ row: Row) throws -> AuditEvent {
    guard let operation = AuditOperation(rawValue: row[4]) else {
      throw WorkspaceError(.damaged, "\(path): a row of the audit log cannot be read")
    }
    let objectID: String? = row[11]
    return AuditEvent(
      number: row[0],
      time: Date(microseconds: row[1]),
      vault: row[2],
      resourceID: row[3],
      operation: operation,
      operationVersion: row[5],
      httpStatusCode: row[6],
      resultDescription: row[7],
      durationInMilliseconds: row[8],
      callerIPAddress: row[9],
      correlationID: row[10],
      claims: objectID.map {
        AuditEvent.Claims(
          objectID: $0,
          userPrincipalName: row[12],
          applicationID: row[13] ?? ""
        )
      },
      clientInfo: row[14],
      requestURI: row[15],
      objectID: row[16]
    )
  }
}

extension Date {
  /// Whole microseconds since 1970: what the log orders by.
  fileprivate var microseconds: Int64 { Int64((timeIntervalSince1970 * 1e6).rounded()) }

  fileprivate init(microseconds: Int64) {
    self.init(timeIntervalSince1970: Double(microseconds) / 1e6)
  }
}
