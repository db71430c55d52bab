/// What a bound function is called and what it takes: the one source for help and completion.
public struct LuaFunctionDescription: Sendable {
  /// Full name, such as `vault.create` or `vault:set_policy`.
  public let name: String
  /// What it does, one sentence.
  public let summary: String
  /// What stands between the parentheses when that is no table of options.
  public let parameters: String
  /// The options it takes in one table, nil when it takes none.
  public let options: [LuaOption]?
  /// What it returns, in words.
  public let returns: String
  /// Whether it is read as a field.
  public internal(set) var isField = false
  /// What its first argument names when that is a text, nil for anything.
  public internal(set) var argumentNames: NameSource?
  /// Options of a table that may stand among the arguments.
  public internal(set) var argumentOptions: [LuaOption] = []
  /// Arguments, from 1, whose literals must not show.
  public internal(set) var secretArguments: Set<Int> = []
}

/// A Swift closure in the form the trampoline calls: it pushes results and returns their count.
final class FunctionBody {
  var description: LuaFunctionDescription
  let run: (LuaCall) throws -> Int32
  /// Whether a watch of calls counts it: not when it only shows or compares an object.
  let isCounted: Bool

  init(
    _ description: LuaFunctionDescription,
    isCounted: Bool = true,
    _ run: @escaping (LuaCall) throws -> Int32
  ) {
    self.description = description
    self.run = run
    self.isCounted = isCounted
  }

  /// Runs the closure without counting a reference to it: `self` is lent, and the field a `let`.
  @inline(never) func callAsFunction(_ call: LuaCall) throws -> Int32 { try run(call) }
}

/// A set of Swift functions under one global name.
public final class LuaModule {
  /// Global name, and the name to `require`.
  public let name: String
  /// What it is for, one sentence.
  public let summary: String
  /// Whether it is found without `require`.
  var isGlobal = true
  var functions: [(String, FunctionBody)] = []
  var getters: [(String, FunctionBody)] = []

  /// Describes a module; `build` adds its functions.
  public init(_ name: String, _ summary: String, build: (LuaModule) -> Void) {
    self.name = name
    self.summary = summary
    build(self)
  }

  /// Adds a function that returns one value.
  public func function(
    _ name: String,
    _ summary: String,
    parameters: String = "",
    options: [LuaOption]? = nil,
    returns: String = "",
    _ body: @escaping (LuaCall) throws -> LuaValue
  ) {
    fast(name, summary, parameters: parameters, options: options, returns: returns) { call in
      try call.push(body(call))
      return 1
    }
  }

  /// Adds a function that returns any number of values.
  public func multi(
    _ name: String,
    _ summary: String,
    parameters: String = "",
    options: [LuaOption]? = nil,
    returns: String = "",
    _ body: @escaping (LuaCall) throws -> [LuaValue]
  ) {
    fast(name, summary, parameters: parameters, options: options, returns: returns) { call in
      let values = try body(call)
      for value in values { try call.push(value) }
      return Int32(values.count)
    }
  }

  /// Adds a function on the bare stack view: it pushes what it returns and returns how many.
  public func fast(
    _ name: String,
    _ summary: String,
    parameters: String = "",
    options: [LuaOption]? = nil,
    returns: String = "",
    _ body: @escaping (LuaCall) throws -> Int32
  ) {
    let description = LuaFunctionDescription(
      name: "\(self.name).\(name)",
      summary: summary,
      parameters: parameters,
      options: options,
      returns: returns
    )
    functions.append((name, FunctionBody(description, body)))
  }

  /// Adds a field that is computed when read.
  public func field(_ name: String, _ summary: String, _ get: @escaping () throws -> LuaValue) {
    let description = LuaFunctionDescription(
      name: "\(self.name).\(name)",
      summary: summary,
      parameters: "",
      options: nil,
      returns: "",
      isField: true
    )
    getters.append(
      (
        name,
        FunctionBody(description) { call in
          try call.push(get())
          return 1
        }
      )
    )
  }
}
