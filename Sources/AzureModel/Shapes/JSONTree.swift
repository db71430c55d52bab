import FoundationEssentials

/// A JSON document: what the services answer and what `az` prints, built in one place per shape.
///
/// Members that are null are members; text has them sorted by name, as `az` does. Integers and
/// floats stay apart: `3` reads as an integer, `3.0` as a float, as far as the library's decoder
/// tells them apart.
public indirect enum JSONTree: Hashable, Sendable, Codable {
  /// A null, which is not the same as an absent member.
  case null
  /// True or false.
  case boolean(Bool)
  /// A number without fraction.
  case integer(Int64)
  /// A number with a fraction.
  case number(Double)
  /// Text.
  case string(String)
  /// Values in order.
  case array([JSONTree])
  /// Members by name.
  case object([String: JSONTree])

  /// A text, or null for none.
  public static func optional(_ text: String?) -> JSONTree { text.map { .string($0) } ?? .null }

  /// A flag, or null for none.
  public static func optional(_ flag: Bool?) -> JSONTree { flag.map { .boolean($0) } ?? .null }

  /// An array of texts.
  public static func strings(_ texts: some Sequence<String>) -> JSONTree {
    .array(texts.map { .string($0) })
  }

  /// An object of texts, such as tags.
  public static func strings(_ texts: [String: String]) -> JSONTree {
    .object(texts.mapValues { .string($0) })
  }

  /// The document with members of an object added, or put in place of those it has.
  public func merging(_ members: [String: JSONTree]) -> JSONTree {
    guard case .object(let own) = self else { return self }
    return .object(own.merging(members) { _, new in new })
  }

  /// Renders the document as UTF-8 text, members sorted by name.
  public func text(isIndented: Bool = false) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
    return [UInt8](try encoder.encode(self))
  }

  // MARK: Codable

  /// A member's name, whatever it is.
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// Reads any document.
  public init(from decoder: any Decoder) throws {
    // What a value is can be told by trying only; containers first, as each try costs an error.
    if let members = try? decoder.container(keyedBy: Name.self) {
      var object: [String: JSONTree] = [:]
      for name in members.allKeys {
        object[name.stringValue] = try members.decode(JSONTree.self, forKey: name)
      }
      self = .object(object)
    } else if var items = try? decoder.unkeyedContainer() {
      var array: [JSONTree] = []
      while !items.isAtEnd { array.append(try items.decode(JSONTree.self)) }
      self = .array(array)
    } else {
      self = try Self.scalar(decoder.singleValueContainer())
    }
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> JSONTree {
    // Tried one after the other, the last to throw.
    if let string = try? container.decode(String.self) { return .string(string) }
    if container.decodeNil() { return .null }
    if let boolean = try? container.decode(Bool.self) { return .boolean(boolean) }
    if let integer = try? container.decode(Int64.self) { return .integer(integer) }
    return .number(try container.decode(Double.self))
  }

  /// Writes the document.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}

extension JSONTree: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// A null.
  public init(nilLiteral: ()) { self = .null }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Values in order.
  public init(arrayLiteral elements: JSONTree...) { self = .array(elements) }
  /// Members; of two of one name the last counts.
  public init(dictionaryLiteral elements: (String, JSONTree)...) {
    self = .object(Dictionary(elements) { _, last in last })
  }
}
