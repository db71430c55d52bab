internal import AzureModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import FoundationEssentials
internal import Synchronization

/// One API server's provider in this process, with the plugin behind it.
final class LiveProvider: Sendable {
  /// Name of the provider of every managed cluster, for life.
  static let name = "azurekmsprovider"

  let slots: [KeyID]
  let kmsVersion: String
  /// One for all keys under v2, which routes by key id; one for each under v1.
  private let plugins: [VaultPlugin]
  let provider: any KMSProvider
  /// What the workspace holds already.
  fileprivate let kept = Mutex(KeptSources())

  init(azure: Azure, slots: [KeyID], kmsVersion: String, caller: PluginCaller) {
    self.slots = slots
    self.kmsVersion = kmsVersion
    if kmsVersion == "v1" {
      plugins = slots.map { VaultPlugin(azure: azure, slots: [$0], caller: caller) }
      provider = KMSv1Slots(name: Self.name, plugins: plugins)
    } else {
      plugins = [VaultPlugin(azure: azure, slots: slots, caller: caller)]
      provider = KMSv2Provider(name: Self.name, service: plugins[0])
    }
  }

  var v2: KMSv2Provider? { provider as? KMSv2Provider }

  /// Serves the calls that follow at another time or as another identity.
  func serve(_ caller: PluginCaller) {
    for plugin in plugins { plugin.serve(caller) }
  }

  /// Serves the calls that follow at another time.
  func serve(at time: Date) {
    for plugin in plugins { plugin.serve(at: time) }
  }

  /// Whether the plugin answers at a time, well or unwell.
  func works(at time: Date) -> Bool {
    serve(at: time)
    do {
      _ = try plugins[0].status()
      return true
    } catch {
      return false
    }
  }
}

/// Which sources of a provider the workspace holds, with their times, by what was wrapped.
private struct KeptSources {
  var changeCount = 0
  var expiries: [[UInt8]: Date] = [:]
}

/// The providers that live in this process, by cluster.
final class LiveProviders: Sendable {
  private let providers = Mutex<[String: LiveProvider]>([:])

  /// Returns the provider of a cluster's slots; other slots, or another protocol, mean a restarted
  /// server.
  func provider(
    of cluster: Cluster,
    azure: Azure,
    slots: [KeyID],
    caller: PluginCaller
  ) -> LiveProvider {
    providers.withLock { providers in
      if let live = providers[cluster.id], live.slots == slots,
        live.kmsVersion == cluster.kmsVersion
      {
        live.serve(caller)
        return live
      }
      let live = LiveProvider(
        azure: azure,
        slots: slots,
        kmsVersion: cluster.kmsVersion,
        caller: caller
      )
      providers[cluster.id] = live
      return live
    }
  }

  /// Runs `body` with no provider alive, and has those of now back after it.
  ///
  /// What the workspace keeps of a server is enough to go on with, as in another process.
  func apart<Result>(_ body: () throws -> Result) rethrows -> Result {
    let kept = providers.withLock { providers in
      defer { providers = [:] }
      return providers
    }
    defer { providers.withLock { $0 = kept } }
    return try body()
  }

  /// Drops the provider of a cluster whose server restarts.
  func forget(_ cluster: String) { providers.withLock { $0[cluster] = nil } }

  /// Drops the providers of all clusters.
  func forgetAll() { providers.withLock { $0 = [:] } }
}

/// A provider at a moment: polled when that is due, its state kept in the workspace.
///
/// A server that restarts forgets seed and cache; a process of kmsh that ends does not restart
/// the server, so both lie in the workspace.
///
/// Source: Kubernetes specification §3.4.
struct ProviderSession: Sendable {
  let store: any AzureStore
  let cluster: String
  let live: LiveProvider
  let now: Date

  var provider: any KMSProvider { live.provider }

  /// Whether `pollIfDue` has anything to do.
  func isPollDue() throws -> Bool {
    guard let provider = live.v2 else { return false }
    guard let last = try restoredState()?.verdict, provider.seedState != nil, last.time <= now
    else { return true }
    return last.isPollDue(at: now)
  }

  /// Polls as the server has since the last poll; what is wrong is kept, not thrown.
  ///
  /// A server asks every minute, and nobody waits for that here. As long as the plugin works, the
  /// latest poll stands for all before it. When it does not, the last one that worked is searched
  /// for, since the write seed lives three minutes from that: what only time changes, such as a
  /// key that expires, may have failed long ago. Whoever changes a vault has to call this before.
  func pollIfDue() throws {
    // A v1 plugin is asked by its health endpoint only.
    guard let provider = live.v2 else { return }
    let state = try restoredState()
    let isReady = provider.seedState != nil
    guard let last = state?.verdict, isReady, last.time <= now else {
      _ = try ask(last: nil, at: now)
      return
    }
    guard last.isPollDue(at: now) else { return }
    defer { live.serve(at: now) }
    let latest = last.poll(last.pollCount(until: now))
    guard isSeedConfirmed(by: last), !live.works(at: latest) else {
      _ = try ask(last: last, at: latest)
      return
    }
    var good = 0
    var bad = last.pollCount(until: now)
    while bad - good > 1 {
      let middle = (good + bad) / 2
      if live.works(at: last.poll(middle)) { good = middle } else { bad = middle }
    }
    if good > 0 { _ = try ask(last: last, at: last.poll(good)) }
    _ = try ask(last: nil, at: last.poll(bad))
    if let failed = try verdict(), failed.isPollDue(at: now) {
      _ = try ask(last: failed, at: failed.poll(failed.pollCount(until: now)))
    }
  }

  /// Whether a poll prolonged the write seed, which an unwell plugin still does.
  private func isSeedConfirmed(by verdict: HealthVerdict) -> Bool {
    guard let expiry = live.v2?.seedState?.expiry else { return false }
    return expiry.timeIntervalSince(verdict.time) >= KMSv2Provider.seedValidity
  }

  /// What a health endpoint says of the provider, nil when nothing is wrong.
  func healthProblem() throws -> String? { try ask(last: restoredState()?.verdict, at: now) }

  /// The verdict kept, if the plugin was ever asked.
  func verdict() throws -> HealthVerdict? {
    try store.find(APIServerState.self, id: cluster)?.verdict
  }

  private func ask(last: HealthVerdict?, at time: Date) throws -> String? {
    live.serve(at: time)
    let (verdict, problem) = HealthVerdict.of(provider, last: last, now: time)
    guard verdict != last else { return problem }
    try store.put(
      APIServerState(
        id: cluster,
        seed: try live.v2?.seedState.map {
          APIServerState.Seed(
            uid: $0.uid,
            source: try KeptSource($0.seed, $0.wrapped, store),
            expiry: $0.expiry
          )
        },
        versionSeen: live.v2?.versionSeen,
        lastCheck: verdict.time,
        problem: verdict.problem
      )
    )
    try keepNewSources()
    return problem
  }

  /// Takes over what another process kept of this server.
  private func restoredState() throws -> APIServerState? {
    guard let state = try store.find(APIServerState.self, id: cluster) else { return nil }
    guard let provider = live.v2,
      state.seed?.uid != provider.seedState?.uid || state.versionSeen != provider.versionSeen
    else { return state }
    let seed = try state.seed.map {
      SeedState(
        uid: $0.uid,
        seed: try $0.source.secret(store),
        wrapped: $0.source.wrapped,
        expiry: $0.expiry
      )
    }
    provider.restore(seed, sources: try keptSources(), versionSeen: state.versionSeen)
    return state
  }

  // MARK: The cache of unwrapped sources

  /// Seconds by which an entry's time may be ahead of the record: writing renews it all the time.
  private static let renewalSlack: TimeInterval = 60

  /// Keeps what changed since the last time; most calls find nothing new.
  func keepNewSources() throws {
    guard let provider = live.v2 else { return }
    let changeCount = provider.cacheChangeCount
    var kept = live.kept.withLock { $0 }
    guard kept.changeCount != changeCount else { return }
    let cached = provider.cachedSources
    try store.transaction {
      for (source, expiry) in cached {
        let wrapped = source.wrapped.ciphertext
        if let known = kept.expiries[wrapped],
          abs(expiry.timeIntervalSince(known)) < Self.renewalSlack
        {
          continue
        }
        kept.expiries[wrapped] = expiry
        try store.put(
          APIServerSource(
            id: try recordID(wrapped),
            parent: cluster,
            type: source.type.rawValue,
            source: try KeptSource(source.secret, source.wrapped, store),
            expiry: expiry
          )
        )
      }
      let present = Set(cached.map(\.source.wrapped.ciphertext))
      for wrapped in kept.expiries.keys.filter({ !present.contains($0) }) {
        kept.expiries[wrapped] = nil
        try store.delete(APIServerSource.self, id: try recordID(wrapped))
      }
    }
    kept.changeCount = changeCount
    live.kept.withLock { $0 = kept }
  }

  private func recordID(_ wrapped: [UInt8]) throws -> String {
    try "\(cluster)/\(Digest.sha256(wrapped).lowerHex)"
  }

  /// Every entry, those whose day is over too: the server forgets one only when it keeps another.
  private func keptSources() throws -> [(source: UnwrappedSource, expiry: Date)] {
    try Self.records(store, cluster).compactMap { record in
      guard let type = DEKSourceType(rawValue: record.type) else { return nil }
      let source = UnwrappedSource(
        secret: try record.source.secret(store),
        type: type,
        wrapped: record.source.wrapped
      )
      live.kept.withLock { $0.expiries[record.source.wrapped.ciphertext] = record.expiry }
      return (source, record.expiry)
    }
  }

  private static func records(
    _ store: any AzureStore,
    _ cluster: String
  ) throws -> [APIServerSource] {
    var records: [APIServerSource] = []
    while true {
      let page = try store.list(
        APIServerSource.self,
        parent: cluster,
        after: records.last?.id,
        limit: 500
      )
      records += page
      if page.count < 500 { return records }
    }
  }

  /// Forgets all that a server holds in memory, as its restart does.
  static func restart(_ cluster: String, _ store: any AzureStore) throws {
    try store.delete(APIServerState.self, id: cluster)
    for record in try records(store, cluster) {
      try store.delete(APIServerSource.self, id: record.id)
    }
  }
}
