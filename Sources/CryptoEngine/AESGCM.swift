internal import COpenSSL

/// A reusable AES-GCM context of the library.
///
/// A pool lends it to one caller at a time, which is what makes it safe to hand on.
@safe private final class GCMContext: @unchecked Sendable {
  let handle: OpaquePointer
  init?() {
    guard let handle = unsafe cssl_gcm_new() else { return nil }
    unsafe self.handle = handle
  }
  deinit { unsafe cssl_gcm_free(handle) }
}

/// AES in Galois/Counter Mode with 12-byte nonces and 16-byte tags.
///
/// A nonce must never meet the same key twice: the callers say at each call why theirs cannot.
///
/// Source: NIST SP 800-38D.
public enum AESGCM {
  /// Length of a nonce.
  public static let nonceByteCount = 12
  /// Length of a tag.
  public static let tagByteCount = 16
  private static let pool = ContextPool { GCMContext() }

  /// Writes `ciphertext ‖ tag`, plaintext length + 16 bytes, into `output`; allocates nothing.
  ///
  /// - Throws: `crypto.size_invalid`, `crypto.unavailable`.
  public static func seal(
    _ plaintext: UnsafeRawBufferPointer,
    key: UnsafeRawBufferPointer,
    nonce: UnsafeRawBufferPointer,
    authenticatedData: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) {
    unsafe try check(key: key, nonce: nonce)
    guard output.count == plaintext.count + tagByteCount else {
      throw CryptoError(
        .sizeInvalid,
        "the room for a sealed value is 16 bytes more than its length"
      )
    }
    let status = pool.withContext { context in
      unsafe cssl_gcm_seal(
        context.handle,
        key.baseAddress,
        key.count,
        nonce.baseAddress,
        authenticatedData.baseAddress,
        authenticatedData.count,
        plaintext.baseAddress,
        plaintext.count,
        output.baseAddress
      )
    }
    guard status == 1 else { throw .library("AES-GCM failed to seal") }
  }

  /// Opens `ciphertext ‖ tag` into `output`, 16 bytes shorter; allocates nothing.
  ///
  /// - Throws: `crypto.rejected`, `crypto.size_invalid`, `crypto.unavailable`.
  public static func open(
    _ sealed: UnsafeRawBufferPointer,
    key: UnsafeRawBufferPointer,
    nonce: UnsafeRawBufferPointer,
    authenticatedData: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) {
    unsafe try check(key: key, nonce: nonce)
    guard sealed.count >= tagByteCount else { throw .rejected }
    guard output.count == sealed.count - tagByteCount else {
      throw CryptoError(
        .sizeInvalid,
        "the room for an opened value is 16 bytes less than its length"
      )
    }
    let status = pool.withContext { context in
      unsafe cssl_gcm_open(
        context.handle,
        key.baseAddress,
        key.count,
        nonce.baseAddress,
        authenticatedData.baseAddress,
        authenticatedData.count,
        sealed.baseAddress,
        output.count,
        output.baseAddress
      )
    }
    switch status {
    case 1: return
    case 0: throw .rejected
    default: throw .library("AES-GCM failed to open")
    }
  }

  private static func check(
    key: UnsafeRawBufferPointer,
    nonce: UnsafeRawBufferPointer
  ) throws(CryptoError) {
    try AES.checkKey(byteCount: key.count)
    guard nonce.count == nonceByteCount else {
      throw CryptoError(.sizeInvalid, "a GCM nonce has 12 bytes, not \(nonce.count)")
    }
  }
}

extension AESGCM {
  /// Seals under a fresh random nonce and returns `nonce ‖ ciphertext ‖ tag`.
  ///
  /// - Throws: `crypto.size_invalid`, `crypto.unavailable`.
  public static func seal(
    _ plaintext: SecretBytes,
    key: SecretBytes,
    authenticatedData: [UInt8]
  ) throws(CryptoError) -> [UInt8] {
    let nonce = try Random.bytes(nonceByteCount)
    var sealed = [UInt8](repeating: 0, count: nonceByteCount + plaintext.byteCount + tagByteCount)
    sealed.replaceSubrange(0..<nonceByteCount, with: nonce)
    unsafe try sealed.lendMutable { (room) throws(CryptoError) in
      unsafe try plaintext.withUnsafeBytes { (plaintext) throws(CryptoError) in
        unsafe try key.withUnsafeBytes { (key) throws(CryptoError) in
          unsafe try nonce.lend { (nonce) throws(CryptoError) in
            unsafe try authenticatedData.lend { (data) throws(CryptoError) in
              unsafe try seal(
                plaintext,
                key: key,
                nonce: nonce,
                authenticatedData: data,
                into: UnsafeMutableRawBufferPointer(rebasing: room[nonceByteCount...])
              )
            }
          }
        }
      }
    }
    return sealed
  }

  /// Opens `nonce ‖ ciphertext ‖ tag`.
  ///
  /// - Throws: `crypto.rejected`, `crypto.size_invalid`, `crypto.unavailable`.
  public static func open(
    _ sealed: [UInt8],
    key: SecretBytes,
    authenticatedData: [UInt8]
  ) throws(CryptoError) -> SecretBytes {
    guard sealed.count >= nonceByteCount + tagByteCount else { throw .rejected }
    return unsafe try SecretBytes(byteCount: sealed.count - nonceByteCount - tagByteCount) {
      (room) throws(CryptoError) in
      unsafe try sealed.lend { (sealed) throws(CryptoError) in
        unsafe try key.withUnsafeBytes { (key) throws(CryptoError) in
          unsafe try authenticatedData.lend { (data) throws(CryptoError) in
            unsafe try open(
              UnsafeRawBufferPointer(rebasing: sealed[nonceByteCount...]),
              key: key,
              nonce: UnsafeRawBufferPointer(rebasing: sealed[..<nonceByteCount]),
              authenticatedData: data,
              into: room
            )
          }
        }
      }
    }
  }
}
