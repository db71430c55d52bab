/// What can be done with a key, as `key_ops` lists it.
///
/// Source: RFC 7517, section 4.3; Key Vault `JsonWebKeyOperation`.
public enum KeyOperation: String, CaseIterable, Codable, Sendable {
  // Each is spelt as the service spells it.
  case encrypt, decrypt, sign, verify, wrapKey, unwrapKey, `import`, export
}

/// Types of key that a vault keeps.
///
/// Source: Key Vault `JsonWebKeyType`; `oct` and `oct-HSM` are for Managed HSM.
public enum KeyType: String, CaseIterable, Codable, Sendable {
  /// RSA in software.
  case rsa = "RSA"
  /// RSA in a hardware security module; premium vaults only.
  case rsaHSM = "RSA-HSM"
  /// An elliptic curve in software.
  case ec = "EC"
  /// An elliptic curve in a hardware security module; premium vaults only.
  case ecHSM = "EC-HSM"

  /// Whether it is RSA, wherever it is kept.
  public var isRSA: Bool { self == .rsa || self == .rsaHSM }
  /// Whether a hardware security module keeps it.
  public var isHSM: Bool { self == .rsaHSM || self == .ecHSM }

  /// What a key of the type does when nothing is asked for, in the order the service lists it.
  public var operationsByDefault: [KeyOperation] {
    isRSA ? [.encrypt, .decrypt, .sign, .verify, .wrapKey, .unwrapKey] : [.sign, .verify]
  }

  /// What `key_ops` may hold for the type.
  var operationsAllowed: Set<KeyOperation> {
    isRSA ? Set(KeyOperation.allCases) : [.sign, .verify, .import, .export]
  }
}
