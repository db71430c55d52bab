public import FoundationEssentials

/// What a new key version is to be.
public struct KeyOptions: Hashable, Sendable {
  /// Name of the vault.
  public var vault: String
  /// Name of the key; one that exists gets a new version.
  public var name: String
  /// Type as the service spells it; `RSA` by default.
  public var kty: String?
  /// Bits; 2048 by default.
  public var size: Int?
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

/// Checks of what a request on keys says.
enum KeyBody {
  static func name(_ name: String) throws {
    guard NameRule.isKeyName(name) else {
      throw AzureError.badParameter(
        "The request URI contains an invalid name: \(name)",
        hint: "a key name has 1 to 127 letters, digits and hyphens"
      )
    }
  }

  static func type(_ name: String?) throws -> KeyType {
    guard let name else { return .rsa }
    if let type = KeyType(rawValue: name) { return type }
    guard ["RSA-HSM", "EC", "EC-HSM"].contains(name) else {
      throw AzureError.badParameter(
        "Invalid kty value: \(name)",
        hint: "use RSA",
        innerCode: "KeyTypeNotSupported"
      )
    }
    throw AzureError.badParameter(
      "Key type \(name) is not offered yet.",
      hint: "use RSA, the only type that KMS etcd encryption takes",
      innerCode: "KeyTypeNotSupported"
    )
  }

  static func bitCount(_ size: Int?) throws -> Int {
    let size = size ?? 2048
    guard [2048, 3072, 4096].contains(size) else {
      throw AzureError.badParameter(
        "Invalid key size: \(size)",
        hint: "an RSA key has 2048, 3072 or 4096 bits"
      )
    }
    return size
  }

  static func operations(_ names: [String]) throws -> [KeyOperation] {
    var operations: [KeyOperation] = []
    for name in names {
      guard let operation = KeyOperation(rawValue: name) else {
        throw AzureError.badParameter(
          "Invalid key_ops value: \(name)",
          hint: "use \(KeyOperation.allCases.map(\.rawValue).joined(separator: ", "))"
        )
      }
      if !operations.contains(operation) { operations.append(operation) }
    }
    return operations
  }

  static func tags(_ tags: [String: String]) throws {
    guard tags.count <= 15 else {
      throw AzureError.badParameter("A key takes at most 15 tags, not \(tags.count).")
    }
    for (name, value) in tags where name.count > 256 || value.count > 256 {
      throw AzureError.badParameter(
        "Name and value of a tag have at most 256 characters: '\(name.prefix(40))'."
      )
    }
  }
}

extension Date {
  /// The same time without its fraction of a second, as key attributes keep it.
  var wholeSeconds: Date {
    Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down))
  }
}
