public import AzureModel
public import EncryptionAtRest

/// The Secrets of a cluster that are stored alike: under one kind of provider, and one key id.
public struct SecretGroup: Hashable, Sendable {
  /// Kind of provider.
  public let provider: StoredProvider
  /// Name of the provider, or of the local key; nil in clear.
  public let providerName: String?
  /// Key id as the plugin gave it, of KMS v1 that of the key it was written under; nil for none.
  public let keyID: String?
  /// The key, if the cluster ever used it.
  public let kid: KeyID?
  /// How many they are.
  public let count: Int
  /// Storage paths of the first few.
  public let examples: [String]

  /// Most examples that are kept.
  public static let exampleCountMax = 3

  /// A number of Secrets in words, with what they do in the singular and in the plural.
  static func text(_ count: Int, _ singular: String = "", _ plural: String = "") -> String {
    let verb = count == 1 ? singular : plural
    return "\(count) Secret\(count == 1 ? "" : "s")\(verb.isEmpty ? "" : " \(verb)")"
  }
}

extension ManagedClusters {
  /// Sorts a cluster's Secrets by what they are stored under; none is looked at.
  ///
  /// - Returns: the groups in order.
  public func secretGroups(of cluster: Cluster) throws -> [SecretGroup] {
    let uses = try uses(of: cluster, inFolder: KubernetesSecret.storagePrefix)
    let kids = try cluster.kms?.kidsByKeyID() ?? [:]
    return try Dictionary(grouping: uses, by: \.group).sorted { $0.key < $1.key }.map {
      group,
      uses in
      var examples: [String] = []
      for use in uses where examples.count < SecretGroup.exampleCountMax {
        let room = SecretGroup.exampleCountMax - examples.count
        examples += try keys(of: use, of: cluster, limit: room)
      }
      return SecretGroup(
        provider: group.provider,
        providerName: group.name,
        keyID: group.keyID,
        kid: group.keyID.flatMap { kids[$0] },
        count: uses.reduce(0) { $0 + $1.count },
        examples: examples.sorted()
      )
    }
  }
}

extension KMSConfiguration {
  /// Every key that was ever current, by the id that the plugin writes for it.
  func kidsByKeyID() throws -> [String: KeyID] {
    try Dictionary((history.map(\.kid) + slots).map { (try VaultPlugin.keyID($0), $0) }) {
      first,
      _ in first
    }
  }
}
