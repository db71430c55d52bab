extension LuaState {
  /// A value as a Lua literal on one line, cut short where it is long; objects in angle brackets.
  public func literal(_ value: LuaValue, lengthMax: Int = 160) -> String {
    let text = literal(value, depth: 0)
    return text.count <= lengthMax ? text : text.prefix(lengthMax - 1) + "…"
  }

  /// A call as it would be written, cut short where it is long.
  public func text(of call: HostCall, lengthMax: Int = 160) -> String {
    let name = call.description.name
    let arguments = call.arguments
    guard let receiver = call.receiver else {
      return name + inParentheses(arguments, lengthMax)
    }
    let object = "<\(described(receiver))>"
    if call.description.isAssignment, arguments.count == 2 {
      return "\(object).\(arguments[0].text ?? "?") = \(literal(arguments[1]))"
    }
    let method = name.split(separator: ":").last.map { ":\($0)" } ?? name
    return object + method + inParentheses(arguments, lengthMax)
  }

  private func inParentheses(_ arguments: [LuaValue], _ lengthMax: Int) -> String {
    if arguments.count == 1, case .table = arguments[0] {
      return literal(arguments[0], lengthMax: lengthMax)
    }
    return "(" + arguments.map { literal($0, lengthMax: lengthMax) }.joined(separator: ", ") + ")"
  }

  private func described(_ object: any LuaObject) -> String {
    // A handle to what is gone has the name of its class.
    (try? registration(of: object)?.describe(object)) ?? className(of: object) ?? "object"
  }

  private func literal(_ value: LuaValue, depth: Int) -> String {
    switch value {
    case .nil: return "nil"
    case .null: return "json.null"
    case .boolean(let flag): return "\(flag)"
    case .integer(let number): return "\(number)"
    case .number(let number): return "\(number)"
    case .bytes(let bytes):
      guard let text = value.text else { return "(\(bytes.count) bytes)" }
      let escaped = text.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        .replacing("\n", with: "\\n")
      return "'\(escaped)'"
    case .function: return "<function>"
    case .object(let object): return "<\(described(object))>"
    case .array(let items):
      guard depth < 3 else { return "{ … }" }
      if items.isEmpty { return "{}" }
      let shown = items.prefix(8).map { literal($0, depth: depth + 1) }
      let left = items.count - shown.count
      return "{ " + (shown + (left > 0 ? ["… \(left) more"] : [])).joined(separator: ", ") + " }"
    case .table(let members):
      guard depth < 3 else { return "{ … }" }
      if members.isEmpty { return "{}" }
      let parts = members.map { key, value in
        (key.text, "\(key.literal) = \(literal(value, depth: depth + 1))")
      }
      return "{ " + parts.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: ", ") + " }"
    }
  }
}

extension LuaKey {
  fileprivate var literal: String {
    if case .string = self {
      return text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil ? "['\(text)']" : text
    }
    return "[\(text)]"
  }
}
