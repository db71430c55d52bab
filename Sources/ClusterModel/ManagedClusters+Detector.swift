public import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

extension ManagedClusters {
  /// How long before a key's end it is worth a warning.
  private static let noticeDays = 30

  /// Runs a detector: every known failure that applies to a cluster, and what will become one.
  ///
  /// The vault is asked as the plugin would ask it, without a trace: no row in its log, no
  /// transaction counted, and nothing that the API server would learn from.
  public func diagnose(
    _ cluster: Cluster,
    _ detector: Diagnosis.Detector,
    _ context: CallContext
  ) throws -> Diagnosis {
    let slots = try slotStates(of: cluster, context)
    let health = try health(of: cluster, context)
    // A server that does not run is not asked about its keys: those that fail keep it from starting.
    let failures =
      try health.reasons
      + (health.state == .down ? ailments(of: slots, of: cluster, context) : [])
    return Diagnosis(
      isEnabled: cluster.kms?.isEnabled ?? false,
      kid: cluster.kms?.current,
      findings: failures + (try unusablePrevious(slots, failures, cluster, context))
        + (try warnings(slots, cluster, context))
    )
  }

  /// A previous key that alone does not work: rotated away from, and still needed.
  ///
  /// Source: seed rule R76.
  private func unusablePrevious(
    _ slots: [SlotState],
    _ failures: [Ailment],
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> [Ailment] {
    guard let previous = slots.first(where: { !$0.isCurrent }), let refusal = previous.refusal,
      Self.concernsKey(refusal) || slots[0].refusal == nil,
      let own = failures.first(where: {
        $0.id == Self.ailmentID(refusal) && $0.kid == previous.kid
      })
    else { return [] }
    let count = try secretCount(under: previous.kid, of: cluster)
    let isRestored = count > 0 || own.cure.isEmpty
    let restoring = own.cure.isEmpty ? [] : own.cure + [.rewrite] + Self.rotation(cluster)
    return [
      Ailment(
        "PreviousKeyUnusable",
        message: "\(own.id): \(own.message)",
        cause: "\(Self.name(previous)) failed before the second rotation; "
          + SecretGroup.text(count, "is still under it", "are still under it"),
        remedy: isRestored
          ? "restore it, rewrite the Secrets, and rotate again, which lets it go"
          : "no Secret needs it: rotate again, which lets it go",
        rule: "R76",
        kid: previous.kid,
        cure: isRestored ? restoring : Self.rotation(cluster)
      )
    ]
  }

  private func warnings(
    _ slots: [SlotState],
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> [Ailment] {
    guard cluster.kms != nil else { return [] }
    let groups = try secretGroups(of: cluster)
    let all =
      try slots.compactMap { try expiringSoon($0, context) }
      + Set(slots.map(\.kid.vault)).sorted().compactMap { try unprotected(vault: $0) }
      + [try tooMany(groups, cluster), try staleSecrets(groups, cluster), inClear(groups, cluster)]
      .compactMap(\.self)
    return all
  }

  private func expiringSoon(_ slot: SlotState, _ context: CallContext) throws -> Ailment? {
    guard slot.refusal == nil, let expires = try azure.findKey(slot.kid)?.expires,
      expires <= (try ISO8601Duration(days: Self.noticeDays).added(to: context.now))
    else { return nil }
    return Ailment(
      "KeyExpiresSoon",
      .warning,
      message: "\(Self.name(slot)) expires at \(expires.rfc3339)",
      cause: "nothing renews a key by itself; from then on the API server is unhealthy",
      remedy: slot.isCurrent
        ? "move the expiry forward, or rotate twice with a rewrite after each before that time"
        : "move the expiry forward, or rewrite and rotate once more before that time",
      rule: "R05",
      kid: slot.kid,
      cure: [.setExpiry(slot.kid, try extendedExpiry(context))]
    )
  }

  private func unprotected(vault name: String) throws -> Ailment? {
    guard let vault = try azure.findVault(named: name), !vault.enablePurgeProtection else {
      return nil
    }
    return Ailment(
      "NoPurgeProtection",
      .warning,
      message: "vault \(vault.name) has no purge protection",
      cause:
        "whoever may purge can destroy a deleted key before its \(vault.softDeleteRetentionInDays)"
        + " days are over, and with it every Secret under it",
      remedy:
        "switch it on with v:update{ enable_purge_protection = true }, which cannot be undone",
      rule: "R20",
      cure: [.protectVault(vault.name)]
    )
  }

  /// Secrets that a cluster under KMS v1 takes.
  ///
  /// Source: seed rule R25.
  public static let secretCountMaxV1 = 2000

  private func tooMany(_ groups: [SecretGroup], _ cluster: Cluster) throws -> Ailment? {
    let count = groups.reduce(0) { $0 + $1.count }
    guard cluster.kmsVersion == "v1", cluster.kms?.isEnabled == true,
      count >= Self.secretCountMaxV1
    else { return nil }
    return Ailment(
      "TooManySecrets",
      .warning,
      message: SecretGroup.text(count)
        + " on a cluster under KMS v1, which takes \(Self.secretCountMaxV1)",
      cause: "KMS v1 asks the vault once for each Secret: a start takes long and may be throttled",
      remedy: "move to KMS v2: disable, rewrite, upgrade to 1.27 or later, enable, rewrite (R98)",
      rule: "R25"
    )
  }

  /// Secrets under another key than writes use, which keeps that key in need.
  private func staleSecrets(_ groups: [SecretGroup], _ cluster: Cluster) throws -> Ailment? {
    guard let kms = cluster.kms else { return nil }
    let stale = try groups.filter { group in
      guard group.provider.isKMS, try isHeld(group, by: cluster) else { return false }
      return !kms.isEnabled || (group.kid != nil && group.kid != kms.current)
    }
    let count = stale.reduce(0) { $0 + $1.count }
    guard count > 0 else { return nil }
    let keys = Set(stale.map { ($0.kid ?? kms.current).description }).sorted()
    return Ailment(
      "StaleSecrets",
      .warning,
      message: SecretGroup.text(count, "is", "are")
        + " still under \(keys.joined(separator: ", "))",
      cause: kms.isEnabled
        ? "they were not rewritten after the rotation: another one strands them"
        : "they were not rewritten after KMS was disabled: they need the retained key",
      remedy: "rewrite the Secrets with c:rewrite_secrets{}",
      rule: kms.isEnabled ? "R74" : "R92",
      kid: stale.first?.kid,
      cure: [.rewrite]
    )
  }

  private func inClear(_ groups: [SecretGroup], _ cluster: Cluster) -> Ailment? {
    let count = groups.reduce(0) { $0 + ($1.provider == .identity ? $1.count : 0) }
    guard count > 0, cluster.kms?.isEnabled == true else { return nil }
    return Ailment(
      "SecretsInClear",
      .warning,
      message: SecretGroup.text(count, "lies", "lie") + " in clear in etcd",
      cause: "they were written before KMS was enabled, and not since",
      remedy: "rewrite the Secrets with c:rewrite_secrets{}",
      rule: "R52",
      cure: [.rewrite]
    )
  }
}
