/// The subscription that calls go to, its tenant and the person signed in to it.
public struct Account: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "account"
  /// There is one.
  public var id: String { Self.onlyID }
  /// It lies under nothing.
  public var parent: String { "" }
  /// GUID of the tenant.
  public let tenantID: String
  /// GUID of the subscription.
  public let subscriptionID: String
  /// Who is signed in, as a user of the tenant; Owner of the subscription unless that was taken.
  public let signedInUser: Principal

  static let onlyID = "account"
  /// Name that the person signs in with.
  static let userName = "learner@contoso.onmicrosoft.com"
  /// Application id of the Azure CLI, which a signed-in user's tokens name.
  static let commandLineApplicationID = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
}

/// A resource group: made when first used.
public struct ResourceGroup: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "resource_group"
  /// Subscription and name in lower case, which is how Azure compares it.
  public var id: String { Self.id(name, subscriptionID) }
  /// The subscription it lies in.
  public var parent: String { subscriptionID }
  /// GUID of the subscription.
  public let subscriptionID: String
  /// The name as first used.
  public let name: String
  /// Where it lies, such as `eastus`: the place of what is made in it without a location.
  public let location: String
  /// Labels; nil when none were given.
  public var labels: [String: String]?

  /// ARM id.
  public var resourceID: String { "/subscriptions/\(subscriptionID)/resourceGroups/\(name)" }

  static func id(_ name: String, _ subscriptionID: String) -> String {
    "\(subscriptionID)/\(name.lowercased())"
  }

  static let locationByDefault = "eastus"
}
