public import AzureModel
public import FoundationEssentials

extension ManagedClusters {
  /// Moves a cluster to another version of Kubernetes; to the one it has, nothing happens.
  ///
  /// - Throws: `cluster.version_refused`, `cluster.not_found`, `cluster.conflict`,
  ///   `cluster.stopped`, `cluster.down`, `access.denied`.
  public func upgrade(
    _ cluster: Cluster,
    to version: String,
    _ context: CallContext
  ) throws -> Cluster {
    try store.transaction {
      var cluster = try current(cluster)
      let wanted = try Self.read(version)
      try authorizeWriting(cluster, assigning: nil, context)
      try checkIdle(cluster, context)
      if try isAt(wanted, cluster, context) { return cluster }
      try checkKMS(of: cluster, under: wanted)
      try checkPath(from: cluster.version, to: wanted)
      try checkSupport(of: wanted, context)
      cluster.kubernetesVersion = wanted.description
      cluster.enter { $0.started = context.now }
      try restart(cluster)
      try finish(.upgrading, on: &cluster, context)
      try store.put(cluster)
      return cluster
    }
  }

  /// What the client says of an upgrade to the version that a cluster has; nil for any other.
  ///
  /// Source: AKS specification §4.
  public func upgradeWarning(
    _ cluster: Cluster,
    to version: String,
    _ context: CallContext
  ) throws -> ClusterWarning? {
    guard try isAt(Self.read(version), cluster, context) else { return nil }
    return ClusterWarning(
      "The cluster is already on version \(version) and is not in a failed state. No operations "
        + "will occur when upgrading to the same version if the cluster is not in a failed state."
    )
  }

  private func isAt(
    _ version: KubernetesVersion,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Bool {
    try version == cluster.version && provisioningState(of: cluster, context) != .failed
  }

  /// The version that a new cluster gets which asks for none.
  public func versionByDefault(at time: Date) throws -> String {
    try azure.settings().versionSupportEnforced
      ? KubernetesRelease.versionByDefault(at: time) : KubernetesRelease.versionByDefault
  }

  /// The versions that a cluster can have, the oldest first.
  public func releases(at time: Date) throws -> [KubernetesRelease] {
    let isEnforced = try azure.settings().versionSupportEnforced
    return KubernetesRelease.all.filter { !isEnforced || $0.isSupported(at: time) }
  }

  /// The version that a new cluster gets.
  ///
  /// - Throws: `cluster.invalid`, `cluster.version_refused`.
  func wantedVersion(_ text: String?, _ context: CallContext) throws -> String {
    guard let text else { return try versionByDefault(at: context.now) }
    let version = try Self.read(text)
    try checkSupport(of: version, context)
    return version.description
  }

  private static func read(_ text: String) throws -> KubernetesVersion {
    if let version = KubernetesVersion(text) { return version }
    throw ClusterError(
      .invalid,
      "'\(text.echoed)' is no Kubernetes version",
      hint: "write it as 1.33 or 1.33.2",
      status: 400
    )
  }

  /// Refuses a version that AKS never had or, when that is enforced, no longer supports.
  private func checkSupport(of version: KubernetesVersion, _ context: CallContext) throws {
    let isEnforced = try azure.settings().versionSupportEnforced
    let known = try releases(at: context.now)
    if known.contains(where: { $0.minor == version.minor }) { return }
    throw ClusterError(
      .versionRefused,
      "Version \(version) is not supported in this region. Please use [az aks get-versions] command "
        + "to get the supported version list in this region. For more information, please check "
        + "https://aka.ms/supported-version-list",
      hint: "supported: \(known.map(\.name).joined(separator: ", "))"
        + (isEnforced
          ? "; workspace.settings.version_support_enforced = false takes older ones" : ""),
      status: 400,
      azureCode: "K8sVersionNotSupported"
    )
  }

  /// Refuses what KMS as it is configured would not survive.
  ///
  /// Source: seed rules R11, R97; AKS specification §7.
  private func checkKMS(of cluster: Cluster, under version: KubernetesVersion) throws {
    guard let kms = cluster.kms else { return }
    if kms.isEnabled, !cluster.version.hasKMSv2, version.hasKMSv2 {
      throw ClusterError(
        .versionRefused,
        "Upgrading the managed cluster \(cluster.name) from \(cluster.version) to \(version) is not "
          + "allowed while Azure Key Vault KMS is enabled: it runs KMS v1, and 1.27 and later run "
          + "KMS v2.",
        hint: "disable KMS, rewrite all Secrets, upgrade, enable KMS again, rewrite all Secrets "
          + "(kms.migrate_to_v2)",
        rule: "R97",
        status: 400,
        azureCode: "BadRequest"
      )
    }
    if !(cluster.privateLinks ?? []).isEmpty, !cluster.hasVNetIntegration,
      version.minor > KubernetesRelease.konnectivityMinorMax
    {
      throw ClusterError(
        .versionRefused,
        "Vnet integration should be enabled when KeyVault network access is Private.",
        hint: "from 1.31 on Konnectivity does not reach a private vault: "
          + "enable_apiserver_vnet_integration = true, stop and start, then upgrade",
        rule: "R11",
        status: 400,
        azureCode: "BadRequest"
      )
    }
  }

  /// Refuses to go back, and to skip a minor version.
  ///
  /// Source: AKS specification §7.
  private func checkPath(from old: KubernetesVersion, to new: KubernetesVersion) throws {
    let isBack = new.isOlder(than: old) && new.minor <= old.minor
    guard isBack || new.minor > old.minor + 1 else { return }
    throw ClusterError(
      .versionRefused,
      "Upgrading Kubernetes version \(old) to \(new) is not allowed. Please see "
        + "https://aka.ms/aks-minor-version-upgrade for more details.",
      hint: isBack
        ? "there is no way back to an older version"
        : "one minor version at a time: 1.\(old.minor + 1) first",
      status: 400,
      azureCode: "OperationNotAllowed"
    )
  }
}
