internal import AzureModel
internal import CryptoEngine
internal import LuaRuntime

private let cipherOptions: [LuaOption] = [
  .required("algorithm", .string, "RSA-OAEP-256, RSA-OAEP or RSA1_5", az: "--algorithm")
    .naming(.words(["RSA-OAEP-256", "RSA-OAEP", "RSA1_5"])),
  .required("value", .secret, "bytes", az: "--value"),
]

private let signatureAlgorithm = LuaOption.required(
  "algorithm",
  .string,
  "PS256, RS256 and their like, RSNULL; ES256, ES256K, ES384, ES512",
  az: "--algorithm"
).naming(
  .words([
    "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "ES256", "ES256K", "ES384", "ES512",
    "RSNULL",
  ])
)

extension LuaClass<KeyHandle> {
  /// Encrypting, wrapping and what undoes them.
  func keyCiphers(_ session: Session) {
    sealing("encrypt", "Encrypts bytes in the vault.") { handle, algorithm, value in
      try session.call { azure, context in
        try azure.encrypt(handle.kid, algorithm: algorithm, value: value, context: context)
      }
    }
    sealing("wrap", "Encrypts a key in the vault, under a permission of its own.") {
      handle,
      algorithm,
      value in
      try session.call { azure, context in
        try azure.wrap(handle.kid, algorithm: algorithm, value: value, context: context)
      }
    }
    opening("decrypt", "Decrypts bytes in the vault.") { handle, algorithm, value in
      try session.call { azure, context in
        try azure.decrypt(handle.kid, algorithm: algorithm, value: value, context: context)
      }
    }
    opening("unwrap", "Decrypts a wrapped key in the vault.") { handle, algorithm, value in
      try session.call { azure, context in
        try azure.unwrap(handle.kid, algorithm: algorithm, value: value, context: context)
      }
    }
  }

  private func sealing(
    _ name: String,
    _ summary: String,
    _ seal: @escaping (KeyHandle, EncryptionAlgorithm, SecretBytes) throws -> EncryptedValue
  ) {
    fast(name, summary, options: cipherOptions, returns: "{ kid, algorithm, value }") {
      handle,
      call in
      let options = try call.options()
      let sealed = try seal(
        handle,
        EncryptionAlgorithm(rawValue: options.string("algorithm")),
        SecretBytes(copying: options.bytes("value"))
      )
      return try call.push(sealed.kid, sealed.algorithm.rawValue, .bytes(sealed.value))
    }
  }

  private func opening(
    _ name: String,
    _ summary: String,
    _ open: @escaping (KeyHandle, EncryptionAlgorithm, [UInt8]) throws -> DecryptedValue
  ) {
    fast(name, summary, options: cipherOptions, returns: "{ kid, algorithm, value }") {
      handle,
      call in
      let options = try call.options()
      let opened = try open(
        handle,
        EncryptionAlgorithm(rawValue: options.string("algorithm")),
        options.bytes("value")
      )
      let value = opened.value.withUnsafeBytes { [UInt8]($0) }
      return try call.push(opened.kid, opened.algorithm.rawValue, .bytes(value))
    }
  }

  /// Signing and verifying.
  func keySignatures(_ session: Session) {
    fast(
      "sign",
      "Signs the digest of a message in the vault.",
      options: [
        signatureAlgorithm,
        .required("value", .secret, "the digest: 32, 48 or 64 bytes", az: "--digest"),
      ],
      returns: "{ kid, algorithm, value }"
    ) { handle, call in
      let options = try call.options()
      let signed = try session.call { azure, context in
        try azure.sign(
          handle.kid,
          algorithm: SignatureAlgorithm(rawValue: options.string("algorithm")),
          digest: options.bytes("value"),
          context: context
        )
      }
      return try call.push(signed.kid, signed.algorithm.rawValue, .bytes(signed.value))
    }
    fast(
      "verify",
      "Tells in `value` whether a signature of a digest was made with this version.",
      options: [
        signatureAlgorithm,
        .required("digest", .secret, "32, 48 or 64 bytes", az: "--digest"),
        .required("value", .secret, "the signature", az: "--signature"),
      ],
      returns: "{ kid, algorithm, value }"
    ) { handle, call in
      let options = try call.options()
      let algorithm = options.string("algorithm")
      let isGood = try session.call { azure, context in
        try azure.verify(
          handle.kid,
          algorithm: SignatureAlgorithm(rawValue: algorithm),
          digest: options.bytes("digest"),
          signature: options.bytes("value"),
          context: context
        )
      }
      return try call.push(handle.kid, algorithm, .boolean(isGood))
    }
  }
}

extension LuaCall {
  /// Pushes what an operation with a key answers.
  fileprivate func push(_ kid: KeyID, _ algorithm: String, _ value: LuaValue) throws -> Int32 {
    try push(["kid": .string(kid.description), "algorithm": .string(algorithm), "value": value])
    return 1
  }
}
