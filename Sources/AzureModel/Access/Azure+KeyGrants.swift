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
      let hint = try denial(of: access.dataAction, on: vault, key: name, context)
      guard let hint else { return }
      throw Self.forbiddenByRBAC(access, vault: vault, key: name, context, hint: hint)
    }
    let isAllowed = try vault.accessPolicies.contains {
      try $0.concerns(context.principal)
        && $0.allows(access.permission, all: settings().policyAll)
    }
    guard isAllowed else { throw accessDenied(access, vault: vault, context) }
  }

  private func accessDenied(
    _ access: KeyAccess,
    vault: Vault,
    _ context: CallContext
  ) -> AzureError {
    Self.denied(
      [
        "The user, group or application '\(Self.caller(context))' does not have keys "
          + "\(access.permission.rawValue) permission on key vault "
          + "'\(vault.name);location=\(vault.location)'. For help resolving this issue, please "
          + "see https://go.microsoft.com/fwlink/?linkid=2125287"
      ],
      "AccessDenied",
      hint: policyHint(access.permission, vault, context),
      rule: "R35"
    )
  }

  private static func forbiddenByRBAC(
    _ access: KeyAccess,
    vault: Vault,
    key name: String?,
    _ context: CallContext,
    hint: String
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
      hint: hint,
      rule: "R38"
    )
  }
}
