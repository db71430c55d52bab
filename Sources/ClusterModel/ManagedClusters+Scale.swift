public import AzureModel

extension ManagedClusters {
  /// Name of the pool that every cluster has.
  static let poolName = "nodepool1"

  /// Gives a node pool another number of nodes.
  ///
  /// - Throws: `cluster.not_found`, `cluster.invalid`, `cluster.conflict`, `cluster.stopped`,
  ///   `cluster.down`.
  public func scale(
    _ cluster: Cluster,
    pool: String? = nil,
    nodeCount: Int,
    _ context: CallContext
  ) throws -> Cluster {
    try store.transaction {
      var cluster = try current(cluster)
      guard pool == nil || pool == Self.poolName else {
        throw KMSOptions.refused(
          "The nodepool \"\(pool?.echoed ?? "")\" was not found.",
          hint: "a cluster has one pool, \(Self.poolName)"
        )
      }
      try authorizeWriting(cluster, assigning: nil, context)
      try checkIdle(cluster, context)
      guard nodeCount != 0 else {
        throw ClusterError(
          .invalid,
          "The value of parameter agentPoolProfile.count is invalid. Error details: System agent "
            + "pool '\(Self.poolName)' must have at least 1 node.",
          status: 400,
          azureCode: "InvalidParameter"
        )
      }
      cluster.nodeCount = try Self.checkedNodeCount(nodeCount)
      if cluster.stage?.machineCount != nil { cluster.enter { $0.machineCount = nil } }
      try finish(.updating, on: &cluster, context)
      try store.put(cluster)
      return cluster
    }
  }

  /// Gives the scale set behind the nodes another capacity, which the cluster does not learn of.
  ///
  /// At zero all nodes are deallocated; under KMS the cluster goes down with them, for good.
  ///
  /// Source: seed rule R29.
  ///
  /// - Throws: `cluster.not_found`, `cluster.invalid`, `cluster.down`, `cluster.stopped`.
  public func scaleMachines(
    of cluster: Cluster,
    to capacity: Int,
    _ context: CallContext
  ) throws -> Cluster {
    try store.transaction {
      var cluster = try current(cluster)
      try azure.authorize(
        action: "Microsoft.Compute/virtualMachineScaleSets/write",
        scope: cluster.scaleSetID,
        context
      )
      guard (0...1000).contains(capacity) else {
        throw ClusterError(.invalid, "capacity is a number from 0 to 1000")
      }
      // The scale set knows of no operation on the cluster.
      if cluster.isDown || cluster.powerState == .stopped { try checkIdle(cluster, context) }
      let isFatal = capacity == 0 && cluster.kms?.isEnabled == true
      cluster.enter { stage in
        stage.machineCount = capacity
        if isFatal { stage.isDown = true }
      }
      if isFatal { try restart(cluster) }
      try store.put(cluster)
      return cluster
    }
  }
}

extension Cluster {
  /// ARM id of the scale set of its pool.
  var scaleSetID: String {
    "/subscriptions/\(subscriptionID)/resourceGroups/\(nodeResourceGroup)"
      + "/providers/Microsoft.Compute/virtualMachineScaleSets"
      + "/aks-\(ManagedClusters.poolName)-\(mark(8, of: "vmss"))-vmss"
  }
}
