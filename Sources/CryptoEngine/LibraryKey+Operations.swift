internal import COpenSSL
internal import Synchronization

/// What is done with a key, and how.
struct KeyPurpose: Hashable {
  enum Verb {
    case encrypt, decrypt, sign, verify
  }

  let verb: Verb
  let padding: Int32
  let hash: String?

  init(_ verb: Verb, _ padding: RSAPadding) {
    self.verb = verb
    (self.padding, hash) = padding.code
  }

  init(_ verb: Verb, _ scheme: RSASignatureScheme) {
    self.verb = verb
    padding = scheme.padding
    hash = scheme.hash?.rawValue
  }

  init(_ verb: Verb, _ curve: EllipticCurve) {
    self.verb = verb
    padding = Int32(CSSL_NONE)
    hash = curve.hash.rawValue
  }
}

/// A key set up for one purpose, which takes the library as long as much of the work itself.
///
/// A key lends it to one caller at a time, which is what makes it safe to hand on.
@safe final class LibraryOperation: @unchecked Sendable {
  let pointer: OpaquePointer

  init?(_ key: OpaquePointer, _ purpose: KeyPurpose) {
    let verb =
      switch purpose.verb {
      case .encrypt: CSSL_ENCRYPT
      case .decrypt: CSSL_DECRYPT
      case .sign: CSSL_SIGN
      case .verify: CSSL_VERIFY
      }
    guard
      let pointer = unsafe cssl_operation_new(key, Int32(verb), purpose.padding, purpose.hash)
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
