public import AzureModel
public import EncryptionAtRest

/// A store that also holds each cluster's etcd.
public protocol ClusterStore: AzureStore {
  /// Opens the etcd of a cluster; empty until written.
  func etcd(ofCluster clusterID: String) -> any KeyValueStore
  /// Deletes everything a cluster stored.
  func deleteEtcd(ofCluster clusterID: String) throws
}
