import CryptoEngine
import FoundationEssentials

extension Azure {
  /// Makes a new version of a key now: same type, size, operations and tags, fresh material.
  ///
  /// It expires as the rotation policy says, if that says so; older versions stay as they are.
  ///
  /// - Throws: `key.not_found`, `access.denied`, `vault.not_found`.
  @discardableResult
  public func rotateKey(_ kid: KeyID, context: CallContext) throws -> Key {
    try perform(.rotate, vault: kid.vault, key: kid.name, context) { _ in
      let latest = try usable(kid.unversioned, for: .rotate, context)
      // Made before the transaction: a large key takes seconds, in which no one else could write.
      return try keep(KeyKind(of: latest).generate(), KeyDraft(rotating: latest), .rotate, context)
    }
  }

  /// Returns a key's rotation policy: the service's default until one is set.
  ///
  /// - Throws: `key.not_found`, `access.denied`, `vault.not_found`.
  public func rotationPolicy(of kid: KeyID, context: CallContext) throws -> RotationPolicy {
    try perform(.getRotationPolicy, vault: kid.vault, key: kid.name, context) { _ in
      try series(of: kid).rotationPolicy ?? .byDefault
    }
  }

  /// Sets a key's rotation policy in place of the one it had.
  ///
  /// What falls due acts when the clock has passed it; what would have been due before now is due
  /// at once. Versions there already keep their expiry.
  ///
  /// - Throws: `key.not_found`, `access.denied`, `argument.value`, `vault.not_found`.
  @discardableResult
  public func setRotationPolicy(
    of kid: KeyID,
    actions: [RotationPolicy.LifetimeAction],
    expiryTime: ISO8601Duration?,
    context: CallContext
  ) throws -> RotationPolicy {
    try perform(.setRotationPolicy, vault: kid.vault, key: kid.name, context) { _ in
      let asked = try RotationPolicy(actions, expiryTime: expiryTime, at: context.now)
      return try store.transaction {
        var series = try series(of: kid)
        let policy = asked.replacing(series.rotationPolicy)
        series.rotationPolicy = policy
        let latest = try usable(kid.unversioned, for: .setRotationPolicy, context)
        try put(series, latest: latest, at: context.now)
        return policy
      }
    }
  }

  /// Makes the version that a policy asks for at an alarm's time.
  func rotateIfDue(_ alarm: KeyAlarm, _ context: CallContext) throws {
    guard let latest = try findKey(alarm.key) else { return }
    // Made before the transaction, as for a caller; should another process be first, it is dropped.
    let fresh = try KeyKind(of: latest).generate()
    try ifStillDue(alarm) { _, latest in
      let key = try addVersion(fresh, KeyDraft(rotating: latest), context)
      try log(.keyRotateIfDue, key.kid, at: alarm.time)
    }
  }

  private func series(of kid: KeyID) throws -> KeySeries {
    guard let series = try store.find(KeySeries.self, id: kid.seriesRecordID) else {
      throw Self.keyNotFound(kid.unversioned)
    }
    return series
  }
}
