public import AzureModel
internal import EncryptionAtRest

/// Whether a key can be deleted, and what would be lost with it.
///
/// A vault deletes a key with every version. A version that nothing needs can be disabled, and
/// still not be deleted as long as another version of its name is in use.
///
/// Source: seed rules R17, R30, R74 to R79, R93, R123 and §17.
public struct DeletionVerdict: Sendable {
  /// Most examples given.
  public static let exampleCountMax = 5

  /// The key asked for.
  public let key: KeyID
  /// What the cluster needs it for.
  public let need: KeyNeed
  /// What the cluster needs any version of its name for.
  let whole: KeyNeed
  /// Whether another cluster, or a kept state, needs the key itself.
  let isNeededElsewhere: Bool
  /// Other clusters of the workspace that need a version of it.
  public let otherClusters: [String]
  /// Kept states of the workspace that need a version of it.
  public let keptStates: [String]
  /// Some of the Secrets that need it, as `NAMESPACE/NAME`; other values by their paths.
  public let examples: [String]

  /// Whether deleting it loses nothing.
  public var isSafe: Bool { whole.isNone && otherClusters.isEmpty && keptStates.isEmpty }

  /// Whether nothing needs the key itself, whatever is under other versions of its name.
  public var isSafeToDisable: Bool { need.isNone && !isNeededElsewhere }

  /// Other versions of its name that the cluster needs, in order.
  public var siblings: [KeyID] {
    guard key.isVersioned else { return [] }
    return whole.versions.subtracting([key]).sorted { $0.description < $1.description }
  }

  /// The rule that decides.
  public var rule: String {
    switch need.slots.first?.role {
    case .current: return "R17"
    case .previous: return "R76"
    case .retained: return "R30"
    case nil: break
    }
    if need.secretCount + need.otherCount > 0 { return "R79" }
    if need.unknownCount > 0 { return "R75" }
    if !whole.isNone { return "R123" }
    if !otherClusters.isEmpty { return "R17" }
    return keptStates.isEmpty ? "R77" : "R20"
  }
}

extension DeletionVerdict {
  /// The verdict in words: what needs the key, or that nothing does.
  public func explanation(cluster: String) -> String {
    let name = key.isVersioned ? "this version" : "this key"
    var reasons = need.slots.map { slot in
      switch slot.role {
      case .current: "cluster \(cluster) writes with it (R17)"
      case .previous:
        "the plugin of \(cluster) holds it as the previous key until the next rotation (R76)"
      case .retained: "KMS is off on \(cluster), which still reads with it (R30, R93)"
      }
    }
    if need.secretCount > 0 {
      let count = Self.count(need.secretCount, "Secret")
      reasons.append(
        need.slots.isEmpty
          ? "\(count) under it: no slot holds it any more, so that they open only if it comes back "
            + "as the cluster's key (R79)"
          : "\(count) under it and unreadable without it (R75)"
      )
    }
    if need.otherCount > 0 {
      reasons.append("\(Self.count(need.otherCount, "other value")) under it")
    }
    if need.unknownCount > 0 {
      reasons.append(
        "\(need.unknownCount) may need it: KMS v1 and damaged values do not tell their key (R75)"
      )
    }
    if !otherClusters.isEmpty {
      reasons.append("cluster \(otherClusters.joined(separator: ", ")) needs it too (R17)")
    }
    if !keptStates.isEmpty {
      reasons.append("it is needed after a restore of \(keptStates.joined(separator: ", ")) (R20)")
    }
    if need.isNone, !whole.isNone {
      let others =
        siblings.isEmpty ? "other ones" : siblings.map(\.nameOfVersion).joined(separator: ", ")
      reasons.append(
        "a vault deletes every version of \(key.name), of which \(others) may not go: "
          + (isSafeToDisable ? "disable \(name) or let it expire instead (R123)" : "(R123)")
      )
    }
    guard reasons.isEmpty else { return "not safe to delete: " + reasons.joined(separator: "; ") }
    return "safe to delete: no slot holds \(name) and no stored value names it (R77)"
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun) is" : "\(number) \(noun)s are"
  }
}

extension KeyID {
  fileprivate var nameOfVersion: String { "version \(version ?? "")" }
}

extension ManagedClusters {
  /// Tells whether a key can be deleted as far as a cluster goes; no value is opened, and none
  /// looked at but those of KMS v1.
  public func deletionVerdict(of key: KeyID, for cluster: Cluster) throws -> DeletionVerdict {
    let uses = try uses(of: cluster, inFolder: "")
    let need = try KeyNeed(of: key, cluster: cluster, uses: uses)
    // By name, what any version is needed for; whether the one asked for is among them.
    let others = try list().filter { $0.id != cluster.id }.map { other in
      KeptState(
        name: other.name,
        cluster: other,
        uses: try self.uses(of: other, inFolder: "")
      )
    }
    let kept = try store.keptStates(ofCluster: cluster.id)
    func needing(_ key: KeyID, _ states: [KeptState]) throws -> [String] {
      try states.filter { try !KeyNeed(of: key, cluster: $0.cluster, uses: $0.uses).isNone }
        .map(\.name)
    }
    return DeletionVerdict(
      key: key,
      need: need,
      whole: try KeyNeed(of: key.unversioned, cluster: cluster, uses: uses),
      isNeededElsewhere: try !needing(key, others + kept).isEmpty,
      otherClusters: try needing(key.unversioned, others),
      keptStates: try needing(key.unversioned, kept),
      examples: try examples(of: need, cluster)
    )
  }

  private func examples(of need: KeyNeed, _ cluster: Cluster) throws -> [String] {
    var examples: [String] = []
    for use in need.uses where examples.count < DeletionVerdict.exampleCountMax {
      let room = DeletionVerdict.exampleCountMax - examples.count
      examples += try keys(of: use, of: cluster, limit: room).map { key in
        key.hasPrefix(KubernetesSecret.storagePrefix)
          ? String(key.dropFirst(KubernetesSecret.storagePrefix.count)) : key
      }
    }
    return examples
  }
}
