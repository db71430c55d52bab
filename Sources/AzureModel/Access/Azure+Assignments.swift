import FoundationEssentials

/// The store of role assignments: what is there, put in, taken out.
extension Azure {
  /// Takes away every role assignment at a scope and below it, as deleting a resource does; they
  /// do not come back with the resource.
  ///
  /// To be called within the transaction that deletes.
  func removeAssignments(under scope: Scope, at time: Date) throws {
    for assignment in try assignments(under: scope) { try remove(assignment, at: time) }
  }

  /// The role assignments at a scope and below it, in order of scope.
  func assignments(under scope: Scope) throws -> [RoleAssignment] {
    if scope == .root { return try store.all(RoleAssignment.self, parent: nil) }
    return try assignments(at: scope) + assignments(idPrefix: scope.key + "/")
  }

  /// The role assignments at a scope itself.
  func assignments(at scope: Scope) throws -> [RoleAssignment] {
    try assignments(idPrefix: scope.key + " ")
  }

  /// The records of a range of ids: one look-up, since the store lists in the order of bytes.
  private func assignments(idPrefix prefix: String) throws -> [RoleAssignment] {
    var found: [RoleAssignment] = []
    while true {
      let page = try store.list(
        RoleAssignment.self,
        parent: nil,
        after: found.last?.id ?? prefix,
        limit: 100
      )
      let fitting = page.prefix { $0.id.utf8.starts(with: prefix.utf8) }
      found += fitting
      if fitting.count < 100 { return found }
    }
  }

  /// Writes a new assignment.
  ///
  /// - Throws: `role.refused` when the subscription has as many as it takes.
  func add(_ assignment: RoleAssignment) throws {
    try count(assignment, 1)
    try store.put(assignment)
  }

  /// Takes an assignment away; it acts on for as long as the setting says.
  func remove(_ assignment: RoleAssignment, at time: Date) throws {
    try count(assignment, -1)
    try store.delete(RoleAssignment.self, id: assignment.id)
    for old in try store.all(RevokedAssignment.self, parent: assignment.principalID)
    where old.until <= time {
      try store.delete(RevokedAssignment.self, id: old.id)
    }
    if let until = try propagated(from: time) {
      try store.put(RevokedAssignment(assignment: assignment, until: until))
    }
  }

  /// When a change of an assignment made at a time acts, to the second as times are shown; nil at
  /// once.
  func propagated(from time: Date) throws -> Date? {
    let delay = try settings().rolePropagation
    return delay.isNone ? nil : try delay.added(to: time.wholeSeconds)
  }

  private func count(_ assignment: RoleAssignment, _ change: Int) throws {
    guard let subscription = assignment.scope.subscriptionID else { return }
    var count =
      try store.find(RoleAssignmentCount.self, id: subscription)
      ?? RoleAssignmentCount(id: subscription, count: 0)
    count.count += change
    guard count.count <= RoleAssignmentCount.countMax else {
      throw AzureError(
        .roleRefused,
        "No more role assignments can be created.",
        hint: "a subscription takes \(RoleAssignmentCount.countMax); assign at a wider scope",
        status: 400,
        azureCode: "RoleAssignmentLimitExceeded"
      )
    }
    try store.put(count)
  }
}
