internal import COpenSSL

/// Random bytes fit for keys and nonces.
public enum Random {
  /// Returns fresh bytes.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let status = unsafe bytes.withUnsafeMutableBytes {
      unsafe cssl_random($0.baseAddress, $0.count)
    }
    guard status == 1 else { throw .library("no random bytes to be had") }
    return bytes
  }

  /// Fills a buffer.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(CryptoError) {
    guard unsafe cssl_random(buffer.baseAddress, buffer.count) == 1 else {
      throw .library("no random bytes to be had")
    }
  }
}
