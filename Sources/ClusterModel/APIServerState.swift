internal import AzureModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import FoundationEssentials
internal import Synchronization

/// What an API server keeps of its KMS provider between processes of kmsh.
struct APIServerState: Record {
  static let kind = "api_server"
  let id: String
  var parent: String { "" }

  /// The write seed, sealed under the workspace's root key.
  var uid: String
  var sealedSeed: Data
  var ciphertext: Data
  var keyID: String
  var annotations: [String: Data]
  var expiry: Date
  /// When the plugin was asked last, and what was wrong then.
  var lastCheck: Date
  var problem: String?
}

/// One API server's provider in this process, with the plugin behind it.
final class LiveProvider: Sendable {
  let slots: [KeyID]
  let plugin: VaultPlugin
  let provider: KMSv2Provider

  /// Name of the provider of every managed cluster, for life.
  static let name = "azurekmsprovider"

  init(azure: Azure, slots: [KeyID], context: CallContext) {
    self.slots = slots
    plugin = VaultPlugin(azure: azure, slots: slots, context: context)
    provider = KMSv2Provider(name: Self.name, service: plugin)
  }
}

/// The providers that live in this process, by cluster.
final class LiveProviders: Sendable {
  private let providers = Mutex<[String: LiveProvider]>([:])

  /// Returns the provider of a cluster's slots; other slots mean a restarted server.
  func provider(
    cluster: String,
    azure: Azure,
    slots: [KeyID],
    context: CallContext
  ) -> LiveProvider {
    providers.withLock { providers in
      if let live = providers[cluster], live.slots == slots {
        live.plugin.serve(context)
        return live
      }
      let live = LiveProvider(azure: azure, slots: slots, context: context)
      providers[cluster] = live
      return live
    }
  }
}

/// Asks a provider's plugin when a poll is due, and keeps the result in the workspace.
///
/// Source: Kubernetes specification §3.4.
struct ProviderPolling {
  /// Time between polls while healthy, and after a failure.
  static let interval: TimeInterval = 60
  static let intervalAfterFailure: TimeInterval = 10

  let store: any AzureStore
  let cluster: String
  let live: LiveProvider
  let now: Date

  private var materialName: String { "seed of \(cluster)" }

  /// Polls if a poll is due; what is wrong is kept, not thrown.
  func pollIfDue() throws {
    let state = try store.find(APIServerState.self, id: cluster)
    if let state, state.uid != live.provider.seedState?.uid { try restore(state) }
    if let state, live.provider.seedState != nil {
      let age = now.timeIntervalSince(state.lastCheck)
      let due = state.problem == nil ? Self.interval : Self.intervalAfterFailure
      // A clock moved back makes a poll due as well.
      if age >= 0, age < due { return }
    }
    var problem: String?
    do {
      try live.provider.check(now: now)
    } catch {
      problem = error.message
    }
    try save(problem)
  }

  private func restore(_ state: APIServerState) throws {
    let seed = try store.openMaterial([UInt8](state.sealedSeed), name: materialName)
    live.provider.restore(
      SeedState(
        uid: state.uid,
        seed: seed,
        wrapped: WrappedSource(
          ciphertext: [UInt8](state.ciphertext),
          keyID: state.keyID,
          annotations: state.annotations.mapValues { [UInt8]($0) }
        ),
        expiry: state.expiry
      )
    )
  }

  private func save(_ problem: String?) throws {
    guard let seed = live.provider.seedState else { return }
    try store.put(
      APIServerState(
        id: cluster,
        uid: seed.uid,
        sealedSeed: Data(try store.sealMaterial(seed.seed, name: materialName)),
        ciphertext: Data(seed.wrapped.ciphertext),
        keyID: seed.wrapped.keyID,
        annotations: seed.wrapped.annotations.mapValues { Data($0) },
        expiry: seed.expiry,
        lastCheck: now,
        problem: problem
      )
    )
  }
}
