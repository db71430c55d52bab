import FoundationEssentials

/// An audit log in an array, for stores in memory.
struct MemoryAuditLog {
  private var events: [AuditEvent] = []

  /// Adds a row; one without a correlation id gets one that counts up.
  mutating func append(_ event: AuditEvent) {
    var event = event
    event.number = Int64(events.count + 1)
    event.durationInMilliseconds = 0
    if event.correlationID.isEmpty {
      let digits = String(event.number)
      event.correlationID =
        "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
    events.append(event)
  }

  func events(_ filter: AuditFilter, after last: AuditEvent?, limit: Int) -> [AuditEvent] {
    let chosen = events.filter { event in
      filter.admits(event) && (last.map { event.follows($0) } ?? true)
    }
    return Array(chosen.sorted { $1.follows($0) }.prefix(max(0, limit)))
  }
}

extension AuditEvent {
  fileprivate func follows(_ other: AuditEvent) -> Bool {
    (time, number) > (other.time, other.number)
  }
}

extension AuditFilter {
  fileprivate func admits(_ event: AuditEvent) -> Bool {
    let names = [
      event.claims?.objectID, event.claims?.applicationID, event.claims?.userPrincipalName,
    ].compactMap { $0?.lowercased() }
    return (vault.map { $0.lowercased() == event.vault } ?? true)
      && (operations?.contains(event.operation) ?? true)
      && (since.map { event.time >= $0 } ?? true)
      && (principal.map { names.contains($0.lowercased()) } ?? true)
      && (statuses?.contains(event.httpStatusCode) ?? true)
  }
}
