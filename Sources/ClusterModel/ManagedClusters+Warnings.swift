public import AzureModel

/// Something that the service accepts, and that will not last.
public struct ClusterWarning: Hashable, Sendable {
  /// What it says.
  public let message: String
  /// Rule it comes from.
  public let rule: String?

  init(_ message: String, rule: String? = nil) {
    self.message = message
    self.rule = rule
  }
}

extension ManagedClusters {
  /// What to be warned of about a cluster as it is configured.
  ///
  /// Source: seed rules R11, R25; AKS specification §7.
  public func warnings(of cluster: Cluster, _ context: CallContext) throws -> [ClusterWarning] {
    var warnings: [ClusterWarning] = []
    if !(cluster.privateLinks ?? []).isEmpty, cluster.tunnel == .konnectivity {
      warnings.append(Self.konnectivityWarning)
    }
    if cluster.kms?.isEnabled == true, cluster.kmsVersion == "v1" {
      let count = try secretGroups(of: cluster).reduce(0) { $0 + $1.count }
      if count >= Self.secretCountMaxV1 { warnings.append(Self.limitWarning(count)) }
    }
    return warnings
  }

  private static func limitWarning(_ count: Int) -> ClusterWarning {
    ClusterWarning(
      "KMS v1 takes at most \(secretCountMaxV1) Secrets, and there are \(count): an API server that "
        + "starts asks the vault once for each.",
      rule: "R25"
    )
  }

  private static var konnectivityWarning: ClusterWarning {
    let last = KubernetesRelease.find(minor: KubernetesRelease.konnectivityMinorMax)
    return ClusterWarning(
      "Konnectivity reaches a private key vault only on subscriptions that did so before, and until "
        + "\(last?.endOfSupport.rfc3339 ?? ""); move to API Server VNet Integration before.",
      rule: "R11"
    )
  }
}
