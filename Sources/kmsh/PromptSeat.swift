internal import Console
internal import FoundationEssentials
internal import LuaModules
internal import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

extension Surroundings {
  /// What a prompt at a terminal has around it.
  static func ofProgram(_ state: LuaState, _ session: Session) -> Surroundings {
    var surroundings = Surroundings()
    surroundings.entering = { ask, body in
      try session.entering(in: state, asking: { ask(($0.losses, $0.name, $0.rule)) }, body)
    }
    surroundings.remedy = { Rule.find($0)?.advice }
    surroundings.library = Host.standardLibrary()
    surroundings.declaredFunctions = {
      // What the library needs is there without a user's folders and files.
      guard let library = Host.standardLibrary(), let other = try? LuaState(),
        (try? Library.register(in: other, Session(path: ":memory:"))) != nil,
        (try? other.setModulePath([library])) != nil
      else { return [] }
      return other.declaredFunctions()
    }
    surroundings.failed = { session.desk.lastError = $0 }
    surroundings.rowCount = { TerminalScreen.isThere ? TerminalScreen.rowCount : nil }
    surroundings.isColoured = Palette.ofOutput(1).isColoured
    return surroundings
  }
}

extension Desk {
  /// Lets the functions of `prompt` do what only a prompt can.
  func seat(_ evaluator: Evaluator) {
    show = { [unowned evaluator] in try evaluator.show($0) }
    more = { [unowned evaluator] in evaluator.showMore() }
    edit = { [unowned evaluator] in try evaluator.edit($0) }
  }
}

extension Palette {
  /// Colours for what goes to a file descriptor, as the environment wants them.
  static func ofOutput(_ descriptor: Int32) -> Palette {
    Palette(
      isColoured: isWanted(
        environment: ProcessInfo.processInfo.environment,
        isTerminal: isatty(descriptor) == 1
      )
    )
  }
}

extension ErrorPrinter {
  /// Words an error that ended the program.
  static var ofProgram: ErrorPrinter {
    ErrorPrinter(
      palette: .ofOutput(2),
      remedy: { Rule.find($0)?.advice },
      library: Host.standardLibrary()
    )
  }
}
