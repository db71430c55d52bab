internal import COpenSSL
internal import Synchronization

/// What is done with a key, and how.
enum KeyPurpose: Hashable {
  case encrypt(RSAPadding)
  case decrypt(RSAPadding)
  case sign(RSASignatureScheme)
  case verify(RSASignatureScheme)
  case signOnCurve(EllipticCurve)
  case verifyOnCurve(EllipticCurve)

  /// How the library calls it.
  fileprivate var code: (verb: Int, padding: Int32, hash: String?) {
    switch self {
    case .encrypt(let padding): (CSSL_ENCRYPT, padding.code.padding, padding.code.hash)
    case .decrypt(let padding): (CSSL_DECRYPT, padding.code.padding, padding.code.hash)
    case .sign(let scheme): (CSSL_SIGN, scheme.padding, scheme.hash?.rawValue)
    case .verify(let scheme): (CSSL_VERIFY, scheme.padding, scheme.hash?.rawValue)
    case .signOnCurve(let curve): (CSSL_SIGN, Int32(CSSL_NONE), curve.hash.rawValue)
    case .verifyOnCurve(let curve): (CSSL_VERIFY, Int32(CSSL_NONE), curve.hash.rawValue)
    }
  }
}

/// A key set up for one purpose, which takes the library as long as much of the work itself.
///
/// A key lends it to one caller at a time, which is what makes it safe to hand on.
@safe final class LibraryOperation: @unchecked Sendable {
  let pointer: OpaquePointer

  init?(_ key: OpaquePointer, _ purpose: KeyPurpose) {
    let code = purpose.code
    guard let pointer = unsafe cssl_operation_new(key, Int32(code.verb), code.padding, code.hash)
    else { return nil }
    unsafe self.pointer = pointer
  }

  deinit { unsafe cssl_operation_free(pointer) }
}

extension LibraryKey {
  /// Runs an operation of the library and returns its status: 1 done, 0 rejected, -1 failed.
  func run(_ purpose: KeyPurpose, _ call: (OpaquePointer) -> Int32) -> Int32 {
    let idle = operations.withLock { $0[purpose]?.popLast() }
    guard let operation = unsafe idle ?? LibraryOperation(pointer, purpose) else { return -1 }
    let status = unsafe call(operation.pointer)
    // What failed is not used again.
    if status >= 0 { operations.withLock { $0[purpose, default: []].append(operation) } }
    return status
  }

  /// Signs a digest; at most `byteCountMax` bytes come out.
  func sign(
    _ digest: [UInt8],
    _ purpose: KeyPurpose,
    byteCountMax: Int
  ) throws(CryptoError) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: byteCountMax)
    var count = byteCountMax
    let status = unsafe signature.lendMutable { signature in
      unsafe digest.lend { digest in
        unsafe run(purpose) {
          unsafe cssl_sign($0, digest.baseAddress, digest.count, signature.baseAddress, &count)
        }
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
    _ purpose: KeyPurpose
  ) throws(CryptoError) -> Bool {
    let status = unsafe signature.lend { signature in
      unsafe digest.lend { digest in
        unsafe run(purpose) {
          unsafe cssl_verify(
            $0,
            digest.baseAddress,
            digest.count,
            signature.baseAddress,
            signature.count
          )
        }
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
