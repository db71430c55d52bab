public import LuaRuntime

/// What the program around a prompt does for it.
public struct Surroundings {
  /// What is asked before something is destroyed: what would be lost, the name to type, and a rule.
  public typealias Question = (losses: String, name: String, rule: String?)

  /// Runs what was entered; `ask` answers whether something is meant to be destroyed.
  public var entering:
    (_ ask: @escaping (Question) -> Bool, _ body: () throws -> Void) throws -> Void = {
      _,
      body in try body()
    }
  /// What to do about a rule, nil for a rule that is none.
  public var remedy: (String) -> String? = { _ in nil }
  /// Folder of the library, whose frames are left out of tracebacks.
  public var library: String?
  /// Functions that modules of the library declare, read without the prompt's own state.
  public var declaredFunctions: () -> [LuaFunctionDescription] = { [] }
  /// Is told what stopped an entry.
  public var failed: (LuaError) -> Void = { _ in }
  /// Rows of the terminal; nil: everything is shown at once.
  public var rowCount: () -> Int? = { nil }
  /// Whether colours are wanted.
  public var isColoured = false
  /// Commands with a backslash that belong to the reading of lines: name, parameters, summary.
  public var readingCommands: [(String, String, String)] = []
  /// Runs one of those; false when it is none.
  public var runReadingCommand: (_ name: String, _ rest: String) throws -> Bool = { _, _ in false }

  /// Surroundings that do nothing.
  public init() {}
}
