internal import AzureModel
internal import FoundationEssentials

/// What is wrong around the keys that a cluster's plugin holds: vault, grant, path and identity.
extension ManagedClusters {
  /// Source: seed rule R18: a recovered vault has its policies, but no role assignments.
  func missingVault(
    _ slot: SlotState,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Advice {
    guard let deleted = try azure.findDeletedVault(named: slot.kid.vault, context) else {
      return try lost("vault \(slot.kid.vault) was purged with \(Self.name(slot))", slot, cluster)
    }
    let vault = deleted.vault
    return Advice(
      cause: "vault \(vault.name) was deleted at \(deleted.deletionDate.rfc3339), and is purged at "
        + deleted.scheduledPurgeDate.rfc3339,
      remedy: "recover it with vault.recover('\(vault.name)')"
        + (vault.enableRBACAuthorization
          ? ", then assign its roles again: they do not come back with it (R18)" : ""),
      cure: [.recoverVault(vault.name)]
        + (vault.enableRBACAuthorization ? try grant(vault, cluster) : [])
    )
  }

  func closedVault(_ slot: SlotState, _ cluster: Cluster) throws -> Advice {
    let vault = try azure.vault(named: slot.kid.vault)
    if cluster.kms?.networkAccess == .isPrivate || cluster.hasLink(to: vault.name) {
      return brokenLink(to: vault, slot, cluster)
    }
    let isFirewall = vault.publicNetworkAccess == .enabled
    return Advice(
      cause: isFirewall
        ? "the firewall of vault \(vault.name) is on, and the plugin calls from a public address "
          + "of the control plane that no rule can name"
        : "vault \(vault.name) answers no public caller, and the cluster's network access is Public",
      remedy: "open it with v:update{ \(isFirewall ? "" : "public_network_access = 'Enabled', ")"
        + "default_action = 'Allow' }; to go private, follow the documented order (R83)",
      cure: [.openVault(vault.name)],
      rule: isFirewall ? "R23" : "R24"
    )
  }

  func missingGrant(
    _ slot: SlotState,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> Advice {
    let vault = try azure.vault(named: slot.kid.vault)
    guard let identity = try identity(of: cluster) else { return try missingIdentity(cluster) }
    let coming = try azure.keyGrants(of: identity.principal, on: slot.kid).compactMap { grant in
      grant.allowsEncrypting && grant.allowsDecrypting
        ? grant.effective.flatMap { $0 > context.now ? $0 : nil } : nil
    }.min()
    if let coming {
      let seconds = Int(coming.timeIntervalSince(context.now).rounded(.up))
      return Advice(
        cause: "a role was assigned to identity \(identity.name) and does not act yet",
        remedy: "wait until \(coming.rfc3339) (R42)",
        cure: [.wait(try ISO8601Duration(parsing: "PT\(seconds)S"))]
      )
    }
    let usesRBAC = vault.enableRBACAuthorization
    return Advice(
      cause: (usesRBAC ? "no role assignment lets" : "no access policy lets")
        + " identity \(identity.name) encrypt and decrypt with keys of vault \(vault.name)"
        + (usesRBAC && !vault.accessPolicies.isEmpty
          ? "; its access policies do not count under Azure RBAC" : ""),
      remedy: usesRBAC
        ? "assign \(Self.role) to principal \(identity.principalID), and wait until it acts (R41)"
        : "let an access policy give encrypt and decrypt to principal \(identity.principalID) (R35)",
      cure: try grant(vault, cluster)
    )
  }

  /// Source: seed rule R19.
  func missingIdentity(_ cluster: Cluster) throws -> Advice {
    let parts = cluster.identityID?.split(separator: "/").map(String.init) ?? []
    let vaults = Set(cluster.kms?.slots.map(\.vault) ?? []).sorted()
    let name = parts.last ?? cluster.name
    return Advice(
      cause: "identity \(name) was deleted: the plugin gets no token",
      remedy: "make a new identity, grant it encrypt and decrypt, and give it to the cluster with "
        + "c:update{ assign_identity = i }; one of the same name has another principal",
      cure: [
        .createIdentity(
          name: name,
          resourceGroup: parts.count > 3 ? parts[3] : cluster.resourceGroup
        )
      ]
        + (try vaults.compactMap { try azure.findVault(named: $0) }
          .flatMap { try grant($0, cluster, to: .newIdentity) })
        + [.assignNewIdentity]
    )
  }

  private static let role = "Key Vault Crypto User"

  /// The identity that a cluster's plugin calls as, nil when it is gone.
  func identity(of cluster: Cluster) throws -> ManagedIdentity? {
    try cluster.identityID.flatMap { try azure.findIdentity(id: $0) }
  }

  /// What lets a cluster's identity use the keys of a vault, beside what it may do there already.
  private func grant(
    _ vault: Vault,
    _ cluster: Cluster,
    to grantee: CureStep.Grantee? = nil
  ) throws -> [CureStep] {
    let identity = try identity(of: cluster)
    guard let grantee = grantee ?? identity.map({ .principal($0.principalID) }) else { return [] }
    guard vault.enableRBACAuthorization else {
      // A policy that is set replaces the one there was (R125).
      let has =
        vault.accessPolicies.first {
          $0.objectID == identity?.principalID.lowercased() && $0.applicationID == nil
        }?.keys ?? []
      let lacking = [KeyPermission.encrypt, .decrypt].filter { !has.contains($0) }
      return [.setPolicy(vault: vault.name, grantee, lacking + has)]
    }
    let delay = try azure.settings().rolePropagation
    return [.assignRole(Self.role, grantee, scope: vault.resourceID)]
      + (delay.isNone ? [] : [.wait(delay)])
  }
}
