import Foundation
import LineEditor
import Testing

@Suite struct HistoryTests {
  private func withPath(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "kmsh-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "state/history").path)
  }

  private func history(_ path: String?) -> History {
    History(path: path) { $0.replacing("swordfish", with: "‹secret›") }
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func `entries of many lines come back whole, for the owner only`() throws {
    try withPath { path in
      let first = history(path)
      #expect(first.entries.isEmpty)
      let entries = ["x = 1", "for i = 1, 2 do\n  print(i)\nend", "é \\ \"quoted\" / 日本"]
      for entry in entries { first.append(entry) }
      #expect(history(path).entries == entries)
      let mode = try mode(path)
      #expect(mode == 0o600)
      let text = try String(contentsOfFile: path, encoding: .utf8)
      #expect(text.split(separator: "\n").count == 3)
    }
  }

  @Test func `memory keeps a secret, the file has a mark in its place`() throws {
    try withPath { path in
      let first = history(path)
      first.append("login('swordfish')")
      #expect(first.entries == ["login('swordfish')"])
      #expect(history(path).entries == ["login('‹secret›')"])
    }
  }

  @Test func `what is very long stays in memory, and nothing is looked at that is not written`()
    throws
  {
    try withPath { path in
      let first = history(path)
      let longest = String(repeating: "x", count: History.byteCountMax)
      for entry in [longest, longest + "x"] { first.append(entry) }
      #expect(first.entries == [longest, longest + "x"])
      #expect(history(path).entries == [longest])
      let unwritten = History(path: nil) { _ in
        Issue.record("it was looked at")
        return ""
      }
      unwritten.append("x = 1")
      #expect(unwritten.entries == ["x = 1"])
    }
  }

  @Test func `a repeat is dropped, what begins with a blank stays in memory`() throws {
    try withPath { path in
      let first = history(path)
      for entry in ["a", "a", " b", "c", "a", "s = 'swordfish'", "s = 'swordfish' "] {
        first.append(entry)
      }
      #expect(first.entries == ["a", " b", "c", "a", "s = 'swordfish'", "s = 'swordfish' "])
      #expect(history(path).entries == ["a", "c", "a", "s = '‹secret›'", "s = '‹secret›' "])
    }
  }

  @Test func `two prompts share the file`() throws {
    try withPath { path in
      let (one, two) = (history(path), history(path))
      for n in 0..<50 {
        one.append("one \(n)")
        two.append("two \(n)")
      }
      #expect(Set(history(path).entries).count == 100)
    }
  }

  @Test func `what is forgotten is gone from the file, and what another prompt wrote stays`() throws
  {
    try withPath { path in
      let (one, two) = (history(path), history(path))
      one.append("keep")
      one.append("drop")
      two.append("other")
      #expect(one.forget() == "drop")
      #expect(one.entries == ["keep"])
      #expect(history(path).entries == ["keep", "other"])
      let mode = try mode(path)
      #expect(mode == 0o600)
      // An entry that was never written takes no other with it.
      one.append(" keep")
      #expect(one.forget() == " keep")
      #expect(history(path).entries == ["keep", "other"])
      #expect(one.forget() == "keep")
      #expect(one.forget() == nil)
      #expect(history(path).entries == ["other"])
      let folder = URL(filePath: path).deletingLastPathComponent().path
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files == ["history"])
    }
  }

  @Test func `two prompts that append while a third forgets lose nothing`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "kmsh-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "history").path
    await withTaskGroup { group in
      for name in ["a", "b", "c"] {
        group.addTask {
          let history = History(path: path) { $0 }
          for n in 0..<40 {
            history.append("\(name) \(n)")
            if name == "c" { _ = history.forget() }
          }
        }
      }
    }
    let found = Set(history(path).entries)
    #expect(found.count == 80 && found.allSatisfy { !$0.hasPrefix("c") })
  }

  @Test func `a damaged line costs that line only`() throws {
    try withPath { path in
      history(path).append("before")
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("\"cut sho\n\u{0}\n\"no end".utf8))
      try handle.close()
      history(path).append("after")
      #expect(history(path).entries == ["before", "after"])
    }
  }

  @Test func `the file keeps the newest ten thousand, others may not read it`() throws {
    try withPath { path in
      history(path).append("0")
      let lines = (1...11_500).map { "\"\($0)\"\n" }.joined()
      try lines.write(toFile: path, atomically: false, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      let entries = history(path).entries
      #expect(entries.count == 10_000 && entries.first == "1501" && entries.last == "11500")
      #expect(
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 10_000
      )
      let mode = try mode(path)
      #expect(mode == 0o600)
    }
  }

  @Test(arguments: [nil, "/dev/null"])
  func `what is no regular file is let be, its mode too`(device: String?) throws {
    try withPath { path in
      let place = device ?? path
      if device == nil {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try #require(mkfifo(path, 0o644) == 0)
      }
      let before = try mode(place)
      let history = history(place)
      history.append("a")
      #expect(history.entries == ["a"])
      #expect(history.forget() == "a")
      let after = try mode(place)
      #expect(after == before)
    }
  }

  @Test(arguments: ["real/history", "./real/history"])
  func `a link to the file stays a link, whether the file is there or not`(target: String) throws {
    try withPath { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
      let first = history(path)
      first.append("keep")
      first.append("drop")
      #expect(history(path).entries == ["keep", "drop"])
      #expect(first.forget() == "drop")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == target)
      #expect(history(folder.appending(path: "real/history").path).entries == ["keep"])
    }
  }

  @Test func `without a file, and where there can be none, memory serves`() throws {
    for path in [nil, "/proc/none/history"] {
      let history = history(path)
      history.append("a")
      #expect(history.entries == ["a"])
      #expect(history.forget() == "a")
    }
  }

  @Test(
    arguments: [
      (["KMSH_HISTORY": "/h"], "/h"), (["KMSH_HISTORY": ""], nil),
      (["HOME": "/home/a"], "/home/a/.local/state/kmsh/history"),
      (["HOME": "/home/a", "XDG_STATE_HOME": "/s"], "/s/kmsh/history"),
    ] as [([String: String], String?)]
  )
  func `where it lies`(environment: [String: String], path: String?) {
    #expect(History.defaultPath(environment: environment) == path)
  }
}
