import FoundationEssentials

/// A key by name: the series of its versions.
struct KeySeries: Record, Hashable {
  static let kind = "key"
  var id: String { key.recordID }
  var parent: String { key.vault }
  /// Id without version; holds the name as first written.
  var key: KeyID
  /// The newest version.
  var latestVersion: String
  /// How many versions were made.
  var versionCount: Int
  /// When new versions are made without being asked for; nil for the service's default.
  var rotationPolicy: RotationPolicy?
  /// The version whose near expiry was told already.
  var notifiedVersion: String?
  /// The version whose expiry was told already.
  var expiredVersion: String?
  /// What it does next by itself.
  var alarm: KeyAlarm?

  /// Id of the newest version's record.
  var latestRecordID: String { "\(id)/\(latestVersion)" }
}

/// A version's private part, sealed; it stays in place while the key is soft-deleted.
struct KeyMaterial: Record {
  static let kind = "key_material"
  let id: String
  let parent: String
  let sealed: Data
}
