public import FoundationEssentials

/// Something that time alone does to a key, a vault or a grant.
public struct ComingChange: Hashable, Sendable {
  /// What it does.
  public enum Kind: String, CaseIterable, Sendable {
    /// The time of a key version begins.
    case keyBegins = "key_begins"
    /// The service tells that a key version is about to expire.
    case keyNearExpiry = "key_near_expiry"
    /// The time of a key version ends.
    case keyExpires = "key_expires"
    /// A rotation policy makes a new version.
    case keyRotates = "key_rotates"
    /// The retention of a deleted key ends: it goes for good.
    case keyPurged = "key_purged"
    /// A deleted key that is being recovered comes back.
    case keyRecovered = "key_recovered"
    /// The retention of a deleted vault ends: it goes for good with its keys.
    case vaultPurged = "vault_purged"
    /// A role assignment begins to act.
    case grantBegins = "grant_begins"
    /// A role assignment that was taken away ceases to act.
    case grantEnds = "grant_ends"
  }

  /// When it shows first.
  public let time: Date
  /// What it does.
  public let kind: Kind
  /// The vault, by name.
  public let vault: String
  /// The key, or one version of it; nil for what is about a vault or a grant.
  public let kid: KeyID?

  init(_ kind: Kind, _ time: Date, vault: String, kid: KeyID? = nil) {
    self.time = time
    self.kind = kind
    self.vault = vault
    self.kid = kid
  }
}

extension Azure {
  /// What time alone will do next to some key versions and to what lets a principal use them.
  ///
  /// What is due by now is done first. What follows from a change, such as the life of a version
  /// that a policy makes, shows once the clock is there.
  ///
  /// - Parameters:
  ///   - kids: versions.
  ///   - principal: who encrypts and decrypts with them; nil for no one.
  ///   - context: the time to look from.
  /// - Returns: each change once, in no order.
  /// - Throws: what the store throws.
  public func comingChanges(
    of kids: Set<KeyID>,
    for principal: Principal?,
    _ context: CallContext
  ) throws -> Set<ComingChange> {
    let leeway = try settings().clockSkewLeeway
    var changes: Set<ComingChange> = []
    for kid in kids {
      guard let vault = try findVault(named: kid.vault) else {
        if let deleted = try findDeletedVault(named: kid.vault, context) {
          changes.insert(
            ComingChange(.vaultPurged, deleted.scheduledPurgeDate, vault: deleted.name)
          )
        }
        continue
      }
      _ = try settled(vault, context)
      if let key = try findKey(kid) {
        changes.formUnion(try Self.times(of: key, leeway: leeway))
      }
      changes.formUnion(try ownChanges(of: kid, among: kids))
      if let principal { changes.formUnion(try grantTimes(of: principal, on: kid, vault)) }
    }
    return changes.filter { $0.time > context.now }
  }

  /// When a version begins and ceases to be usable.
  private static func times(of key: Key, leeway: ISO8601Duration) throws -> [ComingChange] {
    let begin = try key.notBefore.map {
      ComingChange(.keyBegins, try leeway.subtracted(from: $0), vault: key.vault, kid: key.kid)
    }
    let end = try key.expires.map {
      ComingChange(.keyExpires, try leeway.added(to: $0), vault: key.vault, kid: key.kid)
    }
    return [begin, end].compactMap(\.self)
  }

  /// What a key does by itself; that an expiry is near matters for the versions in question.
  private func ownChanges(of kid: KeyID, among kids: Set<KeyID>) throws -> [ComingChange] {
    let id = kid.seriesRecordID
    if let deleted = try store.find(DeletedKey.self, id: id), let alarm = deleted.series.alarm {
      let isRecovered = alarm.action == .recover
      return [
        ComingChange(
          isRecovered ? .keyRecovered : .keyPurged,
          alarm.time,
          vault: kid.vault,
          kid: kid.unversioned
        )
      ]
    }
    guard let series = try store.find(KeySeries.self, id: id),
      let latest = try store.find(Key.self, id: series.latestRecordID)
    else { return [] }
    let policy = series.rotationPolicy ?? .byDefault
    let rotation = policy.time(of: .rotate, for: latest).map {
      ComingChange(.keyRotates, $0.wholeSeconds, vault: kid.vault, kid: kid.unversioned)
    }
    let notice = policy.time(of: .notify, for: latest).map {
      ComingChange(.keyNearExpiry, $0.wholeSeconds, vault: kid.vault, kid: latest.kid)
    }
    return [rotation, kids.contains(latest.kid) ? notice : nil].compactMap(\.self)
  }

  /// When assignments that cover encrypting or decrypting begin and cease to act.
  private func grantTimes(
    of principal: Principal,
    on kid: KeyID,
    _ vault: Vault
  ) throws -> [ComingChange] {
    guard vault.enableRBACAuthorization else { return [] }
    return try [KeyAccess.encrypt, .decrypt].flatMap { access in
      try grants(
        GrantQuestion(
          principalID: principal.objectID,
          action: "Microsoft.KeyVault/vaults/\(access.dataAction)",
          plane: .data,
          scope: Scope.key(kid.name, of: vault),
          tenantID: principal.tenantID
        )
      ).flatMap { grant in
        [
          grant.from.map { ComingChange(.grantBegins, $0, vault: vault.name) },
          grant.until.map { ComingChange(.grantEnds, $0, vault: vault.name) },
        ].compactMap(\.self)
      }
    }
  }
}
