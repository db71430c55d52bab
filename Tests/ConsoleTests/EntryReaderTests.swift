import LineEditor
import LuaRuntime
import Testing

@testable import Console

/// Answers from a list, and what was asked.
private final class ScriptedReader: LineReader {
  private var answers: [LineResult]
  private(set) var asked: [String] = []
  private(set) var remembered: [String] = []

  init(_ answers: [LineResult]) { self.answers = answers }

  func readLine(prompt: String) -> LineResult {
    readLine(prompt: prompt, start: "", isContinuation: false)
  }

  func readLine(prompt: String, start: String, isContinuation: Bool) -> LineResult {
    asked.append(prompt + start)
    return answers.isEmpty ? .endOfInput : answers.removeFirst()
  }

  func remember(_ entry: String) { remembered.append(entry) }
}

@Suite struct EntryReaderTests {
  private func entries(_ answers: [LineResult], marks: [String] = []) throws -> (
    read: [String], asked: [String], remembered: [String]
  ) {
    let reader = ScriptedReader(answers)
    let entries = EntryReader(reader, ChunkReader(state: try LuaState())) {
      PromptText(marks: marks, isColored: false)
    }
    var read: [String] = []
    while let entry = entries.next() { read.append(entry) }
    return (read, reader.asked, reader.remembered)
  }

  @Test(
    arguments: [
      (["1 + 1"], ["1 + 1"]),
      (["for i = 1, 2 do", "print(i)", "end"], ["for i = 1, 2 do\nprint(i)\nend"]),
      // An empty line within an entry is part of it, before one it is none.
      (["", "  ", "x = [[", "", "]]"], ["x = [[\n\n]]"]),
      (["vault.create{", "}"], ["vault.create{\n}"]), (["x = = 1"], ["x = = 1"]),
      (["x = 'a'", "y = 2"], ["x = 'a'", "y = 2"]),
      // A continuation that begins with dots is no prompt.
      (["print('a'", "   .. 'b')"], ["print('a'\n   .. 'b')"]),
      (["\\help vault"], ["\\help vault"]), (["\\az a \\", "  --b"], ["\\az a \\\n  --b"]),
      // Lines for a shell go on where a shell's would.
      (["\\az a --b 'c", "d' e", "f"], ["\\az a --b 'c\nd' e", "f"]),
      (["\\kubectl a \"b'", "\\\"c\"", "d"], ["\\kubectl a \"b'\n\\\"c\"", "d"]),
      (["\\kubectl a |", "kubectl b"], ["\\kubectl a |\nkubectl b"]),
      (["\\az a # it's", "b"], ["\\az a # it's", "b"]), (["\\az a \\' b"], ["\\az a \\' b"]),
      (["\\az 'a\\' b#'", "c'"], ["\\az 'a\\' b#'\nc'"]),
      (["\\az a \\\n  --b\n"], ["\\az a \\\n  --b\n"]),
      (["\\time for i = 1, 2 do", "end"], ["\\time for i = 1, 2 do\nend"]),
      (["\\watch 3 f(", ")"], ["\\watch 3 f(\n)"]),
    ] as [([String], [String])]
  )
  func `lines make these entries`(lines: [String], expected: [String]) throws {
    let (read, _, remembered) = try entries(lines.map { .line($0) })
    #expect(read == expected)
    #expect(remembered == expected)
  }

  @Test(
    arguments: [
      ("kmsh> 1 + 1", ["1 + 1"]),
      (
        "kmsh[t+91d @x]> for i = 1, 2 do\n             .. print(i)\n             .. end",
        ["for i = 1, 2 do\nprint(i)\nend"]
      ),
      ("kmsh>x = 1\n..", ["x = 1\n"]),
      ("kmsh> a = 1\nkmsh> b = 2", ["a = 1\nb = 2"]),
      // What is no chunk together runs one after the other.
      ("kmsh> a = 1\nkmsh> a + 1\nkmsh> \\quit", ["a = 1", "a + 1", "\\quit"]),
      // Output between the prompts: nothing is taken for a prompt.
      // What an entry gave is left out.
      ("kmsh> 1 + 1\n2", ["1 + 1"]), ("kmsh> a = 1\nkmsh> a + 5\n6", ["a = 1", "a + 5"]),
      ("kmsh> 1 + 1\n2\nkmsh> 2 + 2\n4", ["1 + 1", "2 + 2"]), ("..\n..", ["..\n.."]),
    ] as [(String, [String])]
  )
  func `a block copied from a screen runs without its prompts`(
    block: String,
    expected: [String]
  ) throws {
    #expect(try entries([.line(block)]).read == expected)
  }

  @Test func `control-C drops the entry, control-D abandons it, and leaves on an empty line`()
    throws
  {
    let (read, asked, _) = try entries([
      .line("for"), .interrupted, .line("f("), .endOfInput, .line("1"), .endOfInput, .line("never"),
    ])
    #expect(read == ["1"])
    #expect(asked == ["kmsh> ", "   .. ", "kmsh> ", "   .. ", "kmsh> ", "kmsh> "])
  }

  @Test func `a continuation that is recalled is edited as one text`() throws {
    let (read, asked, remembered) = try entries([
      .line("for i = 1, 2 do"), .line("print(i"), .recalled("en"),
      .line("for i = 1, 2 do\nprint(i)\nend"),
    ])
    #expect(read == ["for i = 1, 2 do\nprint(i)\nend"])
    #expect(asked[3] == "kmsh> for i = 1, 2 do\nprint(i\nen")
    #expect(remembered == read)
  }

  @Test func `the history command is no entry of the history`() throws {
    let (read, _, remembered) = try entries([
      .line("x = 1"), .line("\\history forget"), .line("\\history x"),
    ])
    #expect(read.count == 3)
    #expect(remembered == ["x = 1"])
  }

  @Test(
    arguments: [
      ([], "kmsh> ", "   .. "), (["t+91d"], "kmsh[t+91d]> ", "          .. "),
      (["t+91d", "@before"], "kmsh[t+91d @before]> ", "                  .. "),
    ]
  )
  func `the continuation is as wide as the prompt`(marks: [String], prompt: String, more: String) {
    let text = PromptText(marks: marks, isColored: false)
    #expect(text.text == prompt)
    #expect(text.continuation == more)
    let colored = PromptText(marks: marks, isColored: true)
    #expect(colored.continuation == more)
    // The colour ends before the last blank, and no two escapes stand side by side.
    #expect(colored.text.hasSuffix("\u{1}\u{1B}[0m\u{1} "))
    #expect(!colored.text.contains("\u{1}\u{1}"))
    let shown = colored.text.replacing(/\u{1}[^\u{1}]*\u{1}/, with: "")
    #expect(shown == prompt)
  }
}

@Suite struct HistoryCommandTests {
  private final class Entries: LineReader {
    var entries: [String]
    init(_ entries: [String]) { self.entries = entries }
    func readLine(prompt: String) -> LineResult { .endOfInput }
    func remember(_ entry: String) { entries.append(entry) }
    func forget() -> String? { entries.popLast() }
  }

  @Test func `entries are listed with their numbers, those that hold a text, or the newest`() {
    let few = HistoryCommand(reader: Entries(["a = 1", "f(\n)", "a = 2"]))
    #expect(few.run("") == "  1  a = 1\n  2  f(\n     )\n  3  a = 2\n")
    #expect(few.run("a =") == "  1  a = 1\n  3  a = 2\n")
    #expect(few.run("none") == "no entry holds 'none'\n")
    #expect(HistoryCommand(reader: Entries([])).run("") == "no entry yet\n")
    let many = HistoryCommand(reader: Entries((1...120).map { "x = \($0)" })).run("")
    #expect(
      many.hasPrefix("  … 70 earlier: \\history TEXT shows those that hold TEXT\n   71  x = 71\n")
    )
    let long = HistoryCommand(
      reader: Entries([Array(repeating: "y", count: 500).joined(separator: "\n")])
    )
    #expect(long.run("").hasSuffix("y\n     … 492 more lines\n"))
  }

  @Test func `forget takes back the last entry and does not repeat it`() {
    let reader = Entries(["a", "password = 'x'"])
    #expect(
      HistoryCommand(reader: reader).run("forget")
        == "forgotten: the last entry, of 14 characters\n"
    )
    #expect(reader.entries == ["a"])
    _ = HistoryCommand(reader: reader).run("forget")
    #expect(HistoryCommand(reader: reader).run("forget") == "there is no entry to forget\n")
  }
}
