extension Azure {
  /// Gives a principal exactly these permissions, in place of those it had in each family named.
  ///
  /// Families that are not named stay. As the service does, it takes any GUID: a grant to a client
  /// id is kept and helps no one; `describeObject` tells.
  ///
  /// - Throws: `policy.refused`, `vault.not_found`, `argument.value`, `access.denied`.
  @discardableResult
  public func setPolicy(
    vault name: String,
    _ change: PolicyChange,
    context: CallContext
  ) throws -> Vault {
    // Every name was parsed among the names of the family, so none is lost here.
    let keys = try change.keys.map(PermissionFamily.key.parse)?
      .compactMap { KeyPermission(rawValue: $0) }
    let secrets = try change.secrets.map(PermissionFamily.secret.parse)
    let certificates = try change.certificates.map(PermissionFamily.certificate.parse)
    let storage = try change.storage.map(PermissionFamily.storage.parse)
    return try changePolicies(of: name, "set policies to", change, context) { policies, place in
      if let place {
        if let keys { policies[place].keys = keys }
        if let secrets { policies[place].secrets = secrets }
        if let certificates { policies[place].certificates = certificates }
        if let storage { policies[place].storage = storage }
        return
      }
      guard policies.count < AccessPolicy.countMax else {
        throw AzureError.badRequest(
          "A vault takes at most \(AccessPolicy.countMax) access policies."
        )
      }
      policies.append(
        AccessPolicy(
          tenantID: try vault(named: name).tenantID,
          objectID: change.objectID.lowercased(),
          applicationID: change.applicationID?.lowercased(),
          keys: keys ?? [],
          secrets: secrets ?? [],
          certificates: certificates ?? [],
          storage: storage ?? []
        )
      )
    }
  }

  /// Gives a principal exactly these permissions on keys, as `setPolicy(vault:_:context:)` does.
  @discardableResult
  public func setPolicy(
    vault name: String,
    objectID: String,
    keyPermissions: [String]?,
    context: CallContext
  ) throws -> Vault {
    let change = PolicyChange(objectID: objectID, keys: keyPermissions)
    return try setPolicy(vault: name, change, context: context)
  }

  /// Takes away everything a principal may do in a vault.
  ///
  /// - Throws: `policy.refused`, `policy.not_found`, `vault.not_found`, `access.denied`.
  @discardableResult
  public func deletePolicy(
    vault name: String,
    objectID: String,
    applicationID: String? = nil,
    context: CallContext
  ) throws -> Vault {
    let change = PolicyChange(objectID: objectID, applicationID: applicationID)
    return try changePolicies(of: name, "delete policies to", change, context) {
      policies,
      place in
      guard let place else { throw AzureError(.policyNotFound, "No matching policies found") }
      policies.remove(at: place)
    }
  }

  private func changePolicies(
    of name: String,
    _ what: String,
    _ change: PolicyChange,
    _ context: CallContext,
    _ apply: (inout [AccessPolicy], Int?) throws -> Void
  ) throws -> Vault {
    try store.call {
      let vault = try changedPolicies(of: name, what, change, context, apply)
      try log(.vaultPolicyChanged, of: vault, at: context.now)
      return vault
    }
  }

  private func changedPolicies(
    of name: String,
    _ what: String,
    _ change: PolicyChange,
    _ context: CallContext,
    _ apply: (inout [AccessPolicy], Int?) throws -> Void
  ) throws -> Vault {
    try servedChange(.vaultPut, vault: name, context) {
      var vault = try vault(named: name)
      guard !vault.enableRBACAuthorization else {
        throw AzureError(
          .policyRefused,
          "Cannot \(what) a vault with '--enable-rbac-authorization' specified",
          hint: "grant a role at the vault instead, such as 'Key Vault Crypto User'",
          rule: "R35"
        )
      }
      for id in [change.objectID, change.applicationID].compactMap({ $0 }) {
        guard NameRule.isGUID(id) else {
          throw AzureError.badRequest(
            "An invalid value was provided for 'accessPolicies'.",
            hint: "an access policy names principals and applications by GUID, not '\(id)'"
          )
        }
      }
      try authorize(
        action: "Microsoft.KeyVault/vaults/write",
        scope: vault.resourceID,
        context
      )
      let place = vault.accessPolicies.firstIndex {
        $0.objectID == change.objectID.lowercased()
          && $0.applicationID == change.applicationID?.lowercased()
      }
      try apply(&vault.accessPolicies, place)
      vault.touch(context)
      try store.put(vault)
      return vault
    }
  }
}
