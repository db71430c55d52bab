public import CryptoEngine
import FoundationEssentials

extension Azure {
  /// Most keys or versions on a page, as the service has it.
  public static let pageLengthMax = 25

  /// Makes a key, or a new version of one that exists.
  ///
  /// Older versions stay as they are; the new one is the latest.
  ///
  /// - Throws: `access.denied`, `argument.value`, `key.deleted`, `vault.not_found`.
  @discardableResult
  public func createKey(_ options: KeyOptions, context: CallContext) throws -> Key {
    try perform(.create, vault: options.vault, key: options.name, context) { vault in
      let kind = try KeyBody.kind(options, for: vault)
      let draft = try KeyDraft(options, kind.type, in: vault)
      try checkNameIsFree(of: draft.key, context)
      // Made before the transaction: a large key takes seconds, in which no one else could write.
      return try keep(kind.generate(), draft, .create, context)
    }
  }

  /// Takes a key in from outside, as a new key or a new version; its material stays as it is.
  ///
  /// - Throws: `access.denied`, `argument.value`, `key.deleted`, `vault.not_found`.
  @discardableResult
  public func importKey(
    _ options: KeyOptions,
    privateKey: PrivateKey,
    context: CallContext
  ) throws -> Key {
    try perform(.importing, vault: options.vault, key: options.name, context) { vault in
      let type = try KeyBody.type(options.kty, of: privateKey, for: vault)
      try KeyBody.checkMaterial(privateKey, options)
      let draft = try KeyDraft(options, type, in: vault)
      try checkNameIsFree(of: draft.key, context)
      return try keep(privateKey, draft, .importing, context)
    }
  }

  /// Returns a key version as the vault tells the caller; the latest for an id without version.
  ///
  /// - Throws: `key.not_found`, `key.disabled`, `access.denied`, `vault.not_found`.
  public func key(_ kid: KeyID, context: CallContext) throws -> Key {
    try perform(.get, vault: kid.vault, key: kid.name, version: kid.version, context) { _ in
      try usable(kid, for: .get, context)
    }
  }

  /// Returns a key version by its parts; the latest without a version.
  ///
  /// - Throws: as `key(_:context:)`, and `argument.value`.
  public func key(
    vault: String,
    name: String,
    version: String? = nil,
    context: CallContext
  ) throws -> Key {
    try perform(.get, vault: vault, key: name, version: version, context) { _ in
      try KeyBody.name(name)
      return try usable(KeyID(vault: vault, name: name, version: version), for: .get, context)
    }
  }

  /// Returns a key version as the vault tells the caller; nil when there is none.
  ///
  /// - Throws: as `key(_:context:)`, but for `key.not_found`.
  public func findKey(_ kid: KeyID, context: CallContext) throws -> Key? {
    do {
      return try key(kid, context: context)
    } catch let error as AzureError where error.code == .keyNotFound {
      return nil
    }
  }

  /// Returns what the model knows of a key version, whoever asks; nil when there is none.
  ///
  /// For showing and explaining: no network, no grant and no state stand in its way.
  public func findKey(_ kid: KeyID) throws -> Key? {
    if kid.isVersioned { return try store.find(Key.self, id: kid.recordID) }
    guard let series = try store.find(KeySeries.self, id: kid.recordID) else { return nil }
    return try store.find(Key.self, id: series.latestRecordID)
  }

  /// Lists a page of keys, each by its latest version, in order of name; disabled ones too.
  ///
  /// - Parameters:
  ///   - vault: name of the vault.
  ///   - after: name of the last key of the page before; nil for the first page.
  ///   - limit: 1 to 25.
  ///   - context: who calls, and when.
  /// - Returns: at most `limit`; fewer on the last page.
  /// - Throws: `access.denied`, `argument.value`, `vault.not_found`.
  public func listKeys(
    vault: String,
    after: String? = nil,
    limit: Int = pageLengthMax,
    context: CallContext
  ) throws -> [Key] {
    try perform(.list, vault: vault, key: nil, context) { vault in
      try KeyBody.pageLength(limit)
      let series = try store.list(
        KeySeries.self,
        parent: vault.id,
        after: after.map { "\(vault.id)/\($0.lowercased())" },
        limit: limit
      )
      return try series.compactMap { try store.find(Key.self, id: $0.latestRecordID) }
    }
  }

  /// Lists a page of a key's versions, in order of version, which says nothing of their age.
  ///
  /// - Parameters:
  ///   - kid: id of the key; its version does not count.
  ///   - after: last version of the page before; nil for the first page.
  ///   - limit: 1 to 25.
  ///   - context: who calls, and when.
  /// - Returns: at most `limit`; fewer on the last page.
  /// - Throws: `key.not_found`, `access.denied`, `argument.value`, `vault.not_found`.
  public func listVersions(
    of kid: KeyID,
    after: String? = nil,
    limit: Int = pageLengthMax,
    context: CallContext
  ) throws -> [Key] {
    try perform(.listVersions, vault: kid.vault, key: kid.name, context) { _ in
      try KeyBody.pageLength(limit)
      guard try store.find(KeySeries.self, id: kid.seriesRecordID) != nil else {
        throw Self.keyNotFound(kid.unversioned)
      }
      return try store.list(
        Key.self,
        parent: kid.seriesRecordID,
        after: after.map { "\(kid.seriesRecordID)/\($0.lowercased())" },
        limit: limit
      )
    }
  }

  /// Changes attributes of one version, the latest for an id without version.
  ///
  /// Works in every state, so that a disabled or expired version can be brought back.
  ///
  /// - Throws: `key.not_found`, `access.denied`, `argument.value`, `vault.not_found`.
  @discardableResult
  public func updateKey(
    _ kid: KeyID,
    _ changes: KeyChanges,
    context: CallContext
  ) throws -> Key {
    try perform(.update, vault: kid.vault, key: kid.name, version: kid.version, context) { _ in
      try KeyBody.changes(changes)
      return try store.transaction {
        var key = try usable(kid, for: .update, context)
        let operations = try changes.ops.map { try KeyBody.operations($0, of: key.type) }
        let before = key.expires
        key.isEnabled = changes.isEnabled ?? key.isEnabled
        key.expires = changes.expires?.wholeSeconds ?? key.expires
        key.notBefore = changes.notBefore?.wholeSeconds ?? key.notBefore
        key.operations = operations ?? key.operations
        key.tags = changes.tags ?? key.tags
        key.updated = context.now.wholeSeconds
        try store.put(key)
        if key.expires != before { try expiryChanged(of: key, at: context.now) }
        return key
      }
    }
  }

  /// The alarms of a key go by the expiry of its latest version.
  private func expiryChanged(of key: Key, at now: Date) throws {
    guard var series = try store.find(KeySeries.self, id: key.parent),
      series.latestVersion == key.version
    else { return }
    (series.notifiedVersion, series.expiredVersion) = (nil, nil)
    try put(series, latest: key, at: now)
  }
}
