public import FoundationEssentials

/// Whether a vault answers on its public address.
public enum PublicNetworkAccess: String, CaseIterable, Codable, Sendable {
  /// It does.
  case enabled = "Enabled"
  /// Only approved private endpoints reach it.
  case disabled = "Disabled"
}

/// A vault's firewall.
public struct NetworkACLs: Hashable, Codable, Sendable {
  /// What happens to callers that no rule names.
  public enum DefaultAction: String, CaseIterable, Codable, Sendable {
    /// They pass.
    case allow = "Allow"
    /// They are refused.
    case deny = "Deny"
  }
  /// Which callers pass the firewall unasked.
  public enum Bypass: String, CaseIterable, Codable, Sendable {
    /// Services that Key Vault trusts; the KMS plugin of AKS is none of them.
    case azureServices = "AzureServices"
    /// No one.
    case none = "None"
  }

  /// Which callers pass unasked.
  public internal(set) var bypass = Bypass.azureServices
  /// What happens to callers that no rule names.
  public internal(set) var defaultAction = DefaultAction.allow
}

/// A private endpoint's connection to a vault.
public struct PrivateEndpointConnection: Hashable, Codable, Sendable {
  /// How far the owner of the vault lets it.
  public enum Status: String, CaseIterable, Codable, Sendable {
    /// Waiting for the owner.
    case pending = "Pending"
    /// Open.
    case approved = "Approved"
    /// Turned down by the owner.
    case rejected = "Rejected"
    /// Taken away from the other end.
    case disconnected = "Disconnected"
  }

  /// ARM id of the endpoint, in its own resource group.
  public let privateEndpointID: String
  /// How far the owner lets it.
  public internal(set) var status: Status
}

/// A key vault.
///
/// The record's id is the name in lower case: vault names are unique in the whole cloud.
///
/// Source: `Microsoft.KeyVault/vaults`.
public struct Vault: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "vault"
  /// The name in lower case.
  public var id: String { name.lowercased() }
  /// The resource group's name in lower case.
  public var parent: String { resourceGroup.lowercased() }

  /// The name as created; 3 to 24 letters, digits and hyphens.
  public let name: String
  /// Name of the group as first used.
  public let resourceGroup: String
  /// Where it lies, such as `eastus`.
  public let location: String
  /// Tenant whose tokens it takes.
  public let tenantID: String
  /// Subscription it belongs to.
  public let subscriptionID: String
  /// True when role assignments decide; false when access policies do.
  public internal(set) var enableRBACAuthorization: Bool
  /// Days that deleted things can be recovered, 7 to 90.
  public let softDeleteRetentionInDays: Int
  /// True when nothing can be purged early; never goes back to false.
  public internal(set) var enablePurgeProtection: Bool
  /// Whether it answers on its public address.
  public internal(set) var publicNetworkAccess: PublicNetworkAccess
  /// The firewall.
  public internal(set) var networkACLs: NetworkACLs
  /// Private ways in.
  public internal(set) var privateEndpointConnections: [PrivateEndpointConnection]
  /// Who may do what, under the policy model.
  public internal(set) var accessPolicies: [AccessPolicy]
  /// When a key of it does something by itself next.
  var nextAlarm: Date?
  /// When it was made.
  public let created: Date
  /// When it last changed.
  public internal(set) var updated: Date
  /// Object id and kind of who made it.
  public let createdBy: Principal
  /// Since when its diagnostic setting is on; nil while it is off.
  public internal(set) var auditedSince: Date?

  /// ARM id.
  public var resourceID: String {
    "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)"
      + "/providers/Microsoft.KeyVault/vaults/\(name)"
  }
  /// Host of the data plane.
  public var host: String { "\(id).\(KeyID.hostSuffix)" }
  /// Address of the data plane, with a slash at its end.
  public var vaultURI: String { "https://\(host)/" }
  /// Whether requests to it are logged.
  public var isAudited: Bool { auditedSince != nil }
  /// How a deleted key can come back, such as `Recoverable+Purgeable`.
  public var recoveryLevel: String {
    (softDeleteRetentionInDays == 90 ? "Recoverable" : "CustomizedRecoverable")
      + (enablePurgeProtection ? "" : "+Purgeable")
  }
}

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
    tenantID: String? = nil
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
  }
}
