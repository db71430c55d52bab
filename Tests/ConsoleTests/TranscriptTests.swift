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
      line.firstMatch(of: /^(?:kmsh> |   \.\. |type \S+ to go on: )(.*)$/).map {
        String($0.output.1)
      }
    }
    let state = try LuaState()
    let session = Session(path: ":memory:")
    try Library.register(in: state, session)
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
        module.function("write", "Notes a text.") { call in
          reader.screen += try call.string(1)
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
      io.write = screen.write
      """
    _ = try state.call(state.load(Array(setUp.utf8), chunkName: "=setup"))
    let console = Console(
      state: state,
      reader: reader,
      sinks: Console.Sinks(results: { reader.screen += $0 }, talk: { reader.screen += $0 }),
      surroundings: surroundings(state, session, root.appending(path: "stdlib").path),
      columnCount: { 80 }
    )
    session.desk.talk = { reader.screen += $0 }
    session.desk.show = { try console.evaluator.show($0) }
    session.desk.more = { console.evaluator.showMore() }
    console.run()
    // Where the project lies, and how long a call took, are of no interest.
    let screen = reader.screen.replacing(root.path, with: "…")
      .replacing(/(\s)\d+\.\d ms\n/) { "\($0.output.1)… ms\n" }
    if ProcessInfo.processInfo.environment["KMSH_RECORD"] != nil {
      try screen.write(
        to: Self.folder.appending(path: name),
        atomically: true,
        encoding: .utf8
      )
    }
    #expect(screen == text)
  }

  private func surroundings(
    _ state: LuaState,
    _ session: Session,
    _ library: String
  ) -> Surroundings {
    var surroundings = Surroundings()
    surroundings.entering = { ask, body in
      try session.entering(in: state, asking: { ask(($0.losses, $0.name, $0.rule)) }, body)
    }
    surroundings.remedy = { Rule.find($0)?.advice }
    surroundings.library = library
    surroundings.failed = { session.desk.lastError = $0 }
    return surroundings
  }
}
