internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

extension LuaModule {
  /// Adds the functions that run the document's command lines in this session.
  func commandLines(_ desk: Desk) {
    for program in ["az", "kubectl"] {
      function(
        program,
        "Runs the document's \(program) lines as they are printed, and prints what they print.",
        parameters: "lines",
        returns: "exit status of the last command"
      ) { call in
        let source = "return require('tools.command_lines').run(...)"
        let host: LuaValue = .table([
          "version": .string(desk.version), "is_interactive": .boolean(isatty(0) == 1),
          "has_colours": .boolean(isatty(1) == 1),
        ])
        let results = try call.state.call(
          call.state.load(Array(source.utf8), chunkName: "=prompt"),
          [.string(program), .string(call.string(1)), host]
        )
        if results.count > 1, case .table = results[1] {
          desk.lastError = LuaError(raised: results[1])
        }
        return results.first ?? .nil
      }
    }
  }

  /// The Lua module behind command lines: where they talk, and where a runbook learns of them.
  static func desk(_ session: Session) -> LuaModule {
    LuaModule("kmsh.desk", "What command lines need of the prompt.") { module in
      module.function("talk", "Tells what is no result.", parameters: "text") { call in
        session.desk.talk(try call.string(1))
        return .nil
      }
      module.function(
        "command_line",
        "Is told of a pipeline that changed a cluster.",
        parameters: "cluster, commands"
      ) { _ in
        .nil
      }
    }
  }
}
