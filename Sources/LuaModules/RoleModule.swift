internal import AzureModel
internal import ClusterModel
public import LuaRuntime

extension LuaModule {
  /// The Lua module `role`.
  public static func role(_ session: Session) -> LuaModule {
    LuaModule("role", "Who may do what, where: role definitions and assignments.") { module in
      module.function(
        "assign",
        "Gives a principal a role at a scope; one it has already is returned.",
        options: [
          roleOption(isRequired: true),
          .required(
            "assignee",
            .any,
            "object id, handle or sign-in name",
            az: "--assignee-object-id"
          ).naming(.principals),
          .required("scope", .any, "ARM id, or the handle of what it names", az: "--scope")
            .naming(.resourceIDs),
          .optional(
            "assignee_principal_type",
            .choice(PrincipalType.allCases.map(\.rawValue)),
            "keeps the service from looking the principal up",
            default: .words("looked up"),
            az: "--assignee-principal-type"
          ),
        ],
        returns: "what `az role assignment create` prints"
      ) { call in
        let options = try call.options()
        let assignment = try session.azure.assignRole(
          RoleAssignmentOptions(
            role: options.string("role"),
            principalID: session.objectID(options.value("assignee")),
            principalType: options.optionalString("assignee_principal_type")
              .flatMap { PrincipalType(rawValue: $0) },
            scope: session.scope(options.value("scope"))
          ),
          context: session.context()
        )
        return assignment.azShape.luaValue
      }
      module.function(
        "revoke",
        "Takes roles away: those at the scope that fit the role and the assignee named.",
        options: [
          roleOption(isRequired: false),
          .optional("assignee", .any, "object id, handle or sign-in name", az: "--assignee")
            .naming(.principals),
          .required("scope", .any, "ARM id, or the handle of what it names", az: "--scope")
            .naming(.resourceIDs),
        ],
        returns: "how many were taken away"
      ) { call in
        let options = try call.options()
        guard options.contains("role") || options.contains("assignee") else {
          throw LuaError(
            code: "argument.missing",
            message: "role.revoke needs role or assignee",
            hint: "role.list{ scope = … } shows what is assigned at a scope"
          )
        }
        let revoked = try session.azure.revokeRole(
          role: options.optionalString("role"),
          principalID: options.contains("assignee")
            ? session.objectID(options.value("assignee")) : nil,
          scope: session.scope(options.value("scope")),
          context: session.context()
        )
        return .integer(Int64(revoked.count))
      }
      module.function(
        "list",
        "Returns role assignments: those at a scope, or all of the subscription and above it.",
        options: [
          .optional("scope", .any, "ARM id, or the handle of what it names", az: "--scope")
            .naming(.resourceIDs),
          .optional("assignee", .any, "object id, handle or sign-in name", az: "--assignee")
            .naming(.principals),
          roleOption(isRequired: false),
          .optional(
            "include_inherited",
            .boolean,
            "those above the scope too",
            default: false,
            az: "--include-inherited"
          ),
        ],
        returns: "array of what `az role assignment list` prints"
      ) { call in .array(try session.roleAssignments(call.options())) }
      module.function(
        "definitions",
        "Returns the built-in roles, or the one of a name or id.",
        options: [
          .optional("name", .string, "name or id of a role", az: "--name").naming(.roles)
        ],
        returns: "array of what `az role definition list` prints"
      ) { call in
        let name = try call.options().optionalString("name")
        let subscription = try session.azure.account(session.workspace).subscriptionID
        let roles = try name.map { [try session.azure.role($0)] } ?? RoleDefinition.builtIn
        return .array(roles.map { $0.azShape(subscriptionID: subscription).luaValue })
      }
      module.function(
        "elevate_access",
        "Gives the signed-in user, who administers the directory, User Access Administrator at /.",
        returns: "the role assignment"
      ) { _ in
        try session.azure.elevateAccess(context: session.context()).azShape.luaValue
      }
    }
  }

  private static func roleOption(isRequired: Bool) -> LuaOption {
    let option: LuaOption =
      isRequired
      ? .required("role", .string, "name or id of a role", az: "--role")
      : .optional("role", .string, "name or id of a role", az: "--role")
    return option.naming(.roles)
  }
}

extension Session {
  /// Reads a scope off a handle or an ARM id.
  func scope(_ value: LuaValue) throws -> String {
    switch value {
    case .object(let handle as VaultHandle): return try handle.vault().resourceID
    case .object(let handle as KeyHandle):
      let vault = try azure.vault(named: handle.kid.vault)
      return "\(vault.resourceID)/keys/\(handle.kid.name)"
    case .object(let handle as IdentityHandle): return try handle.identity().resourceID
    case .object(let handle as ClusterHandle): return try handle.cluster().resourceID
    case .object(let handle as SubscriptionHandle): return handle.subscription.resourceID
    default: return try text(value, "a scope")
    }
  }

  fileprivate func roleAssignments(_ options: LuaOptions) throws -> [LuaValue] {
    let role = try options.optionalString("role").map(azure.role)
    let found = try azure.listRoleAssignments(
      scope: options.contains("scope") ? scope(options.value("scope")) : nil,
      principalID: options.contains("assignee") ? objectID(options.value("assignee")) : nil,
      includesInherited: options.optionalBoolean("include_inherited") ?? false,
      context: context()
    )
    return try found.filter { role == nil || $0.roleID == role?.id }.map {
      let principal = try azure.findPrincipal(objectID: $0.principalID)
      return $0.azListItem(principalName: principal?.clientName).luaValue
    }
  }
}
