public import FoundationEssentials

/// A user-assigned managed identity.
///
/// It has three ids that are easily mistaken for each other: the ARM id names the resource, the
/// principal id is what grants name, the client id is what tokens name.
///
/// Source: `Microsoft.ManagedIdentity/userAssignedIdentities`.
public struct ManagedIdentity: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "managed_identity"
  /// The ARM id in lower case.
  public var id: String { resourceID.lowercased() }
  /// The resource group's name in lower case.
  public var parent: String { resourceGroup.lowercased() }

  /// The name as created.
  public let name: String
  /// Name of the group as first used.
  public let resourceGroup: String
  /// Where it lies, such as `eastus`.
  public let location: String
  /// Subscription it belongs to.
  public let subscriptionID: String
  /// Tenant whose directory holds it.
  public let tenantID: String
  /// Object id: what grants name.
  public let principalID: String
  /// Application id: what tokens name; no use in a grant.
  public let clientID: String
  /// When it was made.
  public let created: Date
  /// Tags, nil for none.
  let labels: [String: String]?
  /// Labels that its maker gave it.
  public var tags: [String: String] { labels ?? [:] }

  /// ARM id.
  public var resourceID: String {
    Self.resourceID(name, resourceGroup: resourceGroup, subscriptionID: subscriptionID)
  }

  /// The identity as a caller.
  public var principal: Principal {
    Principal(
      kind: .servicePrincipal,
      objectID: principalID,
      applicationID: clientID,
      tenantID: tenantID,
      name: name
    )
  }

  static func resourceID(_ name: String, resourceGroup: String, subscriptionID: String) -> String {
    "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)"
      + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/\(name)"
  }
}
