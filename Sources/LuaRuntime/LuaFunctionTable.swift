extension LuaState {
  /// What the host offers, as a checker of Lua wants it: by full name what each function takes,
  /// and the names in each module and on the objects of each class.
  ///
  /// The shape is `{ functions = { [name] = { options?, argument_options?, parameters, secrets,
  /// secret_arguments, returns } }, modules = { [name] = set }, classes = { [name] = set } }`; in
  /// `options` a name is true when it must be given, and `argument_options` are those of a table
  /// where `parameters` has one.
  public var functionTable: LuaValue {
    var functions: [LuaKey: LuaValue] = [:]
    var names: (modules: [LuaKey: LuaValue], classes: [LuaKey: LuaValue]) = ([:], [:])
    for module in modules {
      names.modules[LuaKey(module.name)] = Self.set(module.functions + module.getters)
      functions.merge(Self.table(module.functions)) { first, _ in first }
    }
    for type in classes {
      names.classes[LuaKey(type.name)] = Self.set(type.methods + type.getters)
      functions.merge(Self.table(type.methods)) { first, _ in first }
    }
    return .table([
      "functions": .table(functions), "modules": .table(names.modules),
      "classes": .table(names.classes),
    ])
  }

  private static func set(_ bodies: [(String, FunctionBody)]) -> LuaValue {
    .table(Dictionary(bodies.map { (LuaKey($0.0), true) }) { first, _ in first })
  }

  private static func table(_ bodies: [(String, FunctionBody)]) -> [LuaKey: LuaValue] {
    Dictionary(bodies.map { (LuaKey($1.description.name), $1.description.luaValue) }) { first, _ in
      first
    }
  }
}

extension LuaFunctionDescription {
  fileprivate var luaValue: LuaValue {
    let secrets = (options ?? []).filter(\.isSecret).map {
      (LuaKey($0.name), LuaValue.boolean(true))
    }
    let secretArguments = secretArguments.map {
      (LuaKey.integer(Int64($0)), LuaValue.boolean(true))
    }
    return .table([
      "options": .optional(options.map(Self.required)),
      "argument_options": argumentOptions.isEmpty ? .nil : Self.required(argumentOptions),
      "parameters": .string(parameters),
      "secrets": .table(Dictionary(secrets) { first, _ in first }),
      "secret_arguments": .table(Dictionary(secretArguments) { first, _ in first }),
      "returns": .string(returns),
    ])
  }

  private static func required(_ options: [LuaOption]) -> LuaValue {
    .table(
      Dictionary(options.map { (LuaKey($0.name), .boolean($0.isRequired)) }) { first, _ in first }
    )
  }
}
