import CryptoEngine

/// An algorithm for encrypting with a key, as requests spell it; checked where it is used.
///
/// Source: Key Vault `JsonWebKeyEncryptionAlgorithm`.
public struct EncryptionAlgorithm: RawRepresentable, Hashable, Sendable {
  /// The spelling.
  public let rawValue: String

  /// OAEP with SHA-256: recommended, and what the KMS plugin uses.
  public static let rsaOAEP256 = EncryptionAlgorithm(rawValue: "RSA-OAEP-256")
  /// OAEP with SHA-1: legacy.
  public static let rsaOAEP = EncryptionAlgorithm(rawValue: "RSA-OAEP")
  /// PKCS #1 version 1.5: legacy.
  public static let rsa15 = EncryptionAlgorithm(rawValue: "RSA1_5")

  /// Takes any spelling.
  public init(rawValue: String) { self.rawValue = rawValue }

  func padding() throws -> RSAPadding {
    switch self {
    case .rsaOAEP256: return .oaepSHA256
    case .rsaOAEP: return .oaepSHA1
    case .rsa15: return .pkcs1v15
    default: throw AzureError.algorithm(rawValue, ["RSA-OAEP-256", "RSA-OAEP", "RSA1_5"])
    }
  }
}

/// An algorithm for signing with a key, as requests spell it; checked where it is used.
///
/// Source: Key Vault `JsonWebKeySignatureAlgorithm`.
public struct SignatureAlgorithm: RawRepresentable, Hashable, Sendable {
  /// The spelling, such as `PS256` or `ES256K`.
  public let rawValue: String

  /// Takes any spelling.
  public init(rawValue: String) { self.rawValue = rawValue }

  enum Scheme {
    case rsa(RSASignatureScheme)
    case ec(EllipticCurve)

    /// Hash whose digests are signed; nil for bytes as they are.
    var hash: HashAlgorithm? {
      switch self {
      case .rsa(let scheme): scheme.hash
      case .ec(let curve): curve.hash
      }
    }
  }

  /// The one curve of each algorithm on curves.
  private static let curves: [String: EllipticCurve] = [
    "ES256": .p256, "ES256K": .p256K, "ES384": .p384, "ES512": .p521,
  ]

  /// How to sign; the digest must be as long as the algorithm's hash.
  ///
  /// - Throws: `argument.value`.
  func scheme(for digest: [UInt8]) throws -> Scheme {
    let scheme: Scheme
    if let found = RSASignatureScheme(rawValue: rawValue) {
      scheme = .rsa(found)
    } else if let curve = Self.curves[rawValue] {
      scheme = .ec(curve)
    } else {
      let known = RSASignatureScheme.allCases.map(\.rawValue) + Self.curves.keys.sorted()
      throw AzureError.algorithm(rawValue, known)
    }
    if let hash = scheme.hash, hash.byteCount != digest.count {
      throw AzureError.badParameter(
        "Invalid length of 'value': \(digest.count) bytes. Algorithm \(rawValue) takes a digest "
          + "of \(hash.byteCount) bytes.",
        hint: "sign the \(hash.rawValue) digest of a message, not the message"
      )
    }
    return scheme
  }
}

extension AzureError {
  fileprivate static func algorithm(_ name: String, _ known: [String]) -> AzureError {
    badParameter(
      "The algorithm '\(name.echoed)' is not supported.",
      hint: "use \(known.dropLast().joined(separator: ", ")) or \(known.last ?? "")"
    )
  }
}
