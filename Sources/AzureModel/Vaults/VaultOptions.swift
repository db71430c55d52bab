/// What a new vault is to be.
public struct VaultOptions: Hashable, Sendable {
  /// Name, unique in the cloud.
  public var name: String
  /// Group, made on first use.
  public var resourceGroup: String
  /// Region; that of the group by default.
  public var location: String?
  /// True lets role assignments decide, false access policies; nil is as the settings have it.
  public var enableRBACAuthorization: Bool?
  /// Days that deleted things can be recovered; 90 by default.
  public var retentionDays: Int?
  /// Only true can be asked for.
  public var enablePurgeProtection: Bool?
  /// By default enabled.
  public var publicNetworkAccess: PublicNetworkAccess?
  /// Firewall's answer to strangers; by default they pass.
  public var defaultAction: NetworkACLs.DefaultAction?
  /// Who passes the firewall unasked; trusted services by default.
  public var bypass: NetworkACLs.Bypass?
  /// True: the creator gets no access policy.
  public var noSelfPermissions: Bool?
  /// Tenant of the vault; the account's by default.
  public var tenantID: String?
  /// Which kinds of key it takes; those in software by default.
  public var sku: VaultSKU?
  /// Labels.
  public var tags: [String: String]
  /// Callers that the firewall lets pass.
  public var networkRules: [NetworkRule]
  /// Services that may read from it.
  public var deploymentAccess: DeploymentAccess

  /// Collects the options.
  public init(
    name: String,
    resourceGroup: String,
    location: String? = nil,
    enableRBACAuthorization: Bool? = nil,
    retentionDays: Int? = nil,
    enablePurgeProtection: Bool? = nil,
    publicNetworkAccess: PublicNetworkAccess? = nil,
    defaultAction: NetworkACLs.DefaultAction? = nil,
    bypass: NetworkACLs.Bypass? = nil,
    noSelfPermissions: Bool? = nil,
    tenantID: String? = nil,
    sku: VaultSKU? = nil,
    tags: [String: String] = [:],
    networkRules: [NetworkRule] = [],
    deploymentAccess: DeploymentAccess = DeploymentAccess()
  ) {
    self.name = name
    self.resourceGroup = resourceGroup
    self.location = location
    self.enableRBACAuthorization = enableRBACAuthorization
    self.retentionDays = retentionDays
    self.enablePurgeProtection = enablePurgeProtection
    self.publicNetworkAccess = publicNetworkAccess
    self.defaultAction = defaultAction
    self.bypass = bypass
    self.noSelfPermissions = noSelfPermissions
    self.tenantID = tenantID
    self.sku = sku
    self.tags = tags
    self.networkRules = networkRules
    self.deploymentAccess = deploymentAccess
  }
}

/// What to change of a vault; what is nil stays.
public struct VaultChanges: Hashable, Sendable {
  /// Whether it is to answer on its public address.
  public var publicNetworkAccess: PublicNetworkAccess?
  /// True lets role assignments decide, false access policies.
  public var enableRBACAuthorization: Bool?
  /// Only true can be asked for.
  public var enablePurgeProtection: Bool?
  /// Only what it is already can be asked for.
  public var retentionDays: Int?
  /// Firewall's answer to strangers.
  public var defaultAction: NetworkACLs.DefaultAction?
  /// Who passes the firewall unasked.
  public var bypass: NetworkACLs.Bypass?
  /// Labels, in place of those it had.
  public var tags: [String: String]?
  /// Services that may read from it.
  public var deploymentAccess: DeploymentAccess

  /// Collects the changes.
  public init(
    publicNetworkAccess: PublicNetworkAccess? = nil,
    enableRBACAuthorization: Bool? = nil,
    enablePurgeProtection: Bool? = nil,
    retentionDays: Int? = nil,
    defaultAction: NetworkACLs.DefaultAction? = nil,
    bypass: NetworkACLs.Bypass? = nil,
    tags: [String: String]? = nil,
    deploymentAccess: DeploymentAccess = DeploymentAccess()
  ) {
    self.publicNetworkAccess = publicNetworkAccess
    self.enableRBACAuthorization = enableRBACAuthorization
    self.enablePurgeProtection = enablePurgeProtection
    self.retentionDays = retentionDays
    self.defaultAction = defaultAction
    self.bypass = bypass
    self.tags = tags
    self.deploymentAccess = deploymentAccess
  }
}
