internal import AzureModel

extension ManagedClusters {
  /// Checks that an identity is named by its ARM id, as the client does.
  ///
  /// - Throws: `cluster.invalid`.
  func checkIdentityID(_ id: String?) throws {
    guard let id, ARMID(id) == nil else { return }
    throw ClusterError(
      .invalid,
      "--assign-identity is not a valid Azure resource ID.",
      hint: try azure.describeObject(id).hint ?? "take the identity's field id, not its name",
      rule: "R50"
    )
  }

  /// Checks what the service checks before it accepts a key, in its order.
  ///
  /// Source: AKS specification §5.
  ///
  /// - Returns: the key, and how to reach its vault.
  /// - Throws: `cluster.invalid`, `kms.identity_denied`, `kms.key_unusable`.
  func checkService(
    _ request: KMSRequest,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws -> (key: KeyID, access: KeyVaultNetworkAccess) {
    guard cluster.identityID != nil else {
      throw Self.badRequest(
        "AzureKeyVaultKms feature does not support cluster identity type SystemAssigned, "
          + "supported value is 'UserAssigned'",
        hint: "name a user-assigned identity with assign_identity: the vault's permission must be "
          + "there before the cluster is, and a system-assigned identity is not (R22)",
        rule: "R21"
      )
    }
    guard let access = request.networkAccess else {
      throw Self.badRequest(
        "KeyVault network access is unspecified for Azure Key Vault KMS.",
        rule: "R49"
      )
    }
    let key = try Self.key(request.keyID)
    try checkVault(of: request, key, access)
    if access == .isPrivate { try checkTunnel(of: cluster, context) }
    try checkTenant(of: key, cluster)
    try checkMode(of: key, access, cluster)
    switch access {
    case .isPublic: try checkKey(key, cluster, context)
    // The service cannot look at keys behind a private endpoint: it takes them unseen (R63).
    case .isPrivate: try checkVaultThere(key)
    }
    return (key, access)
  }

  private static func badRequest(
    _ message: String,
    hint: String? = nil,
    rule: String
  ) -> ClusterError {
    ClusterError(
      .invalid,
      message,
      hint: hint,
      rule: rule,
      status: 400,
      azureCode: "BadRequest"
    )
  }

  private static func key(_ text: String) throws -> KeyID {
    do {
      return try KeyID(parsing: text)
    } catch let error as AzureError {
      throw badRequest(error.message, hint: error.hint, rule: "R34")
    }
  }

  private func checkVault(
    of request: KMSRequest,
    _ key: KeyID,
    _ access: KeyVaultNetworkAccess
  ) throws {
    let id = request.vaultResourceID ?? ""
    switch access {
    case .isPublic where !id.isEmpty:
      throw Self.badRequest(
        "KeyVault resource ID should be empty when KeyVault network access is Public.",
        rule: "R67"
      )
    case .isPublic: return
    case .isPrivate where id.isEmpty:
      throw Self.badRequest(
        "KeyVault resource ID is empty when KeyVault network access is Private.",
        rule: "R67"
      )
    case .isPrivate:
      let vault = ARMID(id)
      guard vault?.isOf(type: "Microsoft.KeyVault/vaults") == true,
        vault?.names.first?.lowercased() == key.vault
      else {
        throw Self.badRequest(
          "KeyVault resource ID '\(id.echoed)' is not that of the key vault of key '\(key)'.",
          hint: "take the id of vault \(key.vault)",
          rule: "R67"
        )
      }
    }
  }

  /// Checks that the API server can reach a private vault.
  ///
  /// Konnectivity could until it was closed to newcomers; who used it before may go on until the
  /// last version that has it leaves support.
  ///
  /// Source: seed rules R10, R11, R16.
  func checkTunnel(of cluster: Cluster, _ context: CallContext) throws {
    guard !cluster.hasVNetIntegration else { return }
    let isOpen = context.now < KubernetesRelease.konnectivityClosed
    let subscription = try azure.subscription(cluster.subscriptionID, context.identifiers)
    let last = KubernetesRelease.find(minor: KubernetesRelease.konnectivityMinorMax)
    let isGrandfathered = subscription.isKonnectivityGrandfathered
    if isOpen || isGrandfathered, cluster.version.minor <= KubernetesRelease.konnectivityMinorMax,
      let last, context.now < last.endOfSupport
    {
      return
    }
    throw Self.badRequest(
      "Vnet integration should be enabled when KeyVault network access is Private.",
      hint: "enable_apiserver_vnet_integration = true; on a cluster that is there, stop and start "
        + "it afterwards",
      rule: isGrandfathered ? "R11" : "R16"
    )
  }

  /// Source: seed rule R27.
  private func checkTenant(of key: KeyID, _ cluster: Cluster) throws {
    guard let vault = try azure.findVault(named: key.vault), vault.tenantID != cluster.tenantID
    else { return }
    throw Self.badRequest(
      "The key vault '\(vault.name)' belongs to tenant '\(vault.tenantID)', the managed cluster to "
        + "tenant '\(cluster.tenantID)': a key vault of another tenant is not supported.",
      hint: "make the vault in a subscription of the cluster's tenant",
      rule: "R27"
    )
  }

  /// Source: seed rules R28, R82, R121.
  private func checkMode(
    of key: KeyID,
    _ access: KeyVaultNetworkAccess,
    _ cluster: Cluster
  ) throws {
    guard let kms = cluster.kms, kms.isEnabled, kms.current.vault == key.vault,
      kms.networkAccess != access
    else { return }
    throw Self.badRequest(
      "KeyVault network access of key vault '\(key.vault)' cannot be changed from "
        + "\(kms.networkAccess.rawValue) to \(access.rawValue) while Azure Key Vault KMS is enabled.",
      hint:
        "disable KMS, rewrite all Secrets, change the vault, enable KMS again (kms.switch_mode)",
      rule: "R28"
    )
  }
}
