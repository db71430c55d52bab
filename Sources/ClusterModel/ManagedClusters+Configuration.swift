public import AzureModel
public import EncryptionAtRest
public import FoundationEssentials

/// What an API server keeps of its KMS plugin.
///
/// Source: Kubernetes specification §3.3 to §3.6.
public struct KMSClientView: Sendable {
  /// Name of the provider in the configuration.
  public let name: String
  /// Protocol version, `v1` or `v2`.
  public let apiVersion: String
  /// The write seed, nil for v1 and before the first acceptable Status.
  public let seed: SeedState?
  /// Version that the plugin called itself at first.
  public let versionSeen: String?
  /// The sources unwrapped so far, and until when they are kept at least.
  public let sources: [(source: UnwrappedSource, expiry: Date)]
  /// Name of the health check.
  public let healthCheck: String
  /// What it says, nil when nothing is wrong.
  public let problem: String?
  /// When the plugin was asked last.
  public let verdict: HealthVerdict?

  /// Key that writes are under.
  public var keyID: String? { seed?.wrapped.keyID }
}

extension ManagedClusters {
  /// Where the plugin of every managed cluster listens.
  static let endpoint = "unix:///opt/azurekms.socket"

  /// The configuration that a cluster's API server runs with.
  ///
  /// Source: seed rules R90 to R92: disabling puts identity first and keeps the plugin readable.
  public func encryptionConfiguration(of cluster: Cluster) -> EncryptionConfiguration {
    guard let kms = cluster.kms else {
      return EncryptionConfiguration(
        rules: [EncryptionConfiguration.Rule(resources: ["secrets"], providers: [.identity])]
      )
    }
    let plugin = EncryptionConfiguration.Provider.kms(
      EncryptionConfiguration.KMSConfiguration(
        apiVersion: cluster.kmsVersion == "v1" ? .v1 : .v2,
        name: LiveProvider.name,
        endpoint: Self.endpoint
      )
    )
    return EncryptionConfiguration(
      rules: [
        EncryptionConfiguration.Rule(
          resources: ["secrets"],
          providers: kms.isEnabled ? [plugin, .identity] : [.identity, plugin]
        )
      ]
    )
  }

  /// The providers of Secrets in their order.
  static func chain(
    _ configuration: EncryptionConfiguration,
    _ provider: (any KMSProvider)?
  ) -> TransformerChain {
    let providers = configuration.providers(forResource: "secrets").compactMap {
      entry -> (any Transformer)? in
      if case .kms = entry { return provider }
      return PlaintextTransformer()
    }
    return TransformerChain(providers)
  }

  /// Looks at the API server's memory of its plugin, as its own polls have left it.
  ///
  /// No health check is asked: that would change what is looked at.
  ///
  /// - Returns: nil for a cluster that has no plugin.
  public func kmsClient(of cluster: Cluster, _ context: CallContext) throws -> KMSClientView? {
    guard let session = try providerSession(of: cluster, context) else { return nil }
    return try store.transaction {
      try session.pollIfDue()
      let verdict = try session.verdict()
      let configuration = encryptionConfiguration(of: cluster)
      let provider = session.live.v2
      return KMSClientView(
        name: session.provider.name,
        apiVersion: cluster.kmsVersion,
        seed: provider?.seedState,
        versionSeen: provider?.versionSeen,
        sources: provider?.cachedSources ?? [],
        healthCheck: configuration.healthCheckNames(isReloadedAutomatically: false).first ?? "",
        problem: HealthVerdict.summary([verdict?.problem]),
        verdict: verdict
      )
    }
  }

  /// What the health endpoint of a cluster's KMS providers answers.
  public struct HealthAnswer: Hashable, Sendable {
    /// Name of the check, as in `/readyz/NAME`.
    public let check: String
    /// HTTP status, 200 or 500.
    public let status: Int
    /// The body.
    public let text: String
  }

  /// Asks the health endpoint, as `kubectl get --raw /readyz/kms-providers` does.
  ///
  /// An endpoint that was not asked for a while asks the plugin, so that a changed key is noticed
  /// at once.
  ///
  /// Source: Kubernetes specification §3.6.
  ///
  /// - Returns: nil for a cluster that has no plugin, and so no such endpoint.
  public func readyz(of cluster: Cluster, _ context: CallContext) throws -> HealthAnswer? {
    guard let session = try providerSession(of: cluster, context) else { return nil }
    return try store.transaction {
      try session.pollIfDue()
      let problem = try session.healthProblem()
      let names = encryptionConfiguration(of: cluster)
        .healthCheckNames(isReloadedAutomatically: false)
      // One check stands for all v2 plugins and numbers them; a v1 plugin has one of its own.
      let cause = cluster.kmsVersion == "v1" ? problem : HealthVerdict.summary([problem])
      return HealthAnswer(
        check: names.first ?? "",
        status: cause == nil ? 200 : 500,
        text: cause.map { "internal server error: \($0)" } ?? "ok"
      )
    }
  }
}
