public import AzureModel

/// One of the keys that a cluster's plugin holds.
public struct KMSSlot: Sendable {
  /// The key.
  public let kid: KeyID
  /// Why the plugin cannot encrypt and decrypt with it, nil when it can.
  public let problem: HealthReason?
}

/// The view of a cluster's KMS that the real resource JSON lacks.
public struct KMSView: Sendable {
  /// Whether writes are sealed.
  public let isEnabled: Bool
  /// Protocol version, `v1` or `v2`.
  public let version: String
  /// The key that writes use, or the retained one when KMS is off; nil when it never was on.
  public let current: KMSSlot?
  /// The key before, still readable.
  public let previous: KMSSlot?
  /// How the plugin reaches the vault.
  public let networkAccess: KeyVaultNetworkAccess?
  /// `konnectivity` or `vnet`.
  public let tunnel: String
  /// All keys that were current, in order.
  public let history: [KMSConfiguration.Period]
}

/// Why an API server is not healthy.
public struct HealthReason: Hashable, Sendable {
  /// The vault's inner code, or the stable code of the error.
  public let code: String
  /// What the plugin says.
  public let message: String
  /// Rule it comes from.
  public let rule: String?
  /// What to do.
  public let remedy: String?
}

extension ManagedClusters {
  /// Tells the state of a cluster's KMS; each slot is tried by a real round trip.
  public func kms(of cluster: Cluster, _ context: CallContext) throws -> KMSView {
    let kms = cluster.kms
    return KMSView(
      isEnabled: kms?.isEnabled ?? false,
      version: cluster.kmsVersion,
      current: try kms.map { try slot($0.current, cluster, context) },
      previous: try kms?.previous.map { try slot($0, cluster, context) },
      networkAccess: kms?.networkAccess,
      tunnel: cluster.hasVNetIntegration ? "vnet" : "konnectivity",
      history: kms?.history ?? []
    )
  }

  /// What keeps the API server from being healthy: any slot that cannot encrypt and decrypt.
  ///
  /// Source: seed rules R30, R76, R107 and §17.
  public func healthReasons(of cluster: Cluster, _ context: CallContext) throws -> [HealthReason] {
    try (cluster.kms?.slots ?? []).compactMap { try slot($0, cluster, context).problem }
  }

  private func slot(_ key: KeyID, _ cluster: Cluster, _ context: CallContext) throws -> KMSSlot {
    guard let caller = try pluginContext(cluster, context) else {
      return KMSSlot(
        kid: key,
        problem: HealthReason(
          code: "IdentityNotFound",
          message: "the cluster's identity is gone",
          rule: "R19",
          remedy: "create an identity, grant encrypt and decrypt, and assign it to the cluster"
        )
      )
    }
    do {
      try VaultPlugin(azure: azure, slots: [key], context: caller).probe(key)
      return KMSSlot(kid: key, problem: nil)
    } catch let failure as PluginFailure {
      let vault = failure.vault
      return KMSSlot(
        kid: key,
        problem: HealthReason(
          code: vault.innerCode ?? vault.azureCode ?? vault.code.rawValue,
          message: vault.message,
          rule: Self.rule(of: vault),
          remedy: Self.remedy(for: vault)
        )
      )
    }
  }

  /// What cures a vault's refusal.
  ///
  /// Source: AKS specification §8.
  private static func remedy(for error: AzureError) -> String? {
    switch error.code {
    case .keyExpired: "move the expiry forward with k:update{ expires = … }, then rotate (R109)"
    case .keyDisabled: "enable it with k:update{ enabled = true }"
    case .keyNotYetValid: "move not_before back with k:update{ not_before = … }"
    case .keyNotFound: "recover the key; if it was purged, what is sealed with it is lost"
    case .accessDenied: "grant encrypt and decrypt to the cluster's identity again"
    case .keyForbidden: "put encrypt and decrypt back into the key's ops"
    default: error.hint
    }
  }
}
