internal import COpenSSL

/// An RSA private key of 2048, 3072 or 4096 bits.
public struct RSAPrivateKey: Sendable {
  private let handle: LibraryKey
  /// The half that may be told: it encrypts, verifies and has the public numbers.
  public let publicKey: RSAPublicKey

  /// Bits of the modulus.
  public var bitCount: Int { publicKey.bitCount }

  /// Takes a key over; one of another type or of more than two primes is refused.
  init(_ handle: LibraryKey) throws(CryptoError) {
    guard handle.isA("RSA") else { throw CryptoError(.keyInvalid, "the key is not an RSA key") }
    guard !handle.has(.thirdPrime) else {
      throw CryptoError(.keyInvalid, "an RSA key has two primes, not more")
    }
    self.handle = handle
    publicKey = try RSAPublicKey(handle)
  }

  /// Makes a fresh key.
  ///
  /// - Throws: `crypto.key_invalid` for another size, `crypto.unavailable`.
  public static func generate(bitCount: Int) throws(CryptoError) -> RSAPrivateKey {
    try RSAPublicKey.check(bitCount: bitCount)
    return unsafe try RSAPrivateKey(
      LibraryKey(cssl_rsa_generate(Int32(bitCount)), "RSA key generation failed", .unavailable)
    )
  }

  /// Reads a PEM text in PKCS #8 or PKCS #1 form; an encrypted one is refused.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(pem: [UInt8]) throws(CryptoError) { try self.init(LibraryKey(pem: pem)) }

  /// Reads the PKCS #8 DER form, as `pkcs8()` writes it; whether its parts fit is not checked.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(pkcs8: SecretBytes) throws(CryptoError) { try self.init(LibraryKey(pkcs8: pkcs8)) }

  /// Puts a key together from its numbers, which must belong together.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(_ numbers: RSANumbers) throws(CryptoError) {
    try self.init(LibraryKey(rsa: numbers.parts))
  }

  /// Returns the key in PKCS #8 DER form.
  ///
  /// - Throws: `crypto.unavailable`.
  public func pkcs8() throws(CryptoError) -> SecretBytes { try handle.pkcs8() }

  /// Returns all numbers of the key, private ones included.
  ///
  /// - Throws: `crypto.unavailable`.
  public func numbers() throws(CryptoError) -> RSANumbers {
    let (modulus, exponent) = try publicKey.numbers()
    func secret(_ which: LibraryKey.NumberName) throws(CryptoError) -> SecretBytes {
      try handle.secretNumber(which, byteCount: handle.byteCount(of: which))
    }
    return RSANumbers(
      modulus: modulus,
      exponent: exponent,
      privateExponent: try secret(.d),
      firstPrime: try secret(.p),
      secondPrime: try secret(.q),
      firstExponent: try secret(.dp),
      secondExponent: try secret(.dq),
      coefficient: try secret(.qi)
    )
  }
}

extension RSAPrivateKey {
  /// Decrypts; whatever is wrong with the ciphertext, the answer is the same.
  ///
  /// PKCS #1 v1.5 is open to padding oracles where an attacker can ask often and tell the
  /// refusals apart. All refusals are one code here; callers must not add a difference.
  ///
  /// - Throws: `crypto.rejected`, `crypto.unavailable`.
  public func decrypt(
    _ ciphertext: [UInt8],
    padding: RSAPadding
  ) throws(CryptoError) -> SecretBytes {
    guard ciphertext.count == publicKey.modulusByteCount else { throw .rejected }
    var room = [UInt8](repeating: 0, count: publicKey.modulusByteCount)
    defer { room.wipe() }
    var count = room.count
    let status = unsafe room.lendMutable { room in
      unsafe ciphertext.lend { ciphertext in
        unsafe handle.run(.decrypt(padding)) {
          unsafe cssl_decrypt(
            $0,
            ciphertext.baseAddress,
            ciphertext.count,
            room.baseAddress,
            &count
          )
        }
      }
    }
    switch status {
    case 1: return SecretBytes(copying: room.prefix(count))
    case 0: throw .rejected
    default: throw .library("RSA decryption failed")
    }
  }

  /// Signs a digest.
  ///
  /// - Parameters:
  ///   - digest: as long as the scheme's hash; for `rsNull`, 1 byte up to 11 less than the modulus.
  ///   - scheme: how to sign it.
  /// - Returns: as many bytes as the modulus has.
  /// - Throws: `crypto.size_invalid` for a digest of a wrong length, `crypto.unavailable`.
  public func sign(
    _ digest: [UInt8],
    scheme: RSASignatureScheme
  ) throws(CryptoError) -> [UInt8] {
    try publicKey.check(digest, scheme)
    return try handle.sign(
      digest,
      .sign(scheme),
      byteCountMax: publicKey.modulusByteCount
    )
  }
}
