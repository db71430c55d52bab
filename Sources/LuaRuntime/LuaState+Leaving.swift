internal import CLua

/// What code in a Lua state reaches beside what the host binds.
public enum LuaAccess: Sendable {
  /// Nothing outside of the state: no files, no processes, no byte code, no `debug`, no finalisers,
  /// and of `os` the times and `exit` only.
  case sandbox
  /// Lua's standard libraries, without byte code and modules in C.
  case standard
  /// The same with modules in C, which can do anything.
  case cModules

  var number: Int32 {
    switch self {
    case .sandbox: Int32(CLUA_SANDBOX)
    case .standard: Int32(CLUA_STANDARD)
    case .cModules: Int32(CLUA_C_MODULES)
    }
  }
}

extension LuaState {
  /// Stops what runs once some seconds have passed, with `limit.time`; nil waits no longer.
  ///
  /// Code in C that goes on all the same for two seconds more ends the process with 124. One
  /// deadline at a time is kept in a process.
  public func setDeadline(after seconds: Double?) {
    unsafe clua_set_deadline(machine, seconds ?? 0)
  }

  /// Whether the deadline has come, whatever what was stopped by it made of that.
  public var isOutOfTime: Bool { unsafe clua_is_out_of_time(machine) }

  /// Whether `os.exit` was called and its status is not taken yet: nothing runs until then.
  public var isLeaving: Bool { unsafe clua_is_exiting(machine) }

  /// The status that `os.exit` was called with since this was asked last.
  ///
  /// `os.exit` unwinds the run with an error of code `exit`, which nothing in Lua can catch, so
  /// that what was open is closed and taken back; the host then ends the process.
  public func takeExitStatus() -> Int32? {
    var status: Int32 = 0
    return unsafe clua_take_exit(machine, &status) ? status : nil
  }
}
