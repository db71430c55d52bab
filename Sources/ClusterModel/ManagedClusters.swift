public import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// The managed clusters of a subscription: the front door of the model.
public struct ManagedClusters: Sendable {
  let azure: Azure
  let store: any ClusterStore
  let live = LiveProviders()
  let schedule = PollSchedule()

  /// Opens the clusters that a store keeps.
  public init(azure: Azure, store: any ClusterStore) {
    self.azure = azure
    self.store = store
  }

  // MARK: Finding

  /// Returns a cluster by name, in one group or in all.
  ///
  /// - Throws: `cluster.not_found`, `cluster.invalid` when several groups have one.
  public func cluster(named name: String, resourceGroup: String? = nil) throws -> Cluster {
    if let found = try findCluster(named: name, resourceGroup: resourceGroup) { return found }
    let group = resourceGroup.map { " under resource group '\($0)'" } ?? ""
    throw ClusterError(
      .notFound,
      "The Resource 'Microsoft.ContainerService/managedClusters/\(name)'\(group) was not found. "
        + "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
      hint: "cluster.list{} names the clusters of this workspace",
      status: 404,
      azureCode: "ResourceNotFound"
    )
  }

  /// As `cluster`, nil when there is none.
  public func findCluster(named name: String, resourceGroup: String? = nil) throws -> Cluster? {
    let found = try list(resourceGroup: resourceGroup).filter {
      $0.name.lowercased() == name.lowercased()
    }
    guard found.count <= 1 else {
      throw ClusterError(
        .invalid,
        "several resource groups have a cluster '\(name)'",
        hint: "name it by its full id"
      )
    }
    return found.first
  }

  /// Returns all clusters, or those of a group.
  public func list(resourceGroup: String? = nil) throws -> [Cluster] {
    var clusters: [Cluster] = []
    while true {
      let page = try store.list(
        Cluster.self,
        parent: resourceGroup?.lowercased(),
        after: clusters.last?.id,
        limit: 500
      )
      clusters += page
      if page.count < 500 { return clusters }
    }
  }

  // MARK: Changing

  /// Makes a cluster.
  ///
  /// - Throws: `cluster.exists`, `cluster.invalid`, `cluster.unsupported`, `kms.identity_denied`,
  ///   `kms.key_unusable`, `access.denied`.
  public func create(_ options: ClusterOptions, _ context: CallContext) throws -> Cluster {
    let kms = try options.kms.checked()
    try checkIdentity(options.assignIdentity)
    return try store.transaction {
      if try store.find(
        Cluster.self,
        id: Cluster.id(name: options.name, resourceGroup: options.resourceGroup)
      )
        != nil
      {
        throw ClusterError(
          .exists,
          "The cluster '\(options.name)' under resource group '\(options.resourceGroup)' already "
            + "exists. Please use command 'az aks update' to update the existing cluster, or select "
            + "a different cluster name to create a new cluster."
        )
      }
      var cluster = try newCluster(options, context)
      try authorizeWriting(cluster, assigning: options.assignIdentity, context)
      try settleSystemIdentity(of: cluster, context)
      if let kms {
        try checkService(kms.key, kms.access, cluster, context)
        cluster.kms = KMSConfiguration(
          enabling: kms.key,
          networkAccess: kms.access,
          at: context.now
        )
      }
      try store.put(cluster)
      if cluster.kms != nil { _ = try apiServer(of: cluster, context) }
      return cluster
    }
  }

  private func newCluster(_ options: ClusterOptions, _ context: CallContext) throws -> Cluster {
    guard options.name.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?/) != nil else {
      throw ClusterError(
        .invalid,
        "a cluster's name has 1 to 63 letters, digits, - and _, and begins and ends with a letter or digit"
      )
    }
    let version = options.kubernetesVersion ?? Cluster.versionByDefault
    guard version.wholeMatch(of: /1\.[0-9]{1,2}(\.[0-9]{1,3})?/) != nil else {
      throw ClusterError(
        .invalid,
        "'\(version)' is no Kubernetes version",
        hint: "write it as 1.33 or 1.33.2",
        status: 400
      )
    }
    let nodeCount = options.nodeCount ?? 3
    guard (1...1000).contains(nodeCount) else {
      throw ClusterError(.invalid, "node_count is a number from 1 to 1000")
    }
    let group = try azure.resourceGroup(
      options.resourceGroup,
      location: options.location,
      context
    )
    let account = try azure.account(context.identifiers)
    return Cluster(
      name: options.name,
      resourceGroup: group.name,
      location: try options.location.map(Azure.normalLocation) ?? group.location,
      subscriptionID: account.subscriptionID,
      tenantID: account.tenantID,
      kubernetesVersion: version,
      nodeCount: nodeCount,
      identityID: options.assignIdentity,
      hasVNetIntegration: options.hasVNetIntegration,
      kms: nil,
      created: context.now
    )
  }

  /// Changes a cluster's identity or its KMS.
  ///
  /// - Throws: as `create`, and `cluster.not_found`.
  public func update(
    _ cluster: Cluster,
    _ update: ClusterUpdate,
    _ context: CallContext
  ) throws -> Cluster {
    let kms = try update.kms.checked()
    try checkIdentity(update.assignIdentity)
    return try store.transaction {
      guard var cluster = try store.find(Cluster.self, id: cluster.id) else {
        return try self.cluster(named: cluster.name, resourceGroup: cluster.resourceGroup)
      }
      try authorizeWriting(cluster, assigning: update.assignIdentity, context)
      if let identity = update.assignIdentity { cluster.identityID = identity }
      try settleSystemIdentity(of: cluster, context)
      if let kms {
        try checkService(kms.key, kms.access, cluster, context)
        if cluster.kms == nil {
          cluster.kms = KMSConfiguration(
            enabling: kms.key,
            networkAccess: kms.access,
            at: context.now
          )
        } else {
          cluster.kms?.use(kms.key, networkAccess: kms.access, at: context.now)
        }
      }
      if update.kms.isDisabled { cluster.kms?.disable(at: context.now) }
      try store.put(cluster)
      // A changed configuration restarts the API server, which makes a seed of its own.
      if kms != nil {
        try restart(cluster)
        _ = try apiServer(of: cluster, context)
      }
      return cluster
    }
  }

  // MARK: Parts

  /// The API server of a cluster, its plugin polled if that is due.
  public func apiServer(of cluster: Cluster, _ context: CallContext) throws -> APIServer {
    let session = try providerSession(of: cluster, context)
    try store.transaction { try session?.pollIfDue() }
    return APIServer(
      cluster: cluster,
      etcd: store.etcd(ofCluster: cluster.id),
      chain: Self.chain(encryptionConfiguration(of: cluster), session?.provider),
      session: session,
      context: context
    )
  }

  /// Lets every API server do what it has done by itself up to now: poll its plugin.
  ///
  /// To be called before a change: what a server saw before it cannot be found out afterwards.
  public func catchUp(_ context: CallContext) throws {
    guard schedule.isDue(at: context.now) else { return }
    var next = context.now.addingTimeInterval(HealthVerdict.pollInterval)
    for cluster in try list() {
      guard let session = try providerSession(of: cluster, context) else { continue }
      try store.transaction { try session.pollIfDue() }
      if let verdict = try session.verdict() { next = min(next, verdict.nextPoll) }
    }
    schedule.note(context.now, next: next)
  }

  /// Where control planes call from: an address kept for documentation (RFC 5737).
  private static let controlPlaneAddress = "192.0.2.10"

  /// The KMS provider of a cluster's API server; nil when it has none.
  ///
  /// A cluster whose identity is gone still has its provider: nothing is written in clear instead.
  func providerSession(
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> ProviderSession? {
    guard let kms = cluster.kms else { return nil }
    let identity = try pluginContext(cluster, context)
    let caller = PluginCaller(context: identity ?? context, isIdentityGone: identity == nil)
    return ProviderSession(
      store: store,
      cluster: cluster.id,
      live: live.provider(of: cluster, azure: azure, slots: kms.slots, caller: caller),
      now: context.now
    )
  }

  /// Ends the API server's memory: its seed, its cache, its verdicts.
  private func restart(_ cluster: Cluster) throws {
    live.forget(cluster.id)
    try ProviderSession.restart(cluster.id, store)
  }

  /// The context in which the plugin calls the vault: as the cluster's identity, from the public
  /// address of a control plane that no vault trusts, wherever the caller sits.
  func pluginContext(_ cluster: Cluster, _ context: CallContext) throws -> CallContext? {
    guard let id = cluster.identityID, let identity = try azure.findIdentity(id: id) else {
      return nil
    }
    var context = context
    context.principal = identity.principal
    context.client = .kmsPlugin
    context.origin = .publicAddress(Self.controlPlaneAddress)
    return context
  }
}
