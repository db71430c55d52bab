import CryptoEngine
import FoundationEssentials

/// Type and size of a key to make.
enum KeyKind {
  case rsa(KeyType, bitCount: Int)
  case ec(KeyType, EllipticCurve)

  var type: KeyType {
    switch self {
    case .rsa(let type, _), .ec(let type, _): type
    }
  }

  func generate() throws -> PrivateKey {
    switch self {
    case .rsa(_, let bitCount): .rsa(try RSAPrivateKey.generate(bitCount: bitCount))
    case .ec(_, let curve): .ec(try ECPrivateKey.generate(curve))
    }
  }

  /// Type and size of a key that is there.
  init(of key: Key) {
    switch key.publicNumbers {
    case .rsa: self = .rsa(key.type, bitCount: key.bitCount)
    case .ec(let curve, _, _): self = .ec(key.type, curve)
    }
  }

  fileprivate init(_ type: KeyType, _ options: KeyOptions) throws {
    if type.isRSA {
      guard options.curve == nil else {
        throw AzureError.badParameter("A key of type \(type.rawValue) has a size, not a curve.")
      }
      self = .rsa(type, bitCount: try KeyBody.bitCount(options.size))
    } else {
      let curve = try KeyBody.curve(options.curve)
      guard options.size == nil || options.size == curve.bitCount else {
        throw AzureError.badParameter("A key of type \(type.rawValue) has a curve, not a size.")
      }
      self = .ec(type, curve)
    }
  }
}

/// Checks of what a request on keys says.
enum KeyBody {
  static func name(_ name: String) throws {
    guard NameRule.isKeyName(name) else {
      throw AzureError.badParameter(
        "The request URI contains an invalid name: \(name.echoed)",
        hint: "a key name has 1 to 127 letters, digits and hyphens"
      )
    }
  }

  static func kind(_ options: KeyOptions, for vault: Vault) throws -> KeyKind {
    try KeyKind(type(options.kty ?? KeyType.rsa.rawValue, for: vault), options)
  }

  /// The type of imported material: as named, else in software.
  static func type(
    _ name: String?,
    of key: PrivateKey,
    for vault: Vault
  ) throws -> KeyType {
    let own: KeyType =
      switch key {
      case .rsa: .rsa
      case .ec: .ec
      }
    guard let name else { return own }
    let type = try type(name, for: vault)
    guard type.isRSA == own.isRSA else {
      throw AzureError.badParameter("The material is an \(own.rawValue) key, not \(name).")
    }
    return type
  }

  private static func type(_ name: String, for vault: Vault) throws -> KeyType {
    guard let type = KeyType(rawValue: name) else {
      throw AzureError.badParameter(
        "Invalid kty value: \(name.echoed)",
        hint: "use RSA or EC",
        innerCode: "KeyTypeNotSupported"
      )
    }
    try hardware([type], in: vault)
    return type
  }

  /// Refuses hardware keys where there is no hardware.
  static func hardware(_ types: [KeyType], in vault: Vault) throws {
    guard vault.sku != .premium, let type = types.first(where: \.isHSM) else { return }
    throw AzureError.badParameter(
      "Hardware key operation not allowed on standard vault",
      hint: "use \(type.isRSA ? "RSA" : "EC"): only a premium vault has hardware keys"
    )
  }

  /// Refuses a size or a curve that the material does not have.
  static func checkMaterial(_ key: PrivateKey, _ options: KeyOptions) throws {
    let numbers = try PublicNumbers(of: key)
    guard options.size == nil || options.size == numbers.bitCount else {
      throw AzureError.badParameter(
        "The key has \(numbers.bitCount) bits, not \(options.size ?? 0).",
        hint: "leave size out: the material has one"
      )
    }
    var own: EllipticCurve?
    if case .ec(let curve, _, _) = numbers { own = curve }
    guard options.curve == nil || options.curve == own?.rawValue else {
      throw AzureError.badParameter(
        "The key is not on the curve \(options.curve?.echoed ?? "").",
        hint: "leave curve out: the material has one"
      )
    }
  }

  static func bitCount(_ size: Int?) throws -> Int {
    let size = size ?? 2048
    guard RSAPublicKey.bitCounts.contains(size) else {
      throw AzureError.badParameter(
        "Invalid key size: \(size)",
        hint: "an RSA key has 2048, 3072 or 4096 bits"
      )
    }
    return size
  }

  static func curve(_ name: String?) throws -> EllipticCurve {
    guard let name else { return .p256 }
    guard let curve = EllipticCurve(rawValue: name) else {
      throw AzureError.badParameter(
        "Invalid curve name: \(name.echoed)",
        hint: "use \(EllipticCurve.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    return curve
  }
}

extension KeyBody {
  /// Checks what can be checked of changes without the key.
  static func changes(_ changes: KeyChanges) throws {
    if let tags = changes.tags { try self.tags(tags) }
    try time(changes.notBefore, "nbf")
    try time(changes.expires, "exp")
    _ = try changes.ops.map(operations)
  }

  static func operations(_ names: [String], of type: KeyType) throws -> [KeyOperation] {
    let operations = try operations(names)
    if let wrong = operations.first(where: { !type.operationsAllowed.contains($0) }) {
      throw AzureError.badParameter(
        "Operation \(wrong.rawValue) is not valid for a key of type \(type.rawValue).",
        hint: "such a key does "
          + type.operationsByDefault.map(\.rawValue).joined(separator: ", ")
      )
    }
    return operations
  }

  private static func operations(_ names: [String]) throws -> [KeyOperation] {
    var operations: [KeyOperation] = []
    for name in names {
      guard let operation = KeyOperation(rawValue: name) else {
        throw AzureError.badParameter(
          "Invalid key_ops value: \(name.echoed)",
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
        "Name and value of a tag have at most 256 characters: '\(name.echoed)'."
      )
    }
  }

  /// Times travel as seconds since 1970 and are shown with four digits of year.
  static func time(_ time: Date?, _ member: String) throws {
    guard let seconds = time?.timeIntervalSince1970 else { return }
    guard (0..<253_402_300_800).contains(seconds) else {
      throw AzureError.badParameter(
        "The attribute \(member) must lie in the years 1970 to 9999."
      )
    }
  }

  static func pageLength(_ limit: Int) throws {
    guard (1...Azure.pageLengthMax).contains(limit) else {
      throw AzureError.badParameter(
        "Invalid maxresults value: \(limit)",
        hint: "a page has 1 to \(Azure.pageLengthMax) items"
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
