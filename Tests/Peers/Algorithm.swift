public import CryptoEngine

/// An algorithm of Key Vault, as JOSE names it.
public enum Algorithm: String, CaseIterable, Codable, Sendable {
  // Each by its name in requests.
  case rsa15 = "RSA1_5"
  case rsaOAEP = "RSA-OAEP"
  case rsaOAEP256 = "RSA-OAEP-256"
  case rs256 = "RS256"
  case rs384 = "RS384"
  case rs512 = "RS512"
  case ps256 = "PS256"
  case ps384 = "PS384"
  case ps512 = "PS512"
  case rsNull = "RSNULL"
  case es256 = "ES256"
  case es256K = "ES256K"
  case es384 = "ES384"
  case es512 = "ES512"

  /// How it pads a message to encrypt; nil if it signs.
  public var padding: RSAPadding? {
    switch self {
    case .rsa15: .pkcs1v15
    case .rsaOAEP: .oaepSHA1
    case .rsaOAEP256: .oaepSHA256
    default: nil
    }
  }

  /// How RSA signs with it; nil if it does not.
  public var scheme: RSASignatureScheme? { RSASignatureScheme(rawValue: rawValue) }

  /// The curve that signs with it; nil if none does.
  public var curve: EllipticCurve? {
    switch self {
    case .es256: .p256
    case .es256K: .p256K
    case .es384: .p384
    case .es512: .p521
    default: nil
    }
  }

  /// Those that encrypt.
  public static let encrypting = allCases.filter { $0.padding != nil }
  /// Those that sign.
  public static let signing = allCases.filter { $0.padding == nil }
}
