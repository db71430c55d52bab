internal import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// What is wrong with the keys that a cluster's plugin holds.
extension ManagedClusters {
  /// The ailments of some slots, each told once: what a vault refuses for one key it refuses for
  /// the other.
  func ailments(
    of slots: [SlotState],
    of cluster: Cluster,
    _ context: CallContext
  ) throws -> [Ailment] {
    var found: [Ailment] = []
    for slot in slots {
      guard let refusal = slot.refusal else { continue }
      let ailment = try ailment(of: slot, refusal, cluster, context)
      let isTold = found.contains { $0.id == ailment.id && $0.cure == ailment.cure }
      if !isTold || Self.concernsKey(refusal) { found.append(ailment) }
    }
    return found
  }

  /// Whether a refusal is about one key, rather than about its vault or the caller.
  static func concernsKey(_ refusal: AzureError) -> Bool {
    switch refusal.code {
    case .keyExpired, .keyDisabled, .keyNotYetValid, .keyForbidden, .keyNotFound: true
    default: false
    }
  }

  /// The stable name of what a probe finds.
  static func ailmentID(_ refusal: AzureError) -> String {
    switch refusal.code {
    // The detector has one name for both.
    case .keyNotFound, .vaultNotFound: "KeyNotFound"
    default: refusal.innerCode ?? refusal.azureCode ?? refusal.code.rawValue
    }
  }

  /// What a slot's refusal means, and what cures it.
  func ailment(
    of slot: SlotState,
    _ refusal: AzureError,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Ailment {
    let advice = try advice(on: refusal, slot, cluster, context)
    return Ailment(
      Self.ailmentID(refusal),
      message: refusal.message,
      cause: advice.cause,
      remedy: advice.remedy,
      rule: advice.rule ?? Self.rule(of: refusal),
      kid: slot.kid,
      cure: advice.cure
    )
  }

  /// Why a key is refused, and what cures it.
  struct Advice {
    let cause: String
    let remedy: String
    var cure: [CureStep] = []
    /// Rule, where it is not that of the vault's refusal.
    var rule: String?
  }

  private func advice(
    on refusal: AzureError,
    _ slot: SlotState,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Advice {
    switch refusal.code {
    case .keyExpired: try expired(slot, cluster, context)
    case .keyDisabled:
      Advice(
        cause: "\(Self.name(slot)) is switched off",
        remedy: "switch it on with key.update{ id = kid, enabled = true }",
        cure: [.enable(slot.kid)]
      )
    case .keyNotYetValid:
      Advice(
        cause: "the time of \(Self.name(slot)) has not begun"
          + (try azure.findKey(slot.kid)?.notBefore.map { ": not before \($0.rfc3339)" } ?? ""),
        remedy: "let its time begin earlier with key.update{ id = kid, not_before = … }",
        cure: [.setNotBefore(slot.kid, context.now)]
      )
    case .keyForbidden: try forbidden(slot)
    case .keyNotFound: try missingKey(slot, cluster, context)
    case .vaultNotFound: try missingVault(slot, cluster, context)
    case .identityNotFound: try missingIdentity(cluster)
    case .accessDenied
    where refusal.innerCode?.hasPrefix("ForbiddenBy") == true
      && refusal.innerCode != "ForbiddenByRbac":
      try closedVault(slot, cluster)
    case .accessDenied: try missingGrant(slot, cluster, context)
    case .vaultThrottled:
      Advice(
        cause: "vault \(slot.kid.vault) had more calls than it takes in ten seconds: many Secrets "
          + "under KMS v1, or many clusters on one vault",
        remedy: "wait ten seconds; then move to KMS v2, or to a vault of the cluster's own",
        cure: [.wait(try ISO8601Duration(parsing: "PT10S"))],
        rule: "R25"
      )
    default:
      Advice(
        cause: "the vault refuses the cluster's identity",
        remedy: refusal.hint ?? "see what the vault says"
      )
    }
  }

  /// How a key is called in a sentence.
  static func name(_ slot: SlotState) -> String {
    "\(slot.isCurrent ? "the current key" : "the previous key") \(slot.kid)"
  }

  // MARK: The key itself

  /// How far an expiry is moved.
  private static let extensionDays = 365

  func extendedExpiry(_ context: CallContext) throws -> Date {
    try ISO8601Duration(days: Self.extensionDays).added(to: context.now)
  }

  private func expired(
    _ slot: SlotState,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Advice {
    let expires = try azure.findKey(slot.kid)?.expires
    // A retained key stays until KMS is enabled again: there is nothing to rotate.
    let isRotated = slot.isCurrent && cluster.kms?.isEnabled == true
    return Advice(
      cause:
        "the time of \(Self.name(slot)) ended\(expires.map { " at \($0.rfc3339)" } ?? ""): the "
        + "vault still decrypts, but the plugin's health probe encrypts too, and restarts it",
      remedy: "move the expiry forward with key.update{ id = kid, expires = … }"
        + (isRotated ? ", then rotate and rewrite the Secrets (R109)" : " (R109)"),
      cure: [.setExpiry(slot.kid, try extendedExpiry(context))]
        + (isRotated ? [.rotate(slot.kid), .rewrite] : [])
    )
  }

  private func forbidden(_ slot: SlotState) throws -> Advice {
    let key = try azure.findKey(slot.kid)
    let has = key?.operations ?? []
    if let type = key?.type, !type.isRSA {
      return Advice(
        cause: "\(Self.name(slot)) is of type \(type.rawValue), which cannot encrypt: the service "
          + "did not see it behind the private endpoint (R63)",
        remedy: "let the cluster use an RSA key"
      )
    }
    let lacking = [KeyOperation.encrypt, .decrypt].filter { !has.contains($0) }
    return Advice(
      cause:
        "key_ops of \(Self.name(slot)) lacks \(lacking.map(\.rawValue).joined(separator: ", "))",
      remedy: "put encrypt and decrypt back with key.update{ id = kid, ops = … }",
      cure: [.setOperations(slot.kid, lacking + has)]
    )
  }

  private func missingKey(
    _ slot: SlotState,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Advice {
    if let deleted = try azure.findDeletedKey(slot.kid, context: context) {
      let delay = try azure.settings().keyRecoveryDelay
      return Advice(
        cause: "\(Self.name(slot)) was deleted at \(deleted.deletedDate.rfc3339), and is purged at "
          + "\(deleted.scheduledPurgeDate.rfc3339)",
        remedy: "recover it with key.recover{ vault_name = …, name = … } before it is purged (R20)",
        cure: [.recoverKey(slot.kid)] + (delay.isNone ? [] : [.wait(delay)])
      )
    }
    return try lost("\(Self.name(slot)) was purged", slot, cluster)
  }

  /// A key that nothing brings back; a previous one that no Secret needs can still be let go.
  func lost(_ what: String, _ slot: SlotState, _ cluster: Cluster) throws -> Advice {
    let count = try secretCount(under: slot.kid, of: cluster)
    guard count == 0, !slot.isCurrent else {
      return Advice(
        cause: "\(what): nothing brings it back",
        remedy: SecretGroup.text(count, "under it is", "under it are")
          + " lost (R20): make a new cluster, and restore what was in it from elsewhere"
      )
    }
    return Advice(
      cause: "\(what); no Secret is under it",
      remedy: "rotate once more: the plugin then lets it go (R77)",
      cure: Self.rotation(cluster)
    )
  }

  /// Secrets stored under a key.
  func secretCount(under kid: KeyID, of cluster: Cluster) throws -> Int {
    try secretGroups(of: cluster).reduce(0) { $0 + ($1.kid == kid ? $1.count : 0) }
  }

  /// A rotation with all that belongs to it.
  static func rotation(_ cluster: Cluster) -> [CureStep] {
    cluster.kms.map { [.rotate($0.current), .rewrite] } ?? []
  }
}
