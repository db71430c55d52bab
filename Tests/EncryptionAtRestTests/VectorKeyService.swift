import CryptoEngine
import EncryptionAtRest
import Foundation
import TestData

/// A key service over RSA keys, as the plugin that wrote the vectors.
final class VectorKeyService: KeyService {
  let keys: [String: RSAPrivateKey]
  let current: String
  let answer: [UInt8]?

  /// The keys a file names; the first is the current one unless told otherwise.
  init(
    _ file: [String: Any],
    current: String? = nil,
    answer: [UInt8]? = nil,
    read: (String) throws -> [UInt8] = VectorFile.bytes
  ) throws {
    let named = file.list("keys") + file.list("kms_keys")
    var keys: [String: RSAPrivateKey] = [:]
    for key in named where key["pem"] != nil {
      keys[key.text("kid")] = try RSAPrivateKey(pem: read(key.text("pem")))
    }
    self.keys = keys
    self.current = current ?? named.first?.text("kid") ?? ""
    self.answer = answer
  }

  func status() -> KeyServiceStatus {
    KeyServiceStatus(version: "v2", healthz: "ok", keyID: current)
  }

  func encrypt(_ plaintext: SecretBytes, uid: String) throws -> WrappedSource {
    WrappedSource(ciphertext: try encryptV1(plaintext), keyID: current, annotations: [:])
  }

  func decrypt(_ source: WrappedSource, uid: String) throws -> SecretBytes {
    if let answer { return SecretBytes(copying: answer) }
    guard let key = keys[source.keyID] else {
      throw KeyServiceError(status: "FailedPrecondition", message: "unknown key_id")
    }
    return try unwrap(source.ciphertext, [key])
  }

  func versionV1() -> String { "v1beta1" }

  func encryptV1(_ plaintext: SecretBytes) throws -> [UInt8] {
    guard let key = keys[current] else { throw KeyServiceError(message: "unknown key_id") }
    return try key.publicKey.encrypt(plaintext, padding: .oaepSHA256)
  }

  func decryptV1(_ ciphertext: [UInt8]) throws -> SecretBytes {
    if let answer { return SecretBytes(copying: answer) }
    return try unwrap(ciphertext, Array(keys.values))
  }

  private func unwrap(_ ciphertext: [UInt8], _ keys: [RSAPrivateKey]) throws -> SecretBytes {
    for key in keys {
      if let secret = try? key.decrypt(ciphertext, padding: .oaepSHA256) { return secret }
    }
    throw KeyServiceError(status: "InvalidArgument", message: "cannot unwrap")
  }
}
