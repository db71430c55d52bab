public import CryptoEngine
import FoundationEssentials

extension Azure {
  /// Makes a key, or a new version of one that exists.
  ///
  /// Older versions stay as they are; the new one is the latest.
  ///
  /// - Throws: `access.denied`, `argument.value`, `vault.not_found`.
  @discardableResult
  public func createKey(_ options: KeyOptions, context: CallContext) throws -> Key {
    try perform(.create, vault: options.vault, key: options.name, context) { _ in
      try KeyBody.name(options.name)
      _ = try KeyBody.type(options.kty)
      let bitCount = try KeyBody.bitCount(options.size)
      _ = try Self.operations(options)
      // Made before the transaction: a large key takes seconds, in which no one else could write.
      let privateKey = try RSAPrivateKey.generate(bitCount: bitCount)
      return try keep(privateKey, options, .create, context)
    }
  }

  /// Takes a key in from outside, as a new key or a new version.
  ///
  /// - Throws: `access.denied`, `argument.value`, `vault.not_found`.
  @discardableResult
  public func importKey(
    _ options: KeyOptions,
    privateKey: RSAPrivateKey,
    context: CallContext
  ) throws -> Key {
    try perform(.importing, vault: options.vault, key: options.name, context) { _ in
      try KeyBody.name(options.name)
      _ = try KeyBody.type(options.kty)
      guard options.size == nil || options.size == privateKey.bitCount else {
        throw AzureError.badParameter(
          "The key has \(privateKey.bitCount) bits, not \(options.size ?? 0).",
          hint: "leave size out: the material has one"
        )
      }
      return try keep(privateKey, options, .importing, context)
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
    return try store.find(Key.self, id: "\(series.id)/\(series.latestVersion)")
  }

  /// Lists keys, each by its latest version, in order of name; disabled ones too.
  ///
  /// `after` is the name of the last key of the page before, `limit` 1 to 1000; the service's own
  /// pages have 25.
  ///
  /// - Throws: `access.denied`, `argument.value`, `vault.not_found`.
  public func listKeys(
    vault name: String,
    after: String? = nil,
    limit: Int = 25,
    context: CallContext
  ) throws -> [Key] {
    try perform(.list, vault: name, key: nil, context) { vault in
      guard (1...1000).contains(limit) else {
        throw AzureError.badParameter("A page has 1 to 1000 keys, not \(limit).")
      }
      let series = try store.list(
        KeySeries.self,
        parent: vault.id,
        after: after.map { "\(vault.id)/\($0.lowercased())" },
        limit: limit
      )
      return try series.compactMap { try findKey($0.key) }
    }
  }

  /// Lists the versions of a key, the oldest first; disabled ones too.
  ///
  /// - Throws: `key.not_found`, `access.denied`, `vault.not_found`.
  public func versions(of kid: KeyID, context: CallContext) throws -> [Key] {
    try perform(.listVersions, vault: kid.vault, key: kid.name, context) { _ in
      let versions = try store.all(Key.self, parent: kid.seriesRecordID)
      guard !versions.isEmpty else { throw Self.keyNotFound(kid.unversioned) }
      return versions.sorted { $0.number < $1.number }
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
      let operations = try changes.ops.map(KeyBody.operations)
      if let tags = changes.tags { try KeyBody.tags(tags) }
      return try store.transaction {
        var key = try usable(kid, for: .update, context)
        key.isEnabled = changes.isEnabled ?? key.isEnabled
        key.expires = changes.expires?.wholeSeconds ?? key.expires
        key.notBefore = changes.notBefore?.wholeSeconds ?? key.notBefore
        key.operations = operations ?? key.operations
        key.tags = changes.tags ?? key.tags
        key.updated = context.now.wholeSeconds
        try store.put(key)
        return key
      }
    }
  }

  private static func operations(_ options: KeyOptions) throws -> [KeyOperation] {
    try KeyBody.tags(options.tags)
    return try options.ops.map(KeyBody.operations) ?? KeyOperation.ofRSA
  }

  /// Writes a new version: its record, its sealed material and the series that names it latest.
  private func keep(
    _ privateKey: RSAPrivateKey,
    _ options: KeyOptions,
    _ access: KeyAccess,
    _ context: CallContext
  ) throws -> Key {
    let operations = try Self.operations(options)
    let numbers = try privateKey.publicKey.numbers()
    return try store.transaction {
      let vault = try admit(access, vault: options.vault, key: options.name, context)
      let asked = KeyID(vault: vault.id, name: options.name, version: nil)
      let before = try store.find(KeySeries.self, id: asked.recordID)
      let version = try context.identifiers.keyVersion()
      let series = KeySeries(
        key: before?.key ?? asked,
        latestVersion: version,
        versionCount: (before?.versionCount ?? 0) + 1
      )
      let kid = KeyID(vault: vault.id, name: series.key.name, version: version)
      let now = context.now.wholeSeconds
      let key = Key(
        kid: kid,
        number: series.versionCount,
        type: .rsa,
        bitCount: privateKey.bitCount,
        modulus: Data(numbers.modulus),
        exponent: Data(numbers.exponent),
        operations: operations,
        isEnabled: !options.isDisabled,
        notBefore: options.notBefore?.wholeSeconds,
        expires: options.expires?.wholeSeconds,
        created: now,
        updated: now,
        recoveryLevel: vault.recoveryLevel,
        recoverableDays: vault.softDeleteRetentionInDays,
        tags: options.tags
      )
      let sealed = try store.sealMaterial(privateKey.pkcs8(), name: kid.description)
      try store.put(key)
      try store.put(KeyMaterial(id: key.id, parent: key.parent, sealed: Data(sealed)))
      try store.put(series)
      return key
    }
  }
}
