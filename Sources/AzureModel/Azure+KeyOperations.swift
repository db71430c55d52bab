public import CryptoEngine

/// An algorithm for encrypting with a key, as requests spell it; checked where it is used.
///
/// Source: Key Vault `JsonWebKeyEncryptionAlgorithm`.
public struct EncryptionAlgorithm: RawRepresentable, Hashable, Sendable {
  /// The spelling.
  public let rawValue: String

  /// OAEP with SHA-256: recommended, and what the KMS plugin uses.
  public static let rsaOAEP256 = EncryptionAlgorithm(rawValue: "RSA-OAEP-256")
  /// OAEP with SHA-1: legacy.
  public static let rsaOAEP = EncryptionAlgorithm(rawValue: "RSA-OAEP")
  /// PKCS #1 version 1.5: legacy.
  public static let rsa15 = EncryptionAlgorithm(rawValue: "RSA1_5")

  /// Takes any spelling.
  public init(rawValue: String) { self.rawValue = rawValue }

  func padding() throws -> RSAPadding {
    switch self {
    case .rsaOAEP256: return .oaepSHA256
    case .rsaOAEP: return .oaepSHA1
    case .rsa15: return .pkcs1v15
    default:
      throw AzureError.badParameter(
        "The algorithm '\(rawValue)' is not supported.",
        hint: "use RSA-OAEP-256, RSA-OAEP or RSA1_5"
      )
    }
  }
}

/// What a vault encrypted.
public struct EncryptedValue: Hashable, Sendable {
  /// Version that encrypted; what decrypting must name.
  public let kid: KeyID
  /// Algorithm it used.
  public let algorithm: EncryptionAlgorithm
  /// Ciphertext, as long as the modulus.
  public let value: [UInt8]
}

/// What a vault decrypted.
public struct DecryptedValue: Sendable {
  /// Version that decrypted.
  public let kid: KeyID
  /// Algorithm it used.
  public let algorithm: EncryptionAlgorithm
  /// Plaintext.
  public let value: SecretBytes
}

extension Azure {
  /// Encrypts with a key version, the latest for an id without version.
  ///
  /// - Throws: `access.denied`, `argument.value`, `key.not_found`, `key.disabled`, `key.expired`,
  ///   `key.not_yet_valid`, `key.forbidden`, `vault.not_found`.
  public func encrypt(
    _ kid: KeyID,
    algorithm: EncryptionAlgorithm,
    value: SecretBytes,
    context: CallContext
  ) throws -> EncryptedValue {
    try perform(.encrypt, vault: kid.vault, key: kid.name, version: kid.version, context) { _ in
      let padding = try algorithm.padding()
      let key = try usable(kid, for: .encrypt, context)
      let privateKey = try open(key)
      let room = privateKey.publicKey.plaintextByteCountMax(padding)
      guard value.byteCount <= room else {
        throw Self.parameterIncorrect(
          "\(algorithm.rawValue) with a key of \(key.bitCount) bits takes at most \(room) bytes, "
            + "not \(value.byteCount)"
        )
      }
      let sealed = try privateKey.publicKey.encrypt(value, padding: padding)
      return EncryptedValue(kid: key.kid, algorithm: algorithm, value: sealed)
    }
  }

  /// Decrypts with the key version that encrypted; an expired version still decrypts.
  ///
  /// Whatever is wrong with the ciphertext, the answer is the same.
  ///
  /// - Throws: `access.denied`, `argument.value`, `key.not_found`, `key.disabled`,
  ///   `key.forbidden`, `vault.not_found`.
  public func decrypt(
    _ kid: KeyID,
    algorithm: EncryptionAlgorithm,
    value: [UInt8],
    context: CallContext
  ) throws -> DecryptedValue {
    try perform(.decrypt, vault: kid.vault, key: kid.name, version: kid.version, context) { _ in
      let padding = try algorithm.padding()
      let key = try usable(kid, for: .decrypt, context)
      do {
        let opened = try open(key).decrypt(value, padding: padding)
        return DecryptedValue(kid: key.kid, algorithm: algorithm, value: opened)
      } catch let error as CryptoError where error.code == .rejected {
        throw Self.parameterIncorrect(
          "only the version and algorithm that encrypted a value decrypt it"
        )
      }
    }
  }

  /// The service's answer to data that a key cannot work on.
  private static func parameterIncorrect(_ hint: String) -> AzureError {
    AzureError.badParameter("The parameter is incorrect.\r\n", hint: hint)
  }

  private func open(_ key: Key) throws -> RSAPrivateKey {
    let modulus = Array(key.modulus)
    if let opened = openKeys.find(key.id, modulus: modulus) { return opened }
    guard let material = try store.find(KeyMaterial.self, id: key.id) else {
      throw Self.keyNotFound(key.kid)
    }
    let pkcs8 = try store.openMaterial(Array(material.sealed), name: key.kid.description)
    let opened = try RSAPrivateKey(pkcs8: pkcs8)
    openKeys.keep(opened, id: key.id, modulus: modulus)
    return opened
  }
}
