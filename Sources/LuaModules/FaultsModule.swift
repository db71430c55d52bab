internal import LuaRuntime
internal import WorkspaceStore

extension LuaModule {
  /// The Lua module `host.faults`, which can only be required: faults for tests and rehearsals.
  ///
  /// Calls into the host are those of functions, methods and fields of kmsh's modules and objects,
  /// and assignments to such fields. Their numbers count from 1, and are the same each time as long
  /// as the function does the same.
  ///
  /// ```lua
  /// local faults = require('host.faults')
  /// local n = faults.count(rotate)
  /// assert(faults.cut(n, rotate, 'after') == 'cut')
  /// ```
  static func faults(_ session: Session) -> LuaModule {
    LuaModule("host.faults", "Faults injected at calls into the host.") { module in
      module.multi(
        "count",
        "Counts the calls into the host that a function makes.",
        parameters: "fn",
        returns: "how many, then what fn returns"
      ) { call in
        let body = try call.function(1)
        var count: Int64 = 0
        let results = try call.state.watchingHostCalls { _, _ in
          count += 1
        } _: {
          try call.state.callKeeping(body)
        }
        return [.integer(count)] + results.map { .function($0) }
      }
      module.multi(
        "watch",
        "Runs a function; before each call into the host, before(name, number) is called.",
        parameters: "fn, before",
        returns: "what fn returns"
      ) { call in
        let (body, before) = (try call.function(1), try call.function(2))
        let results = try call.state.watchingHostCalls { name, number in
          _ = try call.state.call(before, [.string(name), .integer(Int64(number))])
        } _: {
          try call.state.callKeeping(body)
        }
        return results.map { .function($0) }
      }
      module.cut()
      module.function(
        "written",
        "Counts what was written to the workspace since it was opened, the audit log too.",
        returns: "number of rows"
      ) { _ in .integer(Int64(try session.workspace.writtenRowCount())) }
    }
  }

  private func cut() {
    multi(
      "cut",
      "Runs a function, and cuts it off at its n-th call into the host as if it were killed.",
      parameters: "n, fn, when?",
      returns: "'cut', or 'finished' and what fn returns"
    ) { call in
      let number = try call.integer(1)
      let body = try call.function(2)
      let when = call.isNil(3) ? "before" : try call.string(3)
      guard number > 0, ["before", "after"].contains(when) else {
        throw LuaError(
          code: "argument.value",
          message: "\(call.description.name) takes a number from 1, a function, and 'before' or "
            + "'after' that call"
        )
      }
      let results = try call.state.cuttingOff(
        atHostCall: Int(number),
        isMade: when == "after"
      ) {
        try call.state.callKeeping(body)
      }
      guard let results else { return [.string("cut")] }
      return [.string("finished")] + results.map { .function($0) }
    }
  }
}
