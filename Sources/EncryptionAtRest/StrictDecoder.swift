/// Decodes the values of a configuration, and gathers what does not belong there.
///
/// A value of a wrong type ends decoding at once, a field that nobody knows only at the end, as in
/// Kubernetes' decoder. Values are never shown.
///
/// Source: Go `encoding/json.UnmarshalTypeError`, Kubernetes `sigs.k8s.io/json`.
struct StrictDecoder {
  /// Where a value stands.
  struct Place {
    /// Go's name of the structure it is a field of.
    let owner: String
    /// Path without indices, as type errors tell it.
    let field: String
    /// Path with indices, as all else tells it.
    let path: String

    /// A field of a structure that stands here.
    func child(_ owner: String, _ name: String) -> Place {
      Place(owner: owner, field: "\(field).\(name)", path: "\(path).\(name)")
    }

    func element(_ index: Int) -> Place {
      Place(owner: owner, field: field, path: "\(path)[\(index)]")
    }
  }

  /// A value of a wrong type, in Go's words.
  struct TypeFailure: Error, CustomStringConvertible {
    let description: String
  }

  /// Paths of fields that do not exist.
  private(set) var unknown: [String] = []
  /// Whether key material was met, or may have been.
  private var hasKeys = false

  /// Whether the document may be quoted: all of it is known, and none of it is a key.
  var mayShow: Bool { unknown.isEmpty && !hasKeys }

  mutating func add(unknown name: String, at place: Place?) {
    unknown.append((place.map { "\($0.path)." } ?? "") + name.shown)
  }

  mutating func noteKeys() { hasKeys = true }

  private func failure(_ value: YAMLValue, _ place: Place, _ type: String) -> TypeFailure {
    var kind = value.kind
    if type == "int32", case .number(let text) = value { kind += " \(text.shown)" }
    return TypeFailure(
      description: "json: cannot unmarshal \(kind) into Go struct field "
        + "\(place.owner).\(place.field) of type \(type)"
    )
  }

  func text(_ value: YAMLValue, _ place: Place) throws -> String {
    switch value {
    case .string(let text): return text
    case .binary(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .null: return ""
    default: throw failure(value, place, "string")
    }
  }

  func int32(_ value: YAMLValue, _ place: Place) throws -> Int32? {
    switch value {
    case .null: return nil
    case .number(let text):
      guard let number = Int32(yaml: text) else { throw failure(value, place, "int32") }
      return number
    default: throw failure(value, place, "int32")
    }
  }

  mutating func list<Element>(
    _ value: YAMLValue,
    _ place: Place,
    of type: String,
    _ element: ((YAMLValue, Place), inout StrictDecoder) throws -> Element
  ) throws -> [Element] {
    switch value {
    case .null: return []
    case .list(let items):
      var result: [Element] = []
      for (index, item) in items.enumerated() {
        result.append(try element((item, place.element(index)), &self))
      }
      return result
    default: throw failure(value, place, "[]\(type)")
    }
  }

  /// The members of a structure; `take` answers false for one that it does not know.
  mutating func members(
    _ value: YAMLValue,
    _ place: Place,
    of type: String,
    _ take: (Member, inout StrictDecoder) throws -> Bool
  ) throws {
    switch value {
    case .null: return
    case .mapping(let members):
      for member in members where try !take(member, &self) { add(unknown: member.name, at: place) }
    default: throw failure(value, place, type)
    }
  }
}

extension Int32 {
  /// Reads a YAML number with a whole value, as it comes out of the conversion to JSON.
  ///
  /// Source: YAML 1.1, "int" and "float" types.
  init?(yaml text: String) {
    let isNegative = text.hasPrefix("-")
    let digits = text.drop { "+-".contains($0) }.filter { $0 != "_" }
    guard text.utf8.count - text.drop(while: { "+-".contains($0) }).utf8.count < 2 else {
      return nil
    }
    let radixes: [(String, Int)] = [("0x", 16), ("0b", 2), ("0o", 8), ("0", 8)]
    var magnitude: Int64?
    for (start, radix) in radixes where digits.hasPrefix(start) && digits.count > start.count {
      magnitude = Int64(digits.dropFirst(start.count), radix: radix)
      if magnitude != nil { break }
    }
    magnitude = magnitude ?? Int64(digits) ?? Double(digits).flatMap { Int64(exactly: $0) }
    guard let magnitude else { return nil }
    self.init(exactly: isNegative ? -magnitude : magnitude)
  }
}

extension ConfigurationFile.Rule {
  init(_ item: (YAMLValue, StrictDecoder.Place), _ decoder: inout StrictDecoder) throws {
    let place = item.1
    try decoder.members(item.0, place, of: "v1.ResourceConfiguration") { member, decoder in
      let field = place.child("ResourceConfiguration", member.name)
      switch member.name {
      case "resources":
        resources = try decoder.list(member.value, field, of: "string") { item, decoder in
          try decoder.text(item.0, item.1)
        }
      case "providers":
        providers = try decoder.list(
          member.value,
          field,
          of: "v1.ProviderConfiguration"
        ) { item, decoder in
          try ConfigurationFile.Provider(item, &decoder)
        }
      default: return false
      }
      return true
    }
  }
}

extension ConfigurationFile.Provider {
  init(_ item: (YAMLValue, StrictDecoder.Place), _ decoder: inout StrictDecoder) throws {
    let place = item.1
    try decoder.members(item.0, place, of: "v1.ProviderConfiguration") { member, decoder in
      let field = place.child("ProviderConfiguration", member.name)
      if case .null = member.value { return Self.names.contains(member.name) }
      switch member.name {
      case "aesgcm": aesgcm = try Self.keys(member.value, field, "AESConfiguration", &decoder)
      case "aescbc": aescbc = try Self.keys(member.value, field, "AESConfiguration", &decoder)
      case "secretbox":
        secretbox = try Self.keys(member.value, field, "SecretboxConfiguration", &decoder)
      case "identity":
        isIdentity = true
        try decoder.members(member.value, field, of: "v1.IdentityConfiguration") { _, _ in false }
      case "kms": kms = try ConfigurationFile.KMS((member.value, field), &decoder)
      default: return false
      }
      return true
    }
  }

  private static let names: Set<String> = ["aesgcm", "aescbc", "secretbox", "identity", "kms"]

  private static func keys(
    _ value: YAMLValue,
    _ place: StrictDecoder.Place,
    _ type: String,
    _ decoder: inout StrictDecoder
  ) throws -> [ConfigurationFile.Key] {
    var keys: [ConfigurationFile.Key] = []
    decoder.noteKeys()
    try decoder.members(value, place, of: "v1.\(type)") { member, decoder in
      guard member.name == "keys" else { return false }
      let field = place.child(type, "keys")
      keys = try decoder.list(member.value, field, of: "v1.Key") { item, decoder in
        try ConfigurationFile.Key(item, &decoder)
      }
      return true
    }
    return keys
  }
}

extension ConfigurationFile.Key {
  init(_ item: (YAMLValue, StrictDecoder.Place), _ decoder: inout StrictDecoder) throws {
    let place = item.1
    try decoder.members(item.0, place, of: "v1.Key") { member, decoder in
      let field = place.child("Key", member.name)
      switch member.name {
      case "name": name = try decoder.text(member.value, field)
      case "secret": secret = try decoder.text(member.value, field)
      default: return false
      }
      return true
    }
  }
}

extension ConfigurationFile.KMS {
  init(_ item: (YAMLValue, StrictDecoder.Place), _ decoder: inout StrictDecoder) throws {
    let place = item.1
    try decoder.members(item.0, place, of: "v1.KMSConfiguration") { member, decoder in
      let field = place.child("KMSConfiguration", member.name)
      switch member.name {
      case "apiVersion": apiVersion = try decoder.text(member.value, field)
      case "name": name = try decoder.text(member.value, field)
      case "endpoint": endpoint = try decoder.text(member.value, field)
      case "cachesize": cacheSize = try decoder.int32(member.value, field)
      case "timeout":
        if case .null = member.value { return true }
        timeout = try Self.duration(decoder.text(member.value, field))
      default: return false
      }
      return true
    }
  }

  private static func duration(_ text: String) throws -> GoDuration {
    do throws(GoDuration.Failure) {
      return try GoDuration(text)
    } catch {
      let problem =
        switch error {
        case .invalid: "invalid duration \"\(text.shown)\""
        case .missingUnit: "missing unit in duration \"\(text.shown)\""
        case .unknownUnit(let unit):
          "unknown unit \"\(unit.shown)\" in duration \"\(text.shown)\""
        }
      throw StrictDecoder.TypeFailure(description: "time: \(problem)")
    }
  }
}
