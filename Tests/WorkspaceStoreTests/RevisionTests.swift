import AzureModel
import Testing
import WorkspaceStore

@Suite struct RevisionTests {
  private struct Stop: Error {}
  private struct Other: Record {
    static let kind = "test_other"
    let id: String
    var parent: String { "" }
  }

  @Test func `a kind's revision moves with its writes and with no others'`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    var seen: Set<Int> = [try workspace.revision(of: Note.self)]
    let other = try workspace.revision(of: Other.self)
    try workspace.put(Note(id: "a"))
    #expect(seen.insert(try workspace.revision(of: Note.self)).inserted)
    try workspace.delete(Note.self, id: "a")
    #expect(seen.insert(try workspace.revision(of: Note.self)).inserted)
    #expect(!seen.insert(try workspace.revision(of: Note.self)).inserted)
    try workspace.setSetting("clock", "1")
    #expect(!seen.insert(try workspace.revision(of: Note.self)).inserted)
    #expect(try workspace.revision(of: Other.self) == other)
    try workspace.reset()
    #expect(seen.insert(try workspace.revision(of: Note.self)).inserted)
  }

  @Test func `a rollback moves every kind's revision, an inner one too`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.transaction {
      let before = try workspace.revision(of: Other.self)
      #expect(throws: Stop.self) {
        try workspace.transaction {
          try workspace.put(Note(id: "a"))
          throw Stop()
        }
      }
      #expect(try workspace.revision(of: Other.self) != before)
    }
  }

  @Test func `what another opener commits moves every kind's revision`() throws {
    let place = Place()
    let (first, second) = (try place.open(), try place.open())
    let before = try first.revision(of: Note.self)
    #expect(try first.revision(of: Note.self) == before)
    try second.put(Note(id: "a"))
    #expect(try first.revision(of: Note.self) != before)
  }

  @Test func `a setting changed by another process is seen by the next call`() throws {
    let place = Place()
    let (first, second) = (Azure(store: try place.open()), Azure(store: try place.open()))
    #expect(try !first.settings().vaultRBACDefault)
    try second.set("vault_rbac_default", to: .boolean(true))
    #expect(try first.settings().vaultRBACDefault)
  }
}
