import CryptoEngine
import FoundationEssentials

/// What a new version is to be, checked.
struct KeyDraft {
  /// The key, without version, as asked for.
  let key: KeyID
  let type: KeyType
  let operations: [KeyOperation]
  let isEnabled: Bool
  let notBefore: Date?
  let expires: Date?
  let tags: [String: String]

  /// Checks what a request asks for.
  ///
  /// - Throws: `argument.value`.
  init(_ options: KeyOptions, _ type: KeyType, in vault: Vault) throws {
    try KeyBody.name(options.name)
    try KeyBody.tags(options.tags)
    try KeyBody.time(options.notBefore, "nbf")
    try KeyBody.time(options.expires, "exp")
    key = KeyID(vault: vault.id, name: options.name, version: nil)
    self.type = type
    operations =
      try options.ops.map { try KeyBody.operations($0, of: type) } ?? type.operationsByDefault
    isEnabled = !options.isDisabled
    notBefore = options.notBefore?.wholeSeconds
    expires = options.expires?.wholeSeconds
    tags = options.tags
  }

  /// The next version in place of one: alike, but for its times.
  init(rotating latest: Key) {
    key = latest.kid.unversioned
    type = latest.type
    operations = latest.operations
    isEnabled = true
    notBefore = nil
    expires = nil
    tags = latest.tags
  }
}

extension Azure {
  /// Writes a new version for a caller: its record, its sealed material and the series that names
  /// it latest.
  ///
  /// The caller is let in again: its key may have been long in the making.
  func keep(
    _ privateKey: PrivateKey,
    _ draft: KeyDraft,
    _ access: KeyAccess,
    _ context: CallContext
  ) throws -> Key {
    try store.transaction {
      _ = try admit(access, vault: draft.key.vault, key: draft.key.name, context)
      return try addVersion(privateKey, draft, context)
    }
  }

  /// Writes a new version; for use inside a transaction.
  func addVersion(
    _ privateKey: PrivateKey,
    _ draft: KeyDraft,
    _ context: CallContext
  ) throws -> Key {
    try checkNameIsFree(of: draft.key, context)
    let version = try context.identifiers.keyVersion()
    let before = try store.find(KeySeries.self, id: draft.key.recordID)
    var series =
      before ?? KeySeries(key: draft.key, latestVersion: version, versionCount: 0)
    series.latestVersion = version
    series.versionCount += 1
    let now = context.now.wholeSeconds
    let kid = KeyID(vault: series.key.vault, name: series.key.name, version: version)
    let key = Key(
      kid: kid,
      number: series.versionCount,
      type: draft.type,
      publicNumbers: try PublicNumbers(of: privateKey),
      operations: draft.operations,
      isEnabled: draft.isEnabled,
      notBefore: draft.notBefore,
      expires: draft.expires ?? series.rotationPolicy?.expiry(ofVersionMadeAt: now),
      created: now,
      updated: now,
      tags: draft.tags
    )
    let sealed = try store.sealMaterial(privateKey.pkcs8(), name: kid.description)
    try store.put(key)
    try store.put(KeyMaterial(id: key.id, parent: key.parent, sealed: Data(sealed)))
    try put(series, latest: key, at: now)
    return key
  }

  /// Refuses the name of a key that is soft-deleted.
  ///
  /// - Throws: `key.deleted`.
  func checkNameIsFree(of key: KeyID, _ context: CallContext) throws {
    guard let deleted = try store.find(DeletedKey.self, id: key.recordID) else { return }
    let isDone = context.now >= deleted.readyDate
    throw AzureError(
      .keyDeleted,
      isDone
        ? "Key \(deleted.name) is currently in a deleted but recoverable state, and its name "
          + "cannot be reused; in this state, the key can only be recovered or purged."
        : "Key \(deleted.name) is currently being deleted and cannot be re-created; retry later.",
      hint: isDone ? "recover it, or purge it to use the name again" : nil,
      status: 409,
      azureCode: "Conflict",
      innerCode: isDone ? "ObjectIsDeletedButRecoverable" : "ObjectIsBeingDeleted"
    )
  }
}

extension PublicNumbers {
  init(of key: PrivateKey) throws {
    switch key {
    case .rsa(let key):
      let (modulus, exponent) = try key.publicKey.numbers()
      self = .rsa(modulus: Data(modulus), exponent: Data(exponent))
    case .ec(let key):
      let (x, y) = try key.publicKey.numbers()
      self = .ec(curve: key.curve, x: Data(x), y: Data(y))
    }
  }
}

extension EllipticCurve: Codable {}
