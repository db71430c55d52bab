public import AzureModel
internal import FoundationEssentials

/// Stopping, starting and deleting.
extension ManagedClusters {
  private static let type = "Microsoft.ContainerService/managedClusters"

  /// Checks that the caller may do something with a cluster.
  ///
  /// - Throws: `access.denied`.
  func authorize(_ verb: String, on cluster: Cluster, _ context: CallContext) throws {
    try azure.authorize(action: "\(Self.type)/\(verb)", scope: cluster.resourceID, context)
  }

  /// Stops a cluster: its machines are let go, its etcd stays.
  ///
  /// - Throws: `cluster.not_found`, `cluster.conflict`, `cluster.down`, `cluster.invalid` where a
  ///   start would not find the private vault.
  public func stop(_ cluster: Cluster, _ context: CallContext) throws -> Cluster {
    try store.transaction {
      var cluster = try current(cluster)
      try authorize("stop/action", on: cluster, context)
      try checkIdle(cluster, mayBeStopped: true, context)
      guard cluster.powerState == .running else { return cluster }
      try checkMayStop(cluster)
      cluster.enter { $0.power = .stopped }
      try restart(cluster)
      try finish(.stopping, on: &cluster, context)
      try store.put(cluster)
      return cluster
    }
  }

  /// Refuses to stop a cluster whose tunnel to its private vault begins on its own nodes: it could
  /// not start again.
  ///
  /// Source: AKS specification, appendix A.
  private func checkMayStop(_ cluster: Cluster) throws {
    guard !(cluster.privateLinks ?? []).isEmpty, !cluster.hasVNetIntegration else { return }
    throw ClusterError(
      .invalid,
      "The managed cluster \(cluster.name) uses KMS with a private key vault without API Server "
        + "VNet Integration, and cannot be stopped and started.",
      hint: "enable_apiserver_vnet_integration = true, or disable KMS and rewrite first",
      rule: "R16",
      status: 400,
      azureCode: "BadRequest"
    )
  }

  /// Starts a cluster: its API servers begin with nothing in memory.
  ///
  /// - Throws: `cluster.not_found`, `cluster.conflict`, `cluster.down`.
  public func start(_ cluster: Cluster, _ context: CallContext) throws -> Cluster {
    try store.transaction {
      var cluster = try current(cluster)
      try authorize("start/action", on: cluster, context)
      try checkIdle(cluster, mayBeStopped: true, context)
      guard cluster.powerState == .stopped else { return cluster }
      cluster.enter { stage in
        stage.power = .running
        stage.isIntegrationPending = false
        stage.started = context.now
      }
      try restart(cluster)
      try finish(.starting, on: &cluster, context)
      try store.put(cluster)
      return cluster
    }
  }

  /// Deletes a cluster with its nodes, its private endpoints and everything in its etcd.
  ///
  /// The vault, the key and the identity stay.
  ///
  /// - Throws: `cluster.not_found`, `cluster.conflict`, `access.denied`.
  public func delete(_ cluster: Cluster, _ context: CallContext) throws {
    try store.transaction {
      let cluster = try current(cluster)
      try authorize("delete", on: cluster, context)
      if !cluster.isDown { try checkIdle(cluster, mayBeStopped: true, context) }
      try releaseLinks(of: cluster)
      try restart(cluster)
      try azure.deleteSystemIdentity(of: cluster.resourceID)
      try store.deleteEtcd(ofCluster: cluster.id)
      try store.delete(Cluster.self, id: cluster.id)
    }
  }
}

extension Cluster {
  /// Refuses what needs the API server of a cluster that does not run, in kubectl's words.
  ///
  /// The name of a stopped cluster does not resolve; a cluster that is down has one, and nobody
  /// behind it.
  ///
  /// - Throws: `api_server.unreachable`.
  func checkReachable() throws {
    guard !isRunning else { return }
    throw ClusterError(
      .unreachable,
      isDown
        ? "Unable to connect to the server: dial tcp \(Self.unansweredAddress):443: i/o timeout"
        : "Unable to connect to the server: dial tcp: lookup \(fqdn): no such host",
      hint: isDown
        ? "its machines were scaled to zero through the scale set: it cannot be brought back"
        : "the cluster is stopped: c:start() starts it",
      rule: isDown ? "R29" : nil
    )
  }

  /// Address of an API server that is no more: one kept for documentation (RFC 5737).
  private static let unansweredAddress = "192.0.2.30"
}
