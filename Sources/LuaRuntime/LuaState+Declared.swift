extension LuaState {
  /// What functions of the standard library's own modules take, as these declare it for help; none
  /// where the library is not on the module path.
  ///
  /// The modules are loaded for it, and what they find in the globals is called: ask a state that
  /// is not the user's.
  public func declaredFunctions() -> [LuaFunctionDescription] {
    let source = "return require('docs.reference').declarations()"
    // Without the library there is nothing to know.
    guard let found = try? call(load(Array(source.utf8), chunkName: "=help")).first,
      case .array(let entries) = found
    else { return [] }
    return entries.compactMap { LuaFunctionDescription(declared: $0) }
  }
}

extension LuaFunctionDescription {
  /// Reads what a module of the library declares; nil for what is none.
  fileprivate init?(declared entry: LuaValue) {
    guard let name = entry.member("name")?.text else { return nil }
    let options = entry.member("options").map { options in
      if case .array(let options) = options {
        options.compactMap { LuaOption(declared: $0) }
      } else {
        [LuaOption]()
      }
    }
    self.init(
      name: name,
      summary: entry.member("summary")?.text ?? "",
      parameters: entry.member("parameters")?.text ?? "",
      options: options,
      returns: entry.member("returns")?.text ?? ""
    )
    if case .boolean(true) = entry.member("is_field") { isField = true }
  }
}

extension LuaOption {
  fileprivate init?(declared option: LuaValue) {
    guard let name = option.member("name")?.text else { return nil }
    var words: [String] = []
    if case .array(let all) = option.member("words") { words = all.compactMap(\.text) }
    let isRequired = if case .boolean(true) = option.member("required") { true } else { false }
    self.init(
      name: name,
      kind: Kind(declared: option.member("kind")?.text ?? "", words),
      isRequired: isRequired,
      summary: option.member("summary")?.text ?? "",
      azFlag: option.member("az")?.text
    )
    byDefault =
      option.member("default").flatMap { LuaDefault(declared: $0) }
      ?? option.member("default_words")?.text.map { .words($0) }
    names = option.member("names")?.text.map { NameSource($0) }
  }
}

extension LuaDefault {
  fileprivate init?(declared value: LuaValue) {
    switch value {
    case .boolean(let flag): self = .boolean(flag)
    case .integer(let number): self = .integer(number)
    case .bytes: self = .text(value.text ?? "")
    default: return nil
    }
  }
}

extension LuaOption.Kind {
  /// A kind by the word that a declaration has for it.
  fileprivate init(declared word: String, _ words: [String]) {
    switch word {
    case "string": self = .string
    case "bytes": self = .secret
    case "boolean": self = .boolean
    case "integer": self = .integer
    case "table": self = .table
    case "strings": self = .strings
    case "function": self = .function
    case "choice": self = .choice(words)
    default: self = .any
    }
  }
}
