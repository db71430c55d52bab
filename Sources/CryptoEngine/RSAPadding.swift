internal import COpenSSL

/// How RSA pads a message to encrypt.
///
/// Source: RFC 8017, sections 7.1 and 7.2.
public enum RSAPadding: String, CaseIterable, Sendable {
  /// OAEP, hash and MGF1 with SHA-256, empty label.
  case oaepSHA256
  /// OAEP, hash and MGF1 with SHA-1, empty label; legacy.
  case oaepSHA1
  /// PKCS #1 version 1.5; legacy.
  case pkcs1v15

  /// Bytes of the modulus that a message cannot use.
  public var overheadByteCount: Int {
    switch self {
    case .oaepSHA256: 66
    case .oaepSHA1: 42
    case .pkcs1v15: 11
    }
  }

  /// The library's padding, and the hash that goes with it.
  var code: (padding: Int32, hash: String?) {
    switch self {
    case .oaepSHA256: (Int32(CSSL_OAEP), HashAlgorithm.sha256.rawValue)
    case .oaepSHA1: (Int32(CSSL_OAEP), "SHA-1")
    case .pkcs1v15: (Int32(CSSL_PKCS1), nil)
    }
  }
}

/// How RSA signs a digest.
///
/// Source: RFC 7518, sections 3.3 and 3.5; RFC 8017, sections 8.1 and 8.2.
public enum RSASignatureScheme: String, CaseIterable, Sendable {
  /// PKCS #1 version 1.5 with SHA-256.
  case rs256 = "RS256"
  /// PKCS #1 version 1.5 with SHA-384.
  case rs384 = "RS384"
  /// PKCS #1 version 1.5 with SHA-512.
  case rs512 = "RS512"
  /// PSS, hash and MGF1 with SHA-256, a salt as long as the hash.
  case ps256 = "PS256"
  /// PSS, hash and MGF1 with SHA-384, a salt as long as the hash.
  case ps384 = "PS384"
  /// PSS, hash and MGF1 with SHA-512, a salt as long as the hash.
  case ps512 = "PS512"
  /// PKCS #1 version 1.5 on bytes as they are, without naming a hash.
  case rsNull = "RSNULL"

  /// The hash whose digests it signs; nil where it takes bytes of any hash.
  public var hash: HashAlgorithm? {
    switch self {
    case .rs256, .ps256: .sha256
    case .rs384, .ps384: .sha384
    case .rs512, .ps512: .sha512
    case .rsNull: nil
    }
  }

  var padding: Int32 {
    switch self {
    case .rs256, .rs384, .rs512, .rsNull: Int32(CSSL_PKCS1)
    case .ps256, .ps384, .ps512: Int32(CSSL_PSS)
    }
  }
}
