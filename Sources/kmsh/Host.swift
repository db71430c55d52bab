internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime
internal import WorkspaceStore

#if canImport(Glibc)
  internal import Glibc
#endif

/// A Lua state with everything that kmsh offers, over one workspace.
struct Host {
  /// What a sandbox may use unless the command line says otherwise.
  enum Sandbox {
    static let memoryMiB = 256
    static let timeout = 60.0
  }

  let state: LuaState
  let session: Session

  /// Puts a state together as the command line asks for.
  ///
  /// - Parameters:
  ///   - arguments: flags and limits.
  ///   - workspace: its file, or `:memory:`.
  ///   - script: the file that runs, whose folder is the first that modules are looked for in.
  /// - Throws: `limit.memory`.
  init(_ arguments: Arguments, workspace: String, script: String? = nil) throws {
    session = Session(path: workspace, talk: { Kmsh.write($0, to: 2) })
    session.isQuiet = arguments.quiet
    session.desk.version = Versions.kmsh
    session.isSandboxed = arguments.isSandboxed
    let memory = arguments.memory ?? (arguments.isSandboxed ? Sandbox.memoryMiB : nil)
    state = try LuaState(
      limits: LuaLimits(
        memoryByteCountMax: memory.map { $0 << 20 },
        instructionCountMax: arguments.limitInstructions
      ),
      access: arguments.isSandboxed ? .sandbox : arguments.allowCModules ? .cModules : .standard
    )
    try Library.register(in: state, session)
    try state.setModulePath(
      Self.moduleFolders(environment: arguments.environment, script: script)
    )
  }

  /// Where modules are looked for: beside the script, then as the user says, then the user's
  /// folder, and last what belongs to kmsh; never where the shell happens to stand.
  static func moduleFolders(environment: [String: String], script: String?) -> [String] {
    var folders: [String] = []
    if let script {
      let folder = script.lastIndex(of: "/").map { String(script[..<$0]) } ?? "."
      folders.append(folder.isEmpty ? "/" : folder)
    }
    folders += environment["KMSH_PATH"].map { $0.split(separator: ":").map(String.init) } ?? []
    folders.append(userFolder("XDG_DATA_HOME", ".local/share", environment) + "/kmsh/lua")
    if let library = standardLibrary(environment) { folders.append(library) }
    return folders
  }

  /// A folder of the user's by its variable, or else below the home folder.
  static func userFolder(
    _ variable: String,
    _ byDefault: String,
    _ environment: [String: String]
  ) -> String {
    if let folder = environment[variable], !folder.isEmpty { return folder }
    return "\(environment["HOME"] ?? ".")/\(byDefault)"
  }

  /// The folder of Lua modules: named by the environment, or found above the program.
  static func standardLibrary(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String? {
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

  /// Calls a function of a Lua module of the standard library.
  func call(_ module: String, _ function: String, _ arguments: [LuaValue]) throws -> LuaValue {
    let source = "local module, name = ... return require(module)[name](select(3, ...))"
    let chunk = try state.load(Array(source.utf8), chunkName: "=kmsh")
    return try state.call(chunk, [.string(module), .string(function)] + arguments).first ?? .nil
  }
}

extension Arguments {
  /// The environment, without what is kmsh's and Lua's if that is to be ignored.
  var environment: [String: String] {
    let environment = ProcessInfo.processInfo.environment
    guard ignoresEnvironment else { return environment }
    return environment.filter { !$0.key.hasPrefix("KMSH_") && !$0.key.hasPrefix("LUA_") }
  }

  /// The workspace's file as it was named, or else where it lies by default.
  var workspacePath: String {
    workspace ?? Workspace.defaultPath(environment: environment)
  }
}
