public import FoundationEssentials

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
  /// Which kinds of key it takes.
  public let sku: VaultSKU
  /// Labels.
  public internal(set) var tags: [String: String]
  /// Services beside callers that may read from it.
  public internal(set) var deploymentAccess: DeploymentAccess
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
  /// Who made it.
  public let createdBy: Principal
  /// Who changed it last.
  public internal(set) var updatedBy: Principal
  /// Since when its diagnostic setting is on; nil while it is off.
  public internal(set) var auditedSince: Date?
  /// What its diagnostic setting was given; nil while it is off, or was switched on without.
  public internal(set) var diagnosticSetting: DiagnosticSetting?

  /// ARM id.
  public var resourceID: String {
    Self.resourceID(name, resourceGroup: resourceGroup, subscriptionID: subscriptionID)
  }
  /// Host of the data plane.
  public var host: String { "\(id).\(KeyID.hostSuffix)" }
  /// Address of the data plane, with a slash at its end.
  public var vaultURI: String { "https://\(host)/" }
  /// Whether requests to it are logged.
  public var isAudited: Bool { auditedSince != nil }
  /// Whether the resource is in order; its name resolves as soon as it is made.
  public var provisioningState: String { "Succeeded" }
  /// How a deleted key can come back, such as `Recoverable+Purgeable`.
  public var recoveryLevel: String {
    (softDeleteRetentionInDays == 90 ? "Recoverable" : "CustomizedRecoverable")
      + (enablePurgeProtection ? "" : "+Purgeable")
  }

  static func resourceID(_ name: String, resourceGroup: String, subscriptionID: String) -> String {
    "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)"
      + "/providers/Microsoft.KeyVault/vaults/\(name)"
  }

  /// Notes who changes it, and when.
  mutating func touch(_ context: CallContext) {
    updated = context.now
    updatedBy = context.principal
  }
}

/// What a vault costs, and which kinds of key it takes.
public enum VaultSKU: String, CaseIterable, Codable, Sendable {
  /// Keys in software.
  case standard
  /// Keys in hardware too.
  case premium

  /// The only family there is.
  public static let family = "A"
}

/// Which services of Azure may read certificates and secrets of a vault while they deploy.
public struct DeploymentAccess: Hashable, Codable, Sendable {
  /// Virtual machines that are made.
  public var virtualMachines: Bool?
  /// Azure Disk Encryption.
  public var diskEncryption: Bool?
  /// Azure Resource Manager, for templates.
  public var templates: Bool?

  /// Collects the answers; what is nil was never told.
  public init(virtualMachines: Bool? = nil, diskEncryption: Bool? = nil, templates: Bool? = nil) {
    self.virtualMachines = virtualMachines
    self.diskEncryption = diskEncryption
    self.templates = templates
  }

  /// These answers, with others in place of those that are told there.
  func changed(by other: DeploymentAccess) -> DeploymentAccess {
    DeploymentAccess(
      virtualMachines: other.virtualMachines ?? virtualMachines,
      diskEncryption: other.diskEncryption ?? diskEncryption,
      templates: other.templates ?? templates
    )
  }
}
