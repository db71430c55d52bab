internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest

/// What a cluster has one version of a key for.
struct KeyUse {
  let cluster: String
  /// Its slot in the plugin, in words; nil when no slot holds it.
  let slot: String?
  /// How many Secrets lie under it.
  let secretCount: Int

  /// Such as `cluster prod (current key), 128 Secrets`.
  var text: String {
    "cluster \(cluster)" + (slot.map { " (\($0) key)" } ?? "")
      + (secretCount > 0 ? ", \(secretCount) Secret\(secretCount == 1 ? "" : "s")" : "")
  }

  /// What must be done before the version may go, once another one is current.
  var warning: String? {
    if slot == "previous" {
      return "R76  \(cluster) still needs it as its previous key: c:rewrite_secrets{} and another "
        + "rotation before it is disabled"
    }
    guard slot == nil else { return nil }
    return "R79  \(cluster) holds it no more, and \(secretCount) of its Secrets are under it: they "
      + "open only if it comes back as the cluster's key"
  }
}

extension Session {
  /// What the clusters have one version of a key for, in their order.
  func uses(of kid: KeyID) throws -> [KeyUse] {
    try clusters.list().compactMap { cluster in
      let slot: String?
      switch kid {
      case cluster.kms?.current: slot = cluster.kms?.isEnabled == true ? "current" : "retained"
      case cluster.kms?.previous: slot = "previous"
      default: slot = nil
      }
      let groups = try clusters.secretGroups(of: cluster).filter { $0.kid == kid }
      let count = groups.reduce(0) { $0 + $1.count }
      guard slot != nil || count > 0 else { return nil }
      return KeyUse(cluster: cluster.name, slot: slot, secretCount: count)
    }
  }

  /// Names of the clusters whose plugin holds a version of a key, in their order.
  func clusters(holding kid: KeyID) throws -> [String] {
    try clusters.list().filter { cluster in
      (cluster.kms?.slots ?? []).contains { $0.unversioned == kid.unversioned }
    }.map(\.name)
  }

  /// Names of the clusters whose plugin holds a key of a vault, in their order.
  func clusters(holdingKeysOf vault: String) throws -> [String] {
    try clusters.list().filter { cluster in
      (cluster.kms?.slots ?? []).contains { $0.vault == vault.lowercased() }
    }.map(\.name)
  }

  /// Counts the Secrets that lie under some keys, as `128 Secrets of cluster c1, …`; nil for none.
  ///
  /// An envelope of KMS v1 does not tell its key: where the plugin holds one of the keys, all count.
  func secrets(under isMeant: (KeyID) -> Bool) throws -> String? {
    let counts = try clusters.list().compactMap { cluster -> String? in
      let holdsOne = (cluster.kms?.slots ?? []).contains(where: isMeant)
      let groups = try clusters.secretGroups(of: cluster).filter { group in
        group.kid.map(isMeant) ?? (group.provider == .kmsV1 && holdsOne)
      }
      let count = groups.reduce(0) { $0 + $1.count }
      return count == 0 ? nil : "\(count) Secret\(count == 1 ? "" : "s") of cluster \(cluster.name)"
    }
    return counts.isEmpty ? nil : counts.joined(separator: ", ")
  }

  /// What purging a key takes along, told for a confirmation.
  func losses(byPurging deleted: DeletedKey) throws -> String {
    let kid = deleted.key.kid.unversioned
    return try losses(
      "purging key \(deleted.name) destroys every version of it: what is encrypted with them can "
        + "never be opened again",
      holders: clusters(holding: kid),
      "it",
      under: secrets { $0.unversioned == kid }
    )
  }

  /// What purging a vault takes along, told for a confirmation.
  func losses(byPurging deleted: DeletedVault) throws -> String {
    let name = deleted.name.lowercased()
    return try losses(
      "purging vault \(deleted.name) destroys every key of it: what is encrypted with them can "
        + "never be opened again",
      holders: clusters(holdingKeysOf: name),
      "one",
      under: secrets { $0.vault == name }
    )
  }

  private func losses(
    _ what: String,
    holders: [String],
    _ held: String,
    under secrets: String?
  ) -> String {
    var parts = [what]
    if let secrets { parts.append("lost for good: \(secrets)") }
    if !holders.isEmpty {
      parts.append(
        "the KMS plugin of cluster \(holders.joined(separator: ", ")) holds \(held)"
      )
    }
    return parts.joined(separator: "; ")
  }
}
