public import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// One of the keys that a plugin holds, and what a probe of it finds.
struct SlotState {
  let kid: KeyID
  /// Whether writes use it, or it is the one retained.
  let isCurrent: Bool
  /// What the vault, or whoever stands before it, says; nil when the key works.
  let refusal: AzureError?
}

extension ManagedClusters {
  /// Tells how a cluster's API server is, by a probe of each key and by what the server knows.
  ///
  /// The probe asks the vault and leaves no trace there; the server's memory is looked at only.
  ///
  /// Source: seed rules R19, R30, R75, R76, R107 and §17; AKS specification §6.
  public func health(of cluster: Cluster, _ context: CallContext) throws -> APIServerHealth {
    if let ailment = Self.notRunning(cluster) {
      return APIServerHealth(state: .down, reasons: [ailment], knowledge: nil, note: nil)
    }
    let slots = try slotStates(of: cluster, context)
    let reasons = try ailments(of: slots, of: cluster, context)
    let unreadable = try unreadableSecrets(of: cluster, context)
    let knowledge = try knowledge(of: cluster, context)
    return APIServerHealth(
      state: reasons.isEmpty && unreadable.isEmpty ? .healthy : .unhealthy,
      reasons: reasons + unreadable,
      knowledge: knowledge,
      note: knowledge?.note(
        isWorking: slots.allSatisfy { $0.refusal == nil },
        isCurrentWorking: slots.first?.refusal == nil,
        isSealing: cluster.kms?.isEnabled == true,
        now: context.now
      )
    )
  }

  /// Why a cluster has no API server that runs; nil when it has.
  private static func notRunning(_ cluster: Cluster) -> Ailment? {
    guard !cluster.isRunning else { return nil }
    guard cluster.isDown else {
      return Ailment(
        "ClusterStopped",
        message: "cluster \(cluster.name) is stopped",
        cause: "it was stopped with c:stop()",
        remedy: "start it with c:start()",
        rule: nil,
        cure: [.start]
      )
    }
    return Ailment(
      "ClusterDown",
      message: "cluster \(cluster.name) is down and cannot be recovered",
      cause: "its machines were scaled to zero through the scale set while KMS was on",
      remedy: "delete it with c:delete{ confirm = true }, and make a new cluster",
      rule: "R29"
    )
  }

  /// What a server has noticed, by its own polls.
  private func knowledge(
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> APIServerHealth.Knowledge? {
    guard let view = try kmsClient(of: cluster, context), let verdict = view.verdict else {
      return nil
    }
    return APIServerHealth.Knowledge(
      asked: verdict.time,
      problem: verdict.problem,
      next: verdict.nextPoll,
      writesUntil: view.seed?.expiry
    )
  }

  /// What a probe of each key that the plugin holds finds now.
  func slotStates(of cluster: Cluster, _ context: CallContext) throws -> [SlotState] {
    guard let kms = cluster.kms else { return [] }
    let caller = try pluginContext(cluster, context)
    return try kms.slots.map { kid in
      SlotState(
        kid: kid,
        isCurrent: kid == kms.current,
        refusal: try caller.map { try azure.refusal(ofUsing: kid, $0) }
          ?? PluginFailure.identityGone
      )
    }
  }

  /// Most groups of unreadable Secrets told of: they may be damaged in any number of ways.
  private static let strandedCountMax = 20

  /// The Secrets that a server which starts cannot read, although every key it holds may work.
  ///
  /// A server that starts lists all Secrets, and one that does not open fails the list as a whole:
  /// it never becomes ready. What lies under a key that the plugin holds is that key's matter.
  ///
  /// Source: seed rules R75, R79, R103; Kubernetes specification §2.
  private func unreadableSecrets(
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> [Ailment] {
    let stranded = try secretGroups(of: cluster).filter {
      try !isHeld($0, by: cluster)
    }
    return try stranded.prefix(Self.strandedCountMax).map {
      try ailment(ofStranded: $0, of: cluster, context)
    }
  }

  /// Whether the server has a provider for a group of Secrets, and its plugin a key.
  func isHeld(_ group: SecretGroup, by cluster: Cluster) throws -> Bool {
    let isOurs = group.providerName == LiveProvider.name
    switch group.provider {
    case .identity: return true
    case .kmsV1:
      guard isOurs, let kms = cluster.kms, cluster.kmsVersion == "v1" else { return false }
      guard let keyID = group.keyID else { return true }
      return try kms.slots.contains { try VaultPlugin.keyID($0) == keyID }
    case .kmsV2:
      guard isOurs, let kms = cluster.kms, cluster.kmsVersion == "v2" else { return false }
      return try kms.slots.contains { try VaultPlugin.keyID($0) == group.keyID }
    case .aescbc, .aesgcm, .secretbox, .unknown: return false
    }
  }
}
