internal import AzureModel
public import LuaRuntime

/// A live handle to a user-assigned identity.
final class IdentityHandle: LuaObject {
  let session: Session
  /// ARM id.
  let armID: String

  init(_ armID: String, _ session: Session) {
    self.armID = armID
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `identity.not_found` once it is gone.
  func identity() throws -> ManagedIdentity { try session.azure.identity(id: armID) }
}

/// A principal that is no resource: the signed-in user.
final class PrincipalHandle: LuaObject {
  let principal: Principal

  init(_ principal: Principal) { self.principal = principal }
}

extension LuaModule {
  /// The Lua module `identity`.
  public static func identity(_ session: Session) -> LuaModule {
    LuaModule("identity", "Who calls: the signed-in user and user-assigned identities.") { module in
      module.function(
        "create",
        "Makes a user-assigned identity.",
        options: [
          .required("name", .string, "3 to 128 letters, digits, - and _", az: "--name"),
          .required("resource_group", .string, "made on first use", az: "--resource-group"),
          .optional("location", .string, "default: that of the group", az: "--location"),
        ],
        returns: "identity"
      ) { call in
        let options = try call.options()
        let made = try session.azure.createIdentity(
          name: options.string("name"),
          resourceGroup: options.string("resource_group"),
          location: options.optionalString("location"),
          context: session.context()
        )
        return .object(IdentityHandle(made.resourceID, session))
      }
      module.function(
        "get",
        "Returns an identity by name, ARM id or principal id.",
        parameters: "name",
        returns: "identity"
      ) { call in
        .object(IdentityHandle(try session.identity(call.string(1)).resourceID, session))
      }
      module.function(
        "find",
        "As get, nil when there is none.",
        parameters: "name",
        returns: "identity?"
      ) { call in
        try session.findIdentity(call.string(1))
          .map { .object(IdentityHandle($0.resourceID, session)) } ?? .nil
      }
      module.function(
        "list",
        "Returns all identities, or those of a group.",
        options: [.optional("resource_group", .string, "only this group", az: "--resource-group")],
        returns: "array of identities"
      ) { call in
        let identities = try session.azure.listIdentities(
          resourceGroup: call.options().optionalString("resource_group")
        )
        return .array(identities.map { .object(IdentityHandle($0.resourceID, session)) })
      }
      module.function("signed_in", "Returns the signed-in user.", returns: "principal") { _ in
        .object(PrincipalHandle(try session.context().principal))
      }
    }
  }
}

extension LuaClass<IdentityHandle> {
  /// The class of identity handles.
  static func identity() -> LuaClass<IdentityHandle> {
    LuaClass("identity", "A user-assigned identity.") { type in
      type.describe = { "identity \($0.armID.split(separator: "/").last ?? "")" }
      type.isEqual = { $0.armID.lowercased() == $1.armID.lowercased() }
      type.card = { handle in
        let identity = try handle.identity()
        return .card(
          "identity \(identity.name)",
          [
            ("principal_id", .string(identity.principalID)),
            ("client_id", .string(identity.clientID)),
            ("resource_group", .string(identity.resourceGroup)),
            ("id", .string(identity.resourceID)),
          ]
        )
      }
      type.row = { handle in
        let identity = try handle.identity()
        return .row([
          ("name", .string(identity.name)), ("principal_id", .string(identity.principalID)),
          ("client_id", .string(identity.clientID)),
        ])
      }
      type.field("name", "Name as created.") { .string(try $0.identity().name) }
      type.field("id", "ARM id, for assign_identity.") { .string(try $0.identity().resourceID) }
      type.field("principal_id", "Object id, for grants.") {
        .string(try $0.identity().principalID)
      }
      type.field("client_id", "Application id, in tokens; never for grants.") {
        .string(try $0.identity().clientID)
      }
      type.field("tenant_id", "Tenant it lives in.") { .string(try $0.identity().tenantID) }
      type.field("resource_group", "Group it lies in.") {
        .string(try $0.identity().resourceGroup)
      }
      type.field("location", "Region.") { .string(try $0.identity().location) }
    }
  }
}

extension LuaClass<PrincipalHandle> {
  /// The class of principals that are no resource.
  static func principal() -> LuaClass<PrincipalHandle> {
    LuaClass("principal", "A principal of the tenant's directory.") { type in
      type.describe = { "\($0.principal.kind.rawValue) \($0.principal.name)" }
      type.isEqual = { $0.principal == $1.principal }
      type.card = {
        .card(
          "\($0.principal.kind.rawValue) \($0.principal.name)",
          [
            ("id", .string($0.principal.objectID)),
            ("tenant_id", .string($0.principal.tenantID)),
          ]
        )
      }
      type.field("id", "Object id.") { .string($0.principal.objectID) }
      type.field("name", "User principal name.") { .string($0.principal.name) }
      type.field("type", "`User` or `ServicePrincipal`.") { .string($0.principal.kind.rawValue) }
      type.field("tenant_id", "Tenant it lives in.") { .string($0.principal.tenantID) }
    }
  }
}
