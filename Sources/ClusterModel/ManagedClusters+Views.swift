public import AzureModel

/// One of the keys that a cluster's plugin holds.
public struct KMSSlot: Sendable {
  /// The key.
  public let kid: KeyID
  /// Why the plugin cannot encrypt and decrypt with it, nil when it can.
  public let problem: Ailment?
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
  /// The tunnel in use.
  public let tunnel: Cluster.Tunnel
  /// What the service accepts, and that will not last.
  public let warnings: [ClusterWarning]
  /// All keys that were current, in order.
  public let history: [KMSConfiguration.Period]
}

extension ManagedClusters {
  /// Tells the state of a cluster's KMS; a probe of each slot finds whether it works now.
  public func kms(of cluster: Cluster, _ context: CallContext) throws -> KMSView {
    let kms = cluster.kms
    let slots = try slotStates(of: cluster, context).map { slot in
      KMSSlot(
        kid: slot.kid,
        problem: try slot.refusal.map { try ailment(of: slot, $0, cluster, context) }
      )
    }
    return KMSView(
      isEnabled: kms?.isEnabled ?? false,
      version: cluster.kmsVersion,
      current: slots.first,
      previous: slots.dropFirst().first,
      networkAccess: kms?.networkAccess,
      tunnel: cluster.tunnel,
      warnings: try warnings(of: cluster, context),
      history: kms?.history ?? []
    )
  }
}
