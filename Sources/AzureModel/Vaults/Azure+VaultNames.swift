/// Whether a name can be that of a new vault.
///
/// Source: `Microsoft.KeyVault/checkNameAvailability`.
public struct NameAvailability: Hashable, Sendable {
  /// Why a name cannot be had.
  public enum Reason: String, Hashable, Sendable {
    /// It breaks the rules of names.
    case accountNameInvalid = "AccountNameInvalid"
    /// A vault has it, be it a deleted one.
    case alreadyExists = "AlreadyExists"
  }

  /// Why it cannot be had; nil when it can.
  public let reason: Reason?
  /// The service's words; nil when it can be had.
  public let message: String?

  /// Whether it can be had.
  public var isAvailable: Bool { reason == nil }
}

extension Azure {
  /// Tells whether a name can be that of a new vault.
  ///
  /// - Throws: `access.denied`.
  public func nameAvailability(
    of name: String,
    _ context: CallContext
  ) throws -> NameAvailability {
    let account = try account(context.identifiers)
    try authorize(
      action: "Microsoft.KeyVault/checkNameAvailability/read",
      scope: "/subscriptions/\(account.subscriptionID)",
      context
    )
    guard NameRule.isVaultName(name) else {
      return NameAvailability(
        reason: .accountNameInvalid,
        message: VaultBody.nameNotValidText(name)
      )
    }
    let isFree = try findVault(named: name) == nil && findDeletedVault(named: name, context) == nil
    return NameAvailability(
      reason: isFree ? nil : .alreadyExists,
      message: isFree ? nil : Self.nameInUseText(name)
    )
  }

  /// Checks that no vault has the name of a new one, be it a deleted one.
  ///
  /// The client looks in the group first; what it does not see there is for the service to refuse.
  func checkFree(_ name: String, for new: Vault, _ context: CallContext) throws {
    if let other = try findVault(named: name) {
      let isSeen = other.parent == new.parent && other.subscriptionID == new.subscriptionID
      throw AzureError(
        .vaultExists,
        isSeen ? "The specified vault: \(name) already exists" : Self.nameInUseText(name),
        hint: isSeen ? "vault.get('\(name)') returns it" : nil,
        rule: "R119",
        status: 409,
        azureCode: "VaultAlreadyExists"
      )
    }
    guard let deleted = try findDeletedVault(named: name, context) else { return }
    guard deleted.vault.subscriptionID == new.subscriptionID else {
      throw AzureError(
        .vaultExists,
        Self.nameInUseText(name),
        rule: "R119",
        status: 409,
        azureCode: "VaultAlreadyExists"
      )
    }
    throw AzureError(
      .vaultDeleted,
      "A vault with the same name already exists in deleted state. You need to either recover or "
        + "purge existing key vault. Follow this link "
        + "https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
      hint: "vault.recover('\(name)') brings it back; it is purged "
        + deleted.scheduledPurgeDate.rfc3339,
      rule: "R119",
      status: 409,
      azureCode: "ConflictError"
    )
  }

  private static func nameInUseText(_ name: String) -> String {
    "The vault name '\(name)' is already in use. Vault names are globaly unique so it is "
      + "possible that the name is already taken. If you are sure that the vault name was not "
      + "taken then it is possible that a vault with the same name was recently deleted but "
      + "not purged after being placed in a recoverable state. If the vault is in a "
      + "recoverable state then the vault will need to be purged before reusing the name. For "
      + "more information on soft delete and purging a vault follow this link "
      + "https://go.microsoft.com/fwlink/?linkid=2147740."
  }
}
