extension Azure {
  /// Makes a vault; under the policy model its creator gets every permission.
  ///
  /// - Throws: `vault.name_invalid`, `vault.exists`, `vault.deleted`, `argument.value`,
  ///   `access.denied`.
  @discardableResult
  public func createVault(_ options: VaultOptions, _ context: CallContext) throws -> Vault {
    try store.transaction {
      try VaultBody.name(options.name)
      let group = try resourceGroup(options.resourceGroup, location: options.location, context)
      let account = try account(context.identifiers)
      try authorize(
        action: "Microsoft.KeyVault/vaults/write",
        scope: Vault.resourceID(
          options.name,
          resourceGroup: group.name,
          subscriptionID: account.subscriptionID
        ),
        context
      )
      let usesRBAC = try options.enableRBACAuthorization ?? settings().vaultRBACDefault
      let vault = try Self.vault(
        options,
        usesRBAC: usesRBAC,
        group: group,
        account: account,
        context
      )
      try checkFree(options.name, for: vault, context)
      try store.put(vault)
      return vault
    }
  }

  /// Changes a vault; what is left out stays.
  ///
  /// Changing the permission model needs the right to assign roles too, since it decides whose
  /// grants count.
  ///
  /// - Throws: `vault.not_found`, `argument.value`, `access.denied`.
  @discardableResult
  public func updateVault(
    named name: String,
    _ changes: VaultChanges,
    _ context: CallContext
  ) throws -> Vault {
    try changeVault(named: name, context) { vault in
      if let usesRBAC = changes.enableRBACAuthorization, usesRBAC != vault.enableRBACAuthorization {
        try authorize(
          action: "Microsoft.Authorization/roleAssignments/write",
          scope: vault.resourceID,
          context
        )
        vault.enableRBACAuthorization = usesRBAC
      }
      try VaultBody.purgeProtection(changes.enablePurgeProtection)
      try VaultBody.retention(changes.retentionDays, of: vault)
      try VaultBody.tags(changes.tags)
      vault.enablePurgeProtection = changes.enablePurgeProtection ?? vault.enablePurgeProtection
      vault.publicNetworkAccess = changes.publicNetworkAccess ?? vault.publicNetworkAccess
      vault.networkACLs.defaultAction = changes.defaultAction ?? vault.networkACLs.defaultAction
      vault.networkACLs.bypass = changes.bypass ?? vault.networkACLs.bypass
      vault.tags = changes.tags ?? vault.tags
      vault.deploymentAccess = vault.deploymentAccess.changed(by: changes.deploymentAccess)
    }
  }

  /// Changes a vault in one transaction, once the caller may, and notes who did.
  func changeVault(
    named name: String,
    action: String = "Microsoft.KeyVault/vaults/write",
    _ context: CallContext,
    _ change: (inout Vault) throws -> Void
  ) throws -> Vault {
    try servedChange(.vaultPut, vault: name, context) {
      var vault = try vault(named: name)
      try authorize(action: action, scope: vault.resourceID, context)
      try change(&vault)
      vault.touch(context)
      try store.put(vault)
      return vault
    }
  }

  private static func vault(
    _ options: VaultOptions,
    usesRBAC: Bool,
    group: ResourceGroup,
    account: Account,
    _ context: CallContext
  ) throws -> Vault {
    try VaultBody.purgeProtection(options.enablePurgeProtection)
    try VaultBody.tenant(options.tenantID)
    try VaultBody.tags(options.tags)
    let tenantID = options.tenantID?.lowercased() ?? account.tenantID
    var networkACLs = NetworkACLs(
      bypass: options.bypass ?? .azureServices,
      defaultAction: options.defaultAction ?? .allow
    )
    for rule in options.networkRules { try networkACLs.add(rule) }
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
      sku: options.sku ?? .standard,
      tags: options.tags,
      deploymentAccess: DeploymentAccess(virtualMachines: false)
        .changed(by: options.deploymentAccess),
      enableRBACAuthorization: usesRBAC,
      softDeleteRetentionInDays: try VaultBody.retention(options.retentionDays),
      enablePurgeProtection: options.enablePurgeProtection ?? false,
      publicNetworkAccess: options.publicNetworkAccess ?? .enabled,
      networkACLs: networkACLs,
      privateEndpointConnections: [],
      accessPolicies: usesRBAC || options.noSelfPermissions == true ? [] : [creator],
      created: context.now,
      updated: context.now,
      createdBy: context.principal,
      updatedBy: context.principal
    )
  }
}
