import AzureModel
import CryptoEngine
import EncryptionAtRest
import Foundation
import GRDB
import Testing

@testable import WorkspaceStore

@Suite struct WorkspaceTests {
  private struct Stop: Error {}

  @Test func `records are there for the next to open, in order and by parent`() throws {
    let place = Place()
    let first = try place.open()
    for id in ["b", "a", "c", "B"] { try first.put(Note(id: id, parent: id == "c" ? "" : "p")) }
    try first.put(Note(id: "a", parent: "p", text: "new"))
    try first.delete(Note.self, id: "B")
    try first.delete(Note.self, id: "absent")
    first.close()
    let second = try place.open()
    #expect(try second.find(Note.self, id: "a")?.text == "new")
    #expect(try second.find(Note.self, id: "B") == nil)
    #expect(
      try second.list(Note.self, parent: nil, after: nil, limit: 9).map(\.id) == ["a", "b", "c"]
    )
    #expect(try second.list(Note.self, parent: "p", after: "a", limit: 9).map(\.id) == ["b"])
    #expect(try second.list(Note.self, parent: nil, after: nil, limit: 1).map(\.id) == ["a"])
  }

  @Test func `files are for their owner only from the start`() throws {
    let place = Place()
    let workspace = try place.open()
    try workspace.put(Note(id: "a"))
    _ = try workspace.sealMaterial(SecretBytes(copying: [1]), name: "n")
    let files = try place.files()
    // The database, its log and index, and the root key.
    #expect(files.count >= 4, "\(files)")
    for file in files { #expect(try Place.mode(file) == 0o600, "\(file.lastPathComponent)") }
  }

  @Test func `what fails within a transaction is taken back, the outer one goes on`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.transaction {
      try workspace.put(Note(id: "outer"))
      #expect(throws: Stop.self) {
        try workspace.transaction {
          try workspace.put(Note(id: "inner"))
          try workspace.transaction { try workspace.put(Note(id: "innermost")) }
          throw Stop()
        }
      }
      try workspace.put(Note(id: "after"))
    }
    #expect(
      try workspace.list(Note.self, parent: nil, after: nil, limit: 9).map(\.id)
        == ["after", "outer"]
    )
    #expect(throws: Stop.self) {
      try workspace.transaction {
        _ = try workspace.etcd(ofCluster: "c").put([1], at: "/k", ifRevision: nil)
        try workspace.put(Note(id: "gone"))
        throw Stop()
      }
    }
    #expect(try workspace.find(Note.self, id: "gone") == nil)
    #expect(try workspace.etcd(ofCluster: "c").entry(at: "/k") == nil)
  }

  @Test func `two connections see each other's writes, and wait for each other`() throws {
    let place = Place()
    let (one, two) = (try place.open(), try place.open())
    try one.put(Note(id: "a"))
    #expect(try two.find(Note.self, id: "a") != nil)
    try one.transaction {
      try one.put(Note(id: "b"))
      #expect(try two.find(Note.self, id: "b") == nil)
    }
    #expect(try two.find(Note.self, id: "b") != nil)
  }

  @Test func `writers on several threads lose nothing`() async throws {
    let place = Place()
    _ = try place.open()
    let path = place.path
    try await withThrowingTaskGroup { group in
      for writer in 0..<4 {
        group.addTask {
          let workspace = try Workspace.open(path: path)
          for n in 0..<25 { try workspace.put(Note(id: "\(writer)-\(n)")) }
        }
      }
      try await group.waitForAll()
    }
    #expect(try place.open().list(Note.self, parent: nil, after: nil, limit: 1000).count == 100)
  }

  @Test(arguments: ["not a database at all, but some longer text of a person\n", "short"])
  func `a file that is no workspace is told and left as it is`(text: String) throws {
    let place = Place()
    let url = URL(filePath: place.path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: url)
    let error = #expect(throws: WorkspaceError.self) { try place.open() }
    #expect(error?.code == .damaged)
    #expect(try Data(contentsOf: url) == Data(text.utf8))
  }

  @Test func `a folder that cannot be made is told`() {
    let error = #expect(throws: WorkspaceError.self) {
      try Workspace.open(path: "/proc/none/workspace.db")
    }
    #expect(error?.code == .unwritable)
  }

  @Test func `private material is sealed, and bound to its name`() throws {
    let place = Place()
    let workspace = try place.open()
    let secret = Array("the private part of a key, in clear".utf8)
    let sealed = try workspace.sealMaterial(SecretBytes(copying: secret), name: "one")
    try workspace.put(Note(id: "a", text: Data(sealed).base64EncodedString()))
    let opened = try workspace.openMaterial(sealed, name: "one")
    #expect(opened == SecretBytes(copying: secret))
    #expect(throws: (any Error).self) { try workspace.openMaterial(sealed, name: "two") }
    for file in try place.files() {
      #expect(try !Data(contentsOf: file).contains(Data(secret)), "\(file.lastPathComponent)")
    }
  }

  @Test func `without its root key a workspace opens, its keys do not`() throws {
    let place = Place()
    let first = try place.open()
    let sealed = try first.sealMaterial(SecretBytes(copying: [1, 2, 3]), name: "n")
    first.close()
    let key = try #require(
      try place.files().first { !$0.lastPathComponent.hasPrefix("workspace.db") }
        ?? place.files().first { $0.lastPathComponent.contains("key") }
    )
    try FileManager.default.removeItem(at: key)
    let second = try place.open()
    let error = #expect(throws: WorkspaceError.self) { try second.openMaterial(sealed, name: "n") }
    #expect(error?.hint != nil)
  }

  @Test func `the clock stands, moves and runs`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    let time = Date(timeIntervalSince1970: 1_760_000_000)
    try workspace.freeze(at: time)
    #expect(try workspace.isFrozen() && workspace.now() == time)
    try workspace.advance { $0.addingTimeInterval(90) }
    #expect(try workspace.now() == time.addingTimeInterval(90))
    try workspace.real()
    #expect(try !workspace.isFrozen())
    #expect(try abs(workspace.now().timeIntervalSinceNow) < 60)
  }

  @Test func `a seed makes identifiers repeatable`() throws {
    func three() throws -> [[UInt8]] {
      let workspace = try Workspace.open(path: ":memory:")
      try workspace.seed(7)
      return try (0..<3).map { _ in try workspace.identifierBytes() }
    }
    let first = try three()
    #expect(try first == three())
    #expect(Set(first).count == 3)
    let free = try Workspace.open(path: ":memory:")
    #expect(try free.identifierBytes() != first[0])
  }

  @Test func `reset empties it`() throws {
    let workspace = try Workspace.open(path: ":memory:")
    try workspace.put(Note(id: "a"))
    _ = try workspace.etcd(ofCluster: "c").put([1], at: "/k", ifRevision: nil)
    try workspace.reset()
    #expect(try workspace.find(Note.self, id: "a") == nil)
    #expect(try workspace.etcd(ofCluster: "c").entry(at: "/k") == nil)
  }

  @Test func `ids are found by how they end, and no other record is read`() throws {
    let place = Place()
    let workspace = try place.open()
    for id in ["a/x", "b/x", "b/xx", "c/%", "c/é"] {
      try workspace.put(Note(id: id, parent: String(id.prefix(1)), text: "t"))
    }
    let memory = MemoryRecordStore()
    try memory.put(Note(id: "a/x"))
    try memory.put(Note(id: "b/xx"))
    func found(_ text: String, _ limit: Int = 9) throws -> [String] {
      try workspace.ids(of: Note.self, endingIn: text, limit: limit).sorted()
    }
    #expect(try found("/x") == ["a/x", "b/x"] && found("/x", 1).count == 1)
    #expect(try found("/%") == ["c/%"] && found("/é") == ["c/é"] && found("/none") == [])
    #expect(try memory.ids(of: Note.self, endingIn: "/x", limit: 9) == ["a/x"])
    // One that cannot be read is in no one's way.
    try workspace.write { db in
      try db.execute(sql: "UPDATE record SET body = x'00' WHERE id <> 'b/xx'")
    }
    #expect(try found("/xx") == ["b/xx"])
  }
}
