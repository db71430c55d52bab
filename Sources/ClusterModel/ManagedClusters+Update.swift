public import AzureModel
internal import EncryptionAtRest

extension ManagedClusters {
  /// Changes a cluster's identity, its tunnel or its KMS; without any change it is reconciled.
  ///
  /// - Throws: as `create`, and `cluster.not_found`, `cluster.conflict`, `cluster.stopped`,
  ///   `cluster.down`.
  public func update(
    _ cluster: Cluster,
    _ update: ClusterUpdate,
    _ context: CallContext
  ) throws -> Cluster {
    let kms = try update.kms.validated()
    try checkIdentityID(update.assignIdentity)
    return try store.transaction {
      var cluster = try current(cluster)
      let request = try kms.request()
      try authorizeWriting(cluster, assigning: update.assignIdentity, context)
      try checkIdle(cluster, context)
      if let identity = update.assignIdentity {
        cluster.identityID = try azure.identity(id: identity).resourceID
      }
      try settleSystemIdentity(of: cluster, context)
      try integrate(&cluster, update)
      let before = cluster.kms
      if let request { try enable(request, on: &cluster, context) }
      if update.kms.isDisabled { try disable(&cluster, context) }
      // A changed configuration restarts the API servers, which make a seed of their own.
      if request != nil || cluster.kms != before { try restart(cluster) }
      let dropped = request == nil ? [] : cluster.keysDropped(since: before)
      try finish(.updating, on: &cluster, dropping: dropped, context)
      try store.put(cluster)
      return cluster
    }
  }

  /// The cluster as it is now, for changing it.
  ///
  /// - Throws: `cluster.not_found`.
  func current(_ cluster: Cluster) throws -> Cluster {
    if let found = try store.find(Cluster.self, id: cluster.id) { return found }
    return try self.cluster(named: cluster.name, resourceGroup: cluster.resourceGroup)
  }

  /// Enables KMS, or lets it use another key.
  func enable(
    _ request: KMSRequest,
    on cluster: inout Cluster,
    _ context: CallContext
  ) throws {
    let (key, access) = try checkService(request, cluster, context)
    let revision = try store.etcd(ofCluster: cluster.id).revision()
    if cluster.kms == nil {
      cluster.kms = KMSConfiguration(
        enabling: key,
        networkAccess: access,
        vaultResourceID: request.vaultResourceID,
        at: context.now,
        revision: revision
      )
    } else {
      cluster.kms?.use(
        key,
        networkAccess: access,
        vaultResourceID: request.vaultResourceID,
        at: context.now,
        revision: revision
      )
    }
    try settleLinks(of: &cluster, context)
  }

  private func disable(_ cluster: inout Cluster, _ context: CallContext) throws {
    let keepsPrevious = try azure.settings().disablingKeepsPrevious
    cluster.kms?.disable(keepingPrevious: keepsPrevious, at: context.now)
    try settleLinks(of: &cluster, context)
  }

  /// Switches API Server VNet Integration on; it takes effect when the cluster starts next.
  ///
  /// Source: AKS specification §7.
  private func integrate(_ cluster: inout Cluster, _ update: ClusterUpdate) throws {
    if let isWanted = update.hasVNetIntegration, isWanted != cluster.hasVNetIntegration {
      guard isWanted else {
        throw ClusterError(
          .invalid,
          "API Server VNet Integration cannot be disabled once it is enabled.",
          hint: "only a new cluster has another tunnel",
          rule: "R13",
          status: 400,
          azureCode: "BadRequest"
        )
      }
      cluster.hasVNetIntegration = true
      cluster.enter { $0.isIntegrationPending = true }
    }
    try setSubnet(update.apiServerSubnetID, of: &cluster)
  }
}

extension Cluster {
  /// The keys that the plugin held before and holds no more.
  fileprivate func keysDropped(since before: KMSConfiguration?) -> [KeyID] {
    let slots = kms?.slots ?? []
    return before?.slots.filter { !slots.contains($0) } ?? []
  }
}
