import CryptoEngine
import FoundationEssentials

extension Azure {
  /// Returns a key with all its versions as a blob that a vault of the same subscription and
  /// geography can restore.
  ///
  /// - Throws: `key.not_found`, `key.disabled`, `key.backup_refused` for more than 500 versions,
  ///   `access.denied`, `vault.not_found`.
  public func backupKey(_ kid: KeyID, context: CallContext) throws -> [UInt8] {
    try perform(.backup, vault: kid.vault, key: kid.name, context) { vault in
      // One transaction, so that no version comes in between.
      try store.transaction {
        _ = try usable(kid.unversioned, for: .backup, context)
        guard var series = try store.find(KeySeries.self, id: kid.seriesRecordID) else {
          throw Self.keyNotFound(kid.unversioned)
        }
        series.alarm = nil
        let keys = try store.list(
          Key.self,
          parent: series.id,
          after: nil,
          limit: KeyBackup.versionCountMax + 1
        )
        guard keys.count <= KeyBackup.versionCountMax else { throw Self.tooManyVersions() }
        let versions = try keys.map { key in
          KeyBackup.Version(key: key, sealed: Data(try sealedMaterial(of: key)))
        }
        let body = KeyBackup.Body(series: series, versions: versions)
        return try KeyBackup(body, Self.backupHeader(vault), store).blob
      }
    }
  }

  /// Restores a backed-up key under its name, with all its versions under their ids.
  ///
  /// - Returns: its newest version.
  /// - Throws: `key.backup_rejected`, `key.exists`, `key.deleted`, `argument.value` for a hardware
  ///   key in a standard vault, `access.denied`, `vault.not_found`.
  @discardableResult
  public func restoreKey(
    _ blob: [UInt8],
    toVault name: String,
    context: CallContext
  ) throws -> Key {
    try perform(.restore, vault: name, key: nil, context) { vault in
      let body = try Self.open(blob, for: vault, store)
      try KeyBody.hardware(body.versions.map(\.key.type), in: vault)
      let key = KeyID(vault: vault.id, name: body.series.key.name, version: nil)
      return try store.transaction {
        try checkNameIsFree(of: key, context)
        guard try store.find(KeySeries.self, id: key.recordID) == nil else {
          throw Self.restoreConflict(key, body.series)
        }
        for version in body.versions { try put(version, in: vault) }
        var series = body.series
        series.key = key
        guard let latest = try store.find(Key.self, id: series.latestRecordID) else {
          throw Self.backupRejected("it lacks its newest version")
        }
        try put(series, latest: latest, at: context.now)
        return latest
      }
    }
  }

  /// Writes a version from a backup; its material is sealed anew when its kid changes.
  private func put(_ version: KeyBackup.Version, in vault: Vault) throws {
    let before = version.key.kid
    var key = version.key
    key.kid = KeyID(vault: vault.id, name: before.name, version: before.version)
    var sealed = version.sealed
    if key.kid.description != before.description {
      let material = try store.openMaterial(Array(sealed), name: before.description)
      sealed = Data(try store.sealMaterial(material, name: key.kid.description))
    }
    try store.put(key)
    try store.put(KeyMaterial(id: key.id, parent: key.parent, sealed: sealed))
  }

  private static func backupHeader(_ vault: Vault) -> KeyBackup.Header {
    KeyBackup.Header(
      subscriptionID: vault.subscriptionID,
      geography: Geography.name(of: vault.location)
    )
  }

  private static func open(
    _ blob: [UInt8],
    for vault: Vault,
    _ store: any AzureStore
  ) throws -> KeyBackup.Body {
    guard let backup = KeyBackup(blob: blob) else {
      throw backupRejected("it is no blob that k:backup() returned")
    }
    let own = backupHeader(vault)
    guard backup.header.subscriptionID == own.subscriptionID else {
      throw backupRejected("it was made in another subscription")
    }
    guard backup.header.geography == own.geography else {
      throw backupRejected(
        "it was made in another geography, \(backup.header.geography.prefix(60)); "
          + "vault \(vault.name) lies in \(own.geography)"
      )
    }
    do {
      return try backup.open(store)
    } catch is DecodingError {
      throw backupRejected("it was made by another version of kmsh")
    } catch {
      throw backupRejected("it was altered, or made in another workspace: \(error)")
    }
  }

  /// The service has one answer for every blob that it does not open.
  private static func backupRejected(_ why: String) -> AzureError {
    AzureError(
      .keyBackupRejected,
      "Cannot decrypt backup blob.",
      hint: "\(why); a backup is restored in its own subscription and geography only",
      status: 400,
      azureCode: "BadParameter"
    )
  }

  private static func tooManyVersions() -> AzureError {
    AzureError(
      .keyBackupRefused,
      "The key has more than \(KeyBackup.versionCountMax) versions and cannot be backed up.",
      hint: "go on under a new name: versions cannot be deleted one by one",
      status: 400,
      azureCode: "BadParameter"
    )
  }

  private static func restoreConflict(_ key: KeyID, _ series: KeySeries) -> AzureError {
    let kid = KeyID(vault: key.vault, name: key.name, version: series.latestVersion)
    return AzureError(
      .keyExists,
      "There was a conflict restoring the key '\(kid)'. This can happen if either: a second key "
        + "with the same name was created after the first key was deleted; thus trying to restore "
        + "a key whose name is already in use. To fix this, rename the second key to something "
        + "else so that the restore works. The second probable cause of this exception is when "
        + "multiple operations are performed in parallel against the key. To avoid this error, "
        + "perform operations against a key in a sequential manner.",
      hint: "delete and purge the key of that name first, or restore to another vault",
      status: 409,
      azureCode: "Conflict"
    )
  }
}
