internal import Yams

/// A value of a YAML document, as JSON would type it.
public indirect enum YAMLValue: Sendable {
  /// No value.
  case null
  /// True or false.
  case boolean(Bool)
  /// A number as it is written; `integer` and `float` tell its value.
  case number(String)
  /// Text.
  case string(String)
  /// Bytes, written in base64 under the tag `!!binary`.
  case binary([UInt8])
  /// Values in order.
  case list([YAMLValue])
  /// Members in their order; a later one never has the name of an earlier one.
  case mapping([(name: String, value: YAMLValue)])

  /// What Go's decoder calls the type.
  var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "bool"
    case .number: "number"
    case .string, .binary: "string"
    case .list: "array"
    case .mapping: "object"
    }
  }
}

extension YAMLValue {
  /// What a merge key adds: the members of a mapping, or of each of a list, the first one's first.
  var mergedMembers: [(name: String, value: YAMLValue)]? {
    switch self {
    case .mapping(let members): return members
    case .list(let items):
      let parts = items.compactMap(\.mergedMembers)
      return parts.count == items.count ? parts.flatMap { $0 } : nil
    default: return nil
    }
  }

  /// The value of a number that is written as an integer; nil for any other, and one too large.
  public var integer: Int64? {
    guard case .number(let text) = self, Resolver.default.resolveTag(of: Node(text)) == .int else {
      return nil
    }
    return Int64.construct(from: Node.Scalar(text))
  }

  /// The value of any number; nil for what is none.
  public var float: Double? {
    guard case .number(let text) = self else { return nil }
    return Double.construct(from: Node.Scalar(text)) ?? integer.map { Double($0) }
  }
}
