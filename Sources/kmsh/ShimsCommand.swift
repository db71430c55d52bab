internal import FoundationEssentials
internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// `kmsh shims` and `kmsh env`: programs named `az` and `kubectl` that are this kmsh.
enum ShimsCommand {
  /// Programs that are put there.
  private static let programs = ["az", "kubectl"]

  static let usage = """
    kmsh shims DIR   put az and kubectl there, which run this kmsh
    kmsh env [DIR]   print shell commands that put them in front of PATH, with a workspace of
                     their own in DIR, by default a new folder: eval "$(kmsh env)"

    """

  /// Puts the programs into a folder, and tells how they are found.
  ///
  /// - Parameters:
  ///   - name: `shims` or `env`.
  ///   - arguments: what follows it.
  ///   - workspace: the workspace that the command line names.
  /// - Returns: the exit status.
  /// - Throws: `file.exists`, `file.unwritable`.
  static func run(_ name: String, _ arguments: [String], workspace: String?) throws -> Int32 {
    if arguments.contains("--help") || arguments.contains("-h") {
      Kmsh.write(usage, to: 1)
      return Kmsh.Status.done
    }
    let isEnvironment = name == "env"
    guard arguments.count <= 1, arguments.count == 1 || isEnvironment,
      !arguments.contains(where: { $0.isEmpty || $0.hasPrefix("-") })
    else {
      let wanted = isEnvironment ? "at most one folder" : "a folder"
      Kmsh.write("error: kmsh \(name) takes \(wanted)\n\(usage)", to: 2)
      return Kmsh.Status.wrongUsage
    }
    let folder = try arguments.first.map(absolute) ?? newFolder()
    if isEnvironment {
      try install(in: "\(folder)/bin")
      Kmsh.write(try environment(of: folder, workspace: workspace), to: 1)
    } else {
      try install(in: folder)
      Kmsh.write("put this in front of PATH:\n  export PATH=\(quoted(folder)):\"$PATH\"\n", to: 1)
    }
    return Kmsh.Status.done
  }

  private static func environment(of folder: String, workspace: String?) throws -> String {
    let workspace = try workspace.map(absolute) ?? "\(folder)/workspace.db"
    return """
      export PATH=\(quoted("\(folder)/bin")):"$PATH"
      export KMSH_WORKSPACE=\(quoted(workspace))
      export KUBECONFIG=\(quoted("\(folder)/kubeconfig"))

      """
  }

  private static func install(in folder: String) throws {
    try attempt(folder) {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    let program = try attempt("/proc/self/exe") {
      try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    }
    for name in programs {
      let path = "\(folder)/\(name)"
      let text = "#!/bin/sh\n\(mark)\nexec \(quoted(program)) \(name) \"$@\"\n"
      try checkOwn(path)
      // Written beside it and renamed, so that one that is running is never cut off.
      let fresh = "\(path).\(getpid())"
      try attempt(path) {
        try Data(text.utf8).write(to: URL(filePath: fresh))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fresh)
      }
      guard rename(fresh, path) == 0 else {
        throw unwritable(path, String(cString: strerror(errno)))
      }
    }
  }

  /// Stands in every shim, by which one is told from a program of that name.
  private static let mark = "# Made by kmsh shims: runs kmsh in place of the program of this name."

  /// Makes sure that no other program of the name is written over.
  private static func checkOwn(_ path: String) throws {
    guard access(path, F_OK) == 0 else { return }
    let text: [UInt8]
    do {
      text = try ScriptFile.read(path: path, byteCountMax: 1 << 16)
    } catch {
      text = []
    }
    guard String(decoding: text, as: UTF8.self).contains(mark) else {
      throw LuaError(
        code: "file.exists",
        message: "\(path) is there already, and kmsh did not make it",
        hint: "name another folder"
      )
    }
  }

  private static func newFolder() throws -> String {
    let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(parent)/kmsh.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw unwritable(parent, String(cString: strerror(errno)))
    }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func absolute(_ path: String) throws -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }

  private static func attempt<Result>(_ path: String, _ body: () throws -> Result) throws -> Result
  {
    do {
      return try body()
    } catch {
      throw unwritable(path, "\(error)")
    }
  }

  private static func unwritable(_ path: String, _ reason: String) -> LuaError {
    LuaError(code: "file.unwritable", message: "cannot write \(path): \(reason)")
  }

  /// A text as one word for a POSIX shell.
  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
