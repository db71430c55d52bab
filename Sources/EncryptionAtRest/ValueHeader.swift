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

/// Reads headers; values under one seed follow each other, and are recognised by comparison.
struct HeaderReader {
  private var last: (header: ValueHeader, tail: [UInt8])?

  mutating func read(_ stored: [UInt8]) -> ValueHeader {
    if let last, stored.starts(with: last.header.prefix),
      EncryptedObject.data(in: stored, from: last.header.prefix.count, before: last.tail) != nil
    {
      return last.header
    }
    let provider = StoredProvider(classifying: stored)
    guard let name = StoredProvider.name(in: stored) else {
      let isPlain = provider == .identity
      return ValueHeader(
        provider: provider,
        name: nil,
        prefix: [],
        keyID: nil,
        sourceType: nil,
        problem: isPlain ? nil : "the value starts with a reserved prefix that nothing follows"
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
        keyID: nil,
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
