public import FoundationEssentials

/// What a new key version is to be.
public struct KeyOptions: Hashable, Sendable {
  /// Name of the vault.
  public var vault: String
  /// Name of the key; one that exists gets a new version.
  public var name: String
  /// Type as the service spells it; `RSA` by default.
  public var kty: String?
  /// Bits of an RSA key; 2048 by default.
  public var size: Int?
  /// Curve of an EC key as the service spells it; `P-256` by default.
  public var curve: String?
  /// Operations as `key_ops` spells them; by default all that the type can do.
  public var ops: [String]?
  /// When its time begins.
  public var notBefore: Date?
  /// When its time ends.
  public var expires: Date?
  /// True: made switched off.
  public var isDisabled: Bool
  /// Labels, at most 15.
  public var tags: [String: String]

  /// Collects the options.
  public init(
    vault: String,
    name: String,
    kty: String? = nil,
    size: Int? = nil,
    curve: String? = nil,
    ops: [String]? = nil,
    notBefore: Date? = nil,
    expires: Date? = nil,
    isDisabled: Bool = false,
    tags: [String: String] = [:]
  ) {
    self.vault = vault
    self.name = name
    self.kty = kty
    self.size = size
    self.curve = curve
    self.ops = ops
    self.notBefore = notBefore
    self.expires = expires
    self.isDisabled = isDisabled
    self.tags = tags
  }
}

/// What to change of a key version; what is nil stays.
public struct KeyChanges: Hashable, Sendable {
  /// Switches it on or off.
  public var isEnabled: Bool?
  /// When its time is to end; may be past.
  public var expires: Date?
  /// When its time is to begin.
  public var notBefore: Date?
  /// Operations, in place of those it had.
  public var ops: [String]?
  /// Labels, in place of those it had.
  public var tags: [String: String]?

  /// Collects the changes.
  public init(
    isEnabled: Bool? = nil,
    expires: Date? = nil,
    notBefore: Date? = nil,
    ops: [String]? = nil,
    tags: [String: String]? = nil
  ) {
    self.isEnabled = isEnabled
    self.expires = expires
    self.notBefore = notBefore
    self.ops = ops
    self.tags = tags
  }
}
