internal import AzureModel

/// What the service finds when it looks at the key and its vault.
///
/// Source: AKS specification §5.
extension ManagedClusters {
  /// Checks that a private vault is there, which is all that the service can see of it.
  ///
  /// - Throws: `kms.key_unusable`.
  func checkVaultThere(_ key: KeyID) throws {
    do {
      _ = try azure.vault(named: key.vault)
    } catch let error as AzureError {
      throw Self.unusable(error)
    }
  }

  /// A key that the vault does not let be used, told with the vault's words and code inside.
  private static func unusable(_ refusal: AzureError) -> ClusterError {
    ClusterError(
      .keyUnusable,
      refusal.message,
      hint: refusal.hint,
      rule: networkRule(of: refusal) ?? rule(of: refusal),
      status: 400,
      azureCode: refusal.azureCode,
      innerCode: refusal.innerCode
    )
  }

  /// The rule that a vault's firewall rests on for a plugin that comes from outside; nil when it
  /// did not refuse.
  private static func networkRule(of refusal: AzureError) -> String? {
    switch refusal.innerCode {
    case "ForbiddenByFirewall": "R23"
    case "ForbiddenByConnection": "R24"
    default: nil
    }
  }

  /// Tries the key as the plugin would, from the public address whatever links the cluster has.
  ///
  /// - Throws: `kms.identity_denied`, `kms.key_unusable`.
  func checkKey(_ key: KeyID, _ cluster: Cluster, _ context: CallContext) throws {
    guard var caller = try pluginContext(cluster, context) else {
      throw ClusterError(
        .identityDenied,
        "the cluster's identity is gone",
        rule: "R19",
        status: 400
      )
    }
    caller.origin.privateEndpointIDs = []
    do {
      try VaultPlugin(azure: azure, slots: [key], context: caller).probe(key)
    } catch let failure as PluginFailure {
      let vault = failure.vault
      guard [.accessDenied, .keyForbidden].contains(vault.code), Self.networkRule(of: vault) == nil
      else { throw Self.unusable(vault) }
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
