internal import AzureModel
internal import CryptoEngine
internal import FoundationEssentials
internal import LuaRuntime

extension KeyOptions {
  /// Puts the options of a Lua call together that makes or imports a key.
  init(vault: String, _ options: LuaOptions) throws {
    self.init(
      vault: vault,
      name: options.string("name"),
      kty: options.optionalString("kty"),
      size: options.optionalInteger("size").map { Int(clamping: $0) },
      curve: options.optionalString("curve"),
      ops: options.contains("ops") ? options.strings("ops") : nil,
      notBefore: try options.optionalDate("not_before"),
      expires: try options.optionalDate("expires"),
      isDisabled: options.optionalBoolean("disabled") ?? false,
      tags: try options.optionalTags("tags") ?? [:]
    )
  }
}

extension LuaOptions {
  /// The time of an option.
  func optionalDate(_ name: String) throws -> Date? {
    try optionalString(name).map { try Date(rfc3339: $0) }
  }

  /// The tags of an option.
  func optionalTags(_ name: String) throws -> [String: String]? {
    guard contains(name) else { return nil }
    guard case .table(let members) = value(name) else {
      throw LuaError(code: "argument.type", message: "option '\(name)' must be a table of strings")
    }
    var tags: [String: String] = [:]
    for (key, value) in members {
      guard let text = value.text else {
        throw LuaError(
          code: "argument.type",
          message: "option '\(name)': '\(key.text)' must be a string"
        )
      }
      tags[key.text] = text
    }
    return tags
  }

  /// The private key of the options `pem` or `jwk`, and what a JWK says beside it.
  func importedKey() throws -> (key: PrivateKey, jwk: JWK?) {
    switch (optionalBytes("pem"), value("jwk")) {
    case (let pem?, .nil): return (try PrivateKey(pem: pem), nil)
    case (nil, .bytes(let text)): return try imported(JSONTree(text: text))
    case (nil, let table) where !table.isNil: return try imported(JSONTree(table, path: "jwk"))
    default:
      throw LuaError(
        code: "argument.missing",
        message: "key.import needs exactly one of pem and jwk"
      )
    }
  }

  private func imported(_ document: JSONTree) throws -> (key: PrivateKey, jwk: JWK?) {
    let jwk = try JWK(document)
    return (jwk.privateKey, jwk)
  }
}

/// base64 in both alphabets.
enum Base64 {
  /// Reads standard or URL alphabet, padded or not; nil for anything else.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    var standard = text.map { byte in
      switch byte {
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: byte
      }
    }
    while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
    return Data(base64Encoded: Data(standard)).map { [UInt8]($0) }
  }

  /// Writes the standard alphabet, padded.
  static func encode(_ bytes: [UInt8]) -> [UInt8] { [UInt8](Data(bytes).base64EncodedData()) }
}
