public import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// Stopping, starting, deleting, and what is refused meanwhile.
extension ManagedClusters {
  private static let type = "Microsoft.ContainerService/managedClusters"

  /// What the resource says of the last operation on a cluster.
  public func provisioningState(
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> ProvisioningState {
    guard let stage = cluster.stage else { return .succeeded }
    if stage.isDown { return .failed }
    guard let operation = stage.operation, context.now < operation.end else {
      return stage.outcome
    }
    return operation.state
  }

  /// Refuses an operation while another one runs, on a stopped cluster, and on one that is down.
  ///
  /// - Throws: `cluster.conflict`, `cluster.stopped`, `cluster.down`.
  func checkIdle(
    _ cluster: Cluster,
    mayBeStopped: Bool = false,
    _ context: CallContext
  ) throws {
    guard !cluster.isDown else {
      throw ClusterError(
        .down,
        "The managed cluster '\(cluster.name)' is in a failed state and cannot be recovered.",
        hint: "its machines were scaled to zero through the scale set: delete it with "
          + "c:delete{ confirm = true } and make a new one",
        rule: "R29",
        status: 409,
        azureCode: "OperationNotAllowed"
      )
    }
    if let operation = cluster.stage?.operation,
      try provisioningState(of: cluster, context) == operation.state
    {
      throw ClusterError(
        .conflict,
        "Operation is not allowed because there's an in progress \(operation.state.verb) managed "
          + "cluster operation on the managed cluster \(cluster.name) started at "
          + "\(operation.started.rfc3339). Please wait for it to finish before starting a new "
          + "operation.",
        hint: "it ends at \(operation.end.rfc3339): clock.advance moves the clock, "
          + "c:operation_abort() stops it",
        status: 409,
        azureCode: "OperationNotAllowed"
      )
    }
    guard mayBeStopped || cluster.powerState == .running else {
      throw ClusterError(
        .stopped,
        "Operation is not allowed: the managed cluster \(cluster.name) is in Stopped power state.",
        hint: "start it with c:start()",
        status: 409,
        azureCode: "OperationNotAllowed"
      )
    }
  }

  /// Notes that an operation ran, how long it takes, and whether API servers came up after it.
  func finish(
    _ state: ProvisioningState,
    on cluster: inout Cluster,
    _ context: CallContext
  ) throws {
    let duration = try azure.settings().clusterOperationDuration
    let isReady = try isPluginReady(of: cluster, context)
    if duration.isNone, isReady, cluster.stage == nil { return }
    let end = try duration.added(to: context.now)
    cluster.enter { stage in
      stage.operation =
        duration.isNone
        ? nil : ClusterStage.Operation(state: state, started: context.now, end: end)
      stage.outcome = isReady ? .succeeded : .failed
    }
  }

  /// Lets the API servers of a cluster ask their plugin, unless they did a moment ago; without it
  /// they do not become ready.
  private func isPluginReady(of cluster: Cluster, _ context: CallContext) throws -> Bool {
    guard let session = try providerSession(of: cluster, context) else {
      return cluster.kms == nil || !cluster.isRunning
    }
    guard session.live.v2 != nil else { return try session.healthProblem() == nil }
    try session.pollIfDue()
    return try session.verdict()?.problem == nil
  }

  private func authorize(_ cluster: Cluster, _ verb: String, _ context: CallContext) throws {
    try azure.authorize(action: "\(Self.type)/\(verb)", scope: cluster.resourceID, context)
  }

  /// Stops a cluster: its machines are let go, its etcd stays.
  ///
  /// - Throws: `cluster.not_found`, `cluster.conflict`, `cluster.down`, `cluster.invalid` where a
  ///   start would not find the private vault.
  public func stop(_ cluster: Cluster, _ context: CallContext) throws -> Cluster {
    try store.transaction {
      var cluster = try current(cluster)
      try authorize(cluster, "stop/action", context)
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
      try authorize(cluster, "start/action", context)
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

  /// Stops waiting for an operation in progress: the cluster stays as the operation left it.
  ///
  /// - Throws: `cluster.not_found`, `cluster.invalid` when none is in progress.
  public func abortOperation(_ cluster: Cluster, _ context: CallContext) throws -> Cluster {
    try store.transaction {
      var cluster = try current(cluster)
      try authorize(cluster, "abort/action", context)
      guard let operation = cluster.stage?.operation, !cluster.isDown,
        try provisioningState(of: cluster, context) == operation.state
      else {
        throw ClusterError(
          .invalid,
          "There is no operation in progress on the managed cluster \(cluster.name).",
          status: 400,
          azureCode: "OperationNotAllowed"
        )
      }
      cluster.enter { stage in
        stage.operation = nil
        stage.outcome = .canceled
      }
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
      try authorize(cluster, "delete", context)
      if !cluster.isDown { try checkIdle(cluster, mayBeStopped: true, context) }
      try releaseLinks(of: cluster)
      try restart(cluster)
      try azure.deleteSystemIdentity(of: cluster.resourceID)
      try store.deleteEtcd(ofCluster: cluster.id)
      try store.delete(Cluster.self, id: cluster.id)
    }
  }
}

extension ProvisioningState {
  /// What the operation does, as the service's messages call it.
  fileprivate var verb: String {
    switch self {
    case .creating: "create"
    case .upgrading: "upgrade"
    case .deleting: "delete"
    case .starting: "start"
    case .stopping: "stop"
    case .updating, .succeeded, .failed, .canceled: "update"
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
