import CryptoEngine
import FoundationEssentials

extension EncryptedValue {
  /// What `az keyvault key encrypt` prints.
  public var azShape: JSONTree {
    KeyResult.azShape(kid, algorithm.rawValue, Data(value).base64EncodedString())
  }

  /// The service's `KeyOperationResult`.
  public var restShape: JSONTree { KeyResult.restShape(kid, value) }
}

extension DecryptedValue {
  /// The service's `KeyOperationResult`; it holds the plaintext.
  public var restShape: JSONTree { KeyResult.restShape(kid, value.withUnsafeBytes { [UInt8]($0) }) }
}

extension SignedDigest {
  /// The service's `KeyOperationResult`.
  public var restShape: JSONTree { KeyResult.restShape(kid, value) }
}

/// What an operation with a key answers.
private enum KeyResult {
  static func azShape(_ kid: KeyID, _ algorithm: String, _ result: String) -> JSONTree {
    [
      "aad": nil, "algorithm": .string(algorithm), "iv": nil, "kid": .string(kid.description),
      "result": .string(result), "tag": nil,
    ]
  }

  static func restShape(_ kid: KeyID, _ value: [UInt8]) -> JSONTree {
    ["kid": .string(kid.description), "value": .string(Data(value).base64URL)]
  }
}
