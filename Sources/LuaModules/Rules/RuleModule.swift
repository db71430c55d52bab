internal import LuaRuntime

extension LuaModule {
  /// The Lua module behind `help`: the function table, the subjects beside it, and the rules.
  static func help(_ state: LuaState) -> LuaModule {
    LuaModule("kmsh.help", "What there is, and what the rules say.") { module in
      module.function("reference", "Returns the function table.", returns: "table") {
        [unowned state] _ in state.reference
      }
      module.function(
        "topics",
        "Returns the subjects beside the function table.",
        returns: "{ names, summaries }"
      ) { [unowned state] _ in
        .table([
          "names": .array(state.topics.flatMap(\.names).map { .string($0) }),
          "summaries": .array(state.topics.map { .string($0.summary) }),
        ])
      }
      module.function(
        "topic",
        "Returns the text on a subject, nil where it is none.",
        parameters: "name, page",
        returns: "text?"
      ) { [unowned state] call in
        let (name, page) = (try call.string(1), Int(try call.integer(2)))
        for topic in state.topics {
          if let text = try topic.text(name, page) { return .string(text) }
        }
        return .nil
      }
      module.function(
        "subject",
        "Returns the name of what tells of a function, a thing or an error; nil where none does.",
        parameters: "value",
        returns: "text?"
      ) { [unowned state] call in
        if let function = call.boundFunction(1) { return .string(function.name) }
        let value = try call.value(1)
        if case .object(let object) = value {
          return .optional(state.className(of: object).map { .string($0) })
        }
        return value.text == nil ? value.member("rule") ?? .nil : value
      }
      module.function(
        "nearest",
        "Returns the names that were probably meant, the likeliest first.",
        parameters: "given, names, count",
        returns: "array of names"
      ) { call in
        guard case .array(let names) = try call.value(2) else { return .array([]) }
        let nearest = Nearest.names(
          try call.string(1),
          names.compactMap(\.text),
          countMax: Int(try call.integer(3))
        )
        return .array(nearest.map { .string($0) })
      }
      module.function("rules", "Returns all rules by id.", returns: "table") { _ in
        .table(
          Dictionary(uniqueKeysWithValues: Rule.all.map { (LuaKey($0.id), $0.table) })
        )
      }
    }
  }
}

extension Rule {
  /// What Lua has of it.
  fileprivate var table: LuaValue {
    var fields: [LuaKey: LuaValue] = [
      "id": .string(id), "text": .string(text), "section": .string(section),
      "calls": .array(calls.map { .string($0) }), "advice": .string(advice),
      "proofs": .array(proofs.map { .string($0) }),
    ]
    fields["reason"] = reason.map { .string($0) }
    return .table(fields)
  }
}

extension LuaState {
  /// Makes `help` a global, and the rules known to it.
  func registerHelp() throws {
    topics += [RuleHelp.topics]
    try register(.help(self), asGlobal: false)
    _ = try call(load(Array(Self.helpSource.utf8), chunkName: "=help"))
  }

  /// A table that can be called, so that the bare word shows the map too; nothing is loaded
  /// before it is used.
  private static let helpSource = """
    help = setmetatable({
      search = function(...) return require('docs.text').search(...) end,
    }, {
      __call = function(_, ...) return require('docs.text').help(...) end,
      __tostring = function() return require('docs.text').page('') end,
    })
    """
}
