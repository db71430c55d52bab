internal import AzureModel

/// The KMS options that creating and updating share, as the client takes them.
public struct KMSOptions: Hashable, Sendable {
  /// `--enable-azure-keyvault-kms`.
  public var isEnabled = false
  /// `--disable-azure-keyvault-kms`.
  public var isDisabled = false
  /// `--azure-keyvault-kms-key-id`.
  public var keyID: String?
  /// `--azure-keyvault-kms-key-vault-network-access`.
  public var networkAccess: String?
  /// `--azure-keyvault-kms-key-vault-resource-id`.
  public var vaultResourceID: String?

  /// No option given.
  public init() {}
}

/// What `az aks create` takes.
public struct ClusterOptions: Hashable, Sendable {
  /// Name and group.
  public var name, resourceGroup: String
  /// Region; default: that of the group.
  public var location: String?
  /// Version; default 1.33.
  public var kubernetesVersion: String?
  /// ARM id of a user-assigned identity; default: a system-assigned one.
  public var assignIdentity: String?
  /// Whether the API server is reached through the cluster's own network.
  public var hasVNetIntegration = false
  /// Nodes; default 3.
  public var nodeCount: Int?
  /// KMS.
  public var kms = KMSOptions()

  /// Options of a cluster of that name.
  public init(name: String, resourceGroup: String) {
    self.name = name
    self.resourceGroup = resourceGroup
  }
}

/// What `az aks update` takes.
public struct ClusterUpdate: Hashable, Sendable {
  /// ARM id of a user-assigned identity.
  public var assignIdentity: String?
  /// KMS.
  public var kms = KMSOptions()

  /// No option given.
  public init() {}
}

extension KMSOptions {
  /// Checks the options as the client does before and after it looks for the cluster.
  ///
  /// - Returns: the key to use and how to reach its vault, nil when KMS is not to be enabled.
  /// - Throws: `cluster.invalid` in the client's words.
  func checked() throws -> (key: KeyID, access: KeyVaultNetworkAccess)? {
    let key = try keyID.map(Self.key)
    if let vaultResourceID, !vaultResourceID.lowercased().hasPrefix("/subscriptions/") {
      throw Self.refused(
        "--azure-keyvault-kms-key-vault-resource-id is not a valid Azure resource ID."
      )
    }
    if isEnabled && isDisabled {
      throw Self.refused(
        "Cannot specify --enable-azure-keyvault-kms and --disable-azure-keyvault-kms at the same time."
      )
    }
    guard isEnabled == (key != nil) else {
      throw Self.refused(
        "You must set \"--enable-azure-keyvault-kms\" and \"--azure-keyvault-kms-key-id\" at the same time.",
        rule: "R49"
      )
    }
    guard let key else { return nil }
    guard let networkAccess else {
      throw Self.refused(
        "\"--azure-keyvault-kms-key-vault-network-access\" is required.",
        rule: "R49"
      )
    }
    guard
      let access = KeyVaultNetworkAccess.allCases.first(where: {
        $0.rawValue.lowercased() == networkAccess.lowercased()
      })
    else {
      throw Self.refused(
        "'\(networkAccess)' is not a valid value for '--azure-keyvault-kms-key-vault-network-access'. "
          + "Allowed values: Public, Private."
      )
    }
    if access == .isPrivate, vaultResourceID == nil {
      throw Self.refused(
        "\"--azure-keyvault-kms-key-vault-resource-id\" is required when "
          + "\"--azure-keyvault-kms-key-vault-network-access\" is Private.",
        rule: "R67"
      )
    }
    return (key, access)
  }

  private static func key(_ text: String) throws -> KeyID {
    let parts = text.dropFirst("https://".count).split(
      separator: "/",
      omittingEmptySubsequences: false
    )
    let isWhole =
      text.hasPrefix("https://") && parts.count == 4 && parts[1] == "keys"
      && !parts.contains("")
    // The service has words of its own for an id that it cannot read.
    guard isWhole, let key = try? KeyID(parsing: text) else {
      throw refused(
        "--azure-keyvault-kms-key-id is not a valid Key Vault key ID. See "
          + "https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates"
          + "#vault-name-and-object-name",
        hint: "the id must name a version: https://VAULT.vault.azure.net/keys/NAME/VERSION",
        rule: "R34"
      )
    }
    return key
  }

  static func refused(_ message: String, hint: String? = nil, rule: String? = nil) -> ClusterError {
    ClusterError(.invalid, message, hint: hint, rule: rule)
  }
}
