import FoundationEssentials

extension AuditEvent {
  /// The row as the log's blobs in the storage account hold it.
  ///
  /// Source: Key Vault logging, the sample row.
  public var row: JSONTree {
    [
      "time": .string(time.ticks), "resourceId": .string(resourceID),
      "operationName": .string(operation.rawValue),
      "operationVersion": .string(operationVersion), "category": .string(Self.category),
      "resultType": .string(Self.resultType), "resultSignature": .string(resultSignature),
      "resultDescription": .string(resultDescription),
      "durationMs": .string("\(durationInMilliseconds)"),
      "callerIpAddress": .string(callerIPAddress), "correlationId": .string(correlationID),
      "identity": ["claim": .object(claims?.members ?? [:])],
      "properties": [
        "clientInfo": .string(clientInfo), "requestUri": .string(requestURI),
        "id": .string(objectID), "httpStatusCode": .integer(Int64(httpStatusCode)),
      ],
    ]
  }
}

extension AuditEvent.Claims {
  fileprivate var members: [String: JSONTree] {
    var members: [String: JSONTree] = [
      "http://schemas.microsoft.com/identity/claims/objectidentifier": .string(objectID),
      "appid": .string(applicationID),
    ]
    members["http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"] =
      userPrincipalName.map { .string($0) }
    return members
  }
}

extension Date {
  /// The time to the tick of 100 ns, in which the log counts, such as
  /// `2026-01-05T01:32:01.2691226Z`; the model's clock fills six digits.
  fileprivate var ticks: String {
    let microseconds = (timeIntervalSince1970 * 1e6).rounded()
    let seconds = (microseconds / 1e6).rounded(.down)
    let rest = Int(microseconds - seconds * 1e6)
    return Date(timeIntervalSince1970: seconds).rfc3339.dropLast()
      + ".\(String(rest + 1_000_000).dropFirst())0Z"
  }
}
