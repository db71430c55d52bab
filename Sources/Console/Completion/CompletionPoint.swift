internal import LuaRuntime

/// Where in a text the cursor stands, as far as completion goes.
struct CompletionPoint {
  /// What an option was given: a literal, or an expression to look at.
  enum Given {
    case text(String)
    case chain(CallChain)
  }

  /// A call whose table or parentheses the cursor is in.
  struct Call {
    let callee: CallChain
    /// Options given so far.
    var given: [String: Given] = [:]
  }

  enum Place {
    /// Nothing is known that could stand here.
    case nothing
    /// After a dot or, if `isMethod`, a colon.
    case member(CallChain, isMethod: Bool)
    /// Where an expression or a statement begins.
    case name
    /// The name of an option.
    case option(Call)
    /// The value of an option, or an item of an array that is its value.
    case value(Call, option: String)
    /// An argument between parentheses, from 1.
    case argument(Call, Int)
  }

  let place: Place
  /// What is typed of it.
  let prefix: String
  /// The quote of the string that the cursor is in: `'`, `"`, or `[` for long brackets.
  let quote: Character?

  /// Finds out where the end of a text is.
  init(_ text: String) {
    let source = LuaSource(text)
    var tokens = source.tokens.filter {
      if case .comment(isClosed: true) = $0.kind { false } else { true }
    }
    let last = tokens.last
    let isAtEnd = last?.range.upperBound == source.bytes.count
    var prefix = ""
    var quote: Character?
    var isOpen = true
    switch last?.kind {
    case .comment: isOpen = false
    case .number: isOpen = !isAtEnd
    case .string(let range, isClosed: false):
      prefix = source.text(range)
      quote = last.flatMap { source.text($0).first }
      tokens.removeLast()
    case .name where isAtEnd, .keyword where isAtEnd:
      prefix = last.map { source.text($0) } ?? ""
      tokens.removeLast()
    default: break
    }
    var walk = CompletionWalk(source, tokens)
    walk.run()
    place = isOpen ? walk.place(isInString: quote != nil) : .nothing
    self.prefix = prefix
    self.quote = quote
  }
}
