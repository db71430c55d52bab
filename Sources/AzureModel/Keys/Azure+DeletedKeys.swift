import FoundationEssentials

extension Azure {
  /// Deletes a key with all its versions; it can be recovered until it is purged.
  ///
  /// - Throws: `key.not_found`, `access.denied`, `vault.not_found`.
  @discardableResult
  public func deleteKey(_ kid: KeyID, context: CallContext) throws -> DeletedKey {
    try perform(.delete, vault: kid.vault, key: kid.name, context) { vault in
      try store.transaction {
        guard var series = try store.find(KeySeries.self, id: kid.seriesRecordID),
          let latest = try store.find(Key.self, id: series.latestRecordID)
        else { throw Self.keyNotFound(kid.unversioned) }
        let now = context.now.wholeSeconds
        let days = Double(vault.softDeleteRetentionInDays)
        let purgeDate = now.addingTimeInterval(days * 86_400)
        let alarm = KeyAlarm(key: series.key, time: purgeDate, action: .purge)
        try setAlarm(alarm, replacing: series.alarm)
        series.alarm = alarm
        let deleted = DeletedKey(
          series: series,
          key: latest,
          deletedDate: now,
          scheduledPurgeDate: purgeDate,
          readyDate: try settings().keyDeletionDelay.added(to: now)
        )
        try store.delete(KeySeries.self, id: series.id)
        try store.put(deleted)
        try eachPage(Key.self, under: series.id) { key in
          try store.put(DeletedKeyVersion(key: key))
          try store.delete(Key.self, id: key.id)
        }
        return deleted
      }
    }
  }

  /// Returns a soft-deleted key by its id; a version does not count.
  ///
  /// - Throws: `key.not_found`, `access.denied`, `vault.not_found`.
  public func deletedKey(_ kid: KeyID, context: CallContext) throws -> DeletedKey {
    try perform(.getDeleted, vault: kid.vault, key: kid.name, context) { _ in
      try findDeleted(kid, context)
    }
  }

  /// Returns what the model knows of a soft-deleted key, whoever asks; nil when there is none.
  public func findDeletedKey(_ kid: KeyID, context: CallContext) throws -> DeletedKey? {
    guard let vault = try findVault(named: kid.vault) else { return nil }
    _ = try settled(vault, context)
    return try store.find(DeletedKey.self, id: kid.seriesRecordID)
  }

  /// Lists a page of soft-deleted keys in order of name.
  ///
  /// - Parameters:
  ///   - vault: name of the vault.
  ///   - after: name of the last key of the page before; nil for the first page.
  ///   - limit: 1 to 25.
  ///   - context: who calls, and when.
  /// - Returns: at most `limit`; fewer on the last page.
  /// - Throws: `access.denied`, `argument.value`, `vault.not_found`.
  public func listDeletedKeys(
    vault: String,
    after: String? = nil,
    limit: Int = pageLengthMax,
    context: CallContext
  ) throws -> [DeletedKey] {
    try perform(.listDeleted, vault: vault, key: nil, context) { vault in
      try KeyBody.pageLength(limit)
      return try store.list(
        DeletedKey.self,
        parent: vault.id,
        after: after.map { "\(vault.id)/\($0.lowercased())" },
        limit: limit
      )
    }
  }

  /// Brings a soft-deleted key back with all its versions, once the time is over that this takes.
  ///
  /// - Returns: its newest version.
  /// - Throws: `key.not_found`, `access.denied`, `vault.not_found`.
  @discardableResult
  public func recoverKey(_ kid: KeyID, context: CallContext) throws -> Key {
    try perform(.recover, vault: kid.vault, key: kid.name, context) { _ in
      try store.transaction {
        var deleted = try findDeleted(kid, context)
        let now = context.now.wholeSeconds
        let time = try settings().keyRecoveryDelay.added(to: now)
        if time <= now {
          try recover(deleted, context)
        } else if deleted.series.alarm?.action != .recover {
          let alarm = KeyAlarm(key: deleted.series.key, time: time, action: .recover)
          try setAlarm(alarm, replacing: deleted.series.alarm)
          deleted.series.alarm = alarm
          try store.put(deleted)
        }
        return deleted.key
      }
    }
  }

  /// Deletes a soft-deleted key for good: nothing sealed with it can be opened again.
  ///
  /// - Throws: `key.not_found`, `key.purge_protected`, `access.denied`, `vault.not_found`.
  public func purgeKey(_ kid: KeyID, context: CallContext) throws {
    try perform(.purge, vault: kid.vault, key: kid.name, context) { vault in
      try store.transaction {
        let deleted = try findDeleted(kid, context)
        guard !vault.enablePurgeProtection else { throw Self.purgeProtected(deleted) }
        try purge(deleted)
      }
    }
  }

  func recoverIfDue(_ alarm: KeyAlarm, _ context: CallContext) throws {
    try ownAct {
      guard let deleted = try store.find(DeletedKey.self, id: alarm.key.recordID),
        deleted.series.alarm == alarm
      else { return }
      try recover(deleted, context)
    }
  }

  func purgeIfDue(_ alarm: KeyAlarm) throws {
    try ownAct {
      guard let deleted = try store.find(DeletedKey.self, id: alarm.key.recordID),
        deleted.series.alarm == alarm
      else { return }
      try purge(deleted)
      try log(.keyPurge, deleted.series.key, at: alarm.time)
    }
  }

  private func findDeleted(_ kid: KeyID, _ context: CallContext) throws -> DeletedKey {
    if let deleted = try store.find(DeletedKey.self, id: kid.seriesRecordID),
      context.now >= deleted.readyDate
    {
      return deleted
    }
    throw AzureError(
      .keyNotFound,
      "Deleted Key not found: \(kid.name)",
      hint: "key.list_deleted names the deleted keys of a vault",
      status: 404,
      azureCode: "KeyNotFound"
    )
  }

  private func recover(_ deleted: DeletedKey, _ context: CallContext) throws {
    try setAlarm(nil, replacing: deleted.series.alarm)
    var series = deleted.series
    series.alarm = nil
    try store.delete(DeletedKey.self, id: deleted.id)
    try eachPage(DeletedKeyVersion.self, under: deleted.id) { version in
      try store.put(version.key)
      try store.delete(DeletedKeyVersion.self, id: version.id)
    }
    try put(series, latest: deleted.key, at: context.now)
  }

  private func purge(_ deleted: DeletedKey) throws {
    try setAlarm(nil, replacing: deleted.series.alarm)
    try store.delete(DeletedKey.self, id: deleted.id)
    try removeVersions(of: deleted.id)
  }

  private static func purgeProtected(_ deleted: DeletedKey) -> AzureError {
    AzureError(
      .keyPurgeProtected,
      "Operation \"purge\" is not allowed because purge protection is enabled for this vault. "
        + "Key Vault service will automatically purge it after the retention period has passed.",
      hint: "it goes by itself at \(deleted.scheduledPurgeDate.rfc3339)",
      status: 403,
      azureCode: "Forbidden"
    )
  }
}

extension Azure {
  /// Deletes every record of a vault's keys, deleted ones and material too; for purging a vault.
  ///
  /// For use inside a transaction.
  func removeKeys(ofVault vaultID: String) throws {
    try eachPage(KeySeries.self, under: vaultID) { series in
      try removeVersions(of: series.id)
      try store.delete(KeySeries.self, id: series.id)
    }
    try eachPage(DeletedKey.self, under: vaultID) { deleted in
      try removeVersions(of: deleted.id)
      try store.delete(DeletedKey.self, id: deleted.id)
    }
    try eachPage(KeyAlarm.self, under: vaultID) { try store.delete(KeyAlarm.self, id: $0.id) }
  }

  private func removeVersions(of seriesID: String) throws {
    try eachPage(Key.self, under: seriesID) { try store.delete(Key.self, id: $0.id) }
    try eachPage(DeletedKeyVersion.self, under: seriesID) {
      try store.delete(DeletedKeyVersion.self, id: $0.id)
    }
    try eachPage(KeyMaterial.self, under: seriesID) {
      try store.delete(KeyMaterial.self, id: $0.id)
    }
  }

  /// Runs `body` on each record under a parent, a page in memory at a time; it may delete them.
  func eachPage<R: Record>(
    _ type: R.Type,
    under parent: String,
    _ body: (R) throws -> Void
  ) throws {
    var last: String?
    repeat {
      let page = try store.list(type, parent: parent, after: last, limit: 500)
      for record in page { try body(record) }
      last = page.count == 500 ? page.last?.id : nil
    } while last != nil
  }
}
