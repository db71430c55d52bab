internal import AzureModel
internal import EncryptionAtRest
public import FoundationEssentials

/// A node as `kubectl get nodes` lists it.
public struct ClusterNode: Hashable, Sendable {
  /// Name, which the machine scale set gives.
  public let name: String
  /// Version of Kubernetes, with its patch.
  public let version: String
  /// Since when it is there.
  public let created: Date
}

extension ManagedClusters {
  /// Lists the nodes of a cluster, in order of name.
  ///
  /// - Throws: `api_server.unreachable`.
  public func nodes(of cluster: Cluster) throws -> [ClusterNode] {
    try cluster.checkReachable()
    return (0..<cluster.machineCount).map {
      ClusterNode(
        name: cluster.nodeName($0),
        version: cluster.version.full,
        created: cluster.started
      )
    }
  }

  /// Lists the namespaces of a cluster in order: those that every cluster has, and those that hold
  /// Secrets.
  ///
  /// - Throws: `api_server.unreachable`.
  public func namespaces(of cluster: Cluster) throws -> [String] {
    try cluster.checkReachable()
    let start = KubernetesSecret.storagePrefix
    let used = try store.etcd(ofCluster: cluster.id).uses(inFolder: start).map {
      String($0.folder.dropFirst(start.count).dropLast())
    }
    return Set(used + ["default", "kube-node-lease", "kube-public", "kube-system"]).sorted()
  }
}
