internal import ArgumentParser
internal import Console
internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime

/// `kmsh replay`: transcripts, run and compared.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kmsh replay",
    abstract: "Run transcripts and compare what comes out with what stands in them.",
    discussion: """
      A transcript is Lua with its output after it: --> before what is printed or shown, --! before
      the code of an error. In it … stands for anything in a line, and alone for any lines. Each
      runs in an empty workspace in memory, unless --workspace names one.

      Exit status: 0 all as it stands there, 1 a file is broken, 3 something differs.
      """
  )

  @Argument(help: "Transcripts.")
  var files: [String]

  @Flag(help: "Write down what comes out where that differs, in place of what stands there.")
  var update = false

  func run(_ arguments: Arguments) throws -> Int32 {
    var status = Kmsh.Status.done
    for file in files {
      let source = String(decoding: try LuaTool.source(file), as: UTF8.self)
      let host = try LuaTool.host(
        arguments,
        file: file,
        workspace: arguments.workspace ?? ":memory:"
      )
      defer { host.session.close() }
      let replay = TranscriptReplay(state: host.state)
      let outcome: TranscriptReplay.Outcome
      do {
        outcome =
          try update
          ? replay.update(source, path: file) : replay.run(source, path: file)
      } catch {
        if let left = host.state.takeExitStatus() { return left }
        throw error
      }
      if update {
        if outcome.differenceCount > 0 { try Self.write(outcome.text, to: file) }
        Kmsh.write("\(file): \(outcome.differenceCount) changed\n", to: 1)
        continue
      }
      let isSame = outcome.differenceCount == 0
      let entries = "\(outcome.entryCount) \(outcome.entryCount == 1 ? "entry" : "entries")"
      Kmsh.write(
        isSame
          ? "\(file): \(entries) as it stands there\n"
          : "\(outcome.text)\n\(file): \(outcome.differenceCount) of \(entries) differ\n",
        to: 1
      )
      if !isSame { status = Kmsh.Status.difference }
    }
    return status
  }

  private static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw LuaError(code: "record.unwritable", message: "cannot write \(path)")
    }
  }
}
