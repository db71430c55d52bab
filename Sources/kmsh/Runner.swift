internal import Console
internal import FoundationEssentials
internal import LineEditor
internal import LuaModules
internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// Runs what the command line asks for, in its order.
struct Runner {
  private let arguments: Arguments
  private let host: Host
  private let json: JSONOutput?
  private let recording: Recording?
  private let trace: CallTrace?
  private var state: LuaState { host.state }

  init(_ arguments: Arguments) throws {
    self.arguments = arguments
    try Self.checkUse(arguments)
    let script = arguments.script.first
    let host = try Host(
      arguments,
      workspace: arguments.workspacePath,
      script: script == "-" || arguments.command != nil ? nil : script
    )
    self.host = host
    // A program of the library prints as it always does.
    json = arguments.json && arguments.command == nil ? try JSONOutput(host.state) : nil
    recording = try arguments.record.map { try Recording(path: $0, host, arguments) }
    trace =
      arguments.trace ? CallTrace(host.state, host.session) { Kmsh.write($0, to: 2) } : nil
    host.state.takeInterruptSignal()
  }

  /// Refuses what only shows once it is known where standard input comes from.
  private static func checkUse(_ arguments: Arguments) throws {
    if arguments.isInteractive, !TerminalLineReader.isAvailable {
      throw LuaError(
        code: "usage.no_terminal",
        message: "-i needs a terminal",
        hint: "leave -i out to run standard input as a script"
      )
    }
    let isScript = arguments.hasScript || !TerminalLineReader.isAvailable
    for (flag, name) in [
      (arguments.json, "--json"), (arguments.isDryRun, "--dry-run"), (arguments.parsesOnly, "-n"),
    ]
    where flag && !isScript {
      throw LuaError(
        code: "usage.no_script",
        message: "\(name) is for scripts",
        hint: "name a file, give -e CODE, or pipe a script in"
      )
    }
  }

  private var showsPrompt: Bool {
    arguments.isInteractive || !arguments.hasScript && TerminalLineReader.isAvailable
  }

  /// Runs everything, and returns the exit status: what the script left with, or a finaliser that
  /// runs in the end, or what became of the run.
  func run() -> Int32 {
    let (status, hasLeft) = runToEnd()
    host.session.close()
    let statusInTheEnd = state.close()
    return hasLeft ? status : statusInTheEnd ?? status
  }

  private func runToEnd() -> (status: Int32, hasLeft: Bool) {
    do {
      let status = try traced { try arguments.isDryRun ? dryRun() : runAll() }
      try recording?.finish()
      // A finaliser may have left where nothing was unwound.
      let left = state.takeExitStatus()
      return (left ?? status, left != nil)
    } catch {
      let left = exitStatus(error)
      do {
        try recording?.finish()
      } catch {
        report(error)
      }
      if let left { return (left, true) }
      report(error)
      return (state.isOutOfTime ? Kmsh.Status.outOfTime : Kmsh.status(of: error), false)
    }
  }

  private func traced(_ body: () throws -> Int32) throws -> Int32 {
    try trace.map { try $0.running(body) } ?? body()
  }

  /// The status that a script left with, nil when it failed.
  private func exitStatus(_ error: any Error) -> Int32? {
    (error as? Recording.Left)?.status ?? state.takeExitStatus()
  }

  /// Tells an error where the flags want it.
  private func report(_ error: any Error) {
    if arguments.json {
      Kmsh.write(JSONOutput.text(of: error), to: 1)
    } else {
      Kmsh.write(ErrorPrinter.ofProgram.text(error), to: 2)
    }
  }

  private func runAll() throws -> Int32 {
    try setArguments()
    if arguments.parsesOnly {
      try parseOnly()
      return Kmsh.Status.done
    }
    try setSeed()
    if showsPrompt { runStartupFile() }
    let byDefault = arguments.isSandboxed ? Host.Sandbox.timeout : nil
    state.setDeadline(after: arguments.timeout ?? byDefault)
    for module in arguments.modules { try load(module) }
    for chunk in arguments.chunks {
      try execute(chunk)
      trace?.entry += 1
    }
    var status = Kmsh.Status.done
    if let command = arguments.command {
      status = try LuaCommand.run(command, Array(arguments.script.dropFirst()), in: state)
    } else if let script = arguments.script.first {
      try runScript(script)
    } else if !arguments.hasScript, !showsPrompt {
      try runScript("-")
    }
    if !arguments.script.isEmpty { trace?.entry += 1 }
    state.setDeadline(after: nil)
    if showsPrompt { try runPrompt() }
    return status
  }

  // MARK: Parts of a run

  /// Runs everything on a branch of the workspace, and tells what it would have done.
  private func dryRun() throws -> Int32 {
    var left: Int32?
    let report = try host.session.dryRun {
      do {
        let status = try runAll()
        if status != Kmsh.Status.done { left = status }
      } catch {
        // A script that leaves has come to its end, and is told of like any other.
        left = exitStatus(error)
        if left == nil { throw error }
      }
    }
    if let json {
      Kmsh.write(try json.text(report.value), to: 1)
    } else {
      Kmsh.write(report.text + "\n", to: 1)
    }
    if let left, left != 0 { return left }
    if let error = report.error {
      self.report(error)
      return Kmsh.status(of: error)
    }
    return report.isHarmless ? Kmsh.Status.done : Kmsh.Status.difference
  }

  private func parseOnly() throws {
    for chunk in arguments.chunks { _ = try compile(chunk) }
    if let path = arguments.script.first ?? (arguments.chunks.isEmpty ? "-" : nil) {
      _ = try loadScript(path)
    }
  }

  /// Makes identifiers and random numbers repeatable where that is asked for.
  ///
  /// A recording has made identifiers by now, and a replay goes on after those.
  private func setSeed() throws {
    if let recording {
      try execute("math.randomseed(...)", [.integer(recording.seed)])
    } else if let seed = arguments.seed {
      try execute("local n = ... workspace.seed(n) math.randomseed(n)", [.integer(seed)])
    }
  }

  /// Runs the user's own startup file; what fails there is told, and stops nothing.
  private func runStartupFile() {
    guard !arguments.ignoresEnvironment else { return }
    let folder = Host.userFolder("XDG_CONFIG_HOME", ".config", arguments.environment)
    let path = folder + "/kmsh/init.lua"
    guard access(path, F_OK) == 0 else { return }
    do {
      _ = try state.call(loadScript(path))
    } catch {
      if !state.isLeaving { Kmsh.write("warning: " + ErrorPrinter.ofProgram.text(error), to: 2) }
    }
  }

  /// Shows the prompt.
  private func runPrompt() throws {
    if state.isLeaving { return }
    let redaction = SourceRedaction(state.descriptions)
    let history = History(path: History.defaultPath(environment: arguments.environment)) {
      redaction.applied(to: $0)
    }
    guard
      let reader = TerminalLineReader(
        history: history,
        interrupted: { LuaState.pollInterruptSignal() }
      )
    else { throw LuaError(code: "host.failure", message: "the line editor does not start") }
    let log = try recording?.log ?? SessionLog(state: state)
    if let trace {
      let note = log.didRun
      log.didRun = { entry in
        trace.entry += 1
        note?(entry)
      }
    }
    let console = Console(
      state: state,
      reader: reader,
      sinks: Console.Sinks(
        results: { Kmsh.write($0, to: 1) },
        talk: { Kmsh.write($0, to: 2) }
      ),
      log: log,
      surroundings: .ofProgram(state, host.session),
      columnCount: { TerminalLineReader.columnCount },
      marks: { [session = host.session] in session.promptMarks() },
      names: host.session
    )
    if !arguments.quiet {
      Kmsh.write("kmsh \(Versions.kmsh): \\help lists what there is, \\quit leaves\n", to: 2)
    }
    host.session.desk.seat(console.evaluator)
    host.session.desk.keepTranscripts(of: log, host, arguments)
    console.run()
  }

  /// Requires a module into a global of its name, or of the name before an equals sign.
  private func load(_ argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1).map { LuaValue.string(String($0)) }
    try execute("local name, module = ... _G[name] = require(module or name)", parts)
  }

  private func execute(_ source: String, _ parameters: [LuaValue]) throws {
    let chunk = try state.load(Array(source.utf8), chunkName: "=(command line)")
    _ = try state.call(chunk, parameters)
  }

  /// Runs a chunk of the command line; where values are printed, an expression is one too.
  private func execute(_ text: String) throws {
    if let recording { return try recording.run(text, name: "=(command line)", []) }
    try show(compile(text), [])
  }

  private func compile(_ text: String) throws -> LuaReference {
    let name = "=(command line)"
    if json != nil {
      let outcome = try ChunkReader(state: state).read(text, chunkName: name)
      if case .chunk(let expression) = outcome { return expression }
    }
    return try state.load(Array(text.utf8), chunkName: name)
  }

  private func show(_ chunk: LuaReference, _ parameters: [LuaValue]) throws {
    guard let json else {
      _ = try state.callKeeping(chunk, parameters)
      return
    }
    for value in try state.callKeeping(chunk, parameters) {
      Kmsh.write(try json.text(.function(value)), to: 1)
    }
  }

  private func runScript(_ path: String) throws {
    let parameters = arguments.script.dropFirst().map { LuaValue.string($0) }
    if let recording {
      let name = path == "-" ? "=stdin" : "@\(path)"
      let text = String(decoding: try source(path), as: UTF8.self)
      return try recording.run(text, name: name, parameters)
    }
    try show(loadScript(path), parameters)
  }

  private func source(_ path: String) throws -> [UInt8] {
    try LuaTool.source(path, hint: Arguments.hint(noScript: path))
  }

  private func loadScript(_ path: String) throws -> LuaReference {
    try state.load(source(path), chunkName: path == "-" ? "=stdin" : "@\(path)")
  }

  /// Sets `arg` as lua does: the script at 0, its arguments after, what came before below.
  private func setArguments() throws {
    let all = CommandLine.arguments
    let scriptIndex = all.count - max(arguments.script.count, 1)
    let first = arguments.script.isEmpty ? 0 : scriptIndex
    var table: [LuaKey: LuaValue] = [:]
    for (index, text) in all.enumerated() {
      table[.integer(Int64(index - first))] = .string(text)
    }
    try state.setGlobal("arg", .table(table))
  }
}
