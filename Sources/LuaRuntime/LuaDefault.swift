/// What an option that is left out stands for.
public enum LuaDefault: Hashable, Sendable {
  /// A text that could have been given.
  case text(String)
  /// A number that could have been given.
  case integer(Int64)
  /// A flag that could have been given.
  case boolean(Bool)
  /// What the call finds out by itself, in a few words.
  case words(String)

  /// The value that could have been given, nil for words.
  var value: LuaValue? {
    switch self {
    case .text(let text): .string(text)
    case .integer(let number): .integer(number)
    case .boolean(let flag): .boolean(flag)
    case .words: nil
    }
  }

  /// The words, nil for a value.
  var words: String? { if case .words(let words) = self { words } else { nil } }
}

extension LuaDefault: CustomStringConvertible {
  /// As help tells it: a literal, or words.
  public var description: String {
    switch self {
    case .text(let text): "'\(text)'"
    case .integer(let number): "\(number)"
    case .boolean(let flag): "\(flag)"
    case .words(let words): words
    }
  }
}

extension LuaDefault: ExpressibleByStringLiteral {
  /// A text that could have been given.
  public init(stringLiteral text: String) { self = .text(text) }
}

extension LuaDefault: ExpressibleByIntegerLiteral {
  /// A number that could have been given.
  public init(integerLiteral number: Int64) { self = .integer(number) }
}

extension LuaDefault: ExpressibleByBooleanLiteral {
  /// A flag that could have been given.
  public init(booleanLiteral flag: Bool) { self = .boolean(flag) }
}

extension [LuaOption] {
  /// The same options of a call that changes something, where what is left out stays.
  public var keepingWhatIsLeftOut: [LuaOption] {
    map { option in
      guard !option.isRequired else { return option }
      var option = option
      option.byDefault = .words("as it is")
      return option
    }
  }
}
