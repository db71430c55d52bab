internal import ArgumentParser
internal import Console
internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime
internal import Synchronization
internal import WorkspaceStore

#if canImport(Glibc)
  internal import Glibc
#endif

/// The program: flags, wiring, signals.
@main
enum Kmsh {
  /// Exit statuses, as the command line's contract has them.
  enum Status {
    static let done: Int32 = 0
    static let failed: Int32 = 1
    static let wrongUsage: Int32 = 2
    static let difference: Int32 = 3
    static let outOfTime: Int32 = 124
    static let interrupted: Int32 = 130
  }

  static func main() {
    HostMemory.keepFreed()
    let words = Arguments.separated(Array(CommandLine.arguments.dropFirst()))
    let arguments =
      Arguments(plain: words) ?? Arguments(parsed(MainCommand.self, words, "kmsh --help"))
    arguments.color.export()
    do {
      var status = Status.done
      if arguments.showsVersion || arguments.script == ["version"] {
        write(try Versions.text(), to: 1)
      } else if arguments.script.first == "audit" {
        let rest = Array(arguments.script.dropFirst())
        let command = parsed(AuditArguments.self, rest, "kmsh audit --help")
        if try !AuditCommand(command).run() { status = Status.difference }
      } else if arguments.script.first == "doctor" {
        let rest = Array(arguments.script.dropFirst())
        let command = parsed(DoctorCommand.self, rest, "kmsh doctor --help")
        if try !command.examine(workspace: arguments.workspace) { status = Status.failed }
      } else if let name = arguments.script.first, ["shims", "env"].contains(name) {
        let rest = Array(arguments.script.dropFirst())
        status = try ShimsCommand.run(name, rest, workspace: arguments.workspace)
      } else if let tool = arguments.script.first.flatMap(LuaTool.init) {
        status = try tool.run(Array(arguments.script.dropFirst()), arguments)
      } else if arguments.script.first == "docs" {
        let rest = Array(arguments.script.dropFirst())
        write(try parsed(DocsCommand.self, rest, "kmsh docs --help").text(), to: 1)
      } else if arguments.script.first == "completion" {
        let rest = Array(arguments.script.dropFirst())
        write(parsed(CompletionCommand.self, rest, "kmsh completion --help").text, to: 1)
      } else {
        status = try Runner(arguments).run()
      }
      if [Status.done, Status.difference].contains(status) { try checkOutput() }
      exit(status)
    } catch {
      if arguments.json {
        write(JSONOutput.text(of: error), to: 1)
      } else {
        write(ErrorPrinter.ofProgram.text(error), to: 2)
      }
      exit(status(of: error))
    }
  }

  /// Parses a command line, or ends the program with help or with what is wrong.
  static func parsed<Command: ParsableCommand>(
    _ command: Command.Type,
    _ arguments: [String],
    _ help: String
  ) -> Command {
    do {
      return try command.parse(arguments)
    } catch  where command.exitCode(for: error).isSuccess {
      write(command.fullMessage(for: error) + "\n", to: 1)
      exit(Status.done)
    } catch {
      write("error: \(command.message(for: error))\nhint: \(help) tells how\n", to: 2)
      exit(Status.wrongUsage)
    }
  }

  /// The exit status for what nobody caught.
  static func status(of error: any Error) -> Int32 {
    switch (error as? LuaError)?.code {
    case "interrupted": Status.interrupted
    case "limit.time": Status.outOfTime
    case "check.failed": Status.difference
    case "usage.no_terminal", "usage.no_script", "usage.filter": Status.wrongUsage
    default: Status.failed
    }
  }

  /// Whether standard output refused something that kmsh wrote itself.
  private static let hasOutputFailed = Atomic(false)

  /// Makes sure that what was printed has arrived: a full disk must not look like success.
  private static func checkOutput() throws {
    guard LuaState.hasOutputFailed() || hasOutputFailed.load(ordering: .relaxed) else { return }
    throw LuaError(code: "output.unwritable", message: "standard output did not take everything")
  }

  /// Writes text to a file descriptor, whole.
  static func write(_ text: String, to descriptor: Int32) {
    fflush(nil)
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno != EINTR {
        if descriptor == 1 { hasOutputFailed.store(true, ordering: .relaxed) }
        return
      }
      bytes = bytes.dropFirst(max(count, 0))
    }
  }
}
