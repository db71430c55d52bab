internal import ArgumentParser
internal import FoundationEssentials
internal import LuaRuntime

/// `kmsh check`: mistakes in Lua that show without running it.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh check",
    abstract: "Look for mistakes in Lua without running it.",
    discussion: """
      Finds what does not load, names that nothing gives a value to, and options, methods and
      fields that kmsh does not have. A folder stands for the files in it that end in .lua; a name
      that another file defines is told in a comment: -- kmsh: globals NAME ...

      Exit status: 0 nothing found, 1 a file cannot be read, 3 something found.
      """
  )

  @Argument(help: "Files and folders.")
  var paths = ["."]

  @Flag(help: "Print JSON.")
  var json = false

  fileprivate struct Finding: Encodable {
    let file: String
    let line, column: Int64
    let code, message: String
    let hint: String?
  }

  func run(_ arguments: Arguments) throws -> Int32 {
    var findings: [Finding] = []
    let files = try LuaTool.files(paths, ending: ".lua")
    let host = try LuaTool.host(arguments, file: ".", workspace: ":memory:")
    let api = host.state.functionTable
    for file in files {
      let source = try LuaTool.source(file)
      let found = try host.call("tools.check", "run", [.bytes(source), .string(file), api])
      guard case .array(let items) = found else { continue }
      findings += items.map { Finding($0, file: file) }
    }
    let prints = json || arguments.json
    Kmsh.write(try prints ? Self.json(findings) : Self.text(findings, files.count), to: 1)
    return findings.isEmpty ? Kmsh.Status.done : Kmsh.Status.difference
  }

  private static func text(_ findings: [Finding], _ fileCount: Int) -> String {
    let lines = findings.map { finding in
      "\(finding.file):\(finding.line):\(finding.column): \(finding.message)"
        + (finding.hint.map { "; \($0)" } ?? "")
    }
    let total =
      "\(findings.count) \(findings.count == 1 ? "finding" : "findings") in \(fileCount) "
      + (fileCount == 1 ? "file" : "files")
    return (lines + [total]).joined(separator: "\n") + "\n"
  }

  private static func json(_ findings: [Finding]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(["findings": findings]), as: UTF8.self) + "\n"
  }
}

extension CheckCommand.Finding {
  fileprivate init(_ value: LuaValue, file: String) {
    func number(_ name: String) -> Int64 {
      if case .integer(let number) = value.member(name) { number } else { 1 }
    }
    self.init(
      file: file,
      line: number("line"),
      column: number("column"),
      code: value.member("code")?.text ?? "",
      message: value.member("message")?.text ?? "",
      hint: value.member("hint")?.text
    )
  }
}
