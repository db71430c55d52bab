internal import FoundationEssentials

/// A value of a JSON document as it stands in the text.
///
/// The library's decoder reads the values; what it cannot do is hand on a value nobody knows
/// exactly as it was written, and Kubernetes stores the owners of fields in that way. So objects
/// and arrays are split here, and all else is left to the library.
///
/// Source: RFC 8259.
struct JSONText {
  private let bytes: [UInt8]
  private let range: Range<Int>

  static let malformed = AtRestError(.secretInvalid, "not a Secret in JSON form")

  /// Takes a document, after the library found nothing wrong with it.
  init(_ bytes: [UInt8]) throws(AtRestError) {
    /// Accepts any object; the decoder checks the whole text, and its depth, before.
    struct Anything: Decodable { init(from decoder: any Decoder) {} }
    do {
      _ = try JSONDecoder().decode(Anything.self, from: Data(bytes))
    } catch {
      // The library's message may quote the text, which is secret.
      throw Self.malformed
    }
    var scanner = Scanner(bytes: bytes, position: 0, end: bytes.count)
    self.init(bytes, try scanner.value())
  }

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
  }

  /// The text as it was written.
  var raw: [UInt8] { [UInt8](bytes[range]) }

  var isNull: Bool { bytes[range].elementsEqual("null".utf8) }

  /// Reads the value by the library; nil when it is null.
  func decoded<Value: Decodable>(_ type: Value.Type) throws(AtRestError) -> Value? {
    if isNull { return nil }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes[range]))
    } catch {
      throw Self.malformed
    }
  }

  /// A text; nil when it is null.
  ///
  /// Most texts hold no escape, and then they are what stands between the quotes: the document was
  /// found well-formed before.
  func text() throws(AtRestError) -> String? {
    let quote = UInt8(ascii: "\"")
    guard range.count >= 2, bytes[range.lowerBound] == quote else {
      return try decoded(String.self)
    }
    let inner = bytes[range.lowerBound + 1..<range.upperBound - 1]
    guard !inner.contains(UInt8(ascii: "\\")) else { return try decoded(String.self) }
    return String(decoding: inner, as: UTF8.self)
  }

  /// The members of an object in their order; none of null.
  func members() throws(AtRestError) -> [(name: String, value: JSONText)] {
    if isNull { return [] }
    var result: [(name: String, value: JSONText)] = []
    for text in try items(open: "{", close: "}", isObject: true) {
      guard let nameText = text.name,
        let name = try JSONText(bytes, nameText).text()
      else { throw Self.malformed }
      result.append((name, JSONText(bytes, text.value)))
    }
    return result
  }

  /// The elements of an array in their order; none of null.
  func elements() throws(AtRestError) -> [JSONText] {
    if isNull { return [] }
    return try items(open: "[", close: "]", isObject: false).map { JSONText(bytes, $0.value) }
  }

  private func items(
    open: UnicodeScalar,
    close: UnicodeScalar,
    isObject: Bool
  ) throws(AtRestError) -> [(name: Range<Int>?, value: Range<Int>)] {
    var scanner = Scanner(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    guard scanner.take(UInt8(ascii: open)) else { throw Self.malformed }
    var result: [(name: Range<Int>?, value: Range<Int>)] = []
    while !scanner.take(UInt8(ascii: close)) {
      if !result.isEmpty, !scanner.take(UInt8(ascii: ",")) { throw Self.malformed }
      var name: Range<Int>?
      if isObject {
        name = try scanner.value()
        guard scanner.take(UInt8(ascii: ":")) else { throw Self.malformed }
      }
      result.append((name, try scanner.value()))
    }
    return result
  }

  /// Finds where values end, by quotes and brackets alone.
  private struct Scanner {
    let bytes: [UInt8]
    var position: Int
    let end: Int

    private mutating func skipSpace() {
      while position < end {
        let byte = bytes[position]
        guard byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D else { return }
        position += 1
      }
    }

    mutating func take(_ byte: UInt8) -> Bool {
      skipSpace()
      guard position < end, bytes[position] == byte else { return false }
      position += 1
      return true
    }

    mutating func value() throws(AtRestError) -> Range<Int> {
      skipSpace()
      let start = position
      var depth = 0
      repeat {
        guard position < end else { throw JSONText.malformed }
        switch bytes[position] {
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          depth += 1
          position += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          position += 1
        case UInt8(ascii: ","), UInt8(ascii: ":"): position += 1
        default: skipPlain()
        }
        if depth > 0 { skipSpace() }
      } while depth > 0
      guard depth == 0, position > start else { throw JSONText.malformed }
      return start..<position
    }

    private mutating func skipString() throws(AtRestError) {
      position += 1
      while position < end, bytes[position] != UInt8(ascii: "\"") {
        position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
      }
      guard position < end else { throw JSONText.malformed }
      position += 1
    }

    /// A number or a word, up to what cannot belong to it.
    private mutating func skipPlain() {
      let stops = Array(" \t\n\r,:]}[{\"".utf8)
      repeat { position += 1 } while position < end && !stops.contains(bytes[position])
    }
  }
}

/// Appends the members of a JSON object as Go's encoder writes them.
///
/// Source: Go `encoding/json`, "Marshal": escaped are also `<`, `>`, `&` and the line separators.
struct JSONObjectWriter {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  mutating func member(_ name: String, raw value: [UInt8]) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes += Self.quoted(name)
    bytes.append(UInt8(ascii: ":"))
    bytes += value
  }

  /// Writes a text unless it is empty.
  mutating func member(_ name: String, _ text: String) {
    if !text.isEmpty { member(name, raw: Self.quoted(text)) }
  }

  mutating func member(_ name: String, _ value: Bool?) {
    if let value { member(name, raw: Array((value ? "true" : "false").utf8)) }
  }

  mutating func member(_ name: String, _ value: Int64?) {
    if let value { member(name, raw: Array("\(value)".utf8)) }
  }

  mutating func member(_ name: String, _ time: Date?) {
    if let time { member(name, time.formatted(.iso8601)) }
  }

  /// Writes texts by the byte order of their names, unless there are none.
  mutating func member(_ name: String, _ texts: [String: String]) {
    guard !texts.isEmpty else { return }
    var object = JSONObjectWriter()
    for (key, value) in texts.inByteOrder { object.member(key, raw: Self.quoted(value)) }
    member(name, raw: object.closed())
  }

  /// Writes elements unless there are none.
  mutating func member(_ name: String, elements: [[UInt8]]) {
    guard !elements.isEmpty else { return }
    let body = Array(elements.joined(separator: [UInt8(ascii: ",")]))
    member(name, raw: [UInt8(ascii: "[")] + body + [UInt8(ascii: "]")])
  }

  mutating func kept(_ kept: KeptFields) {
    for unknown in kept.json { member(unknown.name, raw: unknown.value) }
  }

  consuming func closed() -> [UInt8] { bytes + [UInt8(ascii: "}")] }

  static func quoted(_ text: String) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    if text.utf8.allSatisfy(isPlain) { return [quote] + text.utf8 + [quote] }
    var result: [UInt8] = [UInt8(ascii: "\"")]
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += [UInt8(ascii: "\\"), UInt8(ascii: scalar)]
      case "\n": result += Array("\\n".utf8)
      case "\r": result += Array("\\r".utf8)
      case "\t": result += Array("\\t".utf8)
      case "\u{8}": result += Array("\\b".utf8)
      case "\u{C}": result += Array("\\f".utf8)
      case "<", ">", "&", "\u{2028}", "\u{2029}", "\0"..<" ":
        let hex = String(scalar.value, radix: 16)
        result += Array(("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8)
      default: result += Array(String(scalar).utf8)
      }
    }
    return result + [UInt8(ascii: "\"")]
  }

  /// Whether a byte of a text stands for itself between quotes.
  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      && byte != UInt8(ascii: "<") && byte != UInt8(ascii: ">") && byte != UInt8(ascii: "&")
  }
}
