internal import COpenSSL

/// A hash of the SHA-2 family.
///
/// Source: FIPS 180-4.
public enum HashAlgorithm: String, CaseIterable, Sendable {
  /// Of 32 bytes.
  case sha256 = "SHA-256"
  /// Of 48 bytes.
  case sha384 = "SHA-384"
  /// Of 64 bytes.
  case sha512 = "SHA-512"

  /// Length of a digest.
  public var byteCount: Int {
    switch self {
    case .sha256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }
}

/// Digests of bytes.
public enum Digest {
  /// Returns the hash of bytes that are lent, without a copy.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func hash(
    _ bytes: UnsafeRawBufferPointer,
    _ algorithm: HashAlgorithm
  ) throws(CryptoError) -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: algorithm.byteCount)
    let status = unsafe hash.lendMutable { output in
      unsafe cssl_hash(
        algorithm.rawValue,
        bytes.baseAddress,
        bytes.count,
        output.baseAddress,
        output.count
      )
    }
    guard status == 1 else { throw .library("\(algorithm.rawValue) failed") }
    return hash
  }

  /// Returns the hash of bytes.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func hash(
    _ bytes: some Collection<UInt8>,
    _ algorithm: HashAlgorithm
  ) throws(CryptoError) -> [UInt8] {
    unsafe try [UInt8](bytes).lend { (bytes) throws(CryptoError) in
      unsafe try hash(bytes, algorithm)
    }
  }

  /// Returns the 32-byte hash of SHA-256.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func sha256(_ bytes: some Collection<UInt8>) throws(CryptoError) -> [UInt8] {
    try hash(bytes, .sha256)
  }

  /// Returns the 32-byte hash of SHA-256 of bytes that are lent, without a copy.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func sha256(_ bytes: UnsafeRawBufferPointer) throws(CryptoError) -> [UInt8] {
    unsafe try hash(bytes, .sha256)
  }
}
