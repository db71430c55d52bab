public import CryptoEngine
internal import FoundationEssentials

/// A key that an audit may unwrap sources with.
public struct AuditKey: Sendable {
  /// As values name it: the plugin's key id, or the kid whose hash the key id is.
  public let keyID: String
  let reference: KeyReference
  private let decrypt: @Sendable (RSAPadding, [UInt8]) throws -> SecretBytes

  /// Takes whatever decrypts by RSA under a key.
  public init(
    keyID: String,
    decrypt: @escaping @Sendable (RSAPadding, [UInt8]) throws -> SecretBytes
  ) {
    self.keyID = keyID
    self.decrypt = decrypt
    reference = KeyReference(keyID)
  }

  /// Takes a private key from its PEM text.
  ///
  /// - Throws: `crypto.key_invalid`, `transform.failed` for what is no private key in clear.
  public init(keyID: String, pem: [UInt8]) throws {
    try Self.check(String(decoding: pem, as: UTF8.self))
    let key = try RSAPrivateKey(pem: pem)
    self.init(keyID: keyID) { padding, ciphertext in
      try key.decrypt(ciphertext, padding: padding)
    }
  }

  private static func check(_ pem: String) throws(AtRestError) {
    let problem: String? =
      if !pem.contains("-----BEGIN ") {
        "it is no PEM text"
      } else if pem.contains("ENCRYPTED") {
        "it is locked with a passphrase; write it in clear with: openssl pkey -in FILE -out CLEAR"
      } else if !pem.contains("PRIVATE KEY-----") {
        "it is no private key"
      } else {
        nil
      }
    if let problem { throw AtRestError(.failed, problem) }
  }

  /// Unwraps a source of KMS v2, whichever plugin wrapped it: the one for Key Vault, known by its
  /// annotations, or one that stores the bytes of RSA-OAEP-256 as they are.
  func unwrap(_ source: WrappedSource) throws -> SecretBytes {
    let isOfVaultPlugin = source.annotations["algorithm.azure.akv.io"] != nil
    let ciphertext =
      isOfVaultPlugin ? Self.base64URL(source.ciphertext) ?? source.ciphertext : source.ciphertext
    return try decrypt(.oaepSHA256, ciphertext)
  }

  /// Unwraps a data key of KMS v1, which says nothing of its plugin: both forms are tried.
  func unwrapV1(_ wrapped: [UInt8]) throws -> SecretBytes {
    if let ciphertext = Self.base64URL(wrapped) { return try decrypt(.pkcs1v15, ciphertext) }
    return try decrypt(.oaepSHA256, wrapped)
  }

  /// What base64url text without padding stands for; nil when the bytes are no such text.
  private static func base64URL(_ text: [UInt8]) -> [UInt8]? {
    guard !text.isEmpty, let string = String(validating: text, as: UTF8.self) else { return nil }
    let standard = string.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    return Data(base64Encoded: standard + padding).map { [UInt8]($0) }
  }
}
