internal import LuaRuntime

/// Walks the tokens before the cursor and keeps what is open there.
struct CompletionWalk {
  /// An open bracket.
  private struct Frame {
    let isTable: Bool
    /// The call it belongs to, nil for a bracket of another kind.
    var call: CompletionPoint.Call?
    /// Whether it holds the arguments of a call, not only its options.
    var isArguments = false
    /// The expression that an index belongs to.
    var indexed: CallChain?
    var argument = 1
    /// The option whose value is under way; of an array in it, the option that it is given for.
    var option: String?
    var isArray = false
  }

  private let source: LuaSource
  private let tokens: [LuaSource.Token]
  private var frames: [Frame] = []
  /// The expression that ends here.
  private var chain: CallChain?
  private var at = 0

  init(_ source: LuaSource, _ tokens: [LuaSource.Token]) {
    self.source = source
    self.tokens = tokens
  }

  mutating func run() {
    while at < tokens.count {
      take(tokens[at])
      at += 1
    }
  }

  /// What can stand after the last token.
  func place(isInString: Bool) -> CompletionPoint.Place {
    if !isInString, [".", ":"].contains(symbol(at - 1)) {
      return chain.map { .member($0, isMethod: symbol(at - 1) == ":") } ?? .nothing
    }
    // After a whole expression only an operator could follow, unless it is called with a string.
    if isAfterExpression {
      return isInString ? chain.map { .argument(.init(callee: $0), 1) } ?? .nothing : .nothing
    }
    guard let frame = frames.last, let call = frame.call else {
      return isInString ? .nothing : .name
    }
    let isAtStart = ["{", "(", ",", ";"].contains(symbol(at - 1))
    if frame.isArguments {
      return isAtStart ? .argument(call, frame.argument) : expression(isInString)
    }
    if let option = frame.option {
      let isWhole = symbol(at - 1) == "=" || (frame.isArray && isAtStart)
      return isWhole ? .value(call, option: option) : expression(isInString)
    }
    return isAtStart && !isInString ? .option(call) : expression(isInString)
  }

  private func expression(_ isInString: Bool) -> CompletionPoint.Place {
    isInString ? .nothing : .name
  }

  // MARK: Tokens

  private mutating func take(_ token: LuaSource.Token) {
    switch token.kind {
    case .name: takeName(source.text(token))
    case .string(let text, _): takeString(source.text(text))
    case .symbol: takeSymbol(source.text(token))
    default: chain = nil
    }
  }

  private mutating func takeName(_ name: String) {
    switch symbol(at - 1) {
    case ".": chain = chain?.adding(.key(LuaKey(name)))
    case ":": chain = chain?.adding(.method(name))
    default: chain = CallChain(steps: [.key(LuaKey(name))])
    }
    give(chain.map { .chain($0) })
  }

  private mutating func takeString(_ text: String) {
    if isAfterExpression {
      chain = chain?.adding(.call)
      give(chain.map { .chain($0) })
    } else {
      chain = nil
      give(.text(text))
    }
  }

  /// Notes what the option under way is given.
  private mutating func give(_ value: CompletionPoint.Given?) {
    guard let frame = frames.last, !frame.isArray, let option = frame.option else { return }
    frames[frames.count - 1].call?.given[option] = value
  }

  private mutating func takeSymbol(_ text: String) {
    switch text {
    case ".", ":": return
    case "(": openArguments()
    case "{": openTable()
    case "[":
      frames.append(Frame(isTable: false, indexed: isAfterExpression ? chain : nil))
      chain = nil
    case ")", "}", "]": close()
    case ",", ";": separate()
    case "=": assign()
    default: chain = nil
    }
  }

  private mutating func openArguments() {
    let call = isAfterExpression ? chain.map { CompletionPoint.Call(callee: $0) } : nil
    frames.append(Frame(isTable: false, call: call, isArguments: call != nil))
    chain = nil
  }

  private mutating func openTable() {
    var frame = Frame(isTable: true)
    if isAfterExpression {
      frame.call = chain.map { CompletionPoint.Call(callee: $0) }
    } else if let outer = frames.last, outer.isArguments {
      frame.call = outer.call
    } else if let outer = frames.last, outer.isTable, outer.option != nil {
      (frame.call, frame.option, frame.isArray) = (outer.call, outer.option, true)
    }
    frames.append(frame)
    chain = nil
  }

  private mutating func close() {
    guard let frame = frames.popLast() else { return }
    chain = nil
    if frame.isArguments || (frame.isTable && !frame.isArray && frames.last?.isArguments != true) {
      chain = frame.call?.callee.adding(.call)
    } else if let indexed = frame.indexed, symbol(at - 2) == "[" {
      chain = index(tokens[at - 1]).map { indexed.adding(.key($0)) }
    }
    if let chain { give(.chain(chain)) }
  }

  /// The constant that stands between brackets.
  private func index(_ token: LuaSource.Token) -> LuaKey? {
    switch token.kind {
    case .string(let text, _): LuaKey(source.text(text))
    case .number: Int64(source.text(token)).map { .integer($0) }
    default: nil
    }
  }

  private mutating func separate() {
    chain = nil
    guard !frames.isEmpty else { return }
    frames[frames.count - 1].argument += 1
    if !frames[frames.count - 1].isArray { frames[frames.count - 1].option = nil }
  }

  /// `name =` at the start of a member.
  private mutating func assign() {
    chain = nil
    guard let frame = frames.last, frame.isTable, at > 1, tokens[at - 1].kind == .name,
      ["{", ",", ";"].contains(symbol(at - 2))
    else { return }
    let name = source.text(tokens[at - 1])
    // A table with names is no array after all.
    if frame.isArray { frames[frames.count - 1].call = nil }
    frames[frames.count - 1].isArray = false
    frames[frames.count - 1].option = name
    frames[frames.count - 1].call?.given[name] = .text("")
  }

  // MARK: Looks

  private func symbol(_ index: Int) -> String? {
    guard tokens.indices.contains(index), tokens[index].kind == .symbol else { return nil }
    return source.text(tokens[index])
  }

  private var isAfterExpression: Bool {
    guard at > 0 else { return false }
    switch tokens[at - 1].kind {
    case .name, .string, .number: return true
    case .symbol: return [")", "]", "}"].contains(source.text(tokens[at - 1]))
    default: return false
    }
  }
}
