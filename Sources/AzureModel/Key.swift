public import FoundationEssentials

/// What can be done with a key, as `key_ops` lists it.
///
/// Source: RFC 7517, section 4.3; Key Vault `JsonWebKeyOperation`.
public enum KeyOperation: String, CaseIterable, Codable, Sendable {
  // Each is spelt as the service spells it.
  case encrypt, decrypt, sign, verify, wrapKey, unwrapKey, `import`, export

  /// What an RSA key does when nothing is asked for.
  public static let ofRSA: [KeyOperation] = [
    .encrypt, .decrypt, .sign, .verify, .wrapKey, .unwrapKey,
  ]
}

/// Types of key.
public enum KeyType: String, Codable, Sendable {
  /// RSA in software.
  case rsa = "RSA"
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
  public let kid: KeyID
  /// Place in the key's history, counted from 1.
  public let number: Int
  /// Type.
  public let type: KeyType
  /// Bits of the modulus.
  public let bitCount: Int
  /// RSA modulus `n`, big-endian.
  public let modulus: Data
  /// RSA public exponent `e`, big-endian.
  public let exponent: Data
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
  /// How the key can come back once deleted.
  public let recoveryLevel: String
  /// For how many days.
  public let recoverableDays: Int
  /// Labels.
  public internal(set) var tags: [String: String]

  /// Name of the key.
  public var name: String { kid.name }
  /// The version: 32 lower-case hexadecimal digits.
  public var version: String { kid.version ?? "" }
  /// Name of the vault, in lower case.
  public var vault: String { kid.vault }

  /// Whether its time is over.
  public func isExpired(at time: Date) -> Bool { expires.map { time >= $0 } ?? false }
  /// Whether its time has begun.
  public func isValidYet(at time: Date) -> Bool { notBefore.map { time >= $0 } ?? true }
}

/// A key by name: the series of its versions.
struct KeySeries: Record {
  static let kind = "key"
  var id: String { key.recordID }
  var parent: String { key.vault }
  /// Id without version; holds the name as first written.
  let key: KeyID
  /// The newest version.
  var latestVersion: String
  /// How many versions were made.
  var versionCount: Int
}

/// A version's private part, sealed.
struct KeyMaterial: Record {
  static let kind = "key_material"
  let id: String
  let parent: String
  let sealed: Data
}
