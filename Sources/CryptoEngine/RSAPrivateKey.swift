internal import COpenSSL

/// How RSA pads a message.
///
/// Source: RFC 8017, sections 7.1 and 7.2.
public enum RSAPadding: String, CaseIterable, Sendable {
  /// OAEP, hash and MGF1 with SHA-256, empty label.
  case oaepSHA256
  /// OAEP, hash and MGF1 with SHA-1, empty label; legacy.
  case oaepSHA1
  /// PKCS #1 version 1.5; legacy.
  case pkcs1v15

  /// Bytes of the modulus that a message cannot use.
  public var overheadByteCount: Int {
    switch self {
    case .oaepSHA256: 66
    case .oaepSHA1: 42
    case .pkcs1v15: 11
    }
  }

  var code: Int32 {
    switch self {
    case .oaepSHA256: Int32(CSSL_OAEP_SHA256)
    case .oaepSHA1: Int32(CSSL_OAEP_SHA1)
    case .pkcs1v15: Int32(CSSL_PKCS1)
    }
  }
}

/// The members of a private RSA key as a JWK has them: big-endian numbers.
///
/// Source: RFC 7518, section 6.3.
public struct RSANumbers: Sendable {
  /// `n e`, then the private `d p q dp dq qi`.
  public let modulus, exponent: [UInt8]
  let secrets: [SecretBytes]

  /// Takes over the members of a JWK.
  public init(
    modulus: [UInt8],
    exponent: [UInt8],
    privateExponent: SecretBytes,
    firstPrime: SecretBytes,
    secondPrime: SecretBytes,
    firstExponent: SecretBytes,
    secondExponent: SecretBytes,
    coefficient: SecretBytes
  ) {
    self.modulus = modulus
    self.exponent = exponent
    secrets = [
      privateExponent, firstPrime, secondPrime, firstExponent, secondExponent, coefficient,
    ]
  }
}

/// An RSA private key of 2048, 3072 or 4096 bits.
///
/// The library's key object is only read after it is made, so the key may be shared.
@safe public final class RSAPrivateKey: @unchecked Sendable {
  /// Sizes of modulus the engine takes, in bits.
  public static let bitCounts: Set<Int> = [2048, 3072, 4096]
  /// Longest PEM or DER form read; a 4096-bit key needs about 3,300 bytes.
  public static let importByteCountMax = 16_384

  let handle: OpaquePointer
  /// Bits of the modulus.
  public let bitCount: Int

  /// Bytes of the modulus, which is the length of every ciphertext.
  public var modulusByteCount: Int { bitCount / 8 }

  private init(_ handle: OpaquePointer?, _ what: String) throws(CryptoError) {
    guard let handle = unsafe handle else { throw .library(what, .keyInvalid) }
    let bits = unsafe Int(cssl_rsa_bits(handle))
    guard Self.bitCounts.contains(bits) else {
      unsafe cssl_rsa_free(handle)
      throw CryptoError(.keyInvalid, "an RSA key has 2048, 3072 or 4096 bits, not \(bits)")
    }
    unsafe self.handle = handle
    bitCount = bits
  }

  deinit { unsafe cssl_rsa_free(handle) }

  /// Makes a fresh key.
  ///
  /// - Throws: `crypto.key_invalid` for another size, `crypto.unavailable`.
  public static func generate(bitCount: Int) throws(CryptoError) -> RSAPrivateKey {
    guard bitCounts.contains(bitCount) else {
      throw CryptoError(.keyInvalid, "an RSA key has 2048, 3072 or 4096 bits, not \(bitCount)")
    }
    return unsafe try RSAPrivateKey(cssl_rsa_generate(Int32(bitCount)), "RSA key generation failed")
  }

  /// Reads a PEM text in PKCS #8 or PKCS #1 form; an encrypted one is refused.
  ///
  /// - Throws: `crypto.key_invalid`.
  public convenience init(pem: [UInt8]) throws(CryptoError) {
    guard pem.count <= Self.importByteCountMax else {
      throw CryptoError(.keyInvalid, "a PEM key is at most \(Self.importByteCountMax) bytes long")
    }
    // An empty text still needs an address.
    let handle = unsafe (pem + [0]).lend { unsafe cssl_rsa_from_pem($0.baseAddress, pem.count) }
    unsafe try self.init(handle, "not an unencrypted RSA private key in PEM form")
  }

  /// Reads the PKCS #8 DER form, as `pkcs8()` writes it.
  ///
  /// - Throws: `crypto.key_invalid`.
  public convenience init(pkcs8: SecretBytes) throws(CryptoError) {
    guard (1...Self.importByteCountMax).contains(pkcs8.byteCount) else {
      throw CryptoError(.keyInvalid, "not an RSA private key in PKCS #8 form")
    }
    let handle = unsafe pkcs8.withUnsafeBytes {
      unsafe cssl_rsa_from_der($0.baseAddress, $0.count)
    }
    unsafe try self.init(handle, "not an RSA private key in PKCS #8 form")
  }

  /// Puts a key together from its numbers, which must belong together.
  ///
  /// - Throws: `crypto.key_invalid`.
  public convenience init(_ numbers: RSANumbers) throws(CryptoError) {
    let parts =
      [SecretBytes(copying: numbers.modulus), SecretBytes(copying: numbers.exponent)]
      + numbers.secrets
    guard parts.allSatisfy({ (1...1024).contains($0.byteCount) }) else {
      throw CryptoError(.keyInvalid, "a member of the RSA key is empty or too long")
    }
    let counts = parts.map(\.byteCount)
    // The parts outlive the call: they are kept by `parts` until it ends.
    let handle = unsafe withExtendedLifetime(parts) {
      let starts = unsafe parts.map { unsafe $0.withUnsafeBytes { $0.baseAddress } }
      return unsafe starts.withUnsafeBufferPointer { starts in
        unsafe counts.withUnsafeBufferPointer {
          unsafe cssl_rsa_from_numbers(starts.baseAddress, $0.baseAddress)
        }
      }
    }
    unsafe try self.init(handle, "the members of the RSA key do not belong together")
  }

  /// Returns the key in PKCS #8 DER form.
  ///
  /// - Throws: `crypto.unavailable`.
  public func pkcs8() throws(CryptoError) -> SecretBytes {
    var needed = 0
    guard unsafe cssl_rsa_pkcs8(handle, nil, &needed) == 1 else {
      throw .library("RSA key export failed")
    }
    return unsafe try SecretBytes(byteCount: needed) { (room) throws(CryptoError) in
      var count = room.count
      guard unsafe cssl_rsa_pkcs8(handle, room.baseAddress, &count) == 1 else {
        throw .library("RSA key export failed")
      }
    }
  }

  /// The public numbers, big-endian: modulus and exponent.
  ///
  /// - Throws: `crypto.unavailable`.
  public func publicNumbers() throws(CryptoError) -> (modulus: [UInt8], exponent: [UInt8]) {
    (try number(0), try number(1))
  }

  private func number(_ which: Int32) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 512)
    var count = bytes.count
    let status = unsafe bytes.lendMutable {
      unsafe cssl_rsa_number(handle, which, $0.baseAddress, &count)
    }
    guard status == 1 else { throw .library("RSA key export failed") }
    return [UInt8](bytes.prefix(count))
  }
}
