/// A text taken apart into the tokens of Lua; what is no Lua gives tokens too.
///
/// Source: Lua 5.4 reference manual, section 3.1.
public struct LuaSource {
  /// A token, and where it lies in the bytes.
  public struct Token: Hashable, Sendable {
    /// What a token is.
    public enum Kind: Hashable, Sendable {
      /// A name that is no keyword.
      case name
      /// A reserved word.
      case keyword
      /// A number.
      case number
      /// A string in quotes or long brackets; `text` is what stands between them.
      case string(text: Range<Int>, isClosed: Bool)
      /// A comment; one that is not closed goes on.
      case comment(isClosed: Bool)
      /// An operator or another mark.
      case symbol
      /// A byte that begins no token.
      case stray
    }

    /// What it is.
    public let kind: Kind
    /// Where it lies.
    public let range: Range<Int>
  }

  /// The words that cannot be names.
  public static let keywords: Set<String> = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]

  /// The text as UTF-8.
  public let bytes: [UInt8]
  /// Its tokens in order; blanks are none.
  public let tokens: [Token]

  /// Takes a text apart.
  public init(_ text: String) {
    bytes = Array(text.utf8)
    var scanner = Scanner(bytes: bytes)
    var tokens: [Token] = []
    while let token = scanner.next() { tokens.append(token) }
    self.tokens = tokens
  }

  /// The text of some bytes.
  public func text(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// The text of a token.
  public func text(_ token: Token) -> String { text(token.range) }
}

/// Reads tokens one after the other.
private struct Scanner {
  let bytes: [UInt8]
  private var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private func byte(_ offset: Int = 0) -> UInt8 {
    at + offset < bytes.count ? bytes[at + offset] : 0
  }

  private func starts(with text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard at + count <= bytes.count else { return false }
    return bytes[at..<at + count].elementsEqual("\(text)".utf8)
  }

  mutating func next() -> LuaSource.Token? {
    while at < bytes.count, [9, 10, 11, 12, 13, 32].contains(bytes[at]) { at += 1 }
    guard at < bytes.count else { return nil }
    let start = at
    let kind = scan()
    return LuaSource.Token(kind: kind, range: start..<at)
  }

  private mutating func scan() -> LuaSource.Token.Kind {
    let start = at
    switch byte() {
    case let letter where Self.isLetter(letter):
      while Self.isLetter(byte()) || Self.isDigit(byte()) { at += 1 }
      let word = String(decoding: bytes[start..<at], as: UTF8.self)
      return LuaSource.keywords.contains(word) ? .keyword : .name
    case let first
    where Self.isDigit(first) || (first == UInt8(ascii: ".") && Self.isDigit(byte(1))):
      scanNumber()
      return .number
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return scanQuoted()
    case UInt8(ascii: "["):
      if let level = bracketLevel() {
        let (text, isClosed) = scanLong(level)
        return .string(text: text, isClosed: isClosed)
      }
    case UInt8(ascii: "-") where byte(1) == UInt8(ascii: "-"): return scanComment()
    default: break
    }
    return scanSymbol()
  }

  private mutating func scanNumber() {
    let isHexadecimal = byte() == 48 && byte(1) | 0x20 == UInt8(ascii: "x")
    while Self.isLetter(byte()) || Self.isDigit(byte()) || byte() == UInt8(ascii: ".") {
      // Two dots belong together: `1..x` joins.
      if byte() == UInt8(ascii: "."), byte(1) == UInt8(ascii: ".") { return }
      let isExponent =
        byte() | 0x20 == UInt8(ascii: "p") || (!isHexadecimal && byte() | 0x20 == UInt8(ascii: "e"))
      at += 1
      let isSign = byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-")
      if isExponent, isSign { at += 1 }
    }
  }

  private mutating func scanQuoted() -> LuaSource.Token.Kind {
    let quote = byte()
    at += 1
    let start = at
    while at < bytes.count, byte() != quote, byte() != 10 {
      if byte() != UInt8(ascii: "\\") {
        at += 1
      } else if byte(1) == UInt8(ascii: "z") {
        // Blanks after it, line ends among them, are left out of the string.
        at += 2
        while at < bytes.count, [9, 10, 11, 12, 13, 32].contains(byte()) { at += 1 }
      } else {
        at = min(at + 2, bytes.count)
      }
    }
    let text = start..<at
    let isClosed = at < bytes.count && byte() == quote
    if isClosed { at += 1 }
    return .string(text: text, isClosed: isClosed)
  }

  /// The level of a long bracket that opens here.
  private func bracketLevel(_ offset: Int = 0) -> Int? {
    var level = 0
    while byte(offset + 1 + level) == UInt8(ascii: "=") { level += 1 }
    return byte(offset) == UInt8(ascii: "[") && byte(offset + 1 + level) == UInt8(ascii: "[")
      ? level : nil
  }

  private mutating func scanLong(_ level: Int) -> (text: Range<Int>, isClosed: Bool) {
    at += level + 2
    let start = at
    let end = [UInt8(ascii: "]")] + Array(repeating: UInt8(ascii: "="), count: level)
    while at < bytes.count {
      if byte() == end[0], bytes[at...].starts(with: end),
        byte(level + 1) == UInt8(ascii: "]")
      {
        defer { at += level + 2 }
        return (start..<at, true)
      }
      at += 1
    }
    return (start..<at, false)
  }

  private mutating func scanComment() -> LuaSource.Token.Kind {
    at += 2
    if let level = bracketLevel() { return .comment(isClosed: scanLong(level).isClosed) }
    while at < bytes.count, byte() != 10 { at += 1 }
    return .comment(isClosed: at < bytes.count)
  }

  private mutating func scanSymbol() -> LuaSource.Token.Kind {
    let long: [StaticString] = ["...", "..", "==", "~=", "<=", ">=", "//", "::", "<<", ">>"]
    for symbol in long where starts(with: symbol) {
      at += symbol.utf8CodeUnitCount
      return .symbol
    }
    let isSymbol = "+-*/%^#&~|<>=(){}[];:,.".utf8.contains(byte())
    at += 1
    if isSymbol { return .symbol }
    // A character of several bytes is one stray token.
    while at < bytes.count, bytes[at] & 0xC0 == 0x80 { at += 1 }
    return .stray
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte & 0xDF) && byte < 128 || byte == UInt8(ascii: "_")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
