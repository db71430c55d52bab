import FoundationEssentials

/// A time in which a principal is allowed something by a role.
struct Grant: Hashable, Sendable {
  /// From when the role acts; nil since ever.
  let from: Date?
  /// Until when it acts; nil for good.
  let until: Date?
  /// The role.
  let role: RoleDefinition

  func isActive(at time: Date) -> Bool {
    (from.map { time >= $0 } ?? true) && (until.map { time < $0 } ?? true)
  }
}

/// What role assignments are asked: whether a principal may do something somewhere.
struct GrantQuestion: Hashable, Sendable {
  /// Object id in lower case.
  let principalID: String
  let action: String
  let plane: RoleDefinition.Plane
  let scope: Scope
  /// Tenant of the principal, whose root group holds every subscription of it.
  let tenantID: String
}

extension Azure {
  /// The grants that bear on a question, also those that do not act yet or soon not any more.
  ///
  /// The answer is remembered until some role assignment may have changed; found anew it reads the
  /// principal's own assignments and no others.
  func grants(_ question: GrantQuestion) throws -> [Grant] {
    let current = try store.revision(of: RoleAssignment.self)
    return try rememberedGrants.answer(question, at: current) {
      let given = try store.all(RoleAssignment.self, parent: question.principalID)
        .map { (assignment: $0, until: nil as Date?) }
      let taken = try store.all(RevokedAssignment.self, parent: question.principalID)
        .map { (assignment: $0.assignment, until: Optional($0.until)) }
      return (given + taken).compactMap { assignment, until in
        guard Self.holds(assignment, at: question),
          let role = RoleDefinition.find(assignment.roleID),
          role.allows(question.action, on: question.plane)
        else { return nil }
        return Grant(from: assignment.effective, until: until, role: role)
      }
    }
  }

  /// Whether an assignment holds at the place of a question.
  private static func holds(_ assignment: RoleAssignment, at question: GrantQuestion) -> Bool {
    guard let group = assignment.scope.managementGroup else {
      return assignment.scope.contains(question.scope)
    }
    return group == question.tenantID
  }
}
