import Foundation
import Testing

/// The bash runbooks of the documented procedures, run in a real bash through the shims, beside
/// what `run` does: both leave the same.
@Suite(.serialized) struct RunbookTests {
  struct Procedure: CustomTestStringConvertible, Sendable {
    let name: String
    let options: String
    /// Lua that makes the world that the procedure is for.
    let world: String
    /// What tells it from others of the procedure.
    var title = ""
    /// Shell that sets what only the operator knows.
    var knows = ""
    /// How often the runbook is printed and run, until it has seen all that there is to do.
    var rounds = 1
    var testDescription: String { title.isEmpty ? name : "\(name): \(title)" }
  }

  private static let enabled = """
    local v = vault.create{ name = 'MyKeyVault', resource_group = 'rg' }
    local k = key.create{ vault_name = v, name = 'etcd' }
    local i = identity.create{ name = 'MyIdentity', resource_group = 'rg' }
    v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
    local c = cluster.create{
      name = 'c1', resource_group = 'rg', assign_identity = i, enable_azure_keyvault_kms = true,
      azure_keyvault_kms_key_id = k, azure_keyvault_kms_key_vault_network_access = 'Public',
      kubernetes_version = VERSION, enable_apiserver_vnet_integration = true,
    }
    role.assign{ role = 'Key Vault Contributor', assignee = i, scope = v }
    for n = 1, 3 do secret.create{ cluster = c, name = 's' .. n, string_data = { n = 'x' .. n } } end
    """

  static let procedures = [
    Procedure(
      name: "enable_public",
      options: "{ cluster = 'c1', vault = 'MyKeyVault', key = 'etcd', identity = 'MyIdentity', "
        + "resource_group = 'rg' }",
      world: ""
    ),
    Procedure(name: "rewrite", options: "{ cluster = 'c1' }", world: enabled),
    Procedure(name: "rotate", options: "{ cluster = 'c1' }", world: enabled),
    Procedure(name: "rotate_twice", options: "{ cluster = 'c1' }", world: enabled),
    Procedure(name: "disable", options: "{ cluster = 'c1' }", world: enabled),
    Procedure(
      name: "migrate_to_v2",
      options: "{ cluster = 'c1', kubernetes_version = '1.27.1' }",
      world: enabled.replacing("VERSION", with: "'1.26'")
    ),
    Procedure(
      name: "switch_mode",
      options: "{ cluster = 'c1', to = 'Private' }",
      world: enabled
    ),
    Procedure(name: "verify", options: "{ cluster = 'c1' }", world: enabled),
    Procedure(
      name: "monitor",
      options: "{ cluster = 'c1' }",
      world: enabled,
      knows: "export WORKSPACE_ID=/subscriptions/s/workspaces/w WORKSPACE_GUID=guid"
    ),
    Procedure(
      name: "enable_private",
      options: "{ cluster = 'c1', vault = 'MyKeyVault', identity = 'MyIdentity', "
        + "resource_group = 'rg', private_endpoint = 'admin' }",
      world: "",
      knows: """
        export VNET_NAME=mine SUBNET_NAME=work
        export KMSH_CALL_FROM=/subscriptions/$(az account show --query id -o tsv)/resourceGroups/rg\
        /providers/Microsoft.Network/privateEndpoints/admin
        """
    ),
    withoutSecrets("rewrite"), withoutSecrets("rotate"), withoutSecrets("rotate_twice"),
    withoutSecrets("disable"), withoutSecrets("recover"),
    recovery("nothing is wrong", world: ""),
    recovery(
      "grant, key and network are lost",
      world: """
        k:update{ expires = '2026-03-02T00:00:00Z', ops = { 'sign' } }
        v:delete_policy{ object_id = i }
        v:update{ default_action = 'Deny' }
        clock.freeze('2026-03-03T00:00:00Z')
        """,
      rounds: 2
    ),
    recovery(
      "vault, key and identity are deleted, and the key is disabled",
      world: """
        k:update{ expires = '2026-03-02T00:00:00Z', enabled = false }
        k:delete{ confirm = true }
        i:delete()
        v:delete{ confirm = true }
        clock.freeze('2026-03-03T00:00:00Z')
        """,
      rounds: 3
    ),
    recovery(
      "Secrets are stranded by two rotations",
      world: """
        local function rotate()
          c:update{
            enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = v:create_key{ name = 'etcd' },
            azure_keyvault_kms_key_vault_network_access = 'Public',
          }
        end
        rotate()
        secret.create{ cluster = c, name = 'later', string_data = { n = 'x' } }
        rotate()
        """
    ),
  ]

  /// A case on a cluster that has no Secret, where kubectl replace has no objects and fails.
  private static func withoutSecrets(_ name: String) -> Procedure {
    Procedure(
      name: name,
      options: "{ cluster = 'c1' }",
      world: enabled.replacing("for n = 1, 3", with: "for n = 1, 0"),
      title: "no Secret is there"
    )
  }

  /// A case of `recover` in a world that went wrong.
  private static func recovery(_ title: String, world: String, rounds: Int = 1) -> Procedure {
    Procedure(
      name: "recover",
      options: "{ cluster = 'c1', expires = '2030-01-01T00:00:00Z' }",
      world: "clock.freeze('2026-03-01T00:00:00Z')\n" + enabled + "\n" + world,
      title: title,
      rounds: rounds
    )
  }

  @Test func `every procedure has a case`() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "stdlib/kms")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".lua") }
    let procedures = try names.filter { name in
      try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        .contains("procedure.define")
    }
    #expect(procedures.count >= 11)
    #expect(Set(procedures) == Set(Self.procedures.map { "\($0.name).lua" }))
  }

  /// What both ways must leave alike: the cluster, KMS on it, and what each Secret is under.
  private static let state = """
    local c = cluster.get('c1')
    local kms = c:kms()
    print(c.kubernetes_version, kms.enabled, kms.enabled and kms.version, kms.network_access)
    print(kms.previous ~= nil)
    print(c:health().api_server, c:inventory().stale)
    for s in secret.each{ cluster = c, all_namespaces = true } do
      print(s.name, s.data.n, s:stored().provider, s:stored().key_id ~= nil)
    end
    for s in secret.each{ cluster = c, all_namespaces = true } do
      print(s.name, s:stored().key_id == crypto.hex(crypto.sha256(kms.current.kid)))
    end
    print(#vault.list(), #identity.list(), #cluster.list())
    for _, v in ipairs(vault.list{}) do
      print(v.public_network_access, v.network_acls.default_action, v:diagnostics())
      for _, policy in ipairs(v.access_policies) do print(#policy.key_permissions) end
      print(#v.private_endpoint_connections, #role.list{ scope = v })
      pcall(function()
        for n, one in ipairs(key.list{ vault_name = v }[1]:versions()) do
          print(n, one.enabled, one.expires, #one.key_ops, next(one.tags), one.kid == kms.current.kid)
        end
      end)
    end
    """

  @Test(arguments: procedures)
  func `a runbook leaves what run leaves`(procedure: Procedure) throws {
    let scratch = try Scratch()
    let world = procedure.world.replacing("VERSION", with: "'1.33'")
    let run = try Shell.run(
      """
      set -e
      kmsh() { '\(Program.path)' "$@"; }
      eval "$(kmsh env '\(scratch.file("run"))')"
      kmsh - <<'LUA'
      \(world)
      require('kms.\(procedure.name)').run(\(procedure.options))
      LUA
      kmsh - >'\(scratch.file("after run"))' <<'LUA'
      \(Self.state)
      LUA
      eval "$(kmsh env '\(scratch.file("runbook"))')"
      kmsh - <<'LUA'
      \(world)
      LUA
      if [ -n "$(az aks list --query '[].name' -o tsv)" ]; then
        az aks get-credentials --name c1 --resource-group rg --only-show-errors
      fi
      \(procedure.knows)
      for round in $(seq \(procedure.rounds)); do
        kmsh - >'\(scratch.file("runbook.sh"))' <<'LUA'
        io.write(require('kms.\(procedure.name)').runbook(\(procedure.options), 'bash'))
      LUA
        bash '\(scratch.file("runbook.sh"))' >/dev/null
      done
      if grep 'not all could be seen' '\(scratch.file("runbook.sh"))' >&2; then exit 9; fi
      unset KMSH_CALL_FROM
      kmsh - >'\(scratch.file("after runbook"))' <<'LUA'
      \(Self.state)
      LUA
      """,
      in: scratch
    )
    #expect(run.status == 0, "\(run.errors) \(run.output)")
    let after = try String(contentsOfFile: scratch.file("after run"), encoding: .utf8)
    let printed = try String(contentsOfFile: scratch.file("after runbook"), encoding: .utf8)
    #expect(after.split(separator: "\n").count >= 4)
    #expect(after == printed)
  }
}
