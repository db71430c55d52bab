internal import COpenSSL
internal import Synchronization

/// A key object of the library, freed with its last reference.
///
/// The library only reads it after it is made, so the key may be shared.
@safe final class LibraryKey: @unchecked Sendable {
  /// Longest PEM or DER form read; a 4096-bit RSA key needs about 3,300 bytes.
  static let importByteCountMax = 16_384

  let pointer: OpaquePointer
  /// What the key is set up for and waits for its next use.
  let operations = Mutex<[KeyPurpose: [LibraryOperation]]>([:])

  /// Takes over what the library made; nil is its refusal, told as `what`.
  init(
    _ pointer: OpaquePointer?,
    _ what: String,
    _ code: CryptoError.Code = .keyInvalid
  ) throws(CryptoError) {
    guard let pointer = unsafe pointer else { throw .library(what, code) }
    unsafe self.pointer = pointer
  }

  deinit { unsafe cssl_key_free(pointer) }

  /// Reads a PEM text in PKCS #8, PKCS #1 or SEC 1 form; its parts must belong together.
  convenience init(pem: [UInt8]) throws(CryptoError) {
    guard pem.count <= Self.importByteCountMax else {
      throw CryptoError(.keyInvalid, "a PEM key is at most \(Self.importByteCountMax) bytes long")
    }
    // An empty text still needs an address.
    var text = pem + [0]
    defer { text.wipe() }
    let pointer = unsafe text.lend { unsafe cssl_key_from_pem($0.baseAddress, pem.count) }
    unsafe try self.init(pointer, "not an unencrypted RSA or EC private key in PEM form")
  }

  /// Reads the DER form that `pkcs8()` wrote.
  convenience init(pkcs8: SecretBytes) throws(CryptoError) {
    let what = "not a private key in PKCS #8 form"
    guard (1...Self.importByteCountMax).contains(pkcs8.byteCount) else {
      throw CryptoError(.keyInvalid, what)
    }
    let pointer = unsafe pkcs8.withUnsafeBytes {
      unsafe cssl_key_from_der($0.baseAddress, $0.count)
    }
    unsafe try self.init(pointer, what)
  }

  /// Whether the key is of a type as the library names it: `RSA` or `EC`.
  func isA(_ type: String) -> Bool { unsafe cssl_key_is_a(pointer, type) == 1 }

  /// Returns the private key in PKCS #8 DER form.
  func pkcs8() throws(CryptoError) -> SecretBytes {
    var needed = 0
    guard unsafe cssl_key_pkcs8(pointer, nil, &needed) == 1 else { throw Self.exportFailed }
    return unsafe try SecretBytes(byteCount: needed) { (room) throws(CryptoError) in
      var count = room.count
      guard unsafe cssl_key_pkcs8(pointer, room.baseAddress, &count) == 1 else {
        throw Self.exportFailed
      }
    }
  }

  /// Returns the public half in SubjectPublicKeyInfo DER form.
  func publicDER() throws(CryptoError) -> [UInt8] {
    var needed = 0
    guard unsafe cssl_key_public_der(pointer, nil, &needed) == 1 else { throw Self.exportFailed }
    var bytes = [UInt8](repeating: 0, count: needed)
    let status = unsafe bytes.lendMutable {
      unsafe cssl_key_public_der(pointer, $0.baseAddress, &needed)
    }
    guard status == 1 else { throw Self.exportFailed }
    return bytes
  }

  /// Returns a public number, big-endian and padded to `byteCount`.
  func number(_ which: NumberName, byteCount: Int) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    let isWritten = unsafe bytes.lendMutable { unsafe write(which, into: $0) }
    guard isWritten else { throw Self.exportFailed }
    return bytes
  }

  /// Returns a private number, big-endian and padded to `byteCount`.
  func secretNumber(_ which: NumberName, byteCount: Int) throws(CryptoError) -> SecretBytes {
    unsafe try SecretBytes(byteCount: byteCount) { (room) throws(CryptoError) in
      guard unsafe write(which, into: room) else { throw Self.exportFailed }
    }
  }

  /// Width of a number without leading zeros, in bytes.
  func byteCount(of which: NumberName) throws(CryptoError) -> Int {
    var count = 0
    guard unsafe cssl_key_number(pointer, which.code, nil, &count) == 1 else {
      throw Self.exportFailed
    }
    return count
  }

  /// Whether the key has a number at all.
  func has(_ which: NumberName) -> Bool {
    var count = 0
    let isThere = unsafe cssl_key_number(pointer, which.code, nil, &count) == 1
    if !isThere { _ = unsafe cssl_last_error() }
    return isThere
  }

  private func write(_ which: NumberName, into room: UnsafeMutableRawBufferPointer) -> Bool {
    var count = room.count
    return unsafe cssl_key_number(pointer, which.code, room.baseAddress, &count) == 1
  }

  private static var exportFailed: CryptoError { .library("key export failed") }
}

extension LibraryKey {
  /// The numbers a key consists of, as a JWK names them.
  enum NumberName {
    case n, e, d, p, q, dp, dq, qi, thirdPrime
    case x, y, scalar

    fileprivate var code: Int32 {
      let code =
        switch self {
        case .n: CSSL_RSA_N
        case .e: CSSL_RSA_E
        case .d: CSSL_RSA_D
        case .p: CSSL_RSA_P
        case .q: CSSL_RSA_Q
        case .dp: CSSL_RSA_DP
        case .dq: CSSL_RSA_DQ
        case .qi: CSSL_RSA_QI
        case .thirdPrime: CSSL_RSA_THIRD_PRIME
        case .x: CSSL_EC_X
        case .y: CSSL_EC_Y
        case .scalar: CSSL_EC_D
        }
      return Int32(code)
    }
  }
}
