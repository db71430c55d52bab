internal import AzureModel
internal import ClusterModel

extension Session {
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

  /// What purging a key takes along, told for a confirmation.
  func losses(byPurging deleted: DeletedKey) throws -> String {
    let holders = try clusters(holding: deleted.key.kid)
    let what =
      "purging key \(deleted.name) destroys every version of it: what is encrypted with them can "
      + "never be opened again"
    guard !holders.isEmpty else { return what }
    return "\(what); the KMS plugin of cluster \(holders.joined(separator: ", ")) holds it"
  }
}
