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
    var testDescription: String { name }
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
  ]

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
    print(#vault.list(), #identity.list(), #cluster.list())
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
      kmsh - >'\(scratch.file("runbook.sh"))' <<'LUA'
      \(world)
      io.write(require('kms.\(procedure.name)').runbook(\(procedure.options), 'bash'))
      LUA
      if [ '\(procedure.name)' != enable_public ]; then
        az aks get-credentials --name c1 --resource-group rg --only-show-errors
      fi
      bash '\(scratch.file("runbook.sh"))' >/dev/null
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
