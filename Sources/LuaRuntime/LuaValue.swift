/// A Swift object that Lua holds as a userdata of a registered class.
public protocol LuaObject: AnyObject {}

/// A key of a Lua table.
public enum LuaKey: Hashable, Sendable {
  /// A string's bytes.
  case string([UInt8])
  /// An integer.
  case integer(Int64)
  /// A float that is no integer.
  case number(Double)
  /// A boolean.
  case boolean(Bool)

  /// A key of text.
  public init(_ text: String) { self = .string(Array(text.utf8)) }

  /// The key as text, for showing.
  public var text: String {
    switch self {
    case .string(let bytes): String(decoding: bytes, as: UTF8.self)
    case .integer(let value): String(value)
    case .number(let value): String(value)
    case .boolean(let value): String(value)
    }
  }
}

extension LuaKey {
  /// Whether the key is a text, without making a key of it.
  static func == (key: LuaKey, text: String) -> Bool {
    if case .string(let bytes) = key { bytes.elementsEqual(text.utf8) } else { false }
  }
}

extension LuaKey: ExpressibleByStringLiteral {
  /// A key of text.
  public init(stringLiteral value: String) { self.init(value) }
}

/// A Lua value as Swift sees it; tables are copied, functions and objects are references.
public enum LuaValue {
  /// Absence.
  case `nil`
  /// `json.null`: a null that a table can hold.
  case null
  /// A boolean.
  case boolean(Bool)
  /// An integer; never merged with a float.
  case integer(Int64)
  /// A float.
  case number(Double)
  /// A Lua string, which is bytes.
  case bytes([UInt8])
  /// A table with keys 1…n; holes are `nil`.
  case array([LuaValue])
  /// Any other table.
  case table([LuaKey: LuaValue])
  /// A host object.
  case object(any LuaObject)
  /// A function, or another value kept by reference.
  case function(LuaReference)

  /// A string of text.
  public static func string(_ text: String) -> LuaValue { .bytes(Array(text.utf8)) }

  /// The value, or nil for none.
  public static func optional(_ value: LuaValue?) -> LuaValue { value ?? .nil }

  /// The bytes as text when they are UTF-8.
  public var text: String? {
    guard case .bytes(let bytes) = self else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// Whether this is `nil`.
  public var isNil: Bool {
    if case .nil = self { true } else { false }
  }

  /// A member of a table, nil when absent or when this is no table.
  public func member(_ name: String) -> LuaValue? {
    guard case .table(let members) = self, let value = members[LuaKey(name)], !value.isNil else {
      return nil
    }
    return value
  }

  /// What Lua calls the type.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .null: "null"
    case .boolean: "boolean"
    case .integer, .number: "number"
    case .bytes: "string"
    case .array, .table: "table"
    case .object: "object"
    case .function: "function"
    }
  }
}

extension LuaValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  /// A string of text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A boolean.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}
