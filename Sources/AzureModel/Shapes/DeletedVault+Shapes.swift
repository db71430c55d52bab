import FoundationEssentials

/// The JSON shapes of deleted vaults, and of what is asked about names.
///
/// Source: Key Vault specification §6 and §7.
extension DeletedVault {
  /// What `az keyvault show-deleted` prints, and each item of `list-deleted`.
  public var azShape: JSONTree {
    shape(\.azTime, ["purgeProtectionEnabled": vault.enablePurgeProtection ? true : nil])
  }

  /// What the service answers.
  public var restShape: JSONTree {
    shape(\.restTime, vault.enablePurgeProtection ? ["purgeProtectionEnabled": true] : [:])
  }

  private func shape(_ text: (Date) -> String, _ protection: [String: JSONTree]) -> JSONTree {
    let properties: JSONTree = [
      "deletionDate": .string(text(deletionDate)), "location": .string(vault.location),
      "scheduledPurgeDate": .string(text(scheduledPurgeDate)), "tags": .strings(vault.tags),
      "vaultId": .string(vault.resourceID),
    ]
    return [
      "id": .string(resourceID), "name": .string(name),
      "properties": properties.merging(protection),
      "type": "Microsoft.KeyVault/deletedVaults",
    ]
  }
}

extension NameAvailability {
  /// What `az keyvault check-name` prints.
  public var azShape: JSONTree {
    [
      "message": .optional(message), "nameAvailable": .boolean(isAvailable),
      "reason": .optional(reason?.rawValue),
    ]
  }

  /// What the service answers.
  public var restShape: JSONTree {
    var shape: [String: JSONTree] = ["nameAvailable": .boolean(isAvailable)]
    if let reason { shape["reason"] = .string(reason.rawValue) }
    if let message { shape["message"] = .string(message) }
    return .object(shape)
  }
}
