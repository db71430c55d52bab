internal import COpenSSL

/// The public half of an RSA key of 2048, 3072 or 4096 bits.
public struct RSAPublicKey: Sendable {
  /// Sizes of modulus the engine takes, in bits.
  public static let bitCounts: Set<Int> = [2048, 3072, 4096]

  let handle: LibraryKey
  /// Bits of the modulus.
  public let bitCount: Int

  /// Bytes of the modulus, which is the length of every ciphertext and signature.
  public var modulusByteCount: Int { bitCount / 8 }

  /// Takes the public half of a key over.
  init(_ handle: LibraryKey) throws(CryptoError) {
    let bitCount = unsafe Int(cssl_key_bits(handle.pointer))
    try Self.check(bitCount: bitCount)
    self.handle = handle
    self.bitCount = bitCount
  }

  /// Puts a public key together from its numbers, big-endian.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(modulus: [UInt8], exponent: [UInt8]) throws(CryptoError) {
    // An even number is none that two odd primes gave, and no exponent that could be undone.
    guard modulus.last?.isMultiple(of: 2) == false, exponent.last?.isMultiple(of: 2) == false,
      exponent != [1]
    else { throw CryptoError(.keyInvalid, "the modulus or exponent is none of an RSA key") }
    let parts = [SecretBytes(copying: modulus), SecretBytes(copying: exponent)]
    try self.init(LibraryKey(rsa: parts))
  }

  static func check(bitCount: Int) throws(CryptoError) {
    guard bitCounts.contains(bitCount) else {
      throw CryptoError(.keyInvalid, "an RSA key has 2048, 3072 or 4096 bits, not \(bitCount)")
    }
  }

  /// The public numbers, big-endian: modulus and exponent.
  ///
  /// - Throws: `crypto.unavailable`.
  public func numbers() throws(CryptoError) -> (modulus: [UInt8], exponent: [UInt8]) {
    let exponentByteCount = try handle.byteCount(of: .e)
    return (
      try handle.number(.n, byteCount: modulusByteCount),
      try handle.number(.e, byteCount: exponentByteCount)
    )
  }

  /// Returns the key as SubjectPublicKeyInfo in DER form.
  ///
  /// - Throws: `crypto.unavailable`.
  public func der() throws(CryptoError) -> [UInt8] { try handle.publicDER() }
}

extension RSAPublicKey {
  /// Longest message a padding leaves room for, in bytes.
  public func plaintextByteCountMax(_ padding: RSAPadding) -> Int {
    modulusByteCount - padding.overheadByteCount
  }

  /// Encrypts a message.
  ///
  /// - Returns: as many bytes as the modulus has.
  /// - Throws: `crypto.size_invalid` for a message that is too long, `crypto.unavailable`.
  public func encrypt(
    _ plaintext: SecretBytes,
    padding: RSAPadding
  ) throws(CryptoError) -> [UInt8] {
    guard plaintext.byteCount <= plaintextByteCountMax(padding) else {
      throw CryptoError(
        .sizeInvalid,
        "a message of \(plaintext.byteCount) bytes is longer than the "
          + "\(plaintextByteCountMax(padding)) that this key and padding take"
      )
    }
    var output = [UInt8](repeating: 0, count: modulusByteCount)
    var count = output.count
    let status = unsafe output.lendMutable { output in
      unsafe plaintext.withUnsafeBytes { plaintext in
        unsafe handle.run(.encrypt(padding)) {
          unsafe cssl_encrypt(
            $0,
            plaintext.baseAddress,
            plaintext.count,
            output.baseAddress,
            &count
          )
        }
      }
    }
    guard status == 1, count == output.count else { throw .library("RSA encryption failed") }
    return output
  }

  /// Tells whether a signature is one of a digest.
  ///
  /// - Parameters:
  ///   - signature: as many bytes as the modulus has.
  ///   - digest: as long as the scheme's hash; for `rsNull`, 1 byte up to 11 less than the modulus.
  ///   - scheme: how it was signed.
  /// - Returns: false also for a signature of another length.
  /// - Throws: `crypto.size_invalid` for a digest of a wrong length, `crypto.unavailable`.
  public func verify(
    _ signature: [UInt8],
    of digest: [UInt8],
    scheme: RSASignatureScheme
  ) throws(CryptoError) -> Bool {
    try check(digest, scheme)
    guard signature.count == modulusByteCount else { return false }
    return try handle.verify(signature, of: digest, .verify(scheme))
  }

  /// Checks that a scheme signs digests of this length.
  func check(_ digest: [UInt8], _ scheme: RSASignatureScheme) throws(CryptoError) {
    if let hash = scheme.hash { return try hash.check(digest) }
    let room = plaintextByteCountMax(.pkcs1v15)
    guard (1...room).contains(digest.count) else {
      throw CryptoError(
        .sizeInvalid,
        "\(scheme.rawValue) signs 1 to \(room) bytes with this key, not \(digest.count)"
      )
    }
  }
}
