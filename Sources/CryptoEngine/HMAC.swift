internal import COpenSSL

/// A reusable HMAC context of the library.
///
/// A pool lends it to one caller at a time, which is what makes it safe to hand on.
@safe private final class HMACContext: @unchecked Sendable {
  let handle: OpaquePointer
  init?() {
    guard let handle = unsafe cssl_hmac_new() else { return nil }
    unsafe self.handle = handle
  }
  deinit { unsafe cssl_hmac_free(handle) }
}

/// HMAC with SHA-256.
///
/// Source: RFC 2104, FIPS 198-1.
public enum HMAC {
  private static let pool = ContextPool { HMACContext() }

  /// Returns the 32-byte code of a message.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func sha256(key: SecretBytes, message: [UInt8]) throws(CryptoError) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    unsafe try code.lendMutable { (output) throws(CryptoError) in
      unsafe try message.lend { (message) throws(CryptoError) in
        unsafe try sha256(
          key: key,
          message,
          UnsafeRawBufferPointer(start: nil, count: 0),
          into: output
        )
      }
    }
    return code
  }

  /// Writes the code of `first ‖ second` into 32 bytes; allocates nothing.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func sha256(
    key: SecretBytes,
    _ first: UnsafeRawBufferPointer,
    _ second: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws(CryptoError) {
    guard output.count == 32, let room = output.baseAddress else {
      throw CryptoError(.sizeInvalid, "a SHA-256 code has 32 bytes")
    }
    let status = pool.withContext { context in
      unsafe key.withUnsafeBytes { key in
        unsafe cssl_hmac_sha256(
          context.handle,
          key.baseAddress,
          key.count,
          first.baseAddress,
          first.count,
          second.baseAddress,
          second.count,
          room
        )
      }
    }
    guard status == 1 else { throw .library("HMAC failed") }
  }

  /// Lends the code of `first ‖ second` as a key and wipes it afterwards; allocates nothing.
  ///
  /// - Throws: `crypto.unavailable`, and what `body` throws.
  public static func withSHA256<Result>(
    key: SecretBytes,
    _ first: UnsafeRawBufferPointer,
    _ second: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    unsafe try withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) { code in
      defer { unsafe cssl_cleanse(code.baseAddress, code.count) }
      unsafe try sha256(key: key, first, second, into: code)
      return unsafe try body(UnsafeRawBufferPointer(code))
    }
  }
}

/// HKDF-Expand with SHA-256: the second half of HKDF, without Extract and salt.
///
/// Source: RFC 5869, section 2.3.
public enum HKDF {
  /// Derives at most 8,160 bytes from a uniformly random key.
  ///
  /// - Throws: `crypto.size_invalid`, `crypto.unavailable`.
  public static func expandSHA256(
    key: SecretBytes,
    info: [UInt8],
    byteCount: Int
  ) throws(CryptoError) -> SecretBytes {
    guard (1...255 * 32).contains(byteCount) else {
      throw CryptoError(.sizeInvalid, "HKDF-Expand yields 1 to 8160 bytes, not \(byteCount)")
    }
    var output: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 0
    while output.count < byteCount {
      counter += 1
      block = try HMAC.sha256(key: key, message: block + info + [counter])
      output += block
    }
    defer { output.wipe(); block.wipe() }
    return SecretBytes(copying: output.prefix(byteCount))
  }
}

extension [UInt8] {
  /// Overwrites the bytes before they are given back.
  mutating func wipe() {
    unsafe withUnsafeMutableBytes { unsafe cssl_cleanse($0.baseAddress, $0.count) }
  }
}
