internal import AzureModel
internal import FoundationEssentials
public import LuaRuntime

extension LuaModule {
  /// The Lua module `json`.
  public static func json() -> LuaModule {
    LuaModule("json", "JSON text to Lua values and back; `json.null` stands for null.") { module in
      module.field("null", "Stands for null in tables.") { .null }
      module.function(
        "encode",
        "Returns a value as JSON text, members sorted by name.",
        parameters: "value, {indent?}",
        returns: "string"
      ) { call in
        let indent = call.count > 1 ? try call.value(2).member("indent") : nil
        return .bytes(try JSONTree(call.value(1), path: "value").text(isIndented: indent != nil))
      }
      module.takes(
        [.optional("indent", .integer, "given: laid out over lines, two blanks deeper each")],
        "encode"
      )
      module.function(
        "decode",
        "Returns the value of a JSON text; arrays and objects stay apart, null is `json.null`.",
        parameters: "text",
        returns: "any"
      ) { call in
        try JSONTree(text: call.bytes(1)).luaValue
      }
    }
  }
}

extension JSONTree {
  /// Longest text read, in bytes.
  static let textByteCountMax = 256 << 20

  /// Reads a document.
  ///
  /// - Throws: `json.invalid`.
  init(text: [UInt8]) throws {
    guard text.count <= Self.textByteCountMax else {
      throw LuaError(code: "json.invalid", message: "JSON text is longer than 256 MiB")
    }
    do {
      self = try JSONDecoder().decode(JSONTree.self, from: Data(text))
    } catch let DecodingError.dataCorrupted(context) {
      let reason =
        (context.underlyingError as? CocoaError)?.userInfo["NSDebugDescription"] as? String
      throw LuaError(code: "json.invalid", message: reason ?? context.debugDescription)
    }
  }

  /// Takes a Lua value over; `path` names it in errors.
  ///
  /// - Throws: `json.invalid` for what JSON cannot hold.
  init(_ value: LuaValue, path: String) throws {
    switch value {
    case .nil, .null: self = .null
    case .boolean(let flag): self = .boolean(flag)
    case .integer(let number): self = .integer(number)
    case .number(let number):
      guard number.isFinite else { throw Self.refused(path, "is not a finite number") }
      self = .number(number)
    case .bytes(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw Self.refused(path, "is not UTF-8 text; encode bytes with crypto.base64")
      }
      self = .string(text)
    case .array(let items):
      self = .array(
        try items.enumerated().map { try JSONTree($0.element, path: "\(path)[\($0.offset + 1)]") }
      )
    case .table(let members):
      var object: [String: JSONTree] = [:]
      for (key, member) in members {
        let name = key.text
        object[name] = try JSONTree(member, path: "\(path).\(name)")
      }
      self = .object(object)
    case .object(let object):
      throw Self.refused(path, "is a \(type(of: object)); encode its :show()")
    case .function: throw Self.refused(path, "is a function")
    }
  }

  private static func refused(_ path: String, _ why: String) -> LuaError {
    LuaError(code: "json.invalid", message: "json.encode: \(path) \(why)")
  }

  /// The document as a Lua value.
  var luaValue: LuaValue {
    switch self {
    case .null: .null
    case .boolean(let flag): .boolean(flag)
    case .integer(let number): .integer(number)
    case .number(let number): .number(number)
    case .string(let text): .string(text)
    case .array(let items): .array(items.map(\.luaValue))
    case .object(let members):
      .table(Dictionary(uniqueKeysWithValues: members.map { (LuaKey($0), $1.luaValue) }))
    }
  }
}
