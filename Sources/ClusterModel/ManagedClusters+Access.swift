internal import AzureModel

/// What the control plane asks of who makes or changes a cluster.
extension ManagedClusters {
  /// Checks that the caller may write a cluster, and may give it a user-assigned identity.
  ///
  /// - Throws: `access.denied`, `access.unauthenticated`.
  func authorizeWriting(
    _ cluster: Cluster,
    assigning identity: String?,
    _ context: CallContext
  ) throws {
    let action = "Microsoft.ContainerService/managedClusters/write"
    try azure.authorize(action: action, scope: cluster.resourceID, context)
    guard let identity else { return }
    try azure.authorizeLinked(
      action: "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
      at: identity,
      for: action,
      on: cluster.resourceID,
      context
    )
  }

  /// Gives a cluster an identity of its own, or takes it away, as its configuration has it.
  ///
  /// Source: seed rule R22: the identity comes into being with the cluster.
  func settleSystemIdentity(of cluster: Cluster, _ context: CallContext) throws {
    if cluster.identityID == nil {
      try azure.createSystemIdentity(
        of: cluster.resourceID,
        name: cluster.name,
        context: context
      )
    } else {
      try azure.deleteSystemIdentity(of: cluster.resourceID)
    }
  }
}
