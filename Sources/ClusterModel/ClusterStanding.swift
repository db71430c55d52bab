public import AzureModel
internal import EncryptionAtRest

/// How a cluster stands at a moment; two of them tell what happened in between.
public struct ClusterStanding: Sendable {
  /// Secrets that are stored alike, and why nothing reads them.
  public struct Stock: Sendable {
    /// The Secrets.
    public let group: SecretGroup
    /// Why the API server cannot read them once its memory is gone; nil when it can.
    public let problem: Ailment?
  }

  /// The cluster.
  public let cluster: Cluster
  /// Its KMS.
  public let kms: KMSView
  /// Its API server.
  public let health: APIServerHealth
  /// Its Secrets, by what they are stored under.
  public let stocks: [Stock]
  /// Revision of its etcd: each write counts one.
  public let revision: Int64

  /// How many Secrets there are.
  public var secretCount: Int { stocks.reduce(0) { $0 + $1.group.count } }
}

/// Secrets that could be read before and cannot any more, for one reason.
public struct LostSecrets: Sendable {
  /// The cluster.
  public let cluster: Cluster
  /// How many they are.
  public let count: Int
  /// What they are stored under.
  public let group: SecretGroup
  /// Why they are lost, and what would bring them back.
  public let problem: Ailment
}

extension ManagedClusters {
  /// Tells how every cluster of the workspace stands now.
  public func standings(_ context: CallContext) throws -> [ClusterStanding] {
    try list().map { try standing(of: $0, context) }
  }

  /// Tells how one cluster stands now.
  func standing(of cluster: Cluster, _ context: CallContext) throws -> ClusterStanding {
    let slots = try slotStates(of: cluster, context)
    return ClusterStanding(
      cluster: cluster,
      kms: try kms(of: cluster, context),
      health: try health(of: cluster, context),
      stocks: try secretGroups(of: cluster).map { group in
        ClusterStanding.Stock(
          group: group,
          problem: try problem(of: group, slots, cluster, context)
        )
      },
      revision: try store.etcd(ofCluster: cluster.id).revision()
    )
  }

  /// Why a server without a memory does not open a group of Secrets, nil when it does.
  ///
  /// Source: seed rules R75, R79, R103 and §17.
  private func problem(
    of group: SecretGroup,
    _ slots: [SlotState],
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Ailment? {
    guard try isHeld(group, by: cluster) else {
      return try ailment(ofStranded: group, of: cluster, context)
    }
    let slot = try slots.first { slot in
      switch group.provider {
      case .kmsV2: try VaultPlugin.keyID(slot.kid) == group.keyID
      // Where the key of a v1 value is not known, any that fails may be the one.
      case .kmsV1:
        try group.keyID.map { try VaultPlugin.keyID(slot.kid) == $0 } ?? (slot.refusal != nil)
      default: false
      }
    }
    guard let slot, let refusal = slot.refusal else { return nil }
    return try ailment(of: slot, refusal, cluster, context)
  }

  /// The Secrets that were readable at one time and are not at a later one.
  ///
  /// Those that were deleted in between, one by one or with their cluster, are not among them.
  public static func losses(
    from before: [ClusterStanding],
    to after: [ClusterStanding]
  ) -> [LostSecrets] {
    after.flatMap { standing in
      let earlier = before.first { $0.cluster.id == standing.cluster.id }?.stocks ?? []
      return standing.stocks.compactMap { stock -> LostSecrets? in
        guard let problem = stock.problem else { return nil }
        let lostBefore = earlier.filter {
          $0.problem != nil && $0.group.provider == stock.group.provider
            && $0.group.keyID == stock.group.keyID
        }.reduce(0) { $0 + $1.group.count }
        let count = stock.group.count - lostBefore
        guard count > 0 else { return nil }
        return LostSecrets(
          cluster: standing.cluster,
          count: count,
          group: stock.group,
          problem: problem
        )
      }
    }
  }

  /// Names at most `limit` of some Secrets as `NAMESPACE/NAME`.
  public func names(of lost: LostSecrets, limit: Int) throws -> [String] {
    var names: [String] = []
    for use in try uses(of: lost.cluster, inFolder: KubernetesSecret.storagePrefix)
    where use.group.provider == lost.group.provider && use.group.keyID == lost.group.keyID {
      let room = min(limit, lost.count) - names.count
      guard room > 0 else { break }
      names += try keys(of: use, of: lost.cluster, limit: room).map {
        String($0.dropFirst(KubernetesSecret.storagePrefix.count))
      }
    }
    return names
  }

  /// Runs `body` on a branch of the store, whose end this process does not remember either.
  public func apart<Result>(_ body: () throws -> Result) rethrows -> Result {
    try live.apart { try schedule.apart(body) }
  }
}
