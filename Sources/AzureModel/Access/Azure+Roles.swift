import FoundationEssentials

/// What a new role assignment is to be.
public struct RoleAssignmentOptions: Hashable, Sendable {
  /// Name, GUID or ARM id of the role.
  public var role: String
  /// Object id of the principal.
  public var principalID: String
  /// What the principal is; nil lets the service look it up.
  public var principalType: PrincipalType?
  /// ARM id of the place.
  public var scope: String

  /// Collects the options.
  public init(
    role: String,
    principalID: String,
    principalType: PrincipalType? = nil,
    scope: String
  ) {
    self.role = role
    self.principalID = principalID
    self.principalType = principalType
    self.scope = scope
  }
}

extension Azure {
  /// Assigns a role as `az role assignment create` does: one that is there already is returned.
  ///
  /// - Throws: as `createRoleAssignment`, but for `role.assignment_exists`; `role.not_found`.
  @discardableResult
  public func assignRole(
    _ options: RoleAssignmentOptions,
    context: CallContext
  ) throws -> RoleAssignment {
    do {
      return try createRoleAssignment(options, context: context)
    } catch let error as AzureError where error.code == .roleAssignmentExists {
      let role = try role(options.role)
      let scope = try Scope(parsing: options.scope)
      let id = RoleAssignment.id(scope, options.principalID.lowercased(), role.id)
      guard let found = try store.find(RoleAssignment.self, id: id) else { throw error }
      return found
    }
  }

  /// Assigns a role, as the service does: there is one assignment of a role to a principal at a
  /// scope.
  ///
  /// Without a type the principal must be in the directory; with one it is taken as told, so that
  /// a grant to a client id is made and helps no one.
  ///
  /// - Throws: `role.assignment_exists`, `role.not_found`, `principal.not_found`, `role.refused`,
  ///   `access.denied`, `argument.value`, `subscription.not_found`, and as `checkPlace`.
  @discardableResult
  public func createRoleAssignment(
    _ options: RoleAssignmentOptions,
    context: CallContext
  ) throws -> RoleAssignment {
    try store.transaction {
      let role = try role(options.role)
      let scope = try Scope(parsing: options.scope)
      try authorizeAssignment("write", of: role, at: scope, context)
      try checkPlace(scope)
      let principalID = options.principalID.lowercased()
      let type = try principalType(principalID, options.principalType)
      let id = RoleAssignment.id(scope, principalID, role.id)
      if let other = try store.find(RoleAssignment.self, id: id) {
        throw AzureError(
          .roleAssignmentExists,
          "The role assignment already exists. The ID of the existing assignment is "
            + "\(other.name.filter { $0 != "-" }).",
          status: 409,
          azureCode: "RoleAssignmentExists"
        )
      }
      let assignment = RoleAssignment(
        name: try context.identifiers.guid(),
        scope: scope,
        roleID: role.id,
        principalID: principalID,
        principalType: type,
        tenantID: try account(context.identifiers).tenantID,
        created: context.now,
        createdBy: context.principal.objectID,
        effective: try propagated(from: context.now)
      )
      try add(assignment)
      return assignment
    }
  }

  /// Takes away the role assignments that fit; nil fits all.
  ///
  /// - Returns: what was taken away.
  /// - Throws: `role.assignment_not_found`, `role.refused` for the last Owner of a subscription,
  ///   `role.not_found`, `access.denied`, `argument.value`.
  @discardableResult
  public func revokeRole(
    role: String?,
    principalID: String?,
    scope text: String,
    context: CallContext
  ) throws -> [RoleAssignment] {
    try store.transaction {
      let scope = try Scope(parsing: text)
      let role = try role.map(self.role)
      let fitting = try assignments(at: scope).filter {
        (role == nil || $0.roleID == role?.id)
          && (principalID == nil || $0.principalID == principalID?.lowercased())
      }
      guard !fitting.isEmpty else {
        throw AzureError(
          .roleAssignmentNotFound,
          "No matched assignments were found to delete",
          hint: "role.list{ scope = … } shows what is assigned there; inherited assignments are "
            + "revoked where they were made"
        )
      }
      for assignment in fitting {
        try authorizeAssignment("delete", of: try self.role(assignment.roleID), at: scope, context)
        try checkLastAdministrator(assignment, context)
        try remove(assignment, at: context.now)
      }
      return fitting
    }
  }

  /// Lists role assignments that the caller may see: those at a scope, or all of the subscription.
  ///
  /// - Parameters:
  ///   - scope: ARM id; nil for all in the subscription in use and above it.
  ///   - principalID: only those of this principal.
  ///   - includesInherited: those above the scope too.
  ///   - context: who asks.
  /// - Returns: them, inherited ones first.
  /// - Throws: `access.denied`, `argument.value`.
  public func listRoleAssignments(
    scope: String? = nil,
    principalID: String? = nil,
    includesInherited: Bool = false,
    context: CallContext
  ) throws -> [RoleAssignment] {
    let account = try account(context.identifiers)
    let place = try Scope(parsing: scope ?? "/subscriptions/\(account.subscriptionID)")
    try authorize(
      action: "Microsoft.Authorization/roleAssignments/read",
      scope: place.description,
      context
    )
    let here = try scope == nil ? assignments(under: place) : assignments(at: place)
    let above = try scope == nil || includesInherited ? assignments(above: place, account) : []
    return (above + here).filter {
      principalID == nil || $0.principalID == principalID?.lowercased()
    }
  }

  /// Gives the signed-in user, who administers the directory, User Access Administrator at the
  /// tenant root; again changes nothing.
  ///
  /// - Throws: `access.denied`.
  @discardableResult
  public func elevateAccess(context: CallContext) throws -> RoleAssignment {
    try store.transaction {
      let account = try account(context.identifiers)
      guard context.principal.objectID == account.signedInUser.objectID else {
        throw AzureError(
          .accessDenied,
          "The client '\(context.principal.clientName)' with object id "
            + "'\(context.principal.objectID)' does not have authorization to perform action "
            + "'Microsoft.Authorization/elevateAccess/action' over scope '/' or the scope is "
            + "invalid. If access was recently granted, please refresh your credentials.",
          hint: "the signed-in user administers the directory; no other principal does",
          status: 403,
          azureCode: "AuthorizationFailed"
        )
      }
      let role = RoleDefinition.userAccessAdministrator
      let id = RoleAssignment.id(.root, context.principal.objectID, role.id)
      if let found = try store.find(RoleAssignment.self, id: id) { return found }
      let assignment = RoleAssignment(
        name: try context.identifiers.guid(),
        scope: .root,
        roleID: role.id,
        principalID: context.principal.objectID,
        principalType: .user,
        tenantID: account.tenantID,
        created: context.now,
        createdBy: context.principal.objectID,
        effective: nil
      )
      try add(assignment)
      return assignment
    }
  }
}
