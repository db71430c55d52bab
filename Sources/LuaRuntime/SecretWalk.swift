/// Walks the tokens of a text and finds the literals that are secret.
struct SecretWalk {
  /// An open bracket.
  private struct Frame {
    /// Who is called with what stands in it, by the name that leads to its description.
    var callee: String?
    var isTable = false
    var isCall = false
    var argument = 1
    /// Where the value under way begins, if it is secret, and the outermost around it that is.
    var secretStart: Int?
    var outerSecretStart: Int?
  }

  /// Words that begin a statement.
  private static let statementWords: Set<String> = [
    "break", "do", "else", "elseif", "for", "goto", "if", "local", "repeat", "return", "then",
    "until", "while",
  ]

  private let source: LuaSource
  private let tokens: [LuaSource.Token]
  private let isSecret: (_ name: String, _ callee: String?) -> Bool
  private let isSecretArgument: (_ index: Int, _ callee: String) -> Bool
  private let isSecretText: (ArraySlice<UInt8>) -> Bool
  /// The open brackets; the first stands for the text itself.
  private var frames = [Frame()]
  /// The name that a call now would go to, such as `vault.create` or `:update`.
  private var callee: String?
  private var found: [(range: Range<Int>, isNumber: Bool)] = []

  init(
    _ source: LuaSource,
    isSecret: @escaping (_ name: String, _ callee: String?) -> Bool,
    isSecretArgument: @escaping (_ index: Int, _ callee: String) -> Bool,
    isSecretText: @escaping (ArraySlice<UInt8>) -> Bool
  ) {
    self.source = source
    // Comments say nothing to Lua; their shapes are looked at with the rest.
    tokens = source.tokens.filter { if case .comment = $0.kind { false } else { true } }
    self.isSecret = isSecret
    self.isSecretArgument = isSecretArgument
    self.isSecretText = isSecretText
  }

  /// The bytes to leave out, in order: contents of strings, and numbers.
  mutating func secrets() -> [(range: Range<Int>, isNumber: Bool)] {
    for index in tokens.indices {
      if let start = secretStart, goesWrong(at: index, in: start) {
        return found.filter { $0.range.upperBound <= start }
          + [(start..<source.bytes.count, isNumber: false)]
      }
      take(index)
    }
    return found
  }

  private var secretStart: Int? {
    frames.last.flatMap { $0.outerSecretStart ?? $0.secretStart }
  }

  /// Whether no Lua goes on like this: likely a quote in a secret ended its string.
  private func goesWrong(at index: Int, in start: Int) -> Bool {
    let token = tokens[index]
    switch token.kind {
    case .stray, .string(_, isClosed: false): return true
    case .name, .number, .string:
      guard index > 0, tokens[index - 1].range.lowerBound >= start else { return false }
      // The next statement may begin on a line of its own.
      let blanks = source.bytes[tokens[index - 1].range.upperBound..<token.range.lowerBound]
      if frames.count == 1, blanks.contains(10) { return false }
      if case .string = tokens[index - 1].kind { return true }
      return tokens[index - 1].kind == .number
    default: return false
    }
  }

  private mutating func take(_ index: Int) {
    let token = tokens[index]
    switch token.kind {
    case .name: takeName(index)
    case .string(let text, _):
      let isArgument = isAfterExpression(index) && callee.map { isSecretArgument(1, $0) } ?? false
      let isKey = symbol(index - 1) == "[" && symbol(index + 1) == "]" && symbol(index + 2) == "="
      let isFound = secretStart != nil || isArgument
      if !isKey, !text.isEmpty, isFound || isSecretText(source.bytes[text]) {
        found.append((text, isNumber: false))
      }
    case .number: if secretStart != nil { found.append((token.range, isNumber: true)) }
    case .symbol: takeSymbol(index)
    case .keyword:
      callee = nil
      if Self.statementWords.contains(source.text(token)) { endStatement() }
    default: callee = nil
    }
  }

  private mutating func takeName(_ index: Int) {
    let name = source.text(tokens[index])
    switch symbol(index - 1) {
    case ".": callee = callee.map { "\($0).\(name)" }
    case ":": callee = ":" + name
    default:
      if isAfterExpression(index) { endStatement() }
      callee = name
    }
  }

  private mutating func takeSymbol(_ index: Int) {
    let text = source.text(tokens[index])
    switch text {
    case "(", "{": open(text, index)
    case "[": frames.append(Frame(outerSecretStart: secretStart))
    case ")", "}", "]": if frames.count > 1 { frames.removeLast() }
    case ",", ";":
      frames[frames.count - 1].secretStart = nil
      frames[frames.count - 1].argument += 1
      startArgument(index)
    case "=": assign(index)
    case ".", ":": return
    default: break
    }
    if !["]", ")"].contains(text) { callee = nil }
  }

  private mutating func open(_ text: String, _ index: Int) {
    var frame = Frame(isTable: text == "{", outerSecretStart: secretStart)
    if isAfterExpression(index) {
      frame.callee = callee
      frame.isCall = text == "("
    } else if frame.isTable, let outer = frames.last, outer.isCall {
      // A table between the parentheses of a call holds its options.
      frame.callee = outer.callee
    }
    frames.append(frame)
    startArgument(index)
  }

  private mutating func startArgument(_ index: Int) {
    let last = frames.count - 1
    guard frames[last].isCall, let callee = frames[last].callee else { return }
    if isSecretArgument(frames[last].argument, callee) {
      frames[last].secretStart = tokens[index].range.upperBound
    }
  }

  /// `name =` in a table or as a statement, `['name'] =`, `t.name =`.
  private mutating func assign(_ index: Int) {
    guard let name = nameBefore(index) else { return }
    let last = frames.count - 1
    if isSecret(name, frames[last].isTable ? frames[last].callee : nil) {
      frames[last].secretStart = tokens[index].range.upperBound
    }
  }

  private func nameBefore(_ index: Int) -> String? {
    guard index > 0 else { return nil }
    if tokens[index - 1].kind == .name { return source.text(tokens[index - 1]) }
    guard symbol(index - 1) == "]", index > 2, symbol(index - 3) == "[",
      case .string(let text, _) = tokens[index - 2].kind
    else { return nil }
    return source.text(text)
  }

  /// What an assignment outside of any bracket gave ends with its statement.
  private mutating func endStatement() { if frames.count == 1 { frames[0].secretStart = nil } }

  private func symbol(_ index: Int) -> String? {
    guard tokens.indices.contains(index), tokens[index].kind == .symbol else { return nil }
    return source.text(tokens[index])
  }

  /// Whether what stands before can be called.
  private func isAfterExpression(_ index: Int) -> Bool {
    guard index > 0 else { return false }
    switch tokens[index - 1].kind {
    case .name, .string: return true
    case .symbol: return [")", "]", "}"].contains(source.text(tokens[index - 1]))
    default: return false
    }
  }
}
