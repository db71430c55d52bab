internal import COpenSSL

extension LibraryKey {
  /// Signs a digest; at most `byteCountMax` bytes come out.
  func sign(
    _ digest: [UInt8],
    _ padding: Int32,
    _ hash: HashAlgorithm?,
    byteCountMax: Int
  ) throws(CryptoError) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: byteCountMax)
    var count = byteCountMax
    let status = unsafe signature.lendMutable { signature in
      unsafe digest.lend {
        unsafe cssl_key_sign(
          pointer,
          padding,
          hash?.rawValue,
          $0.baseAddress,
          $0.count,
          signature.baseAddress,
          &count
        )
      }
    }
    guard status == 1 else { throw .library("signing failed") }
    signature.removeLast(byteCountMax - count)
    return signature
  }

  /// Whether a signature is one of a digest.
  func verify(
    _ signature: [UInt8],
    of digest: [UInt8],
    _ padding: Int32,
    _ hash: HashAlgorithm?
  ) throws(CryptoError) -> Bool {
    let status = unsafe signature.lend { signature in
      unsafe digest.lend {
        unsafe cssl_key_verify(
          pointer,
          padding,
          hash?.rawValue,
          $0.baseAddress,
          $0.count,
          signature.baseAddress,
          signature.count
        )
      }
    }
    guard status >= 0 else { throw .library("verifying failed") }
    return status == 1
  }
}

extension HashAlgorithm {
  /// Checks that a digest has this hash's length.
  func check(_ digest: [UInt8]) throws(CryptoError) {
    guard digest.count == byteCount else {
      throw CryptoError(
        .sizeInvalid,
        "a \(rawValue) digest has \(byteCount) bytes, not \(digest.count)"
      )
    }
  }
}
