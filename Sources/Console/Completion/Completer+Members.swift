internal import LuaRuntime

/// What an expression stands for, as far as it can be told without running it.
private enum Meaning {
  /// A value that keys lead to from the globals.
  case path([LuaKey])
  /// An object of a class.
  case object(String)
  case function(LuaFunctionDescription)
}

extension Completer {
  /// Globals and keywords.
  func globals(_ prefix: String) -> [Candidate] {
    let names = state.look(at: [])?.members ?? []
    let keywords = prefix.isEmpty ? [] : LuaSource.keywords.sorted().map { Candidate($0) }
    return shown(names, prefix) + keywords
  }

  /// What can follow a dot, or a colon.
  func members(of chain: CallChain, isMethod: Bool, _ prefix: String) -> [Candidate] {
    guard let meaning = meaning(of: chain) else { return [] }
    let members = members(of: meaning)
    return shown(members.filter { !isMethod || ($0.isFunction && !$0.isField) }, prefix)
  }

  private func members(of meaning: Meaning) -> [LuaSight.Member] {
    switch meaning {
    case .path(let keys):
      let sight = state.look(at: keys)
      // A class's own list knows which of its members are fields.
      if let name = className(of: sight) { return state.members(ofClass: name) }
      return (sight?.members ?? []).map { described($0, in: keys) }
    case .object(let name): return state.members(ofClass: name)
    case .function: return []
    }
  }

  /// A member with what the library declares of it.
  private func described(_ member: LuaSight.Member, in path: [LuaKey]) -> LuaSight.Member {
    guard member.function == nil, !path.isEmpty else { return member }
    let name = (path.map(\.text) + [member.name]).joined(separator: ".")
    guard let function = declared.first(where: { $0.name == name }) else { return member }
    return LuaSight.Member(name: member.name, isFunction: !function.isField, function: function)
  }

  private func className(of sight: LuaSight?) -> String? {
    guard case .object(let object)? = sight?.value else { return nil }
    return state.className(of: object)
  }

  private func shown(_ members: [LuaSight.Member], _ prefix: String) -> [Candidate] {
    let isPrivate = prefix.hasPrefix("_")
    return members.filter { isName($0.name) && (isPrivate || !$0.name.hasPrefix("_")) }
      .sorted { $0.name < $1.name }
      .map { candidate($0) }
  }

  private func isName(_ text: String) -> Bool {
    let tokens = LuaSource(text).tokens
    return tokens.count == 1 && tokens[0].kind == .name
  }

  private func candidate(_ member: LuaSight.Member) -> Candidate {
    guard let function = member.function, !function.isField else {
      return Candidate(
        member.name,
        label: member.isFunction && !member.isField ? "\(member.name)(…)" : nil,
        detail: member.function?.summary ?? "",
        suffix: member.isFunction && !member.isField ? "(" : ""
      )
    }
    let (label, suffix) = function.call(member.name)
    return Candidate(member.name, label: label, detail: function.summary, suffix: suffix)
  }

  // MARK: Meaning

  private func meaning(of chain: CallChain) -> Meaning? {
    var meaning: Meaning? = .path([])
    for step in chain.steps {
      switch (step, meaning) {
      case (.key(let key), .path(let keys)): meaning = .path(keys + [key])
      case (.method(let name), let base?): meaning = method(name, of: base)
      case (.call, .path(let keys)): meaning = state.look(at: keys)?.function.flatMap(result)
      case (.call, .function(let function)): meaning = result(of: function)
      default: return nil
      }
    }
    return meaning
  }

  private func method(_ name: String, of meaning: Meaning) -> Meaning? {
    let member = members(of: meaning).first { $0.name == name && !$0.isField }
    return member?.function.map { .function($0) }
  }

  /// What a call returns, when its description names a class.
  private func result(of function: LuaFunctionDescription) -> Meaning? {
    let name =
      function.returns.hasSuffix("?") ? String(function.returns.dropLast()) : function.returns
    return state.members(ofClass: name).isEmpty ? nil : .object(name)
  }

  /// Who is called by an expression; several when the class of the object is not known.
  func functions(of chain: CallChain) -> [LuaFunctionDescription] {
    switch meaning(of: chain) {
    case .function(let function): return [function]
    case .path(let keys):
      if let function = state.look(at: keys)?.function { return [function] }
      guard let name = chain.dottedName else { return [] }
      let bound = state.descriptions.filter { $0.name == name }
      return bound.isEmpty ? declaredFunctions(name) : bound
    case .object: return []
    case nil:
      guard case .method(let name) = chain.steps.last else { return [] }
      return state.descriptions.filter { !$0.isField && $0.name.hasSuffix(":\(name)") }
    }
  }

  /// Who is meant by a name of the library; what plans and prints a procedure takes what that does.
  private func declaredFunctions(_ name: String) -> [LuaFunctionDescription] {
    let outer = name.lastIndex(of: ".").map { name[..<$0] }
    return declared.filter { $0.name == name || $0.name == outer ?? "" }
  }

  /// The value that an expression leads to when it is a text or an object.
  func value(of chain: CallChain) -> LuaValue {
    guard case .path(let keys) = meaning(of: chain) else { return .nil }
    return state.look(at: keys)?.value ?? .nil
  }
}

extension LuaFunctionDescription {
  /// Options that fit a list beside what the function does.
  private static let listedLengthMax = 30

  /// How a call of it looks in a list, and what follows its name.
  fileprivate func call(_ name: String) -> (label: String, suffix: String) {
    guard let options else {
      return ("\(name)(\(parameters))", parameters.isEmpty ? "()" : "(")
    }
    // The required ones first: those are typed first.
    let names =
      options.filter(\.isRequired).map(\.name)
      + options.filter { !$0.isRequired }.map { "\($0.name)?" }
    var shown = names.first ?? ""
    for option in names.dropFirst() {
      guard shown.count + option.count <= Self.listedLengthMax else {
        shown += ", …"
        break
      }
      shown += ", \(option)"
    }
    return ("\(name){\(shown)}", "{")
  }
}
