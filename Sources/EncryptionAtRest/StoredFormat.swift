/// Which kind of provider a stored value is under; told from its first bytes, without any key.
///
/// Source: specification §1.
public enum StoredProvider: String, Sendable {
  /// In clear.
  case identity
  /// AES-CBC under a local key.
  case aescbc
  /// AES-GCM under a local key.
  case aesgcm
  /// XSalsa20-Poly1305 under a local key.
  case secretbox
  /// KMS protocol v1.
  case kmsV1 = "kms:v1"
  /// KMS protocol v2.
  case kmsV2 = "kms:v2"
  /// Sealed by something this version of Kubernetes does not have.
  case unknown

  /// Whether a KMS plugin stands behind it.
  public var isKMS: Bool { self == .kmsV1 || self == .kmsV2 }

  /// Version of the plugin protocol, nil without a plugin.
  public var kmsVersion: String? {
    switch self {
    case .kmsV1: "v1"
    case .kmsV2: "v2"
    default: nil
    }
  }

  private static let prefixes: [(String, StoredProvider)] = [
    ("k8s:enc:aescbc:v1:", .aescbc), ("k8s:enc:aesgcm:v1:", .aesgcm),
    ("k8s:enc:secretbox:v1:", .secretbox), ("k8s:enc:kms:v1:", .kmsV1),
    ("k8s:enc:kms:v2:", .kmsV2),
  ]

  /// Tells the provider of a value.
  public init(classifying stored: [UInt8]) {
    self =
      if let match = Self.prefixes.first(where: { stored.starts(with: $0.0.utf8) }) {
        match.1
      } else if stored.starts(with: PlaintextTransformer.reservedPrefix) {
        .unknown
      } else {
        .identity
      }
  }

  /// What follows the kind up to the next colon: the provider's or the key's name.
  ///
  /// Names of v1 providers and of local keys may themselves hold colons; without the
  /// configuration the first one is taken for the end.
  public static func name(in stored: [UInt8]) -> String? {
    guard let prefix = prefixes.first(where: { stored.starts(with: $0.0.utf8) }) else { return nil }
    let rest = stored.dropFirst(prefix.0.utf8.count)
    return rest.firstIndex(of: UInt8(ascii: ":")).flatMap {
      String(validating: rest[..<$0], as: UTF8.self)
    }
  }
}
