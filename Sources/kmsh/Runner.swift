internal import Console
internal import FoundationEssentials
internal import LineEditor
internal import LuaModules
internal import LuaRuntime
internal import WorkspaceStore

#if canImport(Glibc)
  internal import Glibc
#endif

/// Runs what the command line asks for, in its order.
struct Runner {
  private let arguments: Arguments
  private let state: LuaState
  private let session: Session

  init(_ arguments: Arguments) throws {
    self.arguments = arguments
    let environment = ProcessInfo.processInfo.environment
    session = Session(
      path: arguments.workspace ?? Workspace.defaultPath(environment: environment)
    )
    state = try LuaState(
      limits: LuaLimits(
        memoryByteCountMax: arguments.limitMemory.map { $0 << 20 },
        instructionCountMax: arguments.limitInstructions
      )
    )
    try Library.register(in: state, session)
    var folders = environment["KMSH_PATH"].map { $0.split(separator: ":").map(String.init) } ?? []
    if let library = Self.standardLibrary(environment) { folders.append(library) }
    if let script = arguments.script.first, script != "-", !LuaCommand.names.contains(script) {
      let folder = script.lastIndex(of: "/").map { String(script[..<$0]) } ?? "."
      folders.insert(folder.isEmpty ? "/" : folder, at: 0)
    }
    try state.setModulePath(folders)
    state.takeInterruptSignal()
  }

  /// The folder of Lua modules: named by the environment, or found above the program.
  private static func standardLibrary(_ environment: [String: String]) -> String? {
    if let path = environment["KMSH_STDLIB"] { return path }
    // Without /proc the library is found by the environment only.
    guard var folder = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      for candidate in ["\(folder)/stdlib", "\(folder)/share/kmsh/stdlib"]
      where access("\(candidate)/util", F_OK) == 0 {
        return candidate
      }
    }
    return nil
  }

  func run() throws {
    defer { session.close() }
    try setArguments()
    for module in arguments.modules { try load(module) }
    for chunk in arguments.chunks { try execute(chunk, name: "=(command line)") }
    if let script = arguments.script.first {
      try runScript(script)
    }
    if arguments.isInteractive || arguments.script.isEmpty && arguments.chunks.isEmpty {
      try runPrompt()
    }
  }

  /// Runs a program of the library and returns its exit status.
  func runCommand(_ name: String) throws -> Int32 {
    defer { session.close() }
    return try LuaCommand.run(name, Array(arguments.script.dropFirst()), in: state)
  }

  /// Shows the prompt; without a terminal, standard input is one script.
  private func runPrompt() throws {
    guard TerminalLineReader.isAvailable else {
      guard !arguments.isInteractive else {
        throw LuaError(
          code: "usage.no_terminal",
          message: "-i needs a terminal",
          hint: "leave -i out to run standard input as a script"
        )
      }
      return try runScript("-")
    }
    let history = History.defaultPath(environment: ProcessInfo.processInfo.environment)
      .map { History(path: $0) }
    guard
      let reader = TerminalLineReader(
        history: history,
        interrupted: { LuaState.pollInterruptSignal() }
      )
    else { throw LuaError(code: "host.failure", message: "the line editor does not start") }
    try Console(
      state: state,
      reader: reader,
      sinks: Console.Sinks(
        results: { Kmsh.write($0, to: 1) },
        talk: { Kmsh.write($0, to: 2) }
      ),
      columnCount: { TerminalLineReader.columnCount }
    ).run()
  }

  /// Requires a module into a global of its name, or of the name before an equals sign.
  private func load(_ argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1).map { LuaValue.string(String($0)) }
    let loader = try state.load(
      Array("local name, module = ... _G[name] = require(module or name)".utf8),
      chunkName: "=(command line)"
    )
    _ = try state.call(loader, parts)
  }

  private func execute(_ text: String, name: String) throws {
    _ = try state.call(state.load(Array(text.utf8), chunkName: name))
  }

  private func runScript(_ path: String) throws {
    let source: [UInt8]
    do {
      source = try path == "-" ? ScriptFile.read(descriptor: 0) : ScriptFile.read(path: path)
    } catch {
      throw LuaError(code: "script.unreadable", message: "cannot read \(path): \(error)")
    }
    let chunk = try state.load(source, chunkName: path == "-" ? "=stdin" : "@\(path)")
    _ = try state.call(chunk, arguments.script.dropFirst().map { .string($0) })
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
