public import FoundationEssentials

/// A soft-deleted key: all its versions wait together to be recovered or purged.
public struct DeletedKey: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "deleted_key"
  /// Vault and name in lower case.
  public var id: String { series.id }
  /// The vault.
  public var parent: String { series.parent }

  var series: KeySeries
  /// The newest version.
  public let key: Key
  /// When it was deleted, whole seconds.
  public let deletedDate: Date
  /// When it is purged at the latest, whole seconds.
  public let scheduledPurgeDate: Date
  /// From when deleting is done: before that it can neither be seen nor be recovered.
  let readyDate: Date

  /// Name of the key.
  public var name: String { series.key.name }
  /// Address to recover it at.
  public var recoveryID: String { "https://\(series.key.host)/deletedkeys/\(name)" }
}

/// One version of a soft-deleted key.
///
/// A record of another kind than a live version, so that finding one to use takes one read.
struct DeletedKeyVersion: Record {
  static let kind = "deleted_key_version"
  var id: String { key.id }
  var parent: String { key.parent }
  let key: Key
}
