import Foundation
import Testing

/// What was done at a prompt, as commands, run in a real bash through the shims.
@Suite struct SessionRunbookTests {
  /// One entry, so that it is typed at once.
  private static let session = [
    "g = group.create{ name = 'rg', location = 'eastus' }",
    "v = vault.create{ name = 'kv1', resource_group = 'rg', location = 'eastus' }",
    "v:update{ tags = { a = 'b' }, enable_purge_protection = true }",
    "k = key.create{ vault_name = v, name = 'etcd' }",
    "i = identity.create{ name = 'myid', resource_group = 'rg', location = 'eastus' }",
    "v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }",
    "kms = { enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k }",
    "kms.azure_keyvault_kms_key_vault_network_access = 'Public'",
    "c = cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,",
    "enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,",
    "azure_keyvault_kms_key_vault_network_access = 'Public' }",
    "s = secret.create{ cluster = c, name = 'db', string_data = { password = 'pw' } }",
    "s:update{ labels = { team = 'x' } }",
    "kms.azure_keyvault_kms_key_id = k:rotate() c:update(kms) c:rewrite_secrets{}",
    "k:rotation_policy{ lifetime_actions = { { action = 'Rotate', time_after_create = 'P30D' } } }",
    "k:update{ expires = '2035-01-01T00:00:00Z' } v:network_rule_add{ ip_address = '1.2.3.4' }",
    "v:diagnostics(true) role.assign{ role = 'Reader', assignee = i, scope = v }",
    "v:create_key{ name = 'other' }:delete{ confirm = true }",
    "key.recover{ vault_name = 'kv1', name = 'other' } c:scale{ node_count = 4 } c:stop() c:start()",
    "v:private_endpoint_create{ name = 'pe1' }",
  ]

  /// What both worlds must have alike.
  private static let state = """
    local v, c = vault.get('kv1'), cluster.get('c1')
    print(v.tags.a, v.enable_purge_protection, #v.access_policies, #v.network_acls.ip_rules)
    print(#v.private_endpoint_connections, v:diagnostics(), #role.list{ scope = v }, #group.list())
    for _, one in ipairs(key.list{ vault_name = v }) do print(one.name, #one:versions()) end
    print(key.list{ vault_name = v }[1]:versions()[1].expires, c:inventory().stale)
    print(c:show().agentPoolProfiles[1].count)
    print(c:kms().previous ~= nil, c:health().api_server)
    for s in secret.each{ cluster = c, all_namespaces = true } do
      print(s.namespace, s.name, s.data.password, s.labels.team)
    end
    """

  @Test func `the runbook of a session leaves what the session left`() throws {
    let scratch = try Scratch()
    let path = scratch.file("session.sh")
    let terminal = try Terminal(in: scratch, ["--workspace", scratch.file("session.db")])
    terminal.wait(for: "kmsh> ")
    terminal.type(Self.session.joined(separator: " ") + " done = 'so'\n")
    terminal.type("done .. ' far'\n")
    terminal.wait(for: "'so far'")
    terminal.type(
      "\\kubectl --cluster c1 create secret generic typed -n web --from-literal=password=a\n"
    )
    terminal.wait(for: "secret/typed created")
    terminal.type("io.open('\(path)', 'w'):write(prompt.runbook()):close()\n")
    terminal.type("'written'\n")
    terminal.wait(for: "'written'\r")
    terminal.type("\\quit\n")
    #expect(terminal.status() == 0)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(!text.contains("password=a") && !text.contains("pw"))
    let run = try Shell.run(
      """
      kmsh() { '\(Program.path)' "$@"; }
      eval "$(kmsh env '\(scratch.file("env"))')"
      export db_password=pw typed_password=a log_workspace=w vnet=v subnet=s
      bash '\(path)' >/dev/null || exit
      kmsh -e "\(Self.state)" 2>&1
      """,
      in: scratch
    )
    #expect(run.status == 0, "\(run.errors)")
    let before = try Program.run(
      ["--workspace", scratch.file("session.db"), "-e", Self.state],
      in: scratch
    )
    #expect(before.output.split(separator: "\n").count == 9, "\(before.output) \(before.errors)")
    #expect(run.output == before.output)
  }
}
