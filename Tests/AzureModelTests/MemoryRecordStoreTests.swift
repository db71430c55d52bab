import AzureModel
import CryptoEngine
import Testing

private struct Note: Record, Hashable {
  static let kind = "note"
  let id: String
  var parent = ""
  var text = ""
}

@Suite struct MemoryRecordStoreTests {
  @Test func `records come back in byte order, by page and parent`() throws {
    let store = MemoryRecordStore()
    for id in ["b", "a", "B", "c"] { try store.put(Note(id: id, parent: id == "c" ? "x" : "")) }
    func ids(_ parent: String?, _ after: String?, _ limit: Int) throws -> [String] {
      try store.list(Note.self, parent: parent, after: after, limit: limit).map(\.id)
    }
    #expect(try ids(nil, nil, 10) == ["B", "a", "b", "c"])
    #expect(try ids(nil, "a", 1) == ["b"])
    #expect(try ids("", nil, 10) == ["B", "a", "b"])
    #expect(try ids("x", nil, 10) == ["c"])
  }

  @Test func `put replaces and delete forgives`() throws {
    let store = MemoryRecordStore()
    try store.put(Note(id: "a", text: "1"))
    try store.put(Note(id: "a", text: "2"))
    #expect(try store.find(Note.self, id: "a")?.text == "2")
    try store.delete(Note.self, id: "a")
    try store.delete(Note.self, id: "a")
    #expect(try store.find(Note.self, id: "a") == nil)
  }

  @Test func `a failed transaction leaves no trace, nested ones too`() throws {
    struct Stop: Error {}
    let store = MemoryRecordStore()
    try store.put(Note(id: "a"))
    let before = store.contents
    #expect(throws: Stop.self) {
      try store.transaction {
        try store.put(Note(id: "b"))
        try store.transaction { try store.delete(Note.self, id: "a") }
        throw Stop()
      }
    }
    #expect(store.contents == before)
    try store.transaction {
      try store.put(Note(id: "b"))
      #expect(throws: Stop.self) {
        try store.transaction {
          try store.put(Note(id: "c"))
          throw Stop()
        }
      }
    }
    #expect(try store.list(Note.self, parent: nil, after: nil, limit: 9).map(\.id) == ["a", "b"])
  }

  @Test func `material opens under its own name only`() throws {
    let store = MemoryRecordStore()
    let material = try SecretBytes.random(byteCount: 100)
    let sealed = try store.sealMaterial(material, name: "one")
    #expect(try store.openMaterial(sealed, name: "one") == material)
    #expect(throws: CryptoError.self) { try store.openMaterial(sealed, name: "two") }
    let other = MemoryRecordStore()
    #expect(throws: CryptoError.self) { try other.openMaterial(sealed, name: "one") }
  }
}
