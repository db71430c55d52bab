import AzureModel
import FoundationEssentials
import Testing
import WorkspaceStore

@Suite struct AuditLogTests {
  private struct Failure: Error {}

  private func event(
    _ operation: AuditOperation = .keyGet,
    at seconds: Double = 0,
    vault: String = "kv1",
    status: Int = 200,
    caller: String? = nil
  ) -> AuditEvent {
    AuditEvent(
      time: Date(timeIntervalSince1970: 1_767_225_600 + seconds),
      vault: vault,
      resourceID: "/SUBSCRIPTIONS/S/\(vault.uppercased())",
      operation: operation,
      operationVersion: "2025-07-01",
      httpStatusCode: status,
      resultDescription: status == 200 ? "" : "refused\r\n",
      durationInMilliseconds: 7,
      callerIPAddress: "203.0.113.10",
      claims: caller.map {
        AuditEvent.Claims(objectID: $0, userPrincipalName: "\($0)@contoso.com", applicationID: "a")
      },
      clientInfo: "kmsh",
      requestURI: "https://\(vault).vault.azure.net/keys/k?api-version=2025-07-01",
      objectID: "https://\(vault).vault.azure.net/keys/k"
    )
  }

  private func log(_ workspace: Workspace, _ events: AuditEvent...) throws {
    for event in events { try workspace.call { try workspace.append(event) } }
  }

  private func rows(
    _ workspace: Workspace,
    _ filter: AuditFilter = AuditFilter()
  ) throws -> [AuditEvent] {
    try workspace.auditEvents(filter, after: nil, limit: 1000)
  }

  @Test func `a row comes back as it was, with a number and a correlation id`() throws {
    let place = Place()
    let workspace = try place.open()
    try log(workspace, event(.keyEncrypt, at: 0.25, status: 403, caller: "o"), event(.keyExpired))
    workspace.close()
    let again = try place.open()
    let found = try rows(again)
    #expect(found.map(\.number) == [2, 1])
    #expect(found.allSatisfy { $0.correlationID.count == 36 })
    #expect(Set(found.map(\.correlationID)).count == 2)
    var expected = event(.keyEncrypt, at: 0.25, status: 403, caller: "o")
    (expected.number, expected.correlationID) = (1, found[1].correlationID)
    #expect(found[1] == expected)
    #expect(found[0].claims == nil)
  }

  @Test func `rows of a failed call stay, those of a user's transaction go with it`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    func refusedCall() throws {
      try workspace.call {
        try workspace.transaction {
          try workspace.setSetting("changed", "yes")
          try workspace.append(event(.keyUpdate, status: 403))
          throw Failure()
        }
      }
    }
    #expect(throws: Failure.self) { try refusedCall() }
    #expect(try rows(workspace).map(\.operation) == [.keyUpdate])
    #expect(try workspace.setting("changed") == nil)

    var counts: [Int] = []
    #expect(throws: Failure.self) {
      try workspace.userTransaction {
        try? refusedCall()
        try log(workspace, event(.keyGet))
        counts.append(try rows(workspace).count)
        throw Failure()
      }
    }
    #expect(counts == [3])
    #expect(try rows(workspace).map(\.operation) == [.keyUpdate])

    try workspace.userTransaction {
      try? refusedCall()
      try workspace.setSetting("kept", "yes")
    }
    #expect(try rows(workspace).count == 2 && workspace.setting("kept") == "yes")
  }

  @Test func `a call within a larger call that fails leaves its row behind`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    #expect(throws: Failure.self) {
      try workspace.transaction {
        try workspace.setSetting("changed", "yes")
        try workspace.call { try workspace.append(event(.keyEncrypt)) }
        throw Failure()
      }
    }
    #expect(try rows(workspace).map(\.operation) == [.keyEncrypt])
    #expect(try workspace.setting("changed") == nil)
  }

  @Test func `a change that is not the call's last one is taken back with it`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    #expect(throws: Failure.self) {
      try workspace.call {
        try workspace.transaction { try workspace.setSetting("first", "yes") }
        throw Failure()
      }
    }
    #expect(try workspace.setting("first") == nil)
    try workspace.call {
      try workspace.transaction { try workspace.setSetting("first", "yes") }
      try? workspace.transaction {
        try workspace.setSetting("second", "yes")
        throw Failure()
      }
    }
    #expect(try workspace.setting("first") == "yes" && workspace.setting("second") == nil)
  }

  @Test func `a call that changes nothing and logs nothing takes no lock`() throws {
    let place = Place()
    let (one, two) = (try place.open(), try place.open())
    try one.transaction {
      try one.setSetting("held", "yes")
      // The other process would wait for the lock, and in vain.
      #expect(try two.call { try two.setting("held") } == nil)
    }
  }

  @Test func `rows come in order of time, page by page`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    let times = [5.0, 1, 3, 3, 2, 4, 3]
    for time in times { try log(workspace, event(at: time)) }
    var walked: [AuditEvent] = []
    while true {
      let page = try workspace.auditEvents(AuditFilter(), after: walked.last, limit: 2)
      walked += page
      if page.isEmpty { break }
    }
    #expect(walked.map(\.number) == [2, 5, 3, 4, 7, 6, 1])
  }

  /// What each filter lets through, by number.
  @Test(arguments: [
    (AuditFilter(), [1, 2, 3, 4, 5]), (AuditFilter(vault: "KV2"), [3]),
    (AuditFilter(operations: [.keyEncrypt, .keyDecrypt]), [2, 3]),
    (AuditFilter(operations: []), []),
    (AuditFilter(since: Date(timeIntervalSince1970: 1_767_225_603)), [4, 5]),
    (AuditFilter(principal: "ONE"), [1, 2]), (AuditFilter(principal: "two@CONTOSO.com"), [3, 4]),
    (AuditFilter(principal: "a"), [1, 2, 3, 4]), (AuditFilter(statuses: [403, 404]), [2, 4]),
    (AuditFilter(vault: "kv1", principal: "two", statuses: [404]), [4]),
  ])
  func `filters`(filter: AuditFilter, expected: [Int64]) throws {
    let memory = MemoryRecordStore()
    let workspace = try Workspace.open(path: ":memory:")
    for event in [
      event(.keyGet, at: 0, caller: "one"), event(.keyEncrypt, at: 1, status: 403, caller: "one"),
      event(.keyDecrypt, at: 2, vault: "kv2", caller: "two"),
      event(.keyGet, at: 3, status: 404, caller: "two"), event(.keyExpired, at: 4),
    ] {
      try log(workspace, event)
      memory.append(event)
    }
    #expect(try rows(workspace, filter).map(\.number) == expected)
    #expect(memory.auditEvents(filter, after: nil, limit: 9).map(\.number) == expected)
  }

  @Test func `a seed repeats the rows' ids, and logging takes none from the model`() throws {
    func run(logging: Bool) throws -> ([String], [UInt8]) {
      let workspace = try Workspace.open(path: ":memory:")
      try workspace.seed(7)
      if logging { try log(workspace, event(), event()) }
      return (try rows(workspace).map(\.correlationID), try workspace.identifierBytes())
    }
    let (ids, next) = try run(logging: true)
    #expect(try run(logging: true).0 == ids && Set(ids).count == 2)
    #expect(try run(logging: false).1 == next)
  }

  @Test func `a clock that stands measures no duration`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try log(workspace, event())
    try workspace.freeze(at: Date(timeIntervalSince1970: 0))
    try log(workspace, event())
    #expect(try rows(workspace).map(\.durationInMilliseconds) == [7, 0])
  }

  @Test func `reset empties the log`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try log(workspace, event())
    try workspace.reset()
    #expect(try rows(workspace).isEmpty)
    try log(workspace, event())
    #expect(try rows(workspace).map(\.number) == [1])
  }
}
