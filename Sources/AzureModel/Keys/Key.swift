public import CryptoEngine
public import FoundationEssentials

/// The public half of a key, as its JSON form holds it: big-endian numbers.
public enum PublicNumbers: Hashable, Codable, Sendable {
  /// Modulus `n` and exponent `e`.
  case rsa(modulus: Data, exponent: Data)
  /// A point on a curve; both coordinates as long as the field.
  case ec(curve: EllipticCurve, x: Data, y: Data)

  /// Bits of the modulus, or of the curve's field.
  public var bitCount: Int {
    switch self {
    case .rsa(let modulus, _): modulus.count * 8
    case .ec(let curve, _, _): curve.bitCount
    }
  }
}

/// One version of a key, without its private part.
///
/// Attributes belong to the version: a new version does not change older ones.
public struct Key: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "key_version"
  /// Vault, name and version in lower case.
  public var id: String { kid.recordID }
  /// Vault and name in lower case.
  public var parent: String { kid.seriesRecordID }

  /// Full id, with version.
  public internal(set) var kid: KeyID
  /// Place in the key's history, counted from 1.
  public let number: Int
  /// Type.
  public let type: KeyType
  /// The public half.
  public let publicNumbers: PublicNumbers
  /// What it may be used for.
  public internal(set) var operations: [KeyOperation]
  /// Whether it is switched on.
  public internal(set) var isEnabled: Bool
  /// When its time begins, whole seconds.
  public internal(set) var notBefore: Date?
  /// When its time ends, whole seconds.
  public internal(set) var expires: Date?
  /// When it was made, whole seconds.
  public let created: Date
  /// When it last changed, whole seconds.
  public internal(set) var updated: Date
  /// Labels.
  public internal(set) var tags: [String: String]

  /// Name of the key.
  public var name: String { kid.name }
  /// The version: 32 lower-case hexadecimal digits.
  public var version: String { kid.version ?? "" }
  /// Name of the vault, in lower case.
  public var vault: String { kid.vault }
  /// Bits of the modulus, or of the curve's field.
  public var bitCount: Int { publicNumbers.bitCount }

  /// Whether its time is over.
  public func isExpired(at time: Date) -> Bool { expires.map { time >= $0 } ?? false }
  /// Whether its time has begun.
  public func isValidYet(at time: Date) -> Bool { notBefore.map { time >= $0 } ?? true }
}
