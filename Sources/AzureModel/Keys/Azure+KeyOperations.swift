public import CryptoEngine

/// What a vault encrypted or wrapped.
public struct EncryptedValue: Hashable, Sendable {
  /// Version that encrypted; what decrypting must name.
  public let kid: KeyID
  /// Algorithm it used.
  public let algorithm: EncryptionAlgorithm
  /// Ciphertext, as long as the modulus.
  public let value: [UInt8]
}

/// What a vault decrypted or unwrapped.
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
    try seal(.encrypt, kid, algorithm, value, context)
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
    try open(.decrypt, kid, algorithm, value, context)
  }

  /// Wraps a symmetric key with a key version: as `encrypt`, under a grant of its own.
  ///
  /// - Throws: as `encrypt`.
  public func wrap(
    _ kid: KeyID,
    algorithm: EncryptionAlgorithm,
    value: SecretBytes,
    context: CallContext
  ) throws -> EncryptedValue {
    try seal(.wrap, kid, algorithm, value, context)
  }

  /// Unwraps what a key version wrapped: as `decrypt`, under a grant of its own.
  ///
  /// - Throws: as `decrypt`.
  public func unwrap(
    _ kid: KeyID,
    algorithm: EncryptionAlgorithm,
    value: [UInt8],
    context: CallContext
  ) throws -> DecryptedValue {
    try open(.unwrap, kid, algorithm, value, context)
  }

  private func seal(
    _ access: KeyAccess,
    _ kid: KeyID,
    _ algorithm: EncryptionAlgorithm,
    _ value: SecretBytes,
    _ context: CallContext
  ) throws -> EncryptedValue {
    try perform(access, vault: kid.vault, key: kid.name, version: kid.version, context) { _ in
      let padding = try algorithm.padding()
      let key = try usable(kid, for: access, context)
      let publicKey = try rsaKey(key).publicKey
      let room = publicKey.plaintextByteCountMax(padding)
      guard value.byteCount <= room else {
        throw Self.parameterIncorrect(
          "\(algorithm.rawValue) with a key of \(key.bitCount) bits takes at most \(room) bytes, "
            + "not \(value.byteCount)"
        )
      }
      let sealed = try publicKey.encrypt(value, padding: padding)
      return EncryptedValue(kid: key.kid, algorithm: algorithm, value: sealed)
    }
  }

  private func open(
    _ access: KeyAccess,
    _ kid: KeyID,
    _ algorithm: EncryptionAlgorithm,
    _ value: [UInt8],
    _ context: CallContext
  ) throws -> DecryptedValue {
    try perform(access, vault: kid.vault, key: kid.name, version: kid.version, context) { _ in
      let padding = try algorithm.padding()
      let key = try usable(kid, for: access, context)
      do {
        let opened = try rsaKey(key).decrypt(value, padding: padding)
        return DecryptedValue(kid: key.kid, algorithm: algorithm, value: opened)
      } catch let error as CryptoError where error.code == .rejected {
        throw Self.parameterIncorrect(
          "only the version and algorithm that encrypted a value decrypt it"
        )
      }
    }
  }

  /// The service's answer to data that a key cannot work on.
  public static func parameterIncorrect(_ hint: String? = nil) -> AzureError {
    AzureError.badParameter("The parameter is incorrect.\r\n", hint: hint)
  }

  /// The private key of a version that encrypts.
  private func rsaKey(_ key: Key) throws -> RSAPrivateKey {
    // A key on a curve cannot have the operation, so it was refused before.
    guard case .rsa(let opened) = try privateKey(of: key) else {
      throw Self.parameterIncorrect("only an RSA key encrypts and decrypts")
    }
    return opened
  }

  /// A version's private key, remembered once opened.
  func privateKey(of key: Key) throws -> PrivateKey {
    if let opened = openKeys.find(key.id, key.publicNumbers) { return opened }
    let pkcs8 = try store.openMaterial(sealedMaterial(of: key), name: key.kid.description)
    let opened = try PrivateKey(pkcs8: pkcs8)
    openKeys.keep(opened, id: key.id, key.publicNumbers)
    return opened
  }

  /// A version's private part as it is stored.
  func sealedMaterial(of key: Key) throws -> [UInt8] {
    guard let material = try store.find(KeyMaterial.self, id: key.id) else {
      throw Self.keyNotFound(key.kid)
    }
    return Array(material.sealed)
  }
}
