internal import AzureModel
internal import EncryptionAtRest

/// What a cluster's values are under, as far as it can be told without opening them.
///
/// ## Design
///
/// A KMS v1 value names no key, but etcd tells the revision of its writing, and the cluster at which
/// revision each key became current: the key in between wrote it. That is what an operator can know
/// as well, and it costs no call to the vault. It errs for a value that was put into etcd by hand,
/// and for one that a server wrote which had not yet heard of a rotation; what opens the value tells
/// the truth (`KMSv1Slots`), and reading, rewriting and the inventory go by that. There are few
/// values of v1, so they are looked at one by one where all others are counted by the store.
extension ManagedClusters {
  private static var pageCount: Int { 500 }
  private static var prefixV1: [UInt8] { Array("k8s:enc:kms:v1:\(LiveProvider.name):".utf8) }

  /// Counts values by what they are under; under KMS v1 with the id of the key they were written by.
  func uses(of cluster: Cluster, inFolder folder: String) throws -> [ValueUse] {
    let uses = try store.etcd(ofCluster: cluster.id).uses(inFolder: folder)
    guard cluster.kms != nil, cluster.kmsVersion == "v1" else { return uses }
    return try uses.flatMap { use -> [ValueUse] in
      guard Self.isOfV1(use.group) else { return [use] }
      var counts: [ValueGroup: Int] = [:]
      try walk(use.folder, of: cluster) { _, group in
        counts[group, default: 0] += 1
        return true
      }
      return counts.map { ValueUse(folder: use.folder, group: $0, count: $1) }
    }.sorted()
  }

  /// Names at most `limit` keys of values of a use, as `uses` counts them.
  func keys(of use: ValueUse, of cluster: Cluster, limit: Int) throws -> [String] {
    guard Self.isOfV1(use.group), use.group.keyID != nil else {
      return try store.etcd(ofCluster: cluster.id).keys(of: use, limit: limit)
    }
    var keys: [String] = []
    guard limit > 0 else { return keys }
    try walk(use.folder, of: cluster) { key, group in
      if group == use.group { keys.append(key) }
      return keys.count < limit
    }
    return keys
  }

  private static func isOfV1(_ group: ValueGroup) -> Bool {
    group.provider == .kmsV1 && group.name == LiveProvider.name
  }

  /// Calls `body` with the key and the group of each v1 value right in a folder; false stops.
  private func walk(
    _ folder: String,
    of cluster: Cluster,
    _ body: (String, ValueGroup) throws -> Bool
  ) throws {
    let etcd = store.etcd(ofCluster: cluster.id)
    let prefix = Self.prefixV1
    var after: String?
    while true {
      let page = try etcd.entries(prefix: folder, after: after, limit: Self.pageCount)
      for entry in page
      where ValueUse.folder(of: entry.key) == folder && entry.value.starts(with: prefix) {
        let kid = cluster.kms?.kid(atRevision: entry.modRevision)
        let group = ValueGroup(
          provider: .kmsV1,
          name: LiveProvider.name,
          keyID: try kid.map { try VaultPlugin.keyID($0) }
        )
        guard try body(entry.key, group) else { return }
      }
      guard let last = page.last else { return }
      after = last.key
    }
  }
}
