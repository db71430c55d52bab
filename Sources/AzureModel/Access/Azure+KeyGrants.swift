/// Who may do what in a vault: by role assignments or by access policies, never by both.
extension Azure {
  /// Checks that the caller may perform a data-plane operation.
  ///
  /// Under RBAC the policies of the vault are not looked at, under policies no role is.
  ///
  /// - Throws: `access.denied`.
  func checkGrant(
    _ access: KeyAccess,
    on vault: Vault,
    key name: String?,
    _ context: CallContext
  ) throws {
    if vault.enableRBACAuthorization {
      let answer = try isGranted(access.dataAction, on: vault, key: name, context)
      guard answer.isGranted else {
        throw Self.forbiddenByRBAC(access, vault: vault, key: name, context, hint: answer.hint)
      }
      return
    }
    let isAllowed = try vault.accessPolicies.contains {
      try $0.concerns(context.principal)
        && $0.allows(access.permission, all: settings().policyAll)
    }
    guard isAllowed else { throw Self.accessDenied(access, vault: vault, context) }
  }

  private static func accessDenied(
    _ access: KeyAccess,
    vault: Vault,
    _ context: CallContext
  ) -> AzureError {
    denied(
      [
        "The user, group or application '\(caller(context))' does not have keys "
          + "\(access.permission.rawValue) permission on key vault "
          + "'\(vault.name);location=\(vault.location)'. For help resolving this issue, please "
          + "see https://go.microsoft.com/fwlink/?linkid=2125287"
      ],
      "AccessDenied",
      hint: "grant it: az keyvault set-policy --name \(vault.name) --key-permissions "
        + "\(access.permission.rawValue) --object-id \(context.principal.objectID)",
      rule: "R35"
    )
  }

  private static func forbiddenByRBAC(
    _ access: KeyAccess,
    vault: Vault,
    key name: String?,
    _ context: CallContext,
    hint: String?
  ) -> AzureError {
    denied(
      [
        "Caller is not authorized to perform action on resource.",
        "If role assignments, deny assignments or role definitions were changed recently, "
          + "please observe propagation time.",
        callerLine(context),
        "Action: 'Microsoft.KeyVault/vaults/\(access.dataAction)'",
        "Resource: '\(vault.resourceID)\(name.map { "/keys/\($0)" } ?? "")'",
        "Assignment: (not found)",
        "DenyAssignmentId: null",
        "DecisionReason: null",
        vaultLine(vault),
      ],
      "ForbiddenByRbac",
      hint: hint ?? "even an Owner has no data action; a Key Vault Crypto role at the vault has",
      rule: "R38"
    )
  }
}
