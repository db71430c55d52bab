/// The function table as a value of Lua.
///
/// ## Design
///
/// Help, the reference, the man page, the stubs for editors and the linter's globals are texts
/// over one table, and texts are easier written in Lua. So the host gives the table away whole,
/// when one of them is first asked for, and knows nothing of how it is shown. What a declaration
/// has no place for, the errors and an example, lies in files of the library and is read then
/// too: neither costs a start anything.
extension LuaState {
  /// All modules and classes: `{ modules = {…}, classes = {…} }`, each
  /// `{ name, summary, entries, is_global? }`, an entry `{ name, summary, parameters, returns,
  /// is_field, options?, argument_options? }`, an option
  /// `{ name, kind, words?, required, summary, default?, default_words?, az?, secret? }`.
  public var reference: LuaValue {
    .table([
      "modules": .array(
        modules.map { Self.part($0.name, $0.summary, $0.functions + $0.getters, $0.isGlobal) }
      ),
      "classes": .array(
        classes.map { Self.part($0.name, $0.summary, $0.methods + $0.getters, false) }
      ),
    ])
  }

  private static func part(
    _ name: String,
    _ summary: String,
    _ bodies: [(String, FunctionBody)],
    _ isGlobal: Bool
  ) -> LuaValue {
    .table([
      "name": .string(name), "summary": .string(summary), "is_global": .boolean(isGlobal),
      "entries": .array(bodies.map { $0.1.description.entry }),
    ])
  }
}

extension LuaFunctionDescription {
  fileprivate var entry: LuaValue {
    .table([
      "name": .string(name), "summary": .string(summary), "parameters": .string(parameters),
      "returns": .string(returns), "is_field": .boolean(isField),
      "options": .optional(options.map { .array($0.map(\.entry)) }),
      "argument_options": argumentOptions.isEmpty ? .nil : .array(argumentOptions.map(\.entry)),
    ])
  }
}

extension LuaOption {
  fileprivate var entry: LuaValue {
    .table([
      "name": .string(name), "kind": .string(kind.name), "required": .boolean(isRequired),
      "summary": .string(summary), "az": .optional(azFlag.map { .string($0) }),
      "secret": .boolean(isSecret),
      "default": byDefault?.value ?? .nil,
      "default_words": .optional(byDefault?.words.map { .string($0) }),
      "words": .optional(words.map { .array($0.map { .string($0) }) }),
    ])
  }

  private var words: [String]? { if case .choice(let words) = kind { words } else { nil } }
}

extension LuaOption.Kind {
  fileprivate var name: String {
    switch self {
    case .string: "string"
    case .secret: "bytes"
    case .boolean: "boolean"
    case .integer: "integer"
    case .table: "table"
    case .strings: "strings"
    case .function: "function"
    case .choice: "choice"
    case .any: "any"
    }
  }
}
