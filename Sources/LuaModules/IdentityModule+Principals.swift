internal import AzureModel
internal import ClusterModel
internal import LuaRuntime

extension LuaModule {
  /// The functions of `identity` that are about users, service principals and who calls.
  func principals(_ session: Session) {
    function(
      "signed_in",
      "Returns the signed-in user; as a service principal it fails, there is no `/me` (R39).",
      returns: "principal"
    ) { _ in
      let caller = try session.context().principal
      guard caller.kind == .user else {
        throw LuaError(
          code: "access.denied",
          message: "/me request is only valid with delegated authentication flow.",
          hint: "only a user is signed in; this code runs as \(caller.name)",
          rule: "R39",
          status: 400,
          azureCode: "BadRequest"
        )
      }
      return .object(PrincipalHandle(caller, session))
    }
    multi(
      "run_as",
      "Runs a function as a principal on both planes; what went before holds again after it.",
      parameters: "principal, fn",
      returns: "what fn returns"
    ) { call in
      let principal = try session.principal(call.value(1))
      let body = try call.function(2)
      return try session.running(as: principal) {
        try call.state.callKeeping(body).map { .function($0) }
      }
    }
    takes(.principals, "run_as")
    function(
      "create_user",
      "Makes a user of the tenant, without any role.",
      options: [
        .required(
          "user_principal_name",
          .string,
          "sign-in name, such as ada@contoso.onmicrosoft.com",
          az: "--user-principal-name"
        ),
        .optional("display_name", .string, "name for people", az: "--display-name"),
      ],
      returns: "principal"
    ) { call in
      let options = try call.options()
      let user = try session.azure.createUser(
        name: options.string("user_principal_name"),
        displayName: options.optionalString("display_name"),
        context: session.context()
      )
      return .object(PrincipalHandle(user, session))
    }
    function(
      "create_service_principal",
      "Makes an application with its service principal, without any role.",
      options: [.required("display_name", .string, "name for people", az: "--display-name")],
      returns: "principal"
    ) { call in
      let principal = try session.azure.createServicePrincipal(
        displayName: call.options().string("display_name"),
        context: session.context()
      )
      return .object(PrincipalHandle(principal, session))
    }
    function(
      "principals",
      "Returns the users and service principals of the tenant; identities are in identity.list.",
      returns: "array of principals"
    ) { _ in
      .array(
        try session.azure.listPrincipals().map { .object(PrincipalHandle($0, session)) }
      )
    }
  }
}

/// How an option or argument names a principal.
extension Session {
  /// Reads a principal off a handle, an object id, a sign-in name, an identity's name or ARM id.
  ///
  /// - Throws: `principal.not_found`, `argument.value` for a name that several have.
  func principal(_ value: LuaValue) throws -> Principal {
    switch value {
    case .object(let handle as IdentityHandle): return try handle.identity().principal
    case .object(let handle as PrincipalHandle): return try handle.existing()
    case .object(let handle as ClusterHandle): return try systemIdentity(of: handle)
    default: break
    }
    let name = try text(value, "a principal")
    if name.hasPrefix("/") {
      return try azure.findSystemIdentity(of: name) ?? azure.identity(id: name).principal
    }
    switch try azure.describeObject(name) {
    case .principal(let principal): return principal
    case .application: return try azure.principal(objectID: name)
    case .unknown: break
    }
    let named = try [azure.findPrincipal(named: name), azure.findIdentity(named: name)?.principal]
      .compactMap(\.self)
    guard named.count < 2 else {
      throw LuaError(
        code: "argument.value",
        message: "'\(name)' names a service principal and an identity",
        hint: "name it by its object id"
      )
    }
    return try named.first ?? azure.principal(objectID: name)
  }

  /// Reads a principal's object id off a handle, a GUID, which is taken as it is, or a name.
  func objectID(_ value: LuaValue) throws -> String {
    switch value {
    case .object: return try principal(value).objectID
    default:
      let text = try text(value, "a principal")
      return Principal.isObjectID(text) ? text : try principal(value).objectID
    }
  }

  private func systemIdentity(of handle: ClusterHandle) throws -> Principal {
    let cluster = try handle.cluster()
    if let principal = try azure.findSystemIdentity(of: cluster.resourceID) { return principal }
    guard let id = cluster.identityID else {
      throw LuaError(
        code: "principal.not_found",
        message: "cluster \(cluster.name) has no identity"
      )
    }
    return try azure.identity(id: id).principal
  }
}
