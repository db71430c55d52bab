internal import FoundationEssentials

/// What a configuration says of one resource, made ready for an audit: local keys can open, KMS
/// providers are told apart only.
struct AuditRule {
  /// Where a provider of the rule stands and what reads its values.
  private struct Reader {
    let prefix: [UInt8]
    let local: LocalKeysProvider?
  }
  private let readers: [Reader]

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
      ? [Reader(prefix: [], local: nil)]
      : providers.map { provider in
        if let local = LocalKeysProvider(provider) {
          return Reader(prefix: local.prefix, local: local)
        }
        return Reader(prefix: provider.prefix, local: nil)
      }
  }

  /// Whether a write stores what is sealed.
  var encrypts: Bool { readers.first?.prefix.isEmpty == false }

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
    return .unreadable(failures.error(whenNone: "no matching prefix found"))
  }
}
