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
  /// Version; default 1.33, or what AKS would take when support is enforced.
  public var kubernetesVersion: String?
  /// ARM id of a user-assigned identity; default: a system-assigned one.
  public var assignIdentity: String?
  /// Whether the API server is reached through the cluster's own network.
  public var hasVNetIntegration = false
  /// ARM id of the API server's subnet; default: one that the service makes.
  public var apiServerSubnetID: String?
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
  /// Whether the API server is to be reached through the cluster's own network; nil leaves it.
  public var hasVNetIntegration: Bool?
  /// ARM id of the API server's subnet; default: one that the service makes.
  public var apiServerSubnetID: String?
  /// KMS.
  public var kms = KMSOptions()

  /// No option given.
  public init() {}
}
