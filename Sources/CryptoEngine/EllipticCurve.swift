/// A curve for signing, and the one hash whose digests are signed on it.
///
/// Source: RFC 7518, sections 3.4 and 6.2; RFC 8812, section 3 for secp256k1, which Key Vault
/// names `P-256K`.
public enum EllipticCurve: String, CaseIterable, Sendable {
  /// NIST P-256, prime256v1, secp256r1.
  case p256 = "P-256"
  /// NIST P-384, secp384r1.
  case p384 = "P-384"
  /// NIST P-521, secp521r1.
  case p521 = "P-521"
  /// The curve secp256k1 of SEC 2.
  case p256K = "P-256K"

  /// Bits of its field.
  public var bitCount: Int {
    switch self {
    case .p256, .p256K: 256
    case .p384: 384
    case .p521: 521
    }
  }

  /// Length of each coordinate, of the private number and of each half of a signature.
  public var coordinateByteCount: Int { (bitCount + 7) / 8 }

  /// Length of a signature: `r ‖ s`.
  public var signatureByteCount: Int { 2 * coordinateByteCount }

  /// The hash whose digests are signed on it.
  public var hash: HashAlgorithm {
    switch self {
    case .p256, .p256K: .sha256
    case .p384: .sha384
    case .p521: .sha512
    }
  }

  /// The library's name of the curve.
  var groupName: String {
    switch self {
    case .p256: "prime256v1"
    case .p384: "secp384r1"
    case .p521: "secp521r1"
    case .p256K: "secp256k1"
    }
  }
}
