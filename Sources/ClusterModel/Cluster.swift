public import AzureModel
public import FoundationEssentials

/// A managed cluster.
public struct Cluster: Record, Hashable {
  /// Kind in the store.
  public static let kind = "cluster"

  /// Name as created.
  public let name: String
  /// Group it lies in, as written at creation.
  public let resourceGroup: String
  /// Region.
  public let location: String
  /// Subscription of the group.
  public let subscriptionID: String
  /// Tenant of the subscription.
  public let tenantID: String
  /// Version as asked for, such as `1.33`.
  public internal(set) var kubernetesVersion: String
  /// Nodes of the system pool, as the cluster's resource has them.
  public internal(set) var nodeCount: Int
  /// ARM id of the user-assigned identity, nil for a system-assigned one.
  public internal(set) var identityID: String?
  /// Whether API Server VNet Integration is on in the resource.
  public internal(set) var hasVNetIntegration: Bool
  /// KMS as configured now, nil when it never was.
  public internal(set) var kms: KMSConfiguration?
  /// When it was made.
  public let created: Date
  /// What became of it since; nil for one that was only ever made.
  var stage: ClusterStage?
  /// The private endpoints that it keeps to vaults; nil for none.
  var privateLinks: [PrivateLink]?

  /// Name and group, lower-cased.
  public var id: String { Self.id(name: name, resourceGroup: resourceGroup) }
  /// Group, lower-cased.
  public var parent: String { resourceGroup.lowercased() }

  static func id(name: String, resourceGroup: String) -> String {
    "\(resourceGroup)/\(name)".lowercased()
  }

  /// ARM id.
  public var resourceID: String {
    "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)"
      + "/providers/Microsoft.ContainerService/managedClusters/\(name)"
  }

  /// Group of the nodes, at most 80 characters.
  public var nodeResourceGroup: String {
    String("MC_\(resourceGroup)_\(name)_\(location)".prefix(80))
  }

  /// Protocol version that enabling KMS would configure.
  ///
  /// Source: seed rule R95.
  public var kmsVersion: String { version.hasKMSv2 ? "v2" : "v1" }

  /// The version in parts.
  ///
  /// Only a version that was read gets into a cluster.
  public var version: KubernetesVersion {
    KubernetesVersion(kubernetesVersion) ?? KubernetesVersion(minor: 0, patch: nil)
  }

  /// How the API server reaches the nodes, and with them a private vault.
  public enum Tunnel: String, Sendable {
    /// Agents on the nodes.
    case konnectivity
    /// API Server VNet Integration.
    case vnet
  }

  /// The tunnel in use: integration takes effect with a start after it was switched on.
  ///
  /// Source: AKS specification §7.
  public var tunnel: Tunnel {
    hasVNetIntegration && stage?.isIntegrationPending != true ? .vnet : .konnectivity
  }
}
