internal import COpenSSL

/// The members of a private EC key as a JWK has them: big-endian numbers.
///
/// Source: RFC 7518, section 6.2.
public struct ECNumbers: Equatable, Sendable {
  /// `crv`.
  public let curve: EllipticCurve
  /// `x`.
  public let x: [UInt8]
  /// `y`.
  public let y: [UInt8]
  /// `d`.
  public let scalar: SecretBytes

  /// Takes over the members of a JWK.
  public init(curve: EllipticCurve, x: [UInt8], y: [UInt8], scalar: SecretBytes) {
    self.curve = curve
    self.x = x
    self.y = y
    self.scalar = scalar
  }
}

/// A private key on an elliptic curve, for signing.
public struct ECPrivateKey: Sendable {
  private let handle: LibraryKey
  /// The half that may be told: it verifies and has the coordinates.
  public let publicKey: ECPublicKey

  /// The curve.
  public var curve: EllipticCurve { publicKey.curve }

  private init(_ handle: LibraryKey, _ curve: EllipticCurve) {
    self.handle = handle
    publicKey = ECPublicKey(handle, curve)
  }

  /// Takes a key over; one of another type or on another curve is refused.
  init(_ handle: LibraryKey) throws(CryptoError) {
    guard handle.isA("EC") else { throw CryptoError(.keyInvalid, "the key is not an EC key") }
    guard let curve = handle.curve else {
      throw CryptoError(
        .keyInvalid,
        "the curve of the key is none of "
          + EllipticCurve.allCases.map(\.rawValue).joined(separator: ", ")
      )
    }
    self.init(handle, curve)
  }

  /// Makes a fresh key.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func generate(_ curve: EllipticCurve) throws(CryptoError) -> ECPrivateKey {
    unsafe try ECPrivateKey(
      LibraryKey(cssl_ec_generate(curve.groupName), "EC key generation failed", .unavailable),
      curve
    )
  }

  /// Reads a PEM text in PKCS #8 or SEC 1 form; an encrypted one is refused.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(pem: [UInt8]) throws(CryptoError) {
    try self.init(checked: LibraryKey(pem: pem))
  }

  /// Takes over what a PEM held, written anew: a text may spell the curve out or compress the
  /// point, and what is kept should not depend on that.
  init(checked handle: LibraryKey) throws(CryptoError) {
    try self.init(ECPrivateKey(handle).numbers())
  }

  /// Reads the PKCS #8 DER form, as `pkcs8()` writes it; whether its parts fit is not checked.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(pkcs8: SecretBytes) throws(CryptoError) { try self.init(LibraryKey(pkcs8: pkcs8)) }

  /// Puts a key together from its numbers: the point must lie on the curve and belong to `d`.
  ///
  /// - Throws: `crypto.key_invalid`.
  public init(_ numbers: ECNumbers) throws(CryptoError) {
    let handle = try LibraryKey(
      numbers.curve,
      x: numbers.x,
      y: numbers.y,
      scalar: numbers.scalar
    )
    self.init(handle, numbers.curve)
  }

  /// Returns the key in PKCS #8 DER form.
  ///
  /// - Throws: `crypto.unavailable`.
  public func pkcs8() throws(CryptoError) -> SecretBytes { try handle.pkcs8() }

  /// Returns all numbers of the key, `d` included, each as wide as the curve's field.
  ///
  /// - Throws: `crypto.unavailable`.
  public func numbers() throws(CryptoError) -> ECNumbers {
    let (x, y) = try publicKey.numbers()
    let scalar = try handle.secretNumber(.scalar, byteCount: curve.coordinateByteCount)
    return ECNumbers(curve: curve, x: x, y: y, scalar: scalar)
  }

  /// Signs a digest as long as the curve's hash.
  ///
  /// - Returns: `r ‖ s`, each as wide as the curve's field.
  /// - Throws: `crypto.size_invalid` for a digest of another length, `crypto.unavailable`.
  public func sign(_ digest: [UInt8]) throws(CryptoError) -> [UInt8] {
    try curve.hash.check(digest)
    let der = try handle.sign(
      digest,
      .signOnCurve(curve),
      byteCountMax: curve.signatureDERByteCountMax
    )
    var signature = [UInt8](repeating: 0, count: curve.signatureByteCount)
    let status = unsafe signature.lendMutable { signature in
      unsafe der.lend {
        unsafe cssl_ecdsa_to_raw(
          $0.baseAddress,
          $0.count,
          signature.baseAddress,
          signature.count / 2
        )
      }
    }
    guard status == 1 else { throw .library("signing failed") }
    return signature
  }
}
