public import FoundationEssentials

/// A principal's role at a scope.
///
/// A new one acts once `effective` is reached; one that was taken away is kept as
/// `RevokedAssignment` for as long as it still acts.
///
/// ## Design
///
/// The record's id begins with the scope, so that what lies under a scope is one range of ids, and
/// its parent is the principal, so that a caller's grants are one look-up. No question that a
/// vault call asks reads more than that caller's own assignments.
///
/// Source: `Microsoft.Authorization/roleAssignments`.
public struct RoleAssignment: Record, Hashable {
  /// Names the kind in the store.
  public static let kind = "role_assignment"
  /// Scope, principal and role in lower case: there is one assignment of each.
  public var id: String { Self.id(scope, principalID, roleID) }
  /// The principal's object id.
  public var parent: String { principalID }

  /// GUID that names it under its scope.
  public let name: String
  /// Where it holds, and below.
  public let scope: Scope
  /// GUID of the role.
  public let roleID: String
  /// Object id of the principal, in lower case.
  public let principalID: String
  /// What the principal is, or was said to be.
  public let principalType: PrincipalType
  /// Tenant of the scope.
  public let tenantID: String
  /// When it was made.
  public let created: Date
  /// Object id of who made it.
  public let createdBy: String
  /// From when it acts; nil at once.
  public let effective: Date?

  /// ARM id.
  public var resourceID: String {
    (scope == .root ? "" : scope.description)
      + "/providers/Microsoft.Authorization/roleAssignments/\(name)"
  }

  static func id(_ scope: Scope, _ principalID: String, _ roleID: String) -> String {
    "\(scope.key) \(principalID) \(roleID)"
  }
}

/// What a role can be assigned to.
public enum PrincipalType: String, CaseIterable, Codable, Sendable {
  // As the service spells them.
  case user = "User"
  case group = "Group"
  case servicePrincipal = "ServicePrincipal"
  case foreignGroup = "ForeignGroup"
  case device = "Device"
}

/// A role assignment that was taken away and still acts for a while.
struct RevokedAssignment: Record {
  static let kind = "revoked_role_assignment"
  /// GUID of the assignment.
  var id: String { assignment.name }
  /// The principal's object id.
  var parent: String { assignment.principalID }
  let assignment: RoleAssignment
  /// Until when it acts.
  let until: Date
}

/// How many role assignments a subscription has.
struct RoleAssignmentCount: Record {
  static let kind = "role_assignment_count"
  /// GUID of the subscription, in lower case.
  let id: String
  var parent: String { "" }
  var count: Int

  /// Most that a subscription takes.
  ///
  /// Source: Azure subscription limits.
  static let countMax = 4000
}
