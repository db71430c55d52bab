internal import COpenSSL

/// The public half of a key on an elliptic curve: a point.
public struct ECPublicKey: Sendable {
  let handle: LibraryKey
  /// The curve.
  public let curve: EllipticCurve

  /// Takes the public half of a key over.
  init(_ handle: LibraryKey, _ curve: EllipticCurve) {
    self.handle = handle
    self.curve = curve
  }

  /// Puts a public key together from the coordinates of its point, big-endian.
  ///
  /// - Throws: `crypto.key_invalid` for a point that does not lie on the curve, or numbers wider
  ///   than the curve's.
  public init(curve: EllipticCurve, x: [UInt8], y: [UInt8]) throws(CryptoError) {
    self.init(try LibraryKey(curve, x: x, y: y, scalar: nil), curve)
  }

  /// The coordinates of the point, big-endian, as wide as the curve's field.
  ///
  /// - Throws: `crypto.unavailable`.
  public func numbers() throws(CryptoError) -> (x: [UInt8], y: [UInt8]) {
    let width = curve.coordinateByteCount
    return (try handle.number(.x, byteCount: width), try handle.number(.y, byteCount: width))
  }

  /// Returns the key as SubjectPublicKeyInfo in DER form.
  ///
  /// - Throws: `crypto.unavailable`.
  public func der() throws(CryptoError) -> [UInt8] { try handle.publicDER() }

  /// Tells whether a signature, `r ‖ s`, is one of a digest.
  ///
  /// - Parameters:
  ///   - signature: two numbers as wide as the curve's field.
  ///   - digest: as long as the curve's hash.
  /// - Returns: false also for a signature of another length.
  /// - Throws: `crypto.size_invalid` for a digest of a wrong length, `crypto.unavailable`.
  public func verify(_ signature: [UInt8], of digest: [UInt8]) throws(CryptoError) -> Bool {
    try curve.hash.check(digest)
    guard signature.count == curve.signatureByteCount else { return false }
    var der = [UInt8](repeating: 0, count: curve.signatureDERByteCountMax)
    var count = der.count
    let status = unsafe der.lendMutable { der in
      unsafe signature.lend {
        unsafe cssl_ecdsa_from_raw($0.baseAddress, $0.count / 2, der.baseAddress, &count)
      }
    }
    guard status == 1 else { throw .library("verifying failed") }
    der.removeLast(der.count - count)
    return try handle.verify(der, of: digest, .verifyOnCurve(curve))
  }
}

extension EllipticCurve {
  /// Room that a signature in DER form needs at most: a sequence of two numbers, each with a byte
  /// for its sign and up to three for its tag and length.
  var signatureDERByteCountMax: Int { 2 * (coordinateByteCount + 4) + 4 }
}

extension LibraryKey {
  /// Puts a key on a curve together from its numbers, which must belong together.
  convenience init(
    _ curve: EllipticCurve,
    x: [UInt8],
    y: [UInt8],
    scalar: SecretBytes?
  ) throws(CryptoError) {
    let width = curve.coordinateByteCount
    let counts = [x.count, y.count] + (scalar.map { [$0.byteCount] } ?? [])
    guard counts.allSatisfy({ (1...width).contains($0) }) else {
      throw CryptoError(
        .keyInvalid,
        "a number of a key on \(curve.rawValue) has 1 to \(width) bytes"
      )
    }
    // SEC 1, section 2.3.3: 4, then both coordinates at the full width.
    let point = [x, y].reduce(into: [UInt8(4)]) { point, number in
      point += [UInt8](repeating: 0, count: width - number.count) + number
    }
    func make(_ scalar: UnsafeRawBufferPointer) -> OpaquePointer? {
      unsafe point.lend {
        unsafe cssl_ec_from_numbers(
          curve.groupName,
          $0.baseAddress,
          $0.count,
          scalar.baseAddress,
          scalar.count
        )
      }
    }
    let pointer =
      unsafe scalar.map { unsafe $0.withUnsafeBytes { unsafe make($0) } }
      ?? make(UnsafeRawBufferPointer(start: nil, count: 0))
    unsafe try self.init(
      pointer,
      scalar == nil
        ? "the point does not lie on \(curve.rawValue)"
        : "the numbers are none of a key on \(curve.rawValue)"
    )
  }

  /// The curve of a key; nil for a key of another type, or on a curve not offered.
  var curve: EllipticCurve? {
    guard isA("EC") else { return nil }
    var name = [CChar](repeating: 0, count: 64)
    let status = unsafe name.withUnsafeMutableBufferPointer { room in
      // The room is not empty, so it has an address.
      unsafe room.baseAddress.map { unsafe cssl_ec_group(pointer, $0, room.count) } ?? -1
    }
    guard status == 1 else {
      _ = unsafe cssl_last_error()
      return nil
    }
    let text = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return EllipticCurve.allCases.first { $0.groupName == String(decoding: text, as: UTF8.self) }
  }
}
