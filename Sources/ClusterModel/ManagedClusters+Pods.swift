public import AzureModel
public import FoundationEssentials

/// A pod as `kubectl get pods` lists it.
public struct Pod: Hashable, Sendable {
  /// Where it lies.
  public let namespace: String
  /// Name, unique in its namespace.
  public let name: String
  /// Containers that are ready, of how many.
  public let ready: String
  /// Such as `Running`.
  public let status: String
  /// Node it runs on; nil while it waits for one.
  public let node: String?
  /// Since when it is there.
  public let created: Date
}

extension ManagedClusters {
  /// What runs on the nodes of every cluster: parts of which there is one on each, and parts of
  /// which there are so many in all.
  ///
  /// The KMS plugin is none of them: it runs beside the API server, where no user sees it.
  ///
  /// Source: seed rules R04, R14.
  private static let onEachNode = [
    ("azure-ip-masq-agent", 1), ("cloud-node-manager", 1), ("csi-azuredisk-node", 3),
    ("csi-azurefile-node", 3), ("kube-proxy", 1),
  ]
  private static let inAll = [
    ("coredns", 2, 1), ("coredns-autoscaler", 1, 1), ("metrics-server", 2, 2),
  ]
  private static let konnectivityAgent = ("konnectivity-agent", 2, 1)
  private static let systemNamespace = "kube-system"

  /// Lists the pods of a cluster, or of a namespace, in order of name.
  ///
  /// - Throws: `api_server.unreachable`.
  public func pods(
    of cluster: Cluster,
    namespace: String? = nil,
    _ context: CallContext
  ) throws -> [Pod] {
    try cluster.checkReachable()
    guard namespace ?? Self.systemNamespace == Self.systemNamespace else { return [] }
    let nodes = (0..<cluster.machineCount).map { cluster.nodeName($0) }
    let agents = cluster.tunnel == .konnectivity ? [Self.konnectivityAgent] : []
    let shared = (Self.inAll + agents).flatMap { name, count, containers in
      (0..<count).map { number in
        cluster.pod(
          "\(name)-\(cluster.mark(9, of: name))-\(cluster.mark(5, of: "\(name) \(number)"))",
          containers,
          on: nodes.isEmpty ? nil : nodes[number % nodes.count]
        )
      }
    }
    let local = Self.onEachNode.flatMap { name, containers in
      nodes.map {
        cluster.pod("\(name)-\(cluster.mark(5, of: "\(name) \($0)"))", containers, on: $0)
      }
    }
    return (shared + local).sorted { $0.name < $1.name }
  }
}

extension Cluster {
  /// Name of a node.
  func nodeName(_ number: Int) -> String {
    let digits = String(number, radix: 36)
    return "aks-\(ManagedClusters.poolName)-\(mark(8, of: "vmss"))-vmss"
      + String(repeating: "0", count: max(6 - digits.count, 0)) + digits
  }

  fileprivate func pod(_ name: String, _ containers: Int, on node: String?) -> Pod {
    Pod(
      namespace: "kube-system",
      name: name,
      ready: "\(node == nil ? 0 : containers)/\(containers)",
      status: node == nil ? "Pending" : "Running",
      node: node,
      created: started
    )
  }
}
