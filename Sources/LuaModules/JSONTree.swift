internal import FoundationEssentials
internal import LuaRuntime

/// A JSON document between the library's coder and a Lua value.
///
/// Integers and floats stay apart: `3` decodes to a Lua integer, `3.0` to a float, as far as the
/// library's decoder tells them apart.
indirect enum JSONTree: Codable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONTree])
  case object([String: JSONTree])

  /// A member's name, whatever it is.
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    // Containers first: asking for the wrong one costs an error each.
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
    if let string = try? container.decode(String.self) { return .string(string) }
    if container.decodeNil() { return .null }
    if let boolean = try? container.decode(Bool.self) { return .boolean(boolean) }
    if let integer = try? container.decode(Int64.self) { return .integer(integer) }
    return .number(try container.decode(Double.self))
  }

  func encode(to encoder: any Encoder) throws {
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
