public import FoundationEssentials

/// What lets a principal encrypt and decrypt with a key: an access policy or a role assignment.
public struct KeyGrant: Hashable, Sendable {
  /// Where it stands.
  public enum Source: Hashable, Sendable {
    /// An access policy of the vault, with its permissions on keys.
    case policy([KeyPermission])
    /// A role assigned at a scope.
    case role(String, scope: String)
  }

  /// Where it stands.
  public let source: Source
  /// Whether it covers encrypting.
  public let allowsEncrypting: Bool
  /// Whether it covers decrypting.
  public let allowsDecrypting: Bool
  /// From when it acts, nil at once.
  public let effective: Date?
}

extension Azure {
  /// The grants that let a principal encrypt or decrypt with a key, whoever asks.
  ///
  /// Under Azure RBAC these are role assignments, those included that do not act yet; under access
  /// policies they are policies. What the other model holds does not count and is left out.
  ///
  /// - Returns: at most one for each policy or assignment; none for a vault that is not there.
  public func keyGrants(of principal: Principal, on kid: KeyID) throws -> [KeyGrant] {
    guard let vault = try findVault(named: kid.vault) else { return [] }
    guard vault.enableRBACAuthorization else {
      let all = try settings().policyAll
      return vault.accessPolicies.filter { $0.concerns(principal) }.map { policy in
        KeyGrant(
          source: .policy(policy.keys),
          allowsEncrypting: policy.allows(.encrypt, all: all),
          allowsDecrypting: policy.allows(.decrypt, all: all),
          effective: nil
        )
      }
    }
    let place = Scope.key(kid.name, of: vault)
    return try store.all(RoleAssignment.self, parent: principal.objectID).compactMap { assignment in
      let isAbove =
        assignment.scope.managementGroup.map { $0 == principal.tenantID }
        ?? assignment.scope.contains(place)
      guard isAbove, let role = RoleDefinition.find(assignment.roleID) else { return nil }
      let grant = KeyGrant(
        source: .role(role.name, scope: assignment.scope.description),
        allowsEncrypting: role.allows(Self.action(.encrypt), on: .data),
        allowsDecrypting: role.allows(Self.action(.decrypt), on: .data),
        effective: assignment.effective
      )
      return grant.allowsEncrypting || grant.allowsDecrypting ? grant : nil
    }
  }

  private static func action(_ access: KeyAccess) -> String {
    "Microsoft.KeyVault/vaults/\(access.dataAction)"
  }
}
