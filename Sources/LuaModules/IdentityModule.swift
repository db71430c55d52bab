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

/// How an identity is named by its group.
private let identityPlaceOptions: [LuaOption] = [
  .required("name", .string, "name as created").naming(.identities),
  .optional("resource_group", .string, "where it must lie").naming(.resourceGroups),
]

extension LuaModule {
  /// The Lua module `identity`.
  public static func identity(_ session: Session) -> LuaModule {
    LuaModule("identity", "Who calls: the signed-in user and user-assigned identities.") { module in
      module.function(
        "create",
        "Makes a user-assigned identity.",
        options: [
          .required("name", .string, "3 to 128 letters, digits, - and _", az: "--name"),
          .required("resource_group", .string, "made on first use", az: "--resource-group")
            .naming(.resourceGroups),
          .optional(
            "location",
            .string,
            "region of Azure",
            default: .words("that of the group"),
            az: "--location"
          ),
          .optional("tags", .table, "labels", az: "--tags"),
        ],
        returns: "identity"
      ) { call in
        let options = try call.options()
        let made = try session.azure.createIdentity(
          name: options.string("name"),
          resourceGroup: options.string("resource_group"),
          location: options.optionalString("location"),
          tags: options.optionalTags("tags") ?? [:],
          context: session.context()
        )
        return .object(IdentityHandle(made.resourceID, session))
      }
      module.function(
        "get",
        "Returns an identity by name, ARM id or principal id.",
        parameters: "name | { name, resource_group? }",
        returns: "identity"
      ) { call in
        guard case .table = try call.value(1) else {
          return try session.shown(session.identity(call.string(1)))
        }
        let options = try LuaOptions.checked(
          call.value(1),
          for: call.description.name,
          identityPlaceOptions
        )
        return try session.shown(
          session.azure.identity(
            named: options.string("name"),
            resourceGroup: options.optionalString("resource_group")
          )
        )
      }
      module.function(
        "find",
        "As get, nil when there is none.",
        parameters: "name",
        returns: "identity?"
      ) { call in
        try session.findIdentity(call.string(1)).map(session.shown) ?? .nil
      }
      module.function(
        "list",
        "Returns all identities that the caller may see, or those of a group.",
        options: [
          .optional(
            "resource_group",
            .string,
            "only this group",
            default: .words("all"),
            az: "--resource-group"
          )
          .naming(.resourceGroups)
        ],
        returns: "array of identities"
      ) { call in
        let context = try session.context()
        let identities = try session.azure.listIdentities(
          resourceGroup: call.options().optionalString("resource_group")
        )
        return .array(
          try identities.filter { try session.azure.canRead($0, context: context) }
            .map { .object(IdentityHandle($0.resourceID, session)) }
        )
      }
      module.takes(.identities, or: identityPlaceOptions, "get")
      module.takes(.identities, "find")
      module.principals(session)
    }
  }
}

extension Session {
  /// Hands out an identity that the caller may read.
  fileprivate func shown(_ identity: ManagedIdentity) throws -> LuaValue {
    try azure.authorizeReading(identity, context: context())
    return .object(IdentityHandle(identity.resourceID, self))
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
      type.field("tags", "Labels.") {
        .table(
          Dictionary(
            uniqueKeysWithValues: try $0.identity().tags.map { (LuaKey($0), .string($1)) }
          )
        )
      }
      type.method("show", "Returns what `az identity show` prints.", returns: "table") {
        handle,
        _ in
        let identity = try handle.identity()
        try handle.session.azure.authorizeReading(identity, context: handle.session.context())
        return identity.azShape.luaValue
      }
      type.method(
        "delete",
        "Deletes it with its principal; grants to the principal stay and help no one (R19)."
      ) { handle, _ in
        try handle.session.azure.deleteIdentity(
          id: handle.armID,
          context: handle.session.context()
        )
        return .nil
      }
    }
  }
}
