internal import AzureModel
internal import CryptoEngine
internal import FoundationEssentials
internal import LuaRuntime

extension KeyOptions {
  /// Puts options together from a name and the attributes in a Lua call.
  init(
    vault: String,
    name: String,
    kty: String? = nil,
    size: Int? = nil,
    attributes: LuaOptions
  ) throws {
    self.init(
      vault: vault,
      name: name,
      kty: kty,
      size: size,
      ops: attributes.contains("ops") ? attributes.strings("ops") : nil,
      notBefore: try attributes.optionalDate("not_before"),
      expires: try attributes.optionalDate("expires"),
      isDisabled: attributes.optionalBoolean("disabled") ?? false,
      tags: try attributes.optionalTags("tags") ?? [:]
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

  /// The private key of the options `pem` or `jwk`.
  func privateKey() throws -> RSAPrivateKey {
    switch (optionalBytes("pem"), value("jwk")) {
    case (let pem?, .nil): return try RSAPrivateKey(pem: pem)
    case (nil, let jwk) where !jwk.isNil: return try RSAPrivateKey(jwk: jwk)
    default:
      throw LuaError(
        code: "argument.missing",
        message: "key.import needs exactly one of pem and jwk"
      )
    }
  }
}

extension RSAPrivateKey {
  /// Reads a JWK, as JSON text or as a table.
  init(jwk: LuaValue) throws {
    var jwk = jwk
    if case .bytes(let text) = jwk { jwk = try JSONTree(text: text).luaValue }
    guard jwk.member("kty")?.text == "RSA" else {
      throw LuaError(code: "key.invalid", message: "a jwk needs kty = 'RSA'")
    }
    func number(_ name: String) throws -> [UInt8] {
      guard case .bytes(let text) = jwk.member(name), let bytes = Base64.decode(text) else {
        throw LuaError(
          code: "key.invalid",
          message: "the jwk's member '\(name)' is missing or no base64url"
        )
      }
      return bytes
    }
    func secret(_ name: String) throws -> SecretBytes { SecretBytes(copying: try number(name)) }
    try self.init(
      RSANumbers(
        modulus: number("n"),
        exponent: number("e"),
        privateExponent: secret("d"),
        firstPrime: secret("p"),
        secondPrime: secret("q"),
        firstExponent: secret("dp"),
        secondExponent: secret("dq"),
        coefficient: secret("qi")
      )
    )
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

  /// Writes the URL alphabet, unpadded.
  static func encodeURL(_ bytes: [UInt8]) -> [UInt8] {
    encode(bytes).filter { $0 != UInt8(ascii: "=") }.map { byte in
      switch byte {
      case UInt8(ascii: "+"): UInt8(ascii: "-")
      case UInt8(ascii: "/"): UInt8(ascii: "_")
      default: byte
      }
    }
  }
}
