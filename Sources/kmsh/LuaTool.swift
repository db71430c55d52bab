internal import ArgumentParser
internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime

/// The commands over a user's own Lua: each file in a Lua state of its own.
enum LuaTool: String {
  case test, check, replay

  /// Runs the command, and returns the exit status.
  func run(_ rest: [String], _ arguments: Arguments) throws -> Int32 {
    switch self {
    case .test: try Kmsh.parsed(TestCommand.self, rest, "kmsh test --help").run(arguments)
    case .check: try Kmsh.parsed(CheckCommand.self, rest, "kmsh check --help").run(arguments)
    case .replay: try Kmsh.parsed(ReplayCommand.self, rest, "kmsh replay --help").run(arguments)
    }
  }

  /// A Lua state for one file, stopped by a signal or the deadline as a script is.
  static func host(_ arguments: Arguments, file: String, workspace: String) throws -> Host {
    let host = try Host(arguments, workspace: workspace, script: file)
    host.state.takeInterruptSignal()
    host.state.setDeadline(
      after: arguments.timeout ?? (arguments.isSandboxed ? Host.Sandbox.timeout : nil)
    )
    return host
  }

  /// Reads a script, or standard input for `-`.
  ///
  /// - Parameters:
  ///   - path: where it lies.
  ///   - hint: what to do where it cannot be read.
  /// - Returns: its bytes.
  /// - Throws: `script.unreadable`.
  static func source(_ path: String, hint: String? = nil) throws -> [UInt8] {
    do {
      return try path == "-" ? ScriptFile.read(descriptor: 0) : ScriptFile.read(path: path)
    } catch {
      throw LuaError(
        code: "script.unreadable",
        message: "cannot read \(path): \(error)",
        hint: hint
      )
    }
  }

  /// The files that paths name, and those with an ending in the folders among them, in order.
  ///
  /// - Throws: `script.unreadable`, `script.none`.
  static func files(_ paths: [String], ending: String) throws -> [String] {
    var files: [String] = []
    for path in paths {
      var isFolder = false
      guard path == "-" || FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      else {
        throw LuaError(code: "script.unreadable", message: "there is no \(path)")
      }
      files += isFolder ? try found(in: path, ending) : [path]
    }
    guard !files.isEmpty else {
      throw LuaError(
        code: "script.none",
        message: "no file under \(paths.joined(separator: ", ")) ends in \(ending)"
      )
    }
    return files
  }

  /// Most files and folders that are looked at.
  private static let entryCountMax = 100_000

  private static func found(in folder: String, _ ending: String) throws -> [String] {
    var files: [String] = []
    var folders = [folder]
    var count = 0
    while let next = folders.popLast() {
      for name in try FileManager.default.contentsOfDirectory(atPath: next).sorted()
      where !name.hasPrefix(".") {
        count += 1
        guard count <= entryCountMax else {
          throw LuaError(
            code: "script.unreadable",
            message: "\(folder) holds more than \(entryCountMax) files"
          )
        }
        let path = next == "." ? name : "\(next)/\(name)"
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
        if isFolder, !isLink(path) { folders.append(path) }
        if !isFolder, name.hasSuffix(ending) { files.append(path) }
      }
    }
    return files.sorted()
  }

  /// A link to a folder is not followed: it may lead in a circle.
  private static func isLink(_ path: String) -> Bool {
    // What cannot be read as a link is none.
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }
}
