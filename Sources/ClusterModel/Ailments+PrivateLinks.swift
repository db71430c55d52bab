internal import AzureModel

/// What is wrong on the private way to a vault.
///
/// Source: seed rules R16, R56, R57; AKS specification §7 and §8.
extension ManagedClusters {
  /// Why a vault that the cluster reaches privately is out of its reach, and what cures that.
  func brokenLink(to vault: Vault, _ slot: SlotState, _ cluster: Cluster) -> Advice {
    let endpoint = cluster.privateEndpointID(to: vault.name)?.lowercased()
    let connection = vault.privateEndpointConnections.first {
      $0.privateEndpointID.lowercased() == endpoint
    }
    guard let connection, connection.status != .disconnected else {
      let isCurrent = slot.isCurrent && cluster.kms?.isEnabled == true
      return Advice(
        cause: "the connection of the cluster's private endpoint to vault \(vault.name) was taken "
          + "away",
        remedy: isCurrent
          ? "update the cluster with the key it has: it makes the endpoint anew"
          : "open the vault, rewrite the Secrets, and close it again",
        cure: isCurrent ? [.use(slot.kid)] : [.openVault(vault.name)],
        rule: "R56"
      )
    }
    guard connection.status == .approved else {
      return Advice(
        cause: "the connection of the cluster's private endpoint to vault \(vault.name) is "
          + connection.status.rawValue,
        remedy: "approve it again",
        cure: [.approveConnection(vault: vault.name, name: connection.name)],
        rule: "R56"
      )
    }
    return Advice(
      cause: "API Server VNet Integration is switched on and not in effect yet, and Konnectivity "
        + "does not reach a private vault",
      remedy: "stop and start the cluster",
      cure: [.restart],
      rule: "R16"
    )
  }
}
