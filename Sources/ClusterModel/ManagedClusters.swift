public import AzureModel
public import EncryptionAtRest
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
    let group = resourceGroup.map { " under resource group '\($0.echoed)'" } ?? ""
    throw ClusterError(
      .notFound,
      "The Resource 'Microsoft.ContainerService/managedClusters/\(name.echoed)'\(group) was not "
        + "found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
      hint: "cluster.list{} names the clusters of this workspace",
      status: 404,
      azureCode: "ResourceNotFound"
    )
  }

  /// As `cluster`, nil when there is none.
  public func findCluster(named name: String, resourceGroup: String? = nil) throws -> Cluster? {
    if let resourceGroup {
      return try store.find(Cluster.self, id: Cluster.id(name: name, resourceGroup: resourceGroup))
    }
    let found = try store.ids(of: Cluster.self, endingIn: "/\(name.lowercased())", limit: 2)
    guard found.count <= 1 else {
      throw ClusterError(
        .invalid,
        "several resource groups have a cluster '\(name)'",
        hint: "name it by its full id"
      )
    }
    return try found.first.flatMap { try store.find(Cluster.self, id: $0) }
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

  // MARK: Parts

  /// The API server of a cluster, its plugin polled if that is due.
  ///
  /// - Throws: `api_server.unreachable` for a cluster that does not run.
  public func apiServer(of cluster: Cluster, _ context: CallContext) throws -> APIServer {
    try cluster.checkReachable()
    let session = try providerSession(of: cluster, context)
    if let session, try session.isPollDue() { try store.transaction { try session.pollIfDue() } }
    return APIServer(
      cluster: cluster,
      etcd: store.etcd(ofCluster: cluster.id),
      chain: Self.chain(encryptionConfiguration(of: cluster), session?.provider),
      session: session,
      context: context
    )
  }

  /// The etcd under a cluster's API server, whether that runs or not.
  public func etcd(of cluster: Cluster) -> any KeyValueStore {
    store.etcd(ofCluster: cluster.id)
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

  /// The KMS provider of a cluster's API server; nil when it has none, or does not run.
  ///
  /// A cluster whose identity is gone still has its provider: nothing is written in clear instead.
  func providerSession(
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> ProviderSession? {
    guard cluster.isRunning, let kms = cluster.kms else { return nil }
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
  func restart(_ cluster: Cluster) throws {
    live.forget(cluster.id)
    try ProviderSession.restart(cluster.id, store)
  }

  /// Forgets what this process remembers of all API servers: the workspace is another one now.
  ///
  /// What the workspace keeps of a server is enough to go on with.
  public func forgetServers() {
    live.forgetAll()
    schedule.forget()
  }

  /// The context in which the plugin calls the vault: as the cluster's identity, from the public
  /// address of a control plane that no vault trusts, wherever the caller sits, or through the
  /// cluster's private endpoints.
  func pluginContext(_ cluster: Cluster, _ context: CallContext) throws -> CallContext? {
    guard let id = cluster.identityID, let identity = try azure.findIdentity(id: id) else {
      return nil
    }
    var context = context
    context.principal = identity.principal
    context.client = .kmsPlugin
    context.origin = .publicAddress(Self.controlPlaneAddress)
    context.origin.privateEndpointIDs = cluster.openEndpointIDs
    return context
  }
}
