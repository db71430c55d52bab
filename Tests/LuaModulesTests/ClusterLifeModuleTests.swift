import LuaRuntime
import Testing

@Suite struct ClusterLifeModuleTests {
  private static let setUp = """
    v = vault.create{ name = 'kv1', resource_group = 'rg' }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
    k = key.create{ vault_name = v, name = 'k' }
    function kms(key, vault)
      return {
        enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = key,
        azure_keyvault_kms_key_vault_network_access = vault and 'Private' or 'Public',
        azure_keyvault_kms_key_vault_resource_id = vault,
      }
    end
    function make(options, more)
      for name, value in pairs(more or {}) do options[name] = value end
      options.name, options.resource_group, options.assign_identity = 'c1', 'rg', i
      return cluster.create(options)
    end
    function refusal(fn, ...)
      local ok, err = pcall(fn, ...)
      assert(not ok, 'not refused')
      return err
    end
    """

  private func world() throws -> LuaState {
    let state = try makeWorld()
    try run(state, Self.setUp)
    return state
  }

  @Test func `private mode end to end: link, seal, release`() throws {
    try run(
      world(),
      """
      role.assign{ role = 'Key Vault Contributor', assignee = i, scope = v }
      v:update{ public_network_access = 'Disabled' }
      local c = make(kms(k, v), { enable_apiserver_vnet_integration = true })
      assert(c:kms().network_access == 'Private' and c:kms().tunnel == 'vnet')
      assert(c.security_profile.azure_key_vault_kms.key_vault_resource_id == v.id)
      assert(c.api_server_access_profile.enable_vnet_integration == true)
      local connection = v.private_endpoint_connections[1]
      assert(connection and #v.private_endpoint_connections == 1)
      assert(json.encode(v:show()):find(c.node_resource_group .. '/providers/'
        .. 'Microsoft.Network/privateEndpoints/', 1, true))
      local s = secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
      assert(s:stored().provider ~= 'identity' and s.data.a == 'x')
      c:delete{ confirm = true }
      assert(cluster.find('c1') == nil and #v.private_endpoint_connections == 0)
      """
    )
  }

  /// How a private link breaks, and the rule.
  @Test(arguments: [
    ("v:private_endpoint_connection_reject{ name = link }", "R56"),
    ("v:private_endpoint_connection_delete{ name = link }", "R56"),
    (
      "c:delete() c = make{} c:update{ enable_apiserver_vnet_integration = true } c:update(kms(k, v))",
      "R16"
    ),
  ])
  func `a private link that is broken is found, and its remedy mends it`(
    breaking: String,
    rule: String
  ) throws {
    try run(
      world(),
      """
      role.assign{ role = 'Key Vault Contributor', assignee = i, scope = v }
      v:update{ public_network_access = 'Disabled' }
      c = make(kms(k, v), { enable_apiserver_vnet_integration = true })
      link = json.decode(json.encode(v:show())).properties.privateEndpointConnections[1].id
      \(breaking)
      local finding = c:diagnose('KMS').findings[1]
      assert(finding.id == 'ForbiddenByConnection' and finding.rule == '\(rule)', finding.rule)
      assert(c:health().api_server == 'unhealthy')
      load(finding.fix)()
      assert(c:health().api_server == 'healthy')
      """
    )
  }

  @Test func `upgrade, scale, stop and start by name`() throws {
    try run(
      world(),
      """
      local c = make(kms(k), { kubernetes_version = '1.32' })
      secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
      local same, warning = c:upgrade{ kubernetes_version = '1.32' }
      assert(same == c and warning:find('already on version 1.32', 1, true))
      assert(select('#', c:upgrade{ kubernetes_version = '1.33' }) == 1)
      assert(c.kubernetes_version == '1.33' and c:scale{ node_count = 5 } == c)
      assert(c:show().agentPoolProfiles[1].count == 5)
      assert(c:stop() == c and c.power_state.code == 'Stopped' and c:health().api_server == 'down')
      local err = refusal(secret.get, { cluster = c, name = 's' })
      assert(err.code == 'api_server.unreachable')
      assert(err.message == 'Unable to connect to the server: dial tcp: lookup ' .. c.fqdn
        .. ': no such host')
      assert(refusal(c.update, c, {}).azure_code == 'OperationNotAllowed')
      assert(c:etcd():get('/registry/secrets/default/s') and tostring(c))
      c:start()
      assert(c:health().api_server == 'healthy')
      assert(secret.get{ cluster = c, name = 's' }.data.a == 'x')
      """
    )
  }

  @Test func `scaled to zero behind its back, only deleting is left (R29)`() throws {
    try run(
      world(),
      """
      local c = make(kms(k))
      secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
      c:vmss_scale{ capacity = 0 }
      assert(c.provisioning_state == 'Failed')
      local health = c:health()
      assert(health.api_server == 'down' and health.reasons[1].rule == 'R29')
      local err = refusal(c.start, c)
      assert(err.code == 'cluster.down' and err.rule == 'R29' and err.status == 409)
      assert(refusal(c.delete, c).code == 'confirm.required')
      c:delete{ confirm = true }
      assert(refusal(function() return c.name end).code == 'cluster.not_found')
      """
    )
  }

  @Test func `pods are rows, and tell the tunnel (R04, R14)`() throws {
    try run(
      world(),
      """
      clock.freeze('2026-01-01T00:00:00Z')
      local c = make(kms(k))
      clock.advance('PT90M')
      local agents = 0
      for _, pod in ipairs(c:pods{ namespace = 'kube-system' }) do
        assert(pod.namespace == 'kube-system' and pod.status == 'Running' and pod.age == '90m')
        if pod.name:find('^konnectivity%-agent%-') then agents = agents + 1 end
        assert(not pod.name:find('kms'))
      end
      assert(agents == 2 and #c:pods{ namespace = 'default' } == 0)
      assert(#c:pods{} == #c:pods{ namespace = 'kube-system' })
      """
    )
  }

  @Test func `an operation takes its time when the workspace says so`() throws {
    try run(
      world(),
      """
      clock.freeze('2026-01-01T00:00:00Z')
      local c = make({})
      workspace.settings.cluster_operation_duration = 'PT5M'
      c:update(kms(k))
      assert(c.provisioning_state == 'Updating')
      local err = refusal(c.stop, c)
      assert(err.code == 'cluster.conflict' and err.status == 409)
      clock.advance('PT5M')
      assert(c.provisioning_state == 'Succeeded')
      c:scale{ node_count = 4 }
      assert(c:operation_abort().provisioning_state == 'Canceled')
      """
    )
  }

  @Test(arguments: [
    (0, "0s"), (119, "119s"), (120, "2m"), (125, "2m5s"), (599, "9m59s"), (600, "10m"),
    (10_799, "179m"), (10_800, "3h"), (10_860, "3h1m"), (28_800, "8h"), (172_799, "47h"),
    (172_800, "2d"), (176_400, "2d1h"), (691_200, "8d"), (63_072_000, "2y"), (63_158_400, "2y1d"),
    (252_288_000, "8y"),
  ])
  func `an age reads as kubectl words it`(seconds: Int, age: String) throws {
    try run(
      world(),
      """
      clock.freeze('2026-01-01T00:00:00Z')
      local c = make({})
      clock.advance('PT\(seconds)S')
      assert(c:pods{}[1].age == '\(age)', c:pods{}[1].age)
      """
    )
  }

  /// A slip, its code and its rule.
  @Test(
    arguments: [
      ("c:upgrade{}", "argument.missing", nil),
      ("c:upgrade{ kubernetes_version = 'x' }", "cluster.invalid", nil),
      ("c:upgrade{ kubernetes_version = '1.29' }", "cluster.version_refused", nil),
      ("c:scale{ node_count = 0 }", "cluster.invalid", nil),
      ("c:scale{ node_count = 3, nodepool_name = 'gpu' }", "cluster.invalid", nil),
      ("c:vmss_scale{ capacity = -1 }", "cluster.invalid", nil),
      ("c:operation_abort()", "cluster.invalid", nil),
      ("c:update{ apiserver_subnet_id = 'x' }", "cluster.invalid", nil),
      ("c:update(kms(k, v))", "cluster.invalid", "R16"),
      ("c:update{ azure_keyvault_kms_key_vault_network_access = 'Foo' }", "cluster.invalid", "R31"),
      ("c:delete()", "confirm.required", nil),
      ("make({})", "cluster.exists", nil),
    ] as [(String, String, String?)]
  )
  func `a slip is told and changes nothing`(source: String, code: String, rule: String?) throws {
    let state = try world()
    try run(
      state,
      "c = make({}); secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }"
    )
    let before = try run(state, "return json.encode(c:show())")
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code && error?.rule == rule)
    #expect("\(before)" == "\(try run(state, "return json.encode(c:show())"))")
  }
}
