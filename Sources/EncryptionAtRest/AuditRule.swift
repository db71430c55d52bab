internal import FoundationEssentials

/// What a configuration says of one resource, made ready for an audit: local keys can open, KMS
/// providers are told apart only.
struct AuditRule {
  /// Where a provider of the rule stands and what reads its values.
  private struct Reader {
    let prefix: [UInt8]
    var local: LocalKeysProvider?
    /// What the provider's values may start with, and the name that stands there.
    var marks: [(prefix: [UInt8], name: String)] = []
  }
  private let readers: [Reader]
  /// Whether nothing names the resource.
  private let isAbsent: Bool

  /// What the rule says of one value.
  enum Finding {
    /// A provider of the rule owns the value.
    case owned(isFirst: Bool, prefix: [UInt8])
    /// A local key of the rule opens it.
    case opened(OpenedValue)
    /// Nothing in the rule reads it.
    case unreadable(AtRestError)
  }

  /// Takes the providers of a resource; none means plain identity.
  init(_ providers: [EncryptionConfiguration.Provider]) {
    readers =
      providers.isEmpty
      ? [Reader(prefix: [])]
      : providers.map { provider in
        var reader = Reader(prefix: provider.prefix, local: LocalKeysProvider(provider))
        switch provider {
        case .aescbc(let keys), .aesgcm(let keys), .secretbox(let keys):
          reader.marks = keys.map { (provider.prefix + Array("\($0.name):".utf8), $0.name) }
        case .kms(let kms): reader.marks = [(provider.prefix, kms.name)]
        case .identity: break
        }
        return reader
      }
    isAbsent = providers.isEmpty
  }

  /// Whether a write stores what is sealed; nil when nothing names the resource.
  var encrypts: Bool? { isAbsent ? nil : readers.first?.prefix.isEmpty == false }

  /// The configured name that a value starts with, the longest one: names may hold colons.
  func owner(of stored: [UInt8]) -> (prefix: [UInt8], name: String)? {
    readers.flatMap(\.marks).filter { stored.starts(with: $0.prefix) }
      .max { $0.prefix.count < $1.prefix.count }
  }

  /// Looks for the provider that reads a value, as a server with this rule would.
  ///
  /// Source: specification §2.
  func find(_ stored: [UInt8], storagePath: String) -> Finding {
    var failures = ReadFailures()
    let isReserved = stored.starts(with: PlaintextTransformer.reservedPrefix)
    for (index, reader) in readers.enumerated() where stored.starts(with: reader.prefix) {
      if reader.prefix.isEmpty, isReserved { continue }
      guard let local = reader.local else {
        return .owned(isFirst: index == 0, prefix: reader.prefix)
      }
      do {
        let opened = try local.open(stored, storagePath: storagePath, now: .distantPast)
        return .opened(
          OpenedValue(plaintext: opened.plaintext, isStale: opened.isStale || index > 0)
        )
      } catch {
        failures.add(error)
      }
    }
    return .unreadable(
      failures.error(
        whenNone: isAbsent
          ? PlaintextTransformer.refusal.message : "no matching prefix found"
      )
    )
  }
}
