public import AzureModel
public import EncryptionAtRest

/// The Secrets of a cluster that are stored alike: under one kind of provider, and one key id.
public struct SecretGroup: Hashable, Sendable {
  /// Kind of provider.
  public let provider: StoredProvider
  /// Key id as the plugin gave it; nil for what stores none.
  public let keyID: String?
  /// The key, if the cluster ever used it.
  public let kid: KeyID?
  /// How many they are.
  public let count: Int
  /// Storage paths of the first few.
  public let examples: [String]

  /// Most examples that are kept.
  public static let exampleCountMax = 3
}

extension ManagedClusters {
  /// Sorts a cluster's Secrets by what they are stored under.
  ///
  /// - Returns: the groups, those without a key first, then by key id.
  public func secretGroups(of cluster: Cluster) throws -> [SecretGroup] {
    struct Kind: Hashable {
      let provider: StoredProvider
      let keyID: String?
    }
    let etcd = store.etcd(ofCluster: cluster.id)
    var audit = Audit(Audit.Options())
    var found: [Kind: (count: Int, examples: [String])] = [:]
    var after: String?
    while true {
      let page = try etcd.entries(
        prefix: KubernetesSecret.storagePrefix,
        after: after,
        limit: Audit.batchCount
      )
      for entry in page {
        guard let value = audit.inspect(entry.value, at: entry.key) else { continue }
        let kind = Kind(provider: value.header.provider, keyID: value.keyID)
        var group = found[kind] ?? (0, [])
        group.count += 1
        if group.examples.count < SecretGroup.exampleCountMax { group.examples.append(entry.key) }
        found[kind] = group
      }
      guard let last = page.last else { break }
      after = last.key
    }
    let kids = try knownKids(of: cluster)
    return found.map { kind, group in
      SecretGroup(
        provider: kind.provider,
        keyID: kind.keyID,
        kid: kind.keyID.flatMap { kids[$0] },
        count: group.count,
        examples: group.examples
      )
    }.sorted { ($0.keyID ?? "", $0.provider.rawValue) < ($1.keyID ?? "", $1.provider.rawValue) }
  }

  /// Every key that was ever current, by its key id.
  private func knownKids(of cluster: Cluster) throws -> [String: KeyID] {
    let kids = (cluster.kms?.history.map(\.kid) ?? []) + (cluster.kms?.slots ?? [])
    return Dictionary(
      try kids.map { (try VaultPlugin.keyID($0), $0) },
      uniquingKeysWith: { first, _ in first }
    )
  }
}
