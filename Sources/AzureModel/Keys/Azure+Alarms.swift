import FoundationEssentials

extension Azure {
  /// How many alarms one call acts on at most; what is left over waits for the next call.
  ///
  /// A rotation costs the making of a key: a clock moved by centuries must not take all day.
  static let alarmCountMax = 1000

  /// Brings a vault up to date with the clock: what is due is done, in order of time.
  ///
  /// Each act is a transaction of its own, so that a process killed on the way loses nothing and
  /// two processes do nothing twice.
  ///
  /// - Returns: the vault as it is now.
  func settled(_ vault: Vault, _ context: CallContext) throws -> Vault {
    guard let first = vault.nextAlarm, first <= context.now else { return vault }
    for _ in 0..<Self.alarmCountMax {
      guard let alarm = try firstAlarm(of: vault.id), alarm.time <= context.now else { break }
      var then = context
      then.now = alarm.time
      switch alarm.action {
      case .rotate: try rotateIfDue(alarm, then)
      case .tell: try ifStillDue(alarm) { try put($0, latest: $1, at: alarm.time) }
      case .recover: try recoverIfDue(alarm, then)
      case .purge: try purgeIfDue(alarm)
      }
    }
    return try findVault(named: vault.name) ?? vault
  }

  /// Puts a key's next alarm in place of the one it had.
  ///
  /// For use inside a transaction; the caller stores the record that holds the alarm.
  func setAlarm(_ alarm: KeyAlarm?, replacing before: KeyAlarm?) throws {
    guard alarm != before, let vaultID = (alarm ?? before)?.parent else { return }
    if let before { try store.delete(KeyAlarm.self, id: before.id) }
    if let alarm { try store.put(alarm) }
    guard var vault = try findVault(named: vaultID) else { return }
    let first = try firstAlarm(of: vaultID)?.time
    guard vault.nextAlarm != first else { return }
    vault.nextAlarm = first
    try store.put(vault)
  }

  /// Works out what a key does next by itself, and stores it with that.
  ///
  /// What fell due before `now` is due now: nothing happens before the policy that asks for it.
  /// That the latest version is about to expire, or has expired, is told at once if it is so.
  func put(_ series: KeySeries, latest: Key, at now: Date) throws {
    var series = series
    let before = series.alarm
    try tellExpiry(of: latest, in: &series, at: now)
    let policy = series.rotationPolicy ?? .byDefault
    let times: [(KeyAlarm.Action, Date?)] = [
      (.rotate, policy.time(of: .rotate, for: latest)),
      (
        .tell,
        series.notifiedVersion == latest.version ? nil : policy.time(of: .notify, for: latest)
      ),
      (.tell, series.expiredVersion == latest.version ? nil : latest.expires),
    ]
    series.alarm =
      times.compactMap { action, time in
        time.map { KeyAlarm(key: series.key, time: max($0, now).wholeSeconds, action: action) }
      }
      .min { $0.time < $1.time }
    try setAlarm(series.alarm, replacing: before)
    try store.put(series)
  }

  /// Runs `body` on the key of an alarm if it still has that alarm, in one transaction.
  func ifStillDue(_ alarm: KeyAlarm, _ body: (KeySeries, Key) throws -> Void) throws {
    try ownAct {
      guard let series = try store.find(KeySeries.self, id: alarm.key.recordID),
        series.alarm == alarm, let latest = try store.find(Key.self, id: series.latestRecordID)
      else { return }
      try body(series, latest)
    }
  }

  /// Runs what a vault does by itself, wholly or not at all.
  ///
  /// It is no part of the call that found it due: should that be taken back, so is this with its
  /// audit rows, and it is due again.
  func ownAct(_ body: () throws -> Void) throws {
    try store.userTransaction { try store.transaction(body) }
  }

  /// Tells once that a key's latest version is about to expire, and once that it has expired.
  private func tellExpiry(of latest: Key, in series: inout KeySeries, at now: Date) throws {
    if series.expiredVersion != latest.version, latest.isExpired(at: now) {
      (series.notifiedVersion, series.expiredVersion) = (latest.version, latest.version)
      return try log(.keyExpired, latest.kid, at: now)
    }
    let notice = (series.rotationPolicy ?? .byDefault).time(of: .notify, for: latest)
    if series.notifiedVersion != latest.version, let notice, notice <= now {
      series.notifiedVersion = latest.version
      try log(.keyNearExpiry, latest.kid, at: now)
    }
  }

  private func firstAlarm(of vaultID: String) throws -> KeyAlarm? {
    try store.list(KeyAlarm.self, parent: vaultID, after: nil, limit: 1).first
  }

  func log(_ operation: AuditOperation, _ kid: KeyID, at time: Date) throws {
    guard let vault = try findVault(named: kid.vault) else { return }
    try log(operation, of: vault, objectID: kid.description, at: time)
  }
}
