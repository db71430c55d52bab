import FoundationEssentials

/// A subscription of a tenant.
///
/// Whoever signed in to the workspace is a user of each tenant that has a subscription, with an
/// object id in each, and the Owner of every subscription by a role assignment.
public struct Subscription: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "subscription"
  /// GUID.
  public let id: String
  /// The tenant whose directory it trusts.
  public var parent: String { tenantID }
  /// GUID of the tenant.
  public let tenantID: String
  /// Name for people.
  public let name: String
  /// Whether it used Konnectivity with a private vault in the 60 days before that ended.
  ///
  /// Source: seed rules R10, R11.
  public let isKonnectivityGrandfathered: Bool
  /// Who signed in, as a user of the tenant.
  public let user: Principal

  /// ARM id.
  public var resourceID: String { "/subscriptions/\(id)" }

  /// Since when a subscription has its Owner: before anything that a workspace holds.
  static let ownerSince = Date(timeIntervalSince1970: 1_577_836_800)
}
