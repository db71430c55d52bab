/// What is looked at before a role assignment is made or taken away.
extension Azure {
  /// Finds a role by name, GUID or ARM id.
  ///
  /// - Throws: `role.not_found`, in the words of the client for a name and of the service for an id.
  public func role(_ text: String) throws -> RoleDefinition {
    if let role = RoleDefinition.find(text) { return role }
    let id = text.split(separator: "/").last.map { String($0) } ?? text
    guard NameRule.isGUID(id) else {
      throw AzureError(
        .roleNotFound,
        "Role '\(text.echoed)' doesn't exist.",
        hint: "role.definitions() lists the roles there are"
      )
    }
    throw AzureError(
      .roleNotFound,
      "The specified role definition with ID '\(id.filter { $0 != "-" })' does not exist.",
      hint: "role.definitions() lists the roles there are",
      status: 400,
      azureCode: "RoleDefinitionDoesNotExist"
    )
  }

  /// Returns what a principal is, by the directory, or as told for one it does not have.
  ///
  /// - Throws: `principal.not_found`, `argument.value`.
  func principalType(_ id: String, _ told: PrincipalType?) throws -> PrincipalType {
    guard NameRule.isGUID(id) else {
      throw AzureError(
        .argumentValue,
        "The provided principal Id '\(id.echoed)' is not a valid GUID.",
        hint: "assignee takes a handle, an object id or a user's sign-in name",
        status: 400,
        azureCode: "InvalidPrincipalId"
      )
    }
    let account = try findAccount()
    let object = try describeObject(id)
    let plain = id.filter { $0 != "-" }
    guard case .principal(let principal) = object, principal.tenantID == account?.tenantID else {
      if let told { return told }
      throw AzureError(
        .principalNotFound,
        "Principal \(plain) does not exist in the directory \(account?.tenantID ?? ""). Check "
          + "that you have the correct principal ID. If you are creating this principal and then "
          + "immediately assigning a role, this error might be related to a replication delay. "
          + "In this case, set the role assignment principalType property to a value, such as "
          + "ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
        hint: object.hint,
        rule: "R46",
        status: 400,
        azureCode: "PrincipalNotFound"
      )
    }
    let actual: PrincipalType = principal.kind == .user ? .user : .servicePrincipal
    guard told == nil || told == actual else {
      throw AzureError(
        .argumentValue,
        "The PrincipalId '\(plain)' has type '\(actual.rawValue)' , which is different from "
          + "specified PrinciaplType '\(told?.rawValue ?? "")'.",
        hint: "leave assignee_principal_type out, or say \(actual.rawValue)",
        status: 400,
        azureCode: "UnmatchedPrincipalType"
      )
    }
    return actual
  }

  /// Checks that there is something at a scope, as far as this model knows of it.
  ///
  /// - Throws: `resource_group.not_found`, `vault.not_found`, `identity.not_found`,
  ///   `resource.not_found` for a management group, `argument.value` for what is no ARM id.
  func checkPlace(_ scope: Scope) throws {
    if let group = scope.managementGroup { return try checkManagementGroup(group) }
    guard let subscriptionID = scope.subscriptionID, let group = scope.resourceGroup else { return }
    let groupID = ResourceGroup.id(group, subscriptionID)
    guard let known = try store.find(ResourceGroup.self, id: groupID) else {
      throw Self.resourceGroupNotFound(group)
    }
    if scope == Scope(known: known.resourceID) { return }
    guard let id = ARMID(scope.description) else { throw Scope.invalid }
    let type = id.type.split(separator: "/").prefix(2).joined(separator: "/")
    let path = "\(type)/\(id.names[0])"
    switch type.lowercased() {
    case "microsoft.keyvault/vaults":
      let vault = try findVault(named: id.names[0])
      guard vault.map({ Scope(known: $0.resourceID).contains(scope) }) == true else {
        throw Self.resourceNotFound(path, group: group)
      }
    case "microsoft.managedidentity/userassignedidentities":
      _ = try identity(id: "\(known.resourceID)/providers/\(path)")
    default: return
    }
  }

  private func checkManagementGroup(_ group: String) throws {
    guard group != (try findAccount()?.tenantID) else { return }
    throw AzureError(
      .resourceNotFound,
      "The management group '\(group)' cannot be found.",
      hint: "the one management group is the tenant's root, named by the tenant id",
      status: 404,
      azureCode: "ManagementGroupNotFound"
    )
  }

  /// Keeps a subscription from being left without anyone who could assign a role in it.
  ///
  /// - Throws: `role.refused`.
  func checkLastAdministrator(_ assignment: RoleAssignment, _ context: CallContext) throws {
    let administrators = [RoleDefinition.owner.id, RoleDefinition.userAccessAdministrator.id]
    let scope = assignment.scope
    guard administrators.contains(assignment.roleID), let id = scope.subscriptionID,
      scope == Scope(known: "/subscriptions/\(id)"),
      try !assignments(at: scope).contains(where: {
        $0 != assignment && administrators.contains($0.roleID)
      }),
      try !assignments(at: .root).contains(where: {
        $0.principalID == context.principal.objectID
      })
    else { return }
    throw AzureError(
      .roleRefused,
      "Cannot delete the last RBAC admin assignment",
      hint: "make someone else Owner first, or take User Access Administrator at the tenant root "
        + "with role.elevate_access()"
    )
  }

  /// The role assignments that a scope inherits.
  func assignments(above scope: Scope, _ account: Account) throws -> [RoleAssignment] {
    let roots = [
      Scope.root,
      Scope(known: "/providers/Microsoft.Management/managementGroups/\(account.tenantID)"),
    ]
    let parts = scope.description.split(separator: "/")
    let parents = [2, 4, 8].filter { $0 < parts.count }
      .map { Scope(known: "/" + parts.prefix($0).joined(separator: "/")) }
    return try (roots + parents).filter { $0 != scope }.flatMap { try assignments(at: $0) }
      .filter { $0.tenantID == account.tenantID }
  }
}
