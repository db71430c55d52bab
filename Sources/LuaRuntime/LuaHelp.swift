/// Subjects that help is had on beside modules, classes and functions.
public struct LuaHelpTopics {
  /// What can be asked for, for the nearest to a name that is none.
  public let names: [String]
  /// A line for the map of all help.
  public let summary: String
  /// The text on a name, from a page on counted from 1; nil for a name that is another's.
  public let text: (_ name: String, _ page: Int) throws -> String?

  /// Puts subjects together.
  public init(
    _ names: [String],
    summary: String,
    text: @escaping (_ name: String, _ page: Int) throws -> String?
  ) {
    self.names = names
    self.summary = summary
    self.text = text
  }
}

extension LuaState {
  /// Returns what is to be told of a module, a class, a function, or one of the `topics`; for no
  /// name a map of all there is.
  ///
  /// - Throws: `help.unknown`.
  public func help(_ name: String, page: Int = 1) throws -> String {
    if name.isEmpty { return map }
    for topic in topics {
      if let text = try topic.text(name, page) { return text }
    }
    let parts =
      modules.filter { $0.name == name }.map(\.help)
      + classes.compactMap { type in
        type.name == name ? type.help : nil
      }
    if !parts.isEmpty { return parts.joined(separator: "\n\n") }
    if let function = descriptions.first(where: { $0.name == name }) { return function.help }
    let shown = name.utf8.count <= 40 ? "'\(name)'" : "a name of \(name.count) characters"
    throw LuaError(
      code: "help.unknown",
      message: "there is no help on \(shown)",
      hint: Nearest.hint(name, names) ?? "help() lists what there is"
    )
  }

  /// Name of an object's class, nil when it has none.
  public func className(of object: any LuaObject) -> String? { registration(of: object)?.name }

  /// Full names of all functions, methods and fields, such as `vault.create` and `vault:update`.
  public var functionNames: [String] { descriptions.map(\.name) }

  private var descriptions: [LuaFunctionDescription] {
    modules.flatMap { ($0.functions + $0.getters).map(\.1.description) }
      + classes.flatMap { ($0.methods + $0.getters).map(\.1.description) }
  }

  private var names: [String] {
    topics.flatMap(\.names) + modules.map(\.name) + classes.map(\.name) + functionNames
  }

  private var map: String {
    let lines = modules.map { Columns.line($0.name, $0.summary) }
    return
      (["Modules:"] + lines + [""] + topics.map(\.summary)
      + ["help 'vault' and help 'vault.create' tell of a module and of a function"])
      .joined(separator: "\n")
  }
}

/// Two columns: what something is called, and what it is.
private enum Columns {
  static func line(_ name: String, _ text: String, width: Int = 12) -> String {
    "  " + name + String(repeating: " ", count: max(1, width - name.count)) + text
  }

  /// Lines with the second column where the longest name ends, up to a limit.
  static func lines(_ rows: [(String, String)]) -> [String] {
    let width = min(40, (rows.map(\.0.count).max() ?? 0) + 2)
    return rows.map { line($0.0, $0.1, width: width) }
  }
}

extension LuaModule {
  fileprivate var help: String {
    let rows = (functions + getters).map { ($0.1.description.signature, $0.1.description.summary) }
    return (["\(name): \(summary)"] + Columns.lines(rows)).joined(separator: "\n")
  }
}

extension ClassRegistration {
  fileprivate var help: String {
    let rows = (methods + getters).map { ($0.1.description.signature, $0.1.description.summary) }
    return (["a \(name): \(summary)"] + Columns.lines(rows)).joined(separator: "\n")
  }
}

extension LuaFunctionDescription {
  /// How it is called, its options left out.
  fileprivate var signature: String {
    if options != nil { return "\(name){…}" }
    return isField ? name : "\(name)(\(parameters))"
  }

  fileprivate var help: String {
    let rows = (options ?? []).map { option in
      (
        option.name + (option.isRequired ? "" : "?"),
        "\(option.kind.words): \(option.summary)" + (option.azFlag.map { " (az: \($0))" } ?? "")
      )
    }
    let result = returns.isEmpty ? "" : " → \(returns)"
    return ([signature + result, "  " + summary] + Columns.lines(rows)).joined(separator: "\n")
  }
}

extension LuaOption.Kind {
  fileprivate var words: String {
    switch self {
    case .string: "text"
    case .secret: "bytes"
    case .boolean: "true or false"
    case .integer: "integer"
    case .table: "table"
    case .strings: "text or an array of texts"
    case .function: "function"
    case .choice(let words): words.joined(separator: " | ")
    case .any: "handle, name or id"
    }
  }
}
