import Console
import Foundation
import LineEditor
import LuaModules
import LuaRuntime
import Testing

/// Lines from a list; everything shown is noted, as it would stand on a screen.
private final class ListLineReader: LineReader {
  private var lines: ArraySlice<String>
  var screen = ""

  init(_ lines: [String]) { self.lines = lines[...] }

  func readLine(prompt: String) -> LineResult {
    guard let line = lines.popFirst() else { return .endOfInput }
    screen += prompt + line + "\n"
    return line == "^C" ? .interrupted : .line(line)
  }

  func remember(_ entry: String) {}
}

/// Sessions at the prompt, as they look on a screen: `Transcripts/*.txt`.
@Suite struct TranscriptTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Transcripts")

  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

  @Test func `there are transcripts`() { #expect(Self.names.count >= 4) }

  @Test(arguments: names)
  func `a session looks as recorded`(name: String) throws {
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    let typed = text.split(separator: "\n").compactMap { line in
      ["kmsh> ", "   .. "].first { line.hasPrefix($0) }.map { String(line.dropFirst($0.count)) }
    }
    let state = try LuaState()
    try Library.register(in: state, Session(path: ":memory:"))
    let root = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    try state.setModulePath([root.appending(path: "stdlib").path])
    let reader = ListLineReader(typed)
    // Print goes to the process's own output; a transcript shows it where it was printed.
    try state.register(
      LuaModule("screen", "What print writes to here.") { module in
        module.function("print", "Notes a line.") { call in
          reader.screen += try call.string(1) + "\n"
          return .nil
        }
      }
    )
    let setUp = """
      workspace.seed(1)
      clock.freeze('2026-01-02T03:04:05Z')
      function print(...)
        local t = table.pack(...)
        for n = 1, t.n do t[n] = tostring(t[n]) end
        screen.print(table.concat(t, '\\t'))
      end
      """
    _ = try state.call(state.load(Array(setUp.utf8), chunkName: "=setup"))
    let console = try Console(
      state: state,
      reader: reader,
      sinks: Console.Sinks(results: { reader.screen += $0 }, talk: { reader.screen += $0 }),
      columnCount: { 80 }
    )
    console.run()
    if ProcessInfo.processInfo.environment["KMSH_RECORD"] != nil {
      try reader.screen.write(
        to: Self.folder.appending(path: name),
        atomically: true,
        encoding: .utf8
      )
    }
    #expect(reader.screen == text)
  }
}
