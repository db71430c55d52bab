internal import AzureModel

/// A private endpoint that a cluster keeps to a vault, in its node resource group.
///
/// Source: seed rules R56, R57.
struct PrivateLink: Codable, Hashable, Sendable {
  /// Name of the vault.
  let vault: String
  /// ARM id of the endpoint.
  let endpointID: String
  /// Whether Konnectivity carries it, as on a subscription that may still do so.
  let isOverKonnectivity: Bool
}

extension Cluster {
  func privateLink(to vault: String) -> PrivateLink? {
    privateLinks?.first { $0.vault.lowercased() == vault.lowercased() }
  }

  /// Whether it keeps an endpoint to a vault.
  func hasLink(to vault: String) -> Bool { privateLink(to: vault) != nil }

  /// ARM id of the endpoint that it keeps to a vault, nil when it keeps none.
  public func privateEndpointID(to vault: String) -> String? {
    privateLink(to: vault)?.endpointID
  }

  /// The endpoints that the plugin's calls reach: integration carries them once it is in effect.
  var openEndpointIDs: [String] {
    (privateLinks ?? []).filter { $0.isOverKonnectivity || tunnel == .vnet }.map(\.endpointID)
  }

  /// ARM id of its endpoint to a vault.
  func endpointID(to vault: String) -> String {
    "/subscriptions/\(subscriptionID)/resourceGroups/\(nodeResourceGroup)"
      + "/providers/Microsoft.Network/privateEndpoints/kms-\(vault)"
  }

  /// The vaults that the slots need a link to.
  ///
  /// Disabling releases the vault as far as its mode goes (R84), but what was not rewritten is
  /// still under the retained key (R85, R92), and so is what is under the previous one (R76): a
  /// link lives as long as a slot holds a key of its vault, unless that vault has become public.
  var linkedVaults: Set<String> {
    guard let kms else { return [] }
    var vaults = Set(kms.slots.map(\.vault).filter { privateLink(to: $0) != nil })
    if kms.networkAccess == .isPrivate {
      vaults.insert(kms.current.vault)
    } else {
      vaults.remove(kms.current.vault)
    }
    return vaults
  }
}

extension ManagedClusters {
  /// Makes the links that a cluster's slots need, and takes away those they do not.
  ///
  /// - Throws: `access.denied` when the cluster's identity may not approve connections of the
  ///   vault (R65).
  func settleLinks(of cluster: inout Cluster, _ context: CallContext) throws {
    let wanted = cluster.linkedVaults
    for link in cluster.privateLinks ?? [] where !wanted.contains(link.vault) {
      try azure.unlinkManagedEndpoint(link.endpointID, from: link.vault)
    }
    var links = (cluster.privateLinks ?? []).filter { wanted.contains($0.vault) }
    // A link that is there is left alone unless KMS is enabled with its vault: then one that was
    // rejected or taken away by hand is made anew.
    if let kms = cluster.kms, kms.isEnabled, kms.networkAccess == .isPrivate {
      let vault = kms.current.vault
      let link =
        cluster.privateLink(to: vault)
        ?? PrivateLink(
          vault: vault,
          endpointID: cluster.endpointID(to: vault),
          isOverKonnectivity: !cluster.hasVNetIntegration
        )
      let caller = try pluginContext(cluster, context) ?? context
      try azure.linkManagedEndpoint(link.endpointID, to: vault, caller)
      if !links.contains(link) { links.append(link) }
    }
    cluster.privateLinks = links.isEmpty ? nil : links
  }

  /// Takes all links away, as a cluster that is deleted does.
  func releaseLinks(of cluster: Cluster) throws {
    for link in cluster.privateLinks ?? [] {
      try azure.unlinkManagedEndpoint(link.endpointID, from: link.vault)
    }
  }
}
