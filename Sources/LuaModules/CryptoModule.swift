internal import AzureModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import FoundationEssentials
public import LuaRuntime

extension LuaModule {
  /// The Lua module `crypto`.
  public static func crypto() -> LuaModule {
    LuaModule("crypto", "Hashes and encodings of bytes.") { module in
      for algorithm in HashAlgorithm.allCases {
        module.function(
          algorithm.rawValue.lowercased().filter { $0 != "-" },
          "Returns the \(algorithm.rawValue) hash of bytes, \(algorithm.byteCount) bytes.",
          parameters: "bytes",
          returns: "string"
        ) { .bytes(try Digest.hash($0.bytes(1), algorithm)) }
      }
      module.function(
        "base64",
        "Returns bytes in base64, padded.",
        parameters: "bytes",
        returns: "string"
      ) { .bytes(Base64.encode(try $0.bytes(1))) }
      module.function(
        "base64url",
        "Returns bytes in base64 of the URL alphabet, not padded.",
        parameters: "bytes",
        returns: "string"
      ) { .string(Data(try $0.bytes(1)).base64URL) }
      module.function(
        "base64_decode",
        "Returns the bytes of a base64 text in either alphabet, padded or not.",
        parameters: "text",
        returns: "string"
      ) { call in
        guard let bytes = Base64.decode(try call.bytes(1)) else {
          throw LuaError(code: "argument.value", message: "\(call.description.name): not base64")
        }
        return .bytes(bytes)
      }
      module.function(
        "hex",
        "Returns bytes in lower-case hexadecimal digits.",
        parameters: "bytes",
        returns: "string"
      ) { .string(try $0.bytes(1).lowerHex) }
      module.function(
        "hex_decode",
        "Returns the bytes of a text of hexadecimal digits.",
        parameters: "text",
        returns: "string"
      ) { call in
        guard let bytes = Hexadecimal.decode(try call.bytes(1)) else {
          throw LuaError(
            code: "argument.value",
            message: "\(call.description.name): not an even number of hexadecimal digits"
          )
        }
        return .bytes(bytes)
      }
      let hashes = HashAlgorithm.allCases.map { $0.rawValue.lowercased().filter { $0 != "-" } }
      for name in hashes + ["base64", "base64url", "base64_decode", "hex", "hex_decode"] {
        module.takesSecret(argument: 1, name)
      }
    }
  }
}

/// Reads hexadecimal digits.
enum Hexadecimal {
  /// Reads two digits of either case per byte; nil for anything else.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    guard text.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 2)
    for index in stride(from: 0, to: text.count, by: 2) {
      guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
