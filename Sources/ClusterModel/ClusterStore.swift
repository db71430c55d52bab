public import AzureModel
public import EncryptionAtRest

/// A store that also holds each cluster's etcd.
public protocol ClusterStore: AzureStore {
  /// Opens the etcd of a cluster; empty until written.
  func etcd(ofCluster clusterID: String) -> any KeyValueStore
  /// Deletes everything a cluster stored.
  func deleteEtcd(ofCluster clusterID: String) throws
  /// Returns what each kept state of the store that can be brought back needs for a cluster.
  func keptStates(ofCluster clusterID: String) throws -> [KeptState]
}

/// A kept state of a store that can be brought back, as far as a cluster needs keys there.
public struct KeptState: Sendable {
  /// Name it was kept under.
  public let name: String
  /// The cluster as it was then.
  public let cluster: Cluster
  /// What its etcd held, by what it was under.
  public let uses: [ValueUse]

  /// Describes a state.
  public init(name: String, cluster: Cluster, uses: [ValueUse]) {
    self.name = name
    self.cluster = cluster
    self.uses = uses
  }
}

extension ClusterStore {
  /// None, unless a store keeps some.
  public func keptStates(ofCluster clusterID: String) throws -> [KeptState] { [] }
}
