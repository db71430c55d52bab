public import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// What an operation on a cluster waits for, and how it ends.
///
/// ## Design
///
/// An operation changes the resource at once and then takes the time that the settings say. After
/// a change of KMS the service waits for API servers that become ready, and one that cannot read
/// a Secret never does: a rotation that drops a key under which Secrets still lie does not end by
/// itself (R79). It ends when those Secrets can be read again or are gone, when it is aborted, or
/// when the service gives it up; aborted or given up, the cluster takes operations again, and a
/// rotation back to the dropped key makes it readable. Any other failure of the plugin ends the
/// operation at once, as failed.
///
/// Source: AKS specification §5 and appendix C 3; Azure/kubernetes-kms#291.
extension ManagedClusters {
  /// What the resource says of the last operation on a cluster.
  public func provisioningState(
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> ProvisioningState {
    guard let stage = cluster.stage else { return .succeeded }
    if stage.isDown { return .failed }
    guard let operation = stage.operation else { return stage.outcome }
    if operation.isStuck {
      if try droppedSecretCount(of: cluster) == 0 { return stage.outcome }
      return context.now < operation.end ? operation.state : .failed
    }
    return context.now < operation.end ? operation.state : stage.outcome
  }

  /// Notes that an operation ran that let the `dropped` keys go, how long it takes, and whether API
  /// servers came up after it.
  func finish(
    _ state: ProvisioningState,
    on cluster: inout Cluster,
    dropping dropped: [KeyID] = [],
    _ context: CallContext
  ) throws {
    let settings = try azure.settings()
    let isStuck = try isStranding(dropped, cluster)
    let duration =
      isStuck ? settings.clusterOperationTimeout : settings.clusterOperationDuration
    let isReady = try isPluginReady(of: cluster, context)
    if duration.isNone, isReady, !isStuck, cluster.stage == nil { return }
    let end = try duration.added(to: context.now)
    cluster.enter { stage in
      stage.operation =
        duration.isNone && !isStuck
        ? nil
        : ClusterStage.Operation(
          state: state,
          started: context.now,
          end: end,
          isStuck: isStuck
        )
      stage.outcome = isReady ? .succeeded : .failed
    }
  }

  /// Lets the API servers of a cluster ask their plugin, unless they did a moment ago; without it
  /// they do not become ready.
  private func isPluginReady(of cluster: Cluster, _ context: CallContext) throws -> Bool {
    guard let session = try providerSession(of: cluster, context) else { return true }
    guard session.live.v2 != nil else {
      let isStarting = try session.verdict() == nil
      guard try session.healthProblem() == nil else { return false }
      return try !isStarting || canListSecrets(of: cluster, context)
    }
    try session.pollIfDue()
    return try session.verdict()?.problem == nil
  }

  /// Lists all Secrets, as an API server does that starts.
  ///
  /// Under KMS v1 that is a call to the vault for each, which takes its time and, beyond the limit
  /// of Secrets, may be more than the vault takes. Under v2 a key is asked for once.
  ///
  /// Source: seed rule R25; AKS specification §6.
  private func canListSecrets(of cluster: Cluster, _ context: CallContext) throws -> Bool {
    let server = try apiServer(of: cluster, context)
    var last: String?
    do {
      while true {
        let page = try server.listSecrets(after: last)
        guard let secret = page.last else { return true }
        last = secret.object.storagePath
      }
    } catch let error as ClusterError where error.code == .secretUnreadable {
      return false
    }
  }

  /// Whether Secrets lie under a key that was let go.
  private func isStranding(_ dropped: [KeyID], _ cluster: Cluster) throws -> Bool {
    guard !dropped.isEmpty else { return false }
    let ids = Set(try dropped.map { try VaultPlugin.keyID($0) })
    return try secretGroups(of: cluster).contains { group in
      group.keyID.map { ids.contains($0) } ?? false
    }
  }

  /// How many Secrets lie under keys that the plugin once held and holds no more.
  func droppedSecretCount(of cluster: Cluster) throws -> Int {
    try secretGroups(of: cluster).filter {
      try $0.kid != nil && !isHeld($0, by: cluster)
    }.reduce(0) { $0 + $1.count }
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
    if let operation = try operationInProgress(on: cluster, context) {
      throw try conflict(operation, cluster)
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

  /// The operation that keeps others out, nil when none does.
  func operationInProgress(
    on cluster: Cluster,
    _ context: CallContext
  ) throws -> ClusterStage.Operation? {
    guard !cluster.isDown, let operation = cluster.stage?.operation,
      context.now < operation.end,
      try provisioningState(of: cluster, context) == operation.state
    else { return nil }
    return operation
  }

  private func conflict(
    _ operation: ClusterStage.Operation,
    _ cluster: Cluster
  ) throws -> ClusterError {
    let dropped = operation.isStuck ? try droppedSecretCount(of: cluster) : 0
    let end = operation.end.rfc3339
    return ClusterError(
      .conflict,
      "Operation is not allowed because there's an in progress \(operation.state.verb) managed "
        + "cluster operation on the managed cluster \(cluster.name) started at "
        + "\(operation.started.rfc3339). Please wait for it to finish before starting a new "
        + "operation.",
      hint: operation.isStuck
        ? "its API servers cannot read \(dropped) Secrets under a key that was rotated away "
          + "twice: c:operation_abort(), rotate back to that key, rewrite all Secrets; by itself "
          + "the update is given up at \(end)"
        : "it ends at \(end): clock.advance moves the clock, c:operation_abort() stops it",
      rule: operation.isStuck ? "R79" : nil,
      status: 409,
      azureCode: "OperationNotAllowed"
    )
  }

  /// Stops waiting for an operation in progress: the cluster stays as the operation left it.
  ///
  /// - Throws: `cluster.not_found`, `cluster.invalid` when none is in progress.
  public func abortOperation(_ cluster: Cluster, _ context: CallContext) throws -> Cluster {
    try store.transaction {
      var cluster = try current(cluster)
      try authorize("abort/action", on: cluster, context)
      guard try operationInProgress(on: cluster, context) != nil else {
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
