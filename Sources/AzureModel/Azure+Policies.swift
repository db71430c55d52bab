extension Azure {
  /// Gives a principal exactly these key permissions, in place of those it had.
  ///
  /// Families that are not named stay. As the service does, it takes any GUID: a grant to a client
  /// id is kept and helps no one; `describeObject` tells.
  ///
  /// Permission names come in any order and letter case; nil leaves them as they are.
  ///
  /// - Throws: `policy.refused`, `vault.not_found`, `argument.value`, `access.denied`.
  @discardableResult
  public func setPolicy(
    vault name: String,
    objectID: String,
    keyPermissions: [String]?,
    context: CallContext
  ) throws -> Vault {
    let permissions = try keyPermissions.map(KeyPermission.parse)
    return try changePolicies(of: name, "set policies to", objectID: objectID, context) {
      vault,
      principal in
      if let index = vault.accessPolicies.firstIndex(where: { $0.objectID == principal }) {
        if let permissions { vault.accessPolicies[index].keys = permissions }
        return
      }
      guard vault.accessPolicies.count < AccessPolicy.countMax else {
        throw AzureError.badRequest(
          "A vault takes at most \(AccessPolicy.countMax) access policies."
        )
      }
      vault.accessPolicies.append(
        AccessPolicy(
          tenantID: vault.tenantID,
          objectID: principal,
          keys: permissions ?? [],
          secrets: [],
          certificates: [],
          storage: []
        )
      )
    }
  }

  /// Takes away everything a principal may do in a vault.
  ///
  /// - Throws: `policy.refused`, `policy.not_found`, `vault.not_found`, `access.denied`.
  @discardableResult
  public func deletePolicy(
    vault name: String,
    objectID: String,
    context: CallContext
  ) throws -> Vault {
    try changePolicies(of: name, "delete policies to", objectID: objectID, context) {
      vault,
      principal in
      guard vault.accessPolicies.contains(where: { $0.objectID == principal }) else {
        throw AzureError(.policyNotFound, "No matching policies found")
      }
      vault.accessPolicies.removeAll { $0.objectID == principal }
    }
  }

  private func changePolicies(
    of name: String,
    _ what: String,
    objectID: String,
    _ context: CallContext,
    _ change: (inout Vault, String) throws -> Void
  ) throws -> Vault {
    try store.transaction {
      var vault = try vault(named: name)
      guard !vault.enableRBACAuthorization else {
        throw AzureError(
          .policyRefused,
          "Cannot \(what) a vault with '--enable-rbac-authorization' specified",
          hint: "grant a role at the vault instead, such as 'Key Vault Crypto User'",
          rule: "R35"
        )
      }
      guard NameRule.isGUID(objectID) else {
        throw AzureError.badRequest(
          "An invalid value was provided for 'accessPolicies'.",
          hint: "object_id takes the GUID of a principal, not '\(objectID)'"
        )
      }
      try authorize(
        action: "Microsoft.KeyVault/vaults/write",
        scope: vault.resourceID,
        context
      )
      try change(&vault, objectID.lowercased())
      vault.updated = context.now
      try store.put(vault)
      return vault
    }
  }
}
