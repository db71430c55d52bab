public import FoundationEssentials

extension Azure {
  /// Puts a vault into deleted state, from which it can be recovered for as long as its retention.
  ///
  /// Its keys are hidden with it. Role assignments at it are gone for good; access policies, being
  /// part of it, are not.
  ///
  /// - Throws: `vault.not_found`, `access.denied`.
  @discardableResult
  public func deleteVault(named name: String, _ context: CallContext) throws -> DeletedVault {
    try servedChange(.vaultDelete, vault: name, context) {
      let vault = try vault(named: name)
      try authorize(
        action: "Microsoft.KeyVault/vaults/delete",
        scope: vault.resourceID,
        context
      )
      try removeAssignments(under: Scope(known: vault.resourceID), at: context.now)
      let deleted = DeletedVault(vault, deleted: context.now)
      try store.delete(Vault.self, id: vault.id)
      try store.put(deleted)
      return deleted
    }
  }

  /// Returns a deleted vault by name, ignoring letter case.
  ///
  /// - Throws: `vault.not_found`, `access.denied`.
  public func deletedVault(named name: String, _ context: CallContext) throws -> DeletedVault {
    try served(.vaultGetDeleted, vault: name, context) {
      let deleted = try existingDeletedVault(named: name, context)
      try authorize(
        action: "Microsoft.KeyVault/locations/deletedVaults/read",
        scope: deleted.resourceID,
        context
      )
      return deleted
    }
  }

  /// Lists the deleted vaults of the subscription in use, in order of name.
  ///
  /// - Throws: `access.denied`.
  public func listDeletedVaults(_ context: CallContext) throws -> [DeletedVault] {
    let account = try account(context.identifiers)
    try authorize(
      action: "Microsoft.KeyVault/deletedVaults/read",
      scope: "/subscriptions/\(account.subscriptionID)",
      context
    )
    try purgeDueVaults(at: context.now)
    let deleted = try store.all(DeletedVault.self, parent: nil)
      .filter { $0.vault.subscriptionID == account.subscriptionID }
    try logListing(.vaultListDeleted, of: deleted.map(\.vault), context)
    return deleted
  }

  /// Brings a deleted vault back as it was, but for role assignments.
  ///
  /// - Throws: `vault.not_found`, `access.denied`.
  @discardableResult
  public func recoverVault(named name: String, _ context: CallContext) throws -> Vault {
    try servedChange(.vaultRecover, vault: name, context) {
      var vault = try existingDeletedVault(named: name, context).vault
      try authorize(
        action: "Microsoft.KeyVault/vaults/write",
        scope: vault.resourceID,
        context
      )
      vault.touch(context)
      try store.delete(DeletedVault.self, id: vault.id)
      try store.put(vault)
      return vault
    }
  }

  /// Destroys a deleted vault with all its keys before its time; its name is free again.
  ///
  /// - Throws: `vault.not_found`, `vault.purge_protected`, `access.denied`.
  public func purgeVault(named name: String, _ context: CallContext) throws {
    try servedChange(.vaultPurge, vault: name, context) {
      let deleted = try existingDeletedVault(named: name, context)
      try authorize(
        action: "Microsoft.KeyVault/locations/deletedVaults/purge/action",
        scope: deleted.resourceID,
        context
      )
      guard !deleted.vault.enablePurgeProtection else {
        throw AzureError(
          .vaultPurgeProtected,
          "Operation 'DeletedVaultPurge' is not allowed.",
          hint: "purge protection is on: the service purges it "
            + "\(deleted.scheduledPurgeDate.rfc3339), no one earlier",
          rule: "R20",
          status: 405,
          azureCode: "MethodNotAllowed"
        )
      }
      try erase(deleted)
    }
  }

  /// Purges the vaults whose time is up, protected ones too, as the service does by itself.
  ///
  /// Every call that asks for a deleted vault sees what the clock has purged; this also removes
  /// what no call asks for.
  public func purgeDueVaults(at now: Date) throws {
    let due = try store.all(DeletedVault.self, parent: nil).filter { $0.scheduledPurgeDate <= now }
    guard !due.isEmpty else { return }
    try store.transaction {
      for deleted in due { try erase(deleted) }
    }
  }

  /// Returns a deleted vault by name, whoever asks; nil when there is none, or its time is up.
  public func findDeletedVault(
    named name: String,
    _ context: CallContext
  ) throws -> DeletedVault? {
    guard let deleted = try store.find(DeletedVault.self, id: name.lowercased()) else { return nil }
    guard deleted.scheduledPurgeDate <= context.now else { return deleted }
    try store.transaction { try erase(deleted) }
    return nil
  }

  private func existingDeletedVault(
    named name: String,
    _ context: CallContext
  ) throws -> DeletedVault {
    let subscriptionID = try account(context.identifiers).subscriptionID
    if let deleted = try findDeletedVault(named: name, context),
      deleted.vault.subscriptionID == subscriptionID
    {
      return deleted
    }
    throw AzureError(
      .vaultNotFound,
      "No deleted Vault or HSM was found with name \(name)",
      hint: "vault.list_deleted() names those there are",
      rule: "R20"
    )
  }

  private func erase(_ deleted: DeletedVault) throws {
    try removeKeys(ofVault: deleted.id)
    try store.delete(DeletedVault.self, id: deleted.id)
  }
}
