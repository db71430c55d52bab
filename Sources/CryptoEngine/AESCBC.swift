internal import COpenSSL

/// AES in Cipher Block Chaining mode on whole blocks; padding is the caller's.
///
/// It hides and does not authenticate: what opens need not be what was sealed.
///
/// Source: NIST SP 800-38A, section 6.2.
public enum AESCBC {
  /// Length of a block and of an initialisation vector.
  public static let blockByteCount = 16

  /// Encrypts whole blocks into `output`, which is as long as the input.
  ///
  /// - Throws: `crypto.size_invalid`, `crypto.unavailable`.
  public static func encrypt(
    _ blocks: UnsafeRawBufferPointer,
    key: SecretBytes,
    iv: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) {
    unsafe try run(true, blocks, key, iv, output)
  }

  /// Decrypts whole blocks into `output`, which is as long as the input.
  ///
  /// - Throws: `crypto.size_invalid`, `crypto.unavailable`.
  public static func decrypt(
    _ blocks: UnsafeRawBufferPointer,
    key: SecretBytes,
    iv: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) {
    unsafe try run(false, blocks, key, iv, output)
  }

  private static func run(
    _ encrypts: Bool,
    _ blocks: UnsafeRawBufferPointer,
    _ key: SecretBytes,
    _ iv: UnsafeRawBufferPointer,
    _ output: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) {
    try AES.checkKey(byteCount: key.byteCount)
    guard iv.count == blockByteCount, blocks.count % blockByteCount == 0,
      output.count == blocks.count
    else {
      throw CryptoError(.sizeInvalid, "CBC takes a 16-byte vector and whole blocks")
    }
    let status = unsafe key.withUnsafeBytes { key in
      unsafe cssl_cbc(
        encrypts ? 1 : 0,
        key.baseAddress,
        key.count,
        iv.baseAddress,
        blocks.baseAddress,
        blocks.count,
        output.baseAddress
      )
    }
    guard status == 1 else { throw .library("AES-CBC failed") }
  }
}

/// What all modes of AES share.
enum AES {
  /// Refuses what is no length of a key.
  static func checkKey(byteCount: Int) throws(CryptoError) {
    guard [16, 24, 32].contains(byteCount) else {
      throw CryptoError(.sizeInvalid, "an AES key has 16, 24 or 32 bytes, not \(byteCount)")
    }
  }
}
