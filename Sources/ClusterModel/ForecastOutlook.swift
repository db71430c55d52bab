internal import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// A cluster at one moment of a forecast.
struct ForecastOutlook {
  let standing: ClusterStanding
  /// Why a write is refused; nil when it is not.
  let writeProblem: String?
  /// Why the service would not take a key of a private vault any more; nil when it would, or when
  /// the cluster has no such vault.
  let tunnelProblem: String?

  var cluster: Cluster { standing.cluster }
  var health: APIServerHealth { standing.health }

  /// The versions that the cluster has to do with: those the plugin holds, and those that stored
  /// Secrets are under.
  var kids: Set<KeyID> {
    Set((cluster.kms?.slots ?? []) + standing.stocks.compactMap(\.group.kid))
  }
}

extension ManagedClusters {
  func outlook(of cluster: Cluster, _ context: CallContext) throws -> ForecastOutlook {
    ForecastOutlook(
      standing: try standing(of: cluster, context),
      writeProblem: try writeProblem(of: cluster, context),
      tunnelProblem: try tunnelProblem(of: cluster, context)
    )
  }

  /// Seals a value as a write would, and keeps it nowhere.
  private func writeProblem(of cluster: Cluster, _ context: CallContext) throws -> String? {
    guard cluster.isRunning else { return nil }
    let server = try apiServer(of: cluster, context)
    do {
      let path = KubernetesSecret.storagePath(namespace: "default", name: "forecast")
      _ = try server.chain.seal([0], storagePath: path, now: context.now)
      return nil
    } catch {
      return error.message
    }
  }

  private func tunnelProblem(of cluster: Cluster, _ context: CallContext) throws -> String? {
    guard cluster.isPrivateOverKonnectivity else { return nil }
    do {
      try checkTunnel(of: cluster, context)
      return nil
    } catch let error as ClusterError {
      return error.message
    }
  }

  /// All that may happen to a cluster by itself, whenever it may.
  func occasions(
    for outlook: ForecastOutlook,
    _ context: CallContext
  ) throws -> Set<ForecastOccasion> {
    let cluster = outlook.cluster
    var occasions = Set(
      try azure.comingChanges(
        of: outlook.kids,
        for: identity(of: cluster)?.principal,
        context
      ).map { ForecastOccasion.change($0) }
    )
    if let operation = cluster.stage?.operation {
      occasions.insert(.operationEnds(operation))
    }
    if let release = KubernetesRelease.find(minor: cluster.version.minor) {
      occasions.insert(.supportEnds(release, release.endOfSupport))
      if let end = release.endOfPlatformSupport {
        occasions.insert(.platformSupportEnds(release, end))
      }
    }
    if cluster.isPrivateOverKonnectivity {
      occasions.insert(.konnectivityCloses(KubernetesRelease.konnectivityClosed))
    }
    if cluster.isPrivateOverKonnectivity,
      let last = KubernetesRelease.find(minor: KubernetesRelease.konnectivityMinorMax)
    {
      occasions.insert(.konnectivityEnds(last.endOfSupport))
    }
    // A seed that a working plugin prolongs does not end.
    if cluster.kms?.isEnabled == true, outlook.standing.kms.current?.problem != nil,
      let seedEnd = outlook.health.knowledge?.writesUntil
    {
      occasions.insert(.writesStop(seedEnd))
    }
    return occasions
  }
}

extension Cluster {
  /// Whether it reaches a private vault through the agents on its nodes, which ends (R11).
  fileprivate var isPrivateOverKonnectivity: Bool {
    kms?.isEnabled == true && kms?.networkAccess == .isPrivate && tunnel == .konnectivity
  }
}
