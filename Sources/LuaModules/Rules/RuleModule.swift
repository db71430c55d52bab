internal import LuaRuntime

extension LuaModule {
  /// The Lua module behind `help` and `kms.rules`.
  static func help(_ state: LuaState) -> LuaModule {
    LuaModule("kmsh.help", "What there is, and what the rules say.") { module in
      module.function("help", "Prints what is to be told.", parameters: "subject?, page?") {
        [unowned state] call in
        let page = call.isNil(2) ? 1 : Int(try call.integer(2))
        let text = try state.help(name(call, state), page: page)
        // By whatever print is now: a script may have its own.
        _ = try state.call(
          state.load(Array("print(...)".utf8), chunkName: "=help"),
          [.string(text)]
        )
        return .nil
      }
      module.takes(.topics, "help")
      module.function("rules", "Returns all rules by id.", returns: "table") { _ in
        .table(
          Dictionary(uniqueKeysWithValues: Rule.all.map { (LuaKey($0.id), $0.table) })
        )
      }
    }
  }

  /// The subject that an argument names: a text, a thing by its class, an error by its rule.
  private static func name(_ call: LuaCall, _ state: LuaState) throws -> String {
    if call.isNil(1) { return "" }
    let value = try call.value(1)
    if case .object(let object) = value { return state.className(of: object) ?? "" }
    if let text = value.text { return text }
    if let rule = value.member("rule")?.text { return rule }
    throw LuaError(
      code: "argument.type",
      message: "help takes a name, a thing, or an error that rests on a rule",
      hint: "help() lists what there is"
    )
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
    topics += [RuleHelp.topics, ProcedureHelp.topics(self)]
    try register(.help(self), asGlobal: false)
    let chunk = try load(Array("return require('kmsh.help').help".utf8), chunkName: "=help")
    if let help = try callKeeping(chunk).first { try setGlobal("help", .function(help)) }
  }
}
