internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// A program of the library that is run by its name, with all its arguments its own: `kmsh az …`,
/// `kmsh kubectl …`.
///
/// Its module has a function `main` that takes the arguments, and what the program stands on, and
/// returns the exit status.
enum LuaCommand {
  /// Names of the programs, and of their modules.
  static let names: Set<String> = ["az", "kubectl"]

  /// Runs the program on a state with the library.
  ///
  /// - Returns: the exit status.
  static func run(_ name: String, _ arguments: [String], in state: LuaState) throws -> Int32 {
    let chunk = try state.load(
      Array("local name, arguments, host = ... return require(name).main(arguments, host)".utf8),
      chunkName: "=\(name)"
    )
    let host: LuaValue = .table([
      "version": .string(Versions.kmsh), "input_is_terminal": .boolean(isatty(0) == 1),
      "output_is_terminal": .boolean(isatty(1) == 1),
    ])
    let results = try state.call(
      chunk,
      [.string(name), .array(arguments.map { .string($0) }), host]
    )
    guard case .integer(let status) = results.first else { return 0 }
    return Int32(truncatingIfNeeded: status)
  }
}
