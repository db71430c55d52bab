internal import EncryptionAtRest
internal import FoundationEssentials

/// The KMS v1 providers of a cluster, one for each key that it holds, the current one first.
///
/// ## Design
///
/// A KMS v1 value names no key, and a provider of its own calls none stale. Two things tell all the
/// same which key a value is under: a plugin process serves one key, so that the server's
/// configuration lists one provider for each, and what any but the first opens is stale; and the
/// seal of the value, which only its own data key opens. So a rewrite after a rotation writes what
/// it has to, at the cost of the calls to the vault that reading under v1 costs anyway. What is asked
/// without opening, such as whether a key can go, is told by when a value was written.
///
/// Both providers may bear one name, which the API server allows under v1.
///
/// Source: Kubernetes specification §2, §4, §5 and §9; AKS specification §6; seed rules R74, R76.
struct KMSv1Slots: KMSProvider {
  let name: String
  let prefix: [UInt8]
  private let providers: [KMSv1Provider]
  private let chain: TransformerChain

  /// Puts a provider before each plugin; there must be at least one.
  init(name: String, plugins: [VaultPlugin]) {
    self.name = name
    providers = plugins.map { KMSv1Provider(name: name, service: $0) }
    prefix = providers[0].prefix
    chain = TransformerChain(providers)
  }

  /// Each has a health check of its own; the first that fails is told.
  func probe(now: Date) -> HealthFinding {
    for provider in providers {
      let finding = provider.probe(now: now)
      guard finding == .healthy else { return finding }
    }
    return .healthy
  }

  func seal(
    _ plaintext: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> [UInt8] {
    try chain.seal(plaintext, storagePath: storagePath, now: now)
  }

  func open(
    _ stored: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> OpenedValue {
    try chain.open(stored, storagePath: storagePath, now: now)
  }
}
