extension Azure {
  /// Makes a vault; under the policy model its creator gets every permission.
  ///
  /// - Throws: `vault.name_invalid`, `vault.exists`, `argument.value`, `access.denied`.
  @discardableResult
  public func createVault(_ options: VaultOptions, _ context: CallContext) throws -> Vault {
    try store.transaction {
      var options = options
      let usesRBAC = try options.enableRBACAuthorization ?? settings().vaultRBACDefault
      options.enableRBACAuthorization = usesRBAC
      guard NameRule.isVaultName(options.name) else { throw Self.nameNotValid(options.name) }
      let group = try resourceGroup(options.resourceGroup, location: options.location, context)
      let account = try account(context.identifiers)
      try authorize(
        action: "Microsoft.KeyVault/vaults/write",
        scope: "/subscriptions/\(account.subscriptionID)/resourceGroups/\(group.name)"
          + "/providers/Microsoft.KeyVault/vaults/\(options.name)",
        context
      )
      try Self.check(options)
      if let other = try findVault(named: options.name) {
        let isSameGroup =
          ResourceGroup.id(other.resourceGroup, other.subscriptionID) == group.id
        throw Self.nameTaken(options.name, isSameGroup: isSameGroup)
      }
      let vault = try Self.vault(options, group: group, account: account, context)
      try store.put(vault)
      return vault
    }
  }

  /// Returns a vault by name, ignoring letter case.
  ///
  /// - Throws: `vault.not_found`.
  public func vault(named name: String) throws -> Vault {
    if let vault = try findVault(named: name) { return vault }
    throw AzureError(
      .vaultNotFound,
      "The Vault '\(name)' not found within subscription.",
      hint: "vault.list{} names the vaults of this workspace",
      status: 404,
      azureCode: "ResourceNotFound"
    )
  }

  /// Returns a vault by name; nil when there is none.
  public func findVault(named name: String) throws -> Vault? {
    try store.find(Vault.self, id: name.lowercased())
  }

  /// Lists the vaults of a group of the subscription in use, or all there, in order of name.
  public func listVaults(resourceGroup: String? = nil) throws -> [Vault] {
    let subscriptionID = try findAccount()?.subscriptionID
    return try store.all(Vault.self, parent: resourceGroup?.lowercased())
      .filter { $0.subscriptionID == subscriptionID }
  }

  private static func check(_ options: VaultOptions) throws {
    if let days = options.retentionDays, !(7...90).contains(days) {
      throw AzureError.badRequest(
        "The property \"softDeleteRetentionInDays\" must be between 7 and 90, not \(days)."
      )
    }
    guard options.enablePurgeProtection != false else {
      throw AzureError.badRequest(
        "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge "
          + "protection for a vault is an irreversible action.",
        hint: "leave enable_purge_protection out"
      )
    }
    if let tenantID = options.tenantID, !NameRule.isGUID(tenantID) {
      throw AzureError.badRequest("The tenant id '\(tenantID)' is not a GUID.")
    }
  }

  private static func vault(
    _ options: VaultOptions,
    group: ResourceGroup,
    account: Account,
    _ context: CallContext
  ) throws -> Vault {
    let tenantID = options.tenantID?.lowercased() ?? account.tenantID
    let usesRBAC = options.enableRBACAuthorization ?? false
    let everything = ["all"]
    let creator = AccessPolicy(
      tenantID: tenantID,
      objectID: context.principal.objectID.lowercased(),
      applicationID: nil,
      keys: [.all],
      secrets: everything,
      certificates: everything,
      storage: everything
    )
    return Vault(
      name: options.name,
      resourceGroup: group.name,
      location: try options.location.map(normalLocation) ?? group.location,
      tenantID: tenantID,
      subscriptionID: account.subscriptionID,
      enableRBACAuthorization: usesRBAC,
      softDeleteRetentionInDays: options.retentionDays ?? 90,
      enablePurgeProtection: options.enablePurgeProtection ?? false,
      publicNetworkAccess: options.publicNetworkAccess ?? .enabled,
      networkACLs: NetworkACLs(
        bypass: options.bypass ?? .azureServices,
        defaultAction: options.defaultAction ?? .allow
      ),
      privateEndpointConnections: [],
      accessPolicies: usesRBAC || options.noSelfPermissions == true ? [] : [creator],
      created: context.now,
      updated: context.now,
      createdBy: context.principal
    )
  }

  private static func nameNotValid(_ name: String) -> AzureError {
    AzureError(
      .vaultNameInvalid,
      "The vault name '\(name)' is invalid. A vault's name must be between 3-24 alphanumeric "
        + "characters. The name must begin with a letter, end with a letter or digit, and not "
        + "contain consecutive hyphens. Follow this link for more information: "
        + "https://go.microsoft.com/fwlink/?linkid=2147742",
      status: 400,
      azureCode: "VaultNameNotValid"
    )
  }

  /// The client looks in the group first; a name taken elsewhere is for the service to refuse.
  private static func nameTaken(_ name: String, isSameGroup: Bool) -> AzureError {
    if isSameGroup {
      return AzureError(
        .vaultExists,
        "The specified vault: \(name) already exists",
        hint: "vault.get('\(name)') returns it",
        rule: "R119",
        status: 409,
        azureCode: "VaultAlreadyExists"
      )
    }
    return AzureError(
      .vaultExists,
      "The vault name '\(name)' is already in use. Vault names are globaly unique so it is "
        + "possible that the name is already taken. If you are sure that the vault name was not "
        + "taken then it is possible that a vault with the same name was recently deleted but "
        + "not purged after being placed in a recoverable state. If the vault is in a "
        + "recoverable state then the vault will need to be purged before reusing the name. For "
        + "more information on soft delete and purging a vault follow this link "
        + "https://go.microsoft.com/fwlink/?linkid=2147740.",
      rule: "R119",
      status: 409,
      azureCode: "VaultAlreadyExists"
    )
  }
}
