import AzureModel
import Foundation
import TestData
import Testing

@testable import WorkspaceStore

/// What is remembered of a file never differs from what lies in it.
@Suite struct RecordCacheTests {
  private struct Stop: Error {}

  /// Two connections to one file, and a dictionary of what must be seen through each.
  private final class Model {
    static let ids = ["a", "b", "c", "d", "e"]
    let one, two: Workspace
    var random: SeededGenerator
    /// What the file holds for everyone.
    var committed: [String: String] = [:]
    /// What the first connection sees; within its transactions that is more.
    var own: [String: String] = [:]
    var depth = 0
    var count = 0

    init(_ place: Place, seed: UInt64) throws {
      (one, two) = (try place.open(), try place.open())
      random = SeededGenerator(seed)
    }

    /// Compares each connection's answers, most of them remembered, with the dictionary and with
    /// a list, none of which is.
    func compare() throws {
      for (workspace, expected) in [(one, own), (two, committed)] {
        for id in Self.ids {
          #expect(try workspace.find(Note.self, id: id)?.text == expected[id], "\(id)")
          #expect(try workspace.setting(id) == expected[id], "setting \(id)")
        }
        let listed = try workspace.list(Note.self, parent: nil, after: nil, limit: 99)
        #expect(listed.map(\.id) == expected.keys.sorted())
      }
    }

    func write(_ workspace: Workspace, _ id: String, _ text: String?) throws {
      try workspace.transaction {
        if let text {
          try workspace.put(Note(id: id, text: text))
        } else {
          try workspace.delete(Note.self, id: id)
        }
        try workspace.setSetting(id, text)
      }
    }

    /// One random step, and a look at all.
    func step() throws {
      count += 1
      let id = Self.ids.randomElement(using: &random) ?? "a"
      let text = Int.random(in: 0..<4, using: &random) == 0 ? nil : "text \(count)"
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4:
        try write(one, id, text)
        own[id] = text
        if depth == 0 { committed = own }
      case 4..<6 where depth == 0:
        try write(two, id, text)
        committed[id] = text
        own = committed
      case 6 where depth == 0:
        // Someone else's write in the midst of a reading waits for the next.
        try one.reading {
          let before = try one.find(Note.self, id: id)?.text
          try write(two, id, text)
          #expect(try one.find(Note.self, id: id)?.text == before)
          let listed = try one.list(Note.self, parent: nil, after: nil, limit: 99)
          let texts = listed.map { ($0.id, $0.text) }
          for id in Self.ids {
            let now = try one.find(Note.self, id: id)?.text
            #expect(now == texts.first { $0.0 == id }?.1, "what was read does not go back")
          }
        }
        committed[id] = text
        own = committed
      case 7..<10 where depth < 4: try transaction()
      default: break
      }
      try compare()
    }

    /// Some steps in a transaction of one kind or another; half of them are taken back.
    private func transaction() throws {
      let before = own
      let isKept = Bool.random(using: &random)
      let body = {
        self.depth += 1
        defer { self.depth -= 1 }
        for _ in 0..<Int.random(in: 0..<5, using: &self.random) { try self.step() }
        if !isKept { throw Stop() }
      }
      do {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: try one.userTransaction(body)
        case 1: try one.reading { try one.transaction(body) }
        default: try one.transaction(body)
        }
        if depth == 0 { committed = own }
      } catch is Stop {
        own = before
      }
    }
  }

  @Test(arguments: UInt64(0)..<24)
  func `two connections answer from memory what the file holds, whatever is taken back`(
    seed: UInt64
  ) throws {
    let model = try Model(Place(), seed: seed)
    while model.count < 120 { try model.step() }
  }

  @Test func `each of several threads sees all that was written before it looked`() async throws {
    let place = Place()
    _ = try place.open()
    let (path, rounds) = (place.path, 40)
    try await withThrowingTaskGroup { group in
      for index in 0..<4 {
        group.addTask {
          let (writer, reader) = (try Workspace.open(path: path), try Workspace.open(path: path))
          for round in 1...rounds {
            try writer.put(Note(id: "\(index)", text: "\(round)"))
            let seen = try reader.reading { try reader.find(Note.self, id: "\(index)")?.text }
            #expect(seen == "\(round)")
            _ = try writer.find(Note.self, id: "\((index + round) % 4)")
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func `a transaction within a reading sees what others did before it began`() throws {
    let place = Place()
    let (one, two) = (try place.open(), try place.open())
    try one.put(Note(id: "a", text: "old"))
    try one.reading {
      #expect(try one.find(Note.self, id: "a")?.text == "old")
      try two.put(Note(id: "a", text: "new"))
      let within = try one.transaction { try one.find(Note.self, id: "a")?.text }
      #expect(within == "new")
      #expect(try one.find(Note.self, id: "a")?.text == "new")
    }
  }

  @Test func `a reading sees one state of the file once it reads it, and may still write`() throws {
    let place = Place()
    let (one, two) = (try place.open(), try place.open())
    try one.put(Note(id: "a", text: "old"))
    #expect(try one.find(Note.self, id: "a")?.text == "old")
    try one.reading {
      #expect(try one.find(Note.self, id: "z") == nil)
      try two.put(Note(id: "a", text: "new"))
      try two.put(Note(id: "b"))
      #expect(try one.find(Note.self, id: "a")?.text == "old")
      #expect(try one.find(Note.self, id: "b") == nil)
      #expect(try one.list(Note.self, parent: nil, after: nil, limit: 9).map(\.text) == ["old"])
      // Its own read is of the past by now, which no writer could go on from.
      try one.put(Note(id: "c"))
      #expect(try one.find(Note.self, id: "a")?.text == "new")
      let listed = try one.list(Note.self, parent: nil, after: nil, limit: 9)
      #expect(listed.map(\.id) == ["a", "b", "c"])
    }
    try two.put(Note(id: "d"))
    #expect(try one.find(Note.self, id: "d") != nil)
  }

  @Test func `memory is bounded, and what is asked for often stays`() throws {
    let cache = RecordCache()
    var reads = 0
    func read(_ id: String, byteCount: Int) -> String? {
      cache.value(id) {
        reads += 1
        return ("value of \(id)", byteCount: byteCount)
      }
    }
    let quarter = RecordCache.byteCountMax / 4
    for number in 0..<100 {
      #expect(read("\(number)", byteCount: quarter - 1000) == "value of \(number)")
      #expect(read("often", byteCount: 1) == "value of often")
      #expect(cache.count <= 5)
    }
    #expect(reads == 101)
    _ = read("large", byteCount: RecordCache.byteCountMax)
    _ = read("large", byteCount: RecordCache.byteCountMax)
    #expect(reads == 103)
  }

  @Test func `that there is nothing is remembered too, until there is something`() {
    let cache = RecordCache()
    var reads = 0
    for _ in 0..<3 {
      let value: String? = cache.value("a") {
        reads += 1
        return nil
      }
      #expect(value == nil)
    }
    #expect(reads == 1)
    cache.drop(String.self, "a")
    #expect(cache.value("a") { ("there", byteCount: 5) } == "there")
    cache.dropAll()
    #expect(cache.count == 0)
  }

  @Test func `what was read while something was dropped is not kept`() {
    let cache = RecordCache()
    for drop in [{ cache.drop(String.self, "a") }, { cache.drop(String.self, "b") }, cache.dropAll]
    {
      let first: String? = cache.value("a") {
        drop()
        return ("of before", byteCount: 9)
      }
      #expect(first == "of before")
      #expect(cache.value("a") { ("of after", byteCount: 8) } == "of after")
      cache.dropAll()
    }
  }
}
