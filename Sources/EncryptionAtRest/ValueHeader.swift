/// What a stored value tells of itself without any key.
///
/// Source: specification §1, §3.1.
public struct ValueHeader: Hashable, Sendable {
  /// Kind of provider.
  public let provider: StoredProvider
  /// Name of the provider, or of the local key.
  ///
  /// Names of v1 providers and of local keys may hold colons; without the configuration the first
  /// one is taken for the end.
  public let name: String?
  /// `k8s:enc:…:NAME:`; empty for a plain value.
  public let prefix: [UInt8]
  /// Key that wrapped the source; only KMS v2 stores it.
  public let keyID: String?
  /// What the source is; only KMS v2 stores it.
  public let sourceType: DEKSourceType?
  /// What is wrong with the value's form, nil when nothing is.
  public let problem: String?
}

extension ValueHeader {
  /// The same under the name that a configuration has for it.
  func named(by owner: (prefix: [UInt8], name: String)?) -> ValueHeader {
    guard let owner, owner.name != name else { return self }
    // What was read by another name was read from a wrong place.
    let isV2 = provider == .kmsV2
    return ValueHeader(
      provider: provider,
      name: owner.name,
      prefix: owner.prefix,
      keyID: isV2 ? nil : keyID,
      sourceType: isV2 ? nil : sourceType,
      problem: problem
    )
  }
}

/// Reads headers; values under one seed follow each other, and are recognised by comparison.
public struct HeaderReader: Sendable {
  /// Longest name that is told: whatever is longer is no provider's.
  static let nameByteCountMax = 1024
  private var last: (header: ValueHeader, tail: [UInt8])?

  /// Makes a reader that has met no value yet.
  public init() {}

  /// Reads what a stored value tells of itself.
  public mutating func read(_ stored: [UInt8]) -> ValueHeader {
    if let last, stored.starts(with: last.header.prefix),
      EncryptedObject.data(in: stored, from: last.header.prefix.count, before: last.tail) != nil
    {
      return last.header
    }
    let provider = StoredProvider(classifying: stored)
    guard let name = StoredProvider.name(in: stored), name.utf8.count <= Self.nameByteCountMax
    else {
      let isPlain = provider == .identity
      return ValueHeader(
        provider: provider,
        name: nil,
        prefix: [],
        keyID: nil,
        sourceType: nil,
        problem: isPlain
          ? Self.problem(ofPlain: stored)
          : "the value starts with a reserved prefix that no name follows"
      )
    }
    let prefix = Array("k8s:enc:\(provider.rawValue)\(provider.isKMS ? "" : ":v1"):\(name):".utf8)
    guard provider == .kmsV2 else {
      return ValueHeader(
        provider: provider,
        name: name,
        prefix: prefix,
        keyID: nil,
        sourceType: nil,
        problem: nil
      )
    }
    return envelopeHeader(stored, name: name, prefix: prefix)
  }

  /// Objects are stored as JSON or as protobuf, which both show in their first bytes.
  private static func problem(ofPlain stored: [UInt8]) -> String? {
    let isObject =
      stored.first == UInt8(ascii: "{") || stored.starts(with: KubernetesSecret.protobufMagic)
    return isObject ? nil : "the value is no object in JSON or protobuf form"
  }

  private mutating func envelopeHeader(
    _ stored: [UInt8],
    name: String,
    prefix: [UInt8]
  ) -> ValueHeader {
    let object: EncryptedObject
    do {
      object = try EncryptedObject(parsing: stored, from: prefix.count)
    } catch {
      return ValueHeader(
        provider: .kmsV2,
        name: name,
        prefix: prefix,
        keyID: EncryptedObject.keyID(in: stored, from: prefix.count),
        sourceType: nil,
        problem: error.message
      )
    }
    let header = ValueHeader(
      provider: .kmsV2,
      name: name,
      prefix: prefix,
      keyID: object.source.keyID,
      sourceType: object.sourceType,
      problem: nil
    )
    last = (header, object.source.fields(object.sourceType))
    return header
  }
}
