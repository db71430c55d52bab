internal import AzureModel
internal import EncryptionAtRest

extension ManagedClusters {
  /// Checks that an identity is named by its ARM id and is there.
  ///
  /// - Throws: `cluster.invalid`, `identity.not_found`.
  func checkIdentity(_ id: String?) throws {
    guard let id else { return }
    guard id.lowercased().hasPrefix("/subscriptions/") else {
      throw ClusterError(
        .invalid,
        "--assign-identity is not a valid Azure resource ID.",
        hint: try azure.describeObject(id).hint ?? "take the identity's field id, not its name",
        rule: "R50"
      )
    }
    _ = try azure.identity(id: id)
  }

  /// Checks what the service checks before it accepts a key, in its order.
  ///
  /// - Throws: `cluster.invalid`, `cluster.unsupported`, `kms.identity_denied`,
  ///   `kms.key_unusable`.
  func checkService(
    _ key: KeyID,
    _ access: KeyVaultNetworkAccess,
    _ cluster: Cluster,
    _ context: CallContext
  ) throws {
    guard cluster.identityID != nil else {
      throw ClusterError(
        .invalid,
        "AzureKeyVaultKms feature does not support cluster identity type SystemAssigned, "
          + "supported value is 'UserAssigned'",
        hint: "name a user-assigned identity with assign_identity",
        rule: "R21",
        status: 400
      )
    }
    if access == .isPrivate {
      guard cluster.hasVNetIntegration else {
        throw ClusterError(
          .invalid,
          "Vnet integration should be enabled when KeyVault network access is Private.",
          rule: "R16",
          status: 400
        )
      }
      throw ClusterError(
        .unsupported,
        "a private key vault is not modelled",
        hint: "use network access Public"
      )
    }
    guard cluster.kmsVersion == "v2" else {
      throw ClusterError(
        .unsupported,
        "KMS v1, which Kubernetes \(cluster.kubernetesVersion) would use, is not modelled",
        hint: "use Kubernetes 1.27 or later",
        rule: "R95"
      )
    }
    try checkKey(key, cluster, context)
  }

  private func checkKey(_ key: KeyID, _ cluster: Cluster, _ context: CallContext) throws {
    guard let caller = try pluginContext(cluster, context) else {
      throw ClusterError(
        .identityDenied,
        "the cluster's identity is gone",
        rule: "R19",
        status: 400
      )
    }
    do {
      try VaultPlugin(azure: azure, slots: [key], context: caller).probe(key)
    } catch let failure as PluginFailure {
      let vault = failure.vault
      guard vault.code == .accessDenied || vault.code == .keyForbidden else {
        throw ClusterError(
          .keyUnusable,
          vault.message,
          hint: vault.hint,
          rule: Self.rule(of: vault),
          status: 400,
          azureCode: vault.azureCode,
          innerCode: vault.innerCode
        )
      }
      throw ClusterError(
        .identityDenied,
        "The identity does not have keys encrypt/decrypt permission on key vault "
          + "\"https://\(key.host)\"",
        hint: vault.hint,
        rule: "R36",
        status: 400,
        azureCode: "AzureKeyVaultKmsValidateIdentityPermissionCustomerError",
        innerCode: vault.innerCode
      )
    }
  }

  /// The rule behind a vault's refusal.
  static func rule(of error: AzureError) -> String? {
    switch error.code {
    case .keyExpired: "R107"
    case .keyDisabled, .keyNotYetValid: "R75"
    case .keyNotFound: "R17"
    case .vaultNotFound: "R18"
    case .accessDenied: "R92"
    case .keyForbidden: "R36"
    default: error.rule
    }
  }
}
