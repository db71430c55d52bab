/// A class of host objects: what their methods and fields are, and how they show themselves.
public final class LuaClass<Object: LuaObject> {
  /// Name in messages and in `tostring`.
  public let name: String
  /// What an object of it is, one sentence.
  public let summary: String
  /// One line for `tostring`.
  public var describe: (Object) throws -> String
  /// What the prompt shows of one object.
  public var card: ((Object) throws -> LuaValue)?
  /// One line of an aligned table of objects.
  public var row: ((Object) throws -> LuaValue)?
  /// Whether two handles stand for one thing.
  public var isEqual: ((Object, Object) -> Bool)?
  /// What calling an object as a function does; a `for` loop does so for each turn.
  public var call: ((Object) throws -> LuaValue)?
  private var methods: [(String, FunctionBody)] = []
  /// The methods added so far.
  var bodies: [(String, FunctionBody)] { methods }
  private var getters: [(String, FunctionBody)] = []
  private var setters: [String: (Object, LuaValue) throws -> Void] = [:]

  /// Describes a class; `build` adds its methods and fields.
  public init(_ name: String, _ summary: String, build: (LuaClass<Object>) -> Void) {
    self.name = name
    self.summary = summary
    describe = { _ in name }
    build(self)
  }

  /// Adds a method that returns one value.
  public func method(
    _ name: String,
    _ summary: String,
    parameters: String = "",
    options: [LuaOption]? = nil,
    returns: String = "",
    _ body: @escaping (Object, LuaCall) throws -> LuaValue
  ) {
    fast(name, summary, parameters: parameters, options: options, returns: returns) {
      object,
      call in
      try call.push(body(object, call))
      return 1
    }
  }

  /// Adds a method that returns any number of values.
  public func multi(
    _ name: String,
    _ summary: String,
    parameters: String = "",
    options: [LuaOption]? = nil,
    returns: String = "",
    _ body: @escaping (Object, LuaCall) throws -> [LuaValue]
  ) {
    fast(name, summary, parameters: parameters, options: options, returns: returns) {
      object,
      call in
      let values = try body(object, call)
      for value in values { try call.push(value) }
      return Int32(values.count)
    }
  }

  /// Adds a method on the bare stack view: it pushes what it returns and returns how many.
  public func fast(
    _ name: String,
    _ summary: String,
    parameters: String = "",
    options: [LuaOption]? = nil,
    returns: String = "",
    _ body: @escaping (Object, LuaCall) throws -> Int32
  ) {
    let description = LuaFunctionDescription(
      name: "\(self.name):\(name)",
      summary: summary,
      parameters: parameters,
      options: options,
      returns: returns
    )
    methods.append(
      (
        name,
        FunctionBody(description) { call in
          try body(call.receiver(Object.self), call.dropReceiver())
        }
      )
    )
  }

  /// Adds a field that can be assigned, computed when read.
  public func field(
    _ name: String,
    _ summary: String,
    get: @escaping (Object) throws -> LuaValue,
    set: @escaping (Object, LuaValue) throws -> Void
  ) {
    field(name, summary, get)
    setters[name] = set
  }

  /// Adds a field that is computed when read.
  public func field(
    _ name: String,
    _ summary: String,
    _ get: @escaping (Object) throws -> LuaValue
  ) {
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
          try call.push(get(call.receiver(Object.self)))
          return 1
        }
      )
    )
  }

  /// Prints what there is to know of the class, by whatever `help` is.
  private var helpBody: FunctionBody {
    let name = name
    let description = LuaFunctionDescription(
      name: "\(name):help",
      summary: "Prints what the object offers.",
      parameters: "",
      options: nil,
      returns: ""
    )
    return FunctionBody(description, isCounted: false) { call in
      _ = try call.receiver(Object.self)
      let chunk = try call.state.load(Array("help(...)".utf8), chunkName: "=help")
      _ = try call.state.call(chunk, [.string(name)])
      return 0
    }
  }

  /// The parts a state registers, without the type.
  func registration() -> ClassRegistration {
    let describe = describe
    let isEqual = isEqual
    let setters = setters
    let className = name
    let methods = methods + [("help", helpBody)]
    let names = methods.map(\.0) + getters.map(\.0)
    func meta(_ name: String, _ body: @escaping (LuaCall) throws -> LuaValue) -> (
      String, FunctionBody
    ) {
      let description = LuaFunctionDescription(
        name: "\(className).\(name)",
        summary: "",
        parameters: "",
        options: nil,
        returns: ""
      )
      return (
        name,
        FunctionBody(description, isCounted: name == "__newindex") { call in
          try call.push(body(call))
          return 1
        }
      )
    }
    let calls = call.map { call in [meta("__call") { try call($0.receiver(Object.self)) }] }
    return ClassRegistration(
      name: name,
      summary: summary,
      methods: methods,
      getters: getters,
      meta: [
        meta("__tostring") { .string(try describe($0.receiver(Object.self))) },
        meta("__eq") { call in
          let left = try call.receiver(Object.self)
          guard let right = call.findObject(2, as: Object.self) else { return false }
          return .boolean(isEqual?(left, right) ?? (left === right))
        },
        meta("unknown") { call in
          // A key that is no string has no name to tell.
          let name = (try? call.string(2)) ?? "?"
          throw LuaError(
            code: "argument.unknown",
            message: "a \(className) has no field '\(name)'",
            hint: Nearest.hint(name, names)
          )
        },
        meta("__newindex") { call in
          // Here as well.
          let name = (try? call.string(2)) ?? "?"
          if let set = setters[name] {
            try set(call.receiver(Object.self), call.value(3))
            return .nil
          }
          guard names.contains(name) else {
            throw LuaError(
              code: "argument.unknown",
              message: "a \(className) has no field '\(name)'",
              hint: Nearest.hint(name, names)
            )
          }
          throw LuaError(
            code: "argument.unknown",
            message: "field '\(name)' of a \(className) cannot be assigned",
            hint: names.contains("update") ? "use :update{ \(name) = … }" : nil
          )
        },
      ] + (calls ?? []),
      describe: { try ($0 as? Object).map(describe) ?? className },
      card: card.map { card in { try ($0 as? Object).map(card) ?? .nil } },
      row: row.map { row in { try ($0 as? Object).map(row) ?? .nil } }
    )
  }
}

/// A class as a state keeps it.
struct ClassRegistration {
  let name: String
  let summary: String
  let methods: [(String, FunctionBody)]
  let getters: [(String, FunctionBody)]
  let meta: [(String, FunctionBody)]
  let describe: (any LuaObject) throws -> String
  let card: ((any LuaObject) throws -> LuaValue)?
  let row: ((any LuaObject) throws -> LuaValue)?
}
