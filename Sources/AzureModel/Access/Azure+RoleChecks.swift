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
        "Role '\(text)' doesn't exist.",
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
        "The provided principal Id '\(id)' is not a valid GUID.",
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
  /// - Throws: `resource.not_found`.
  func checkPlace(_ scope: Scope) throws {
    if let group = scope.managementGroup {
      guard group == (try findAccount()?.tenantID) else {
        throw Self.notFound(
          "The management group '\(group)' cannot be found.",
          "ManagementGroupNotFound",
          hint: "the one management group is the tenant's root, named by the tenant id"
        )
      }
      return
    }
    guard let subscriptionID = scope.subscriptionID, let group = scope.resourceGroup else { return }
    let id = ResourceGroup.id(group, subscriptionID)
    guard try store.find(ResourceGroup.self, id: id) != nil else {
      throw Self.notFound(
        "Resource group '\(group)' could not be found.",
        "ResourceGroupNotFound",
        hint: "a group is made by the first thing created in it"
      )
    }
    let parts = scope.description.split(separator: "/").map(String.init)
    guard parts.count >= 8 else { return }
    let type = "\(parts[5])/\(parts[6])"
    let resource = "/" + parts.prefix(8).joined(separator: "/")
    let isThere: Bool
    switch type.lowercased() {
    case "microsoft.keyvault/vaults":
      isThere = try findVault(named: parts[7])?.resourceID.lowercased() == resource.lowercased()
    case "microsoft.managedidentity/userassignedidentities":
      isThere = try findIdentity(id: resource) != nil
    default: isThere = true
    }
    guard isThere else {
      throw Self.notFound(
        "The Resource '\(type)/\(parts[7])' under resource group '\(group)' was not found. For "
          + "more details please go to https://aka.ms/ARMResourceNotFoundFix",
        "ResourceNotFound",
        hint: nil
      )
    }
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

  private static func notFound(_ message: String, _ code: String, hint: String?) -> AzureError {
    AzureError(.resourceNotFound, message, hint: hint, status: 404, azureCode: code)
  }
}
