internal import AzureModel
internal import ClusterModel
internal import FoundationEssentials

/// A remedy as a chunk of Lua that can be run as it is.
struct CureScript {
  private let cluster: Cluster

  init(for cluster: Cluster) { self.cluster = cluster }

  /// The steps as Lua, nil when there is none.
  func text(_ steps: [CureStep]) -> String? {
    guard !steps.isEmpty else { return nil }
    let needsCluster = steps.contains { step in
      switch step {
      case .rotate, .use, .rewrite, .assignNewIdentity, .abortOperation, .start, .restart: true
      default: false
      }
    }
    let head = needsCluster ? ["local c = cluster.get(\(quoted(cluster.resourceID)))"] : []
    return (head + steps.map(line)).joined(separator: "\n")
  }

  private func line(_ step: CureStep) -> String {
    switch step {
    case .setExpiry(let kid, let time): update(kid, "expires = \(quoted(time.rfc3339))")
    case .setNotBefore(let kid, let time): update(kid, "not_before = \(quoted(time.rfc3339))")
    case .enable(let kid): update(kid, "enabled = true")
    case .setOperations(let kid, let operations):
      update(kid, "ops = \(list(operations.map(\.rawValue)))")
    case .recoverKey(let kid):
      inside(
        kid.vault,
        "key.recover{ vault_name = \(quoted(kid.vault)), name = \(quoted(kid.name)) }"
      )
    case .recoverVault(let name): "vault.recover(\(quoted(name)))"
    case .setPolicy(let name, let grantee, let permissions):
      "vault.get(\(quoted(name))):set_policy{ object_id = \(assignee(grantee)), "
        + "key_permissions = \(list(permissions.map(\.rawValue))) }"
    case .assignRole(let role, let grantee, let scope):
      "role.assign{ role = \(quoted(role)), assignee = \(assignee(grantee)), "
        + "scope = \(quoted(scope)) }"
    case .openVault(let name):
      "vault.get(\(quoted(name))):update{ public_network_access = 'Enabled', "
        + "default_action = 'Allow' }"
    case .approveConnection(let vault, let name):
      "vault.get(\(quoted(vault))):private_endpoint_connection_approve{ name = \(quoted(name)) }"
    case .protectVault(let name):
      "vault.get(\(quoted(name))):update{ enable_purge_protection = true }"
    case .createIdentity(let name, let group):
      "local i = identity.create{ name = \(quoted(name)), resource_group = \(quoted(group)) }"
    case .assignNewIdentity: "c:update{ assign_identity = i }"
    case .rotate(let kid):
      useKey(
        inside(
          kid.vault,
          "key.create{ vault_name = \(quoted(kid.vault)), name = \(quoted(kid.name)) }"
        ),
        of: kid.vault
      )
    case .use(let kid): useKey(quoted(kid.description), of: kid.vault)
    case .rewrite: "c:rewrite_secrets{}"
    case .abortOperation: "c:operation_abort()"
    case .start: "c:start()"
    case .restart: "c:stop()\nc:start()"
    case .wait(let duration): "clock.advance(\(quoted(duration.description)))"
    }
  }

  private func update(_ kid: KeyID, _ change: String) -> String {
    inside(kid.vault, "key.update{ id = \(quoted(kid.description)), \(change) }")
  }

  /// A call on keys, from inside the network of the private endpoint where there is one.
  private func inside(_ vault: String, _ call: String) -> String {
    guard let endpoint = cluster.privateEndpointID(to: vault) else { return call }
    return "vault.call_from({ private_endpoint = \(quoted(endpoint)) }, function()\n"
      + "  return \(call)\nend)"
  }

  private func useKey(_ key: String, of vault: String) -> String {
    let access = cluster.kms?.networkAccess ?? .isPublic
    let resource =
      access == .isPrivate
      ? ",\n  azure_keyvault_kms_key_vault_resource_id = vault.get(\(quoted(vault)))" : ""
    return "c:update{ enable_azure_keyvault_kms = true,\n  azure_keyvault_kms_key_id = \(key),\n"
      + "  azure_keyvault_kms_key_vault_network_access = \(quoted(access.rawValue))\(resource) }"
  }

  private func assignee(_ grantee: CureStep.Grantee) -> String {
    switch grantee {
    case .principal(let id): quoted(id)
    case .newIdentity: "i"
    }
  }

  private func list(_ items: [String]) -> String {
    "{ \(items.map(quoted).joined(separator: ", ")) }"
  }

  /// A text as a literal; names and ids hold no other characters that need care.
  private func quoted(_ text: String) -> String {
    "'\(text.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
  }
}
