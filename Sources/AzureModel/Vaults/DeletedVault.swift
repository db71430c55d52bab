public import FoundationEssentials

/// A vault in deleted state: it keeps its name and its keys until it is recovered or purged.
///
/// Source: `Microsoft.KeyVault/locations/deletedVaults`.
public struct DeletedVault: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "deleted_vault"
  /// The name in lower case, as the vault's own.
  public var id: String { vault.id }
  /// The resource group's name in lower case.
  public var parent: String { vault.parent }

  /// The vault as it was; keys lie under its id all the while.
  public let vault: Vault
  /// When it was deleted, whole seconds.
  public let deletionDate: Date
  /// When the service purges it, whoever asks or not.
  public let scheduledPurgeDate: Date

  /// Name as created.
  public var name: String { vault.name }
  /// ARM id, which names a region and no group.
  public var resourceID: String {
    "/subscriptions/\(vault.subscriptionID)/providers/Microsoft.KeyVault/locations"
      + "/\(vault.location)/deletedVaults/\(vault.name)"
  }

  init(_ vault: Vault, deleted now: Date) {
    self.vault = vault
    deletionDate = now.wholeSeconds
    let day = 86_400.0
    scheduledPurgeDate = deletionDate + Double(vault.softDeleteRetentionInDays) * day
  }
}
