internal import AzureModel
internal import LuaRuntime

/// A user or a service principal of a tenant's directory.
final class PrincipalHandle: LuaObject {
  let session: Session
  /// As the directory had it; what it says never changes.
  let principal: Principal

  init(_ principal: Principal, _ session: Session) {
    self.principal = principal
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `principal.not_found` once it is gone.
  func existing() throws -> Principal {
    try session.azure.principal(objectID: principal.objectID)
  }
}

extension LuaClass<PrincipalHandle> {
  /// The class of users and service principals.
  static func principal() -> LuaClass<PrincipalHandle> {
    LuaClass("principal", "A user or a service principal of a tenant's directory.") { type in
      type.describe = { "\($0.principal.kind.rawValue) \($0.principal.name)" }
      type.isEqual = { $0.principal.objectID == $1.principal.objectID }
      type.card = {
        .card(
          "\($0.principal.kind.rawValue) \($0.principal.name)",
          [
            ("id", .string($0.principal.objectID)),
            ("app_id", .string($0.principal.applicationID)),
            ("tenant_id", .string($0.principal.tenantID)),
          ]
        )
      }
      type.row = {
        .row([
          ("type", .string($0.principal.kind.rawValue)), ("name", .string($0.principal.name)),
          ("id", .string($0.principal.objectID)),
        ])
      }
      type.field("id", "Object id, for grants.") { .string(try $0.existing().objectID) }
      type.field("name", "A user's sign-in name, a service principal's display name.") {
        .string(try $0.existing().name)
      }
      type.field("display_name", "Name for people.") {
        .string(try $0.session.azure.displayName(of: $0.existing()))
      }
      type.field("app_id", "Application id, in tokens; a user's is that of the Azure CLI.") {
        .string(try $0.existing().applicationID)
      }
      type.field("type", "`User` or `ServicePrincipal`.") {
        .string(try $0.existing().kind.rawValue)
      }
      type.field("tenant_id", "Tenant it lives in.") { .string(try $0.existing().tenantID) }
      type.method(
        "show",
        "Returns what `az ad user show` prints; of `az ad sp show` the main members.",
        returns: "table"
      ) { handle, _ in
        let principal = try handle.existing()
        return principal.azShape(
          displayName: try handle.session.azure.displayName(of: principal)
        ).luaValue
      }
      type.method("delete", "Deletes it; grants to it stay and help no one.") { handle, _ in
        try handle.session.azure.deletePrincipal(
          objectID: handle.principal.objectID,
          context: handle.session.context()
        )
        return .nil
      }
    }
  }
}
