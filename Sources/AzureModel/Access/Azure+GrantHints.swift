/// What would let a caller in who was refused for want of a grant.
extension Azure {
  /// Advice on a refusal by access policies.
  func policyHint(
    _ permission: KeyPermission,
    _ vault: Vault,
    _ context: CallContext
  ) -> String {
    let caller = context.principal
    if vault.accessPolicies.contains(where: { $0.objectID == caller.applicationID }) {
      return Self.clientIDHint("the policy names", caller)
    }
    let hasAll = vault.accessPolicies.contains { $0.concerns(caller) && $0.keys.contains(.all) }
    let grant =
      "az keyvault set-policy --name \(vault.name) --object-id \(caller.objectID) "
      + "--key-permissions \(hasAll ? "all " : "")\(permission.rawValue)"
    return hasAll
      ? "'all' does not cover \(permission.rawValue) (workspace.settings.policy_all): \(grant)"
      : "grant it: \(grant)"
  }

  /// Advice on a refusal by role assignments.
  func roleHint(
    _ action: String,
    on plane: RoleDefinition.Plane,
    at place: Scope,
    _ context: CallContext
  ) throws -> String {
    let caller = context.principal
    let allowing = RoleDefinition.builtIn.filter { $0.allows(action, on: plane) }.map(\.name)
    let ofClientID = try roles(of: caller.applicationID, at: place)
    if ofClientID.contains(where: allowing.contains) {
      return Self.clientIDHint("the role was assigned to", caller)
    }
    let own = try roles(of: caller.objectID, at: place)
    let has = own.isEmpty ? "" : "\(own.joined(separator: ", ")) does not allow it; "
    return "\(has)roles that do: \(allowing.joined(separator: ", "))"
  }

  /// Names of the roles that an object id has at a place.
  private func roles(of objectID: String, at place: Scope) throws -> [String] {
    let names = try store.all(RoleAssignment.self, parent: objectID)
      .filter { $0.scope.contains(place) }.compactMap { RoleDefinition.find($0.roleID)?.name }
    return Set(names).sorted()
  }

  private static func clientIDHint(_ what: String, _ caller: Principal) -> String {
    "\(what) the client id of \(caller.name); grant to its principal id \(caller.objectID) (R46)"
  }
}
