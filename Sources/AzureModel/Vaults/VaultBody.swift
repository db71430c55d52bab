/// Checks of what a request on vaults says.
enum VaultBody {
  /// Longest retention, and the one by default, in days.
  static let retentionDaysByDefault = 90
  private static let retentionDays = 7...90

  static func name(_ name: String) throws {
    guard NameRule.isVaultName(name) else { throw nameNotValid(name) }
  }

  static func nameNotValid(_ name: String) -> AzureError {
    AzureError(
      .vaultNameInvalid,
      nameNotValidText(name),
      status: 400,
      azureCode: "VaultNameNotValid"
    )
  }

  static func nameNotValidText(_ name: String) -> String {
    "The vault name '\(name.echoed)' is invalid. A vault's name must be between 3-24 alphanumeric "
      + "characters. The name must begin with a letter, end with a letter or digit, and not "
      + "contain consecutive hyphens. Follow this link for more information: "
      + "https://go.microsoft.com/fwlink/?linkid=2147742"
  }

  static func retention(_ days: Int?) throws -> Int {
    guard let days else { return retentionDaysByDefault }
    guard retentionDays.contains(days) else {
      throw AzureError.badRequest(
        "The property \"softDeleteRetentionInDays\" must be between "
          + "\(retentionDays.lowerBound) and \(retentionDays.upperBound), not \(days)."
      )
    }
    return days
  }

  static func retention(_ days: Int?, of vault: Vault) throws {
    guard let days, days != vault.softDeleteRetentionInDays else { return }
    throw AzureError.badRequest(
      "The property \"softDeleteRetentionInDays\" has been set already and it can't be modified.",
      hint: "it is \(vault.softDeleteRetentionInDays) days for the life of the vault"
    )
  }

  static func purgeProtection(_ flag: Bool?) throws {
    guard flag != false else {
      throw AzureError.badRequest(
        "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge "
          + "protection for a vault is an irreversible action.",
        hint: "leave enable_purge_protection out"
      )
    }
  }

  static func tenant(_ id: String?) throws {
    if let id, !NameRule.isGUID(id) {
      throw AzureError.badRequest("The tenant id '\(id.echoed)' is not a GUID.")
    }
  }

  /// Checks the tags of a resource, which have other limits than those of keys.
  ///
  /// Source: Azure Resource Manager, limits of tags.
  static func tags(_ tags: [String: String]?) throws {
    guard let tags else { return }
    guard tags.count <= 50 else {
      throw AzureError.badRequest("A vault takes at most 50 tags, not \(tags.count).")
    }
    let reserved = "<>%&\\?/"
    for (name, value) in tags {
      guard (1...512).contains(name.count), value.count <= 256 else {
        throw AzureError.badRequest(
          "A tag's name has 1 to 512 characters, its value at most 256: '\(name.echoed)'."
        )
      }
      guard !name.contains(where: reserved.contains) else {
        throw AzureError(
          .argumentValue,
          "The tag names '\(name)' have reserved characters '<,>,%,&,\\,?,/' or control "
            + "characters.",
          status: 400,
          azureCode: "InvalidTagNameCharacters"
        )
      }
    }
    let names = Set(tags.keys.map { $0.lowercased() })
    guard names.count == tags.count else {
      throw AzureError.badRequest("Two tags differ in letter case only.")
    }
  }
}
