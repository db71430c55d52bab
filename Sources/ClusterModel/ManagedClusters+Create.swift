public import AzureModel

extension ManagedClusters {
  /// Makes a cluster.
  ///
  /// - Throws: `cluster.exists`, `cluster.invalid`, `cluster.version_refused`,
  ///   `kms.identity_denied`, `kms.key_unusable`, `identity.not_found`, `access.denied`.
  public func create(_ options: ClusterOptions, _ context: CallContext) throws -> Cluster {
    let kms = try options.kms.validated()
    try checkIdentityID(options.assignIdentity)
    return try store.transaction {
      try checkNotThere(options)
      let request = try kms.request()
      var cluster = try newCluster(options, context)
      try authorizeWriting(cluster, assigning: options.assignIdentity, context)
      try options.assignIdentity.map { _ = try azure.identity(id: $0) }
      try settleSystemIdentity(of: cluster, context)
      if let request { try enable(request, on: &cluster, context) }
      try finish(.creating, on: &cluster, context)
      try store.put(cluster)
      return cluster
    }
  }

  private func checkNotThere(_ options: ClusterOptions) throws {
    let id = Cluster.id(name: options.name, resourceGroup: options.resourceGroup)
    guard try store.find(Cluster.self, id: id) != nil else { return }
    throw ClusterError(
      .exists,
      "The cluster '\(options.name)' under resource group '\(options.resourceGroup)' already "
        + "exists. Please use command 'az aks update' to update the existing cluster, or select "
        + "a different cluster name to create a new cluster."
    )
  }

  private func newCluster(_ options: ClusterOptions, _ context: CallContext) throws -> Cluster {
    guard options.name.wholeMatch(of: /[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?/) != nil else {
      throw ClusterError(
        .invalid,
        "a cluster's name has 1 to 63 letters, digits, - and _, and begins and ends with a letter or digit"
      )
    }
    let version = try wantedVersion(options.kubernetesVersion, context)
    let nodeCount = try Self.checkedNodeCount(options.nodeCount ?? 3)
    let group = try azure.resourceGroup(
      options.resourceGroup,
      location: options.location,
      context
    )
    let account = try azure.account(context.identifiers)
    var cluster = Cluster(
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
    try setSubnet(options.apiServerSubnetID, of: &cluster)
    return cluster
  }

  static func checkedNodeCount(_ count: Int) throws -> Int {
    guard (1...1000).contains(count) else {
      throw ClusterError(.invalid, "node_count is a number from 1 to 1000")
    }
    return count
  }

  /// Notes the API server's subnet, once it is the ARM id of one.
  ///
  /// - Throws: `cluster.invalid`.
  func setSubnet(_ id: String?, of cluster: inout Cluster) throws {
    guard let id else { return }
    guard ARMID(id)?.isOf(type: "Microsoft.Network/virtualNetworks/subnets") == true else {
      throw KMSOptions.refused("--apiserver-subnet-id is not a valid Azure resource ID.")
    }
    guard cluster.hasVNetIntegration else {
      throw KMSOptions.refused(
        "\"--apiserver-subnet-id\" requires \"--enable-apiserver-vnet-integration\"."
      )
    }
    cluster.enter { $0.apiServerSubnetID = id }
  }
}
