internal import AzureModel

/// What the service is asked for when KMS is to be enabled: `azureKeyVaultKms` of a request's body.
struct KMSRequest: Hashable, Sendable {
  var keyID: String
  var networkAccess: KeyVaultNetworkAccess?
  var vaultResourceID: String?
}

/// The checks of the client, which come before the service is asked.
///
/// What one argument says by itself is checked before the cluster is looked for, what they say
/// together after.
///
/// Source: AKS specification §4.
extension KMSOptions {
  /// The options once each has been looked at by itself.
  struct Validated {
    fileprivate let options: KMSOptions
    fileprivate let key: String?
    fileprivate let access: KeyVaultNetworkAccess?
  }

  /// Checks each option by itself.
  ///
  /// - Throws: `cluster.invalid` in the client's words.
  func validated() throws -> Validated {
    let access = try networkAccess.map(Self.access)
    let key = try keyID.map(Self.key)
    if let vaultResourceID, ARMID(vaultResourceID) == nil {
      throw Self.refused(
        "--azure-keyvault-kms-key-vault-resource-id is not a valid Azure resource ID.",
        hint: "it is the vault's field id, not its name",
        rule: "R67"
      )
    }
    return Validated(options: self, key: key, access: access)
  }

  private static func access(_ text: String) throws -> KeyVaultNetworkAccess {
    let known = KeyVaultNetworkAccess.allCases
    if let access = known.first(where: { $0.rawValue.lowercased() == text.lowercased() }) {
      return access
    }
    throw refused(
      "'\(text.echoed)' is not a valid value for '--azure-keyvault-kms-key-vault-network-access'. "
        + "Allowed values: Public, Private.",
      rule: "R31"
    )
  }

  /// Checks the form alone: host, name and version may be anything.
  private static func key(_ text: String) throws -> String {
    let parts = text.dropFirst("https://".count).split(
      separator: "/",
      omittingEmptySubsequences: false
    )
    guard text.hasPrefix("https://"), parts.count == 4, parts[1] == "keys" else {
      throw refused(
        "--azure-keyvault-kms-key-id is not a valid Key Vault key ID. See "
          + "https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates"
          + "#vault-name-and-object-name",
        hint: "the id must name a version: https://VAULT.vault.azure.net/keys/NAME/VERSION",
        rule: "R34"
      )
    }
    return text
  }

  static func refused(_ message: String, hint: String? = nil, rule: String? = nil) -> ClusterError {
    ClusterError(.invalid, message, hint: hint, rule: rule)
  }
}

extension KMSOptions.Validated {
  /// Checks what the options say together.
  ///
  /// - Returns: what the service is asked for, nil when KMS is not to be enabled.
  /// - Throws: `cluster.invalid` in the client's words.
  func request() throws -> KMSRequest? {
    if options.isEnabled && options.isDisabled {
      throw KMSOptions.refused(
        "Cannot specify --enable-azure-keyvault-kms and --disable-azure-keyvault-kms at the same time."
      )
    }
    guard options.isEnabled == (key != nil) else {
      throw KMSOptions.refused(
        "You must set \"--enable-azure-keyvault-kms\" and \"--azure-keyvault-kms-key-id\" at the same time.",
        rule: "R49"
      )
    }
    guard let key else { return nil }
    guard let access else {
      throw KMSOptions.refused(
        "\"--azure-keyvault-kms-key-vault-network-access\" is required.",
        rule: "R49"
      )
    }
    if access == .isPrivate, options.vaultResourceID == nil {
      throw KMSOptions.refused(
        "\"--azure-keyvault-kms-key-vault-resource-id\" is required when "
          + "\"--azure-keyvault-kms-key-vault-network-access\" is Private.",
        rule: "R67"
      )
    }
    // The client drops the id of a public vault, whatever was typed.
    return KMSRequest(
      keyID: key,
      networkAccess: access,
      vaultResourceID: access == .isPrivate ? options.vaultResourceID : nil
    )
  }
}
