internal import EncryptionAtRest
public import LuaRuntime

extension LuaModule {
  /// The Lua module `yaml`.
  public static func yaml() -> LuaModule {
    LuaModule("yaml", "YAML text to Lua values and back; null is `json.null`.") { module in
      module.function(
        "decode",
        "Returns the value of a YAML document; integers and floats, arrays and mappings stay apart.",
        parameters: "text",
        returns: "any"
      ) { call in
        let documents = try YAMLText.documents(call.bytes(1))
        guard documents.count < 2 else {
          throw LuaError(
            code: "yaml.invalid",
            message: "the text holds \(documents.count) documents",
            hint: "yaml.decode_all(text) returns each of them"
          )
        }
        return documents.first?.luaValue ?? .null
      }
      module.function(
        "decode_all",
        "Returns the values of all documents of a YAML text.",
        parameters: "text",
        returns: "array"
      ) { call in
        .array(try YAMLText.documents(call.bytes(1)).map(\.luaValue))
      }
      module.function(
        "encode",
        "Returns a value as YAML text, members sorted by name; bytes that are no text as !!binary.",
        parameters: "value",
        returns: "string"
      ) { call in
        .string(try YAMLText.text(YAMLValue(call.value(1), path: "value")))
      }
    }
  }
}

extension YAMLValue {
  /// The value as Lua has it; bytes are a string, as any text is.
  var luaValue: LuaValue {
    switch self {
    case .null: .null
    case .boolean(let flag): .boolean(flag)
    case .number(let text):
      integer.map { .integer($0) } ?? float.map { .number($0) } ?? .string(text)
    case .string(let text): .string(text)
    case .binary(let bytes): .bytes(bytes)
    case .list(let items): .array(items.map(\.luaValue))
    case .mapping(let members):
      .table(Dictionary(members.map { (LuaKey($0.name), $0.value.luaValue) }) { first, _ in first })
    }
  }

  /// Takes a Lua value over; `path` names it in errors.
  ///
  /// - Throws: `yaml.invalid` for what YAML cannot hold.
  init(_ value: LuaValue, path: String) throws {
    switch value {
    case .nil, .null: self = .null
    case .boolean(let flag): self = .boolean(flag)
    case .integer(let number): self = .number("\(number)")
    case .number(let number): self = .number(Self.text(number))
    case .bytes(let bytes):
      self = String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .binary(bytes)
    case .array(let items):
      self = .list(
        try items.enumerated().map { try YAMLValue($0.element, path: "\(path)[\($0.offset + 1)]") }
      )
    case .table(let members):
      self = .mapping(
        try members.map { (name: $0.key.text, value: $0.value) }.sorted { $0.name < $1.name }
          .map { (name: $0.name, value: try YAMLValue($0.value, path: "\(path).\($0.name)")) }
      )
    case .object(let object):
      throw Self.refused(path, "is a \(type(of: object)); encode its :show()")
    case .function: throw Self.refused(path, "is a function")
    }
  }

  /// A float that stays one: with a point, or one of YAML's words.
  private static func text(_ number: Double) -> String {
    if number.isNaN { return ".nan" }
    if number.isInfinite { return number < 0 ? "-.inf" : ".inf" }
    let text = "\(number)"
    guard let exponent = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }

  private static func refused(_ path: String, _ why: String) -> LuaError {
    LuaError(code: "yaml.invalid", message: "yaml.encode: \(path) \(why)")
  }
}
