import LuaRuntime
import Testing

/// The detector's findings on a cluster that reaches its vault privately, that speaks KMS v1, or
/// that does not run.
@Suite struct PrivateDiagnoseTests {
  /// A cluster behind a private endpoint, with a Secret.
  private static let setUp = """
    clock.freeze('2026-01-01T00:00:00Z')
    v = vault.create{ name = 'kv1', resource_group = 'rg', enable_purge_protection = true }
    k = key.create{ vault_name = v, name = 'k' }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
    role.assign{ role = 'Key Vault Contributor', assignee = i, scope = v }
    v:update{ public_network_access = 'Disabled' }
    c = cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
      enable_apiserver_vnet_integration = true, enable_azure_keyvault_kms = true,
      azure_keyvault_kms_key_id = k.kid, azure_keyvault_kms_key_vault_network_access = 'Private',
      azure_keyvault_kms_key_vault_resource_id = v }
    s = secret.create{ cluster = c, name = 's1', string_data = { a = 'x' } }
    link = v.private_endpoint_connections[1]
    function find(id)
      for _, finding in ipairs(c:diagnose('KMS').findings) do
        if finding.id == id then return finding end
      end
    end
    """

  @Test(arguments: [
    ("ForbiddenByConnection", "R56", "v:private_endpoint_connection_reject{ name = link.name }"),
    ("ForbiddenByConnection", "R56", "v:private_endpoint_connection_delete{ name = link.name }"),
    (
      "ForbiddenByConnection", "R56", "v:private_endpoint_delete{ name = link.private_endpoint.id }"
    ),
    ("AccessDenied", "R92", "v:delete_policy{ object_id = i }"),
    (
      "KeyDisabled", "R75",
      """
      vault.call_from({ private_endpoint = link.private_endpoint.id }, function()
        k:update{ enabled = false }
      end)
      """
    ),
    (
      "KeyExpired", "R107",
      """
      vault.call_from({ private_endpoint = link.private_endpoint.id }, function()
        k:update{ expires = '2026-01-01T01:00:00Z' }
      end)
      clock.advance('PT2H')
      """
    ),
    (
      "KeyNotFound", "R17",
      """
      vault.call_from({ private_endpoint = link.private_endpoint.id }, function()
        k:delete{ confirm = true }
      end)
      """
    ),
    ("KeyNotFound", "R18", "v:delete{ confirm = true }"),
    ("ClusterStopped", "nil", "c:stop()"),
  ])
  func `a finding behind a private endpoint is cured by its own remedy`(
    id: String,
    rule: String,
    provoke: String
  ) throws {
    let state = try makeWorld()
    try run(state, Self.setUp)
    try run(state, "assert(#c:diagnose().findings == 0 and c:health().api_server == 'healthy')")
    try run(state, provoke)
    try run(
      state,
      """
      local finding = assert(find('\(id)'), 'no such finding')
      assert(tostring(finding.rule) == '\(rule)', finding.rule)
      assert(c:health().api_server == ('\(id)' == 'ClusterStopped' and 'down' or 'unhealthy'))
      assert(load(finding.fix, 'fix', 't'))()
      assert(c:health().api_server == 'healthy', tostring(c:health()))
      assert(not find('\(id)') and s.data.a == 'x')
      """
    )
  }

  @Test func `a vault reached privately hangs on its private endpoint`() throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\n" + """
        local function endpoint()
          for _, node in ipairs(c:depends_on().nodes) do
            if node.kind == 'private_endpoint' then return node.label .. ' ' .. node.state end
          end
        end
        assert(endpoint() == 'kms-kv1 ok', endpoint())
        v:private_endpoint_connection_reject{ name = link.name }
        assert(endpoint() == 'kms-kv1 Rejected', endpoint())
        """
    )
  }

  // MARK: KMS v1

  private static let setUpV1 = PublicPathTests.setUp.replacing(
    "name = 'c1',",
    with: "name = 'c1', kubernetes_version = '1.26',"
  )

  @Test func `two thousand Secrets are too many for KMS v1 (R25)`() throws {
    try run(
      makeWorld(),
      Self.setUpV1 + "\n" + """
        local function find()
          for _, finding in ipairs(c:diagnose('KMS').findings) do
            if finding.id == 'TooManySecrets' then return finding end
          end
        end
        assert(c:kms().version == 'v1' and not find())
        workspace.transaction(function()
          for n = 2, 2000 do secret.create{ cluster = c, name = 's' .. n } end
        end)
        local finding = find()
        assert(finding.rule == 'R25' and finding.severity == 'warning' and not finding.fix)
        assert(c:health().api_server == 'healthy')
        -- The remedy, which has steps in between that only an operator takes.
        c:update{ disable_azure_keyvault_kms = true }
        c:rewrite_secrets{}
        c:upgrade{ kubernetes_version = '1.27' }
        c:update{ enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
          azure_keyvault_kms_key_vault_network_access = 'Public' }
        c:rewrite_secrets{}
        assert(c:kms().version == 'v2' and not find() and c:health().api_server == 'healthy')
        """
    )
  }

  @Test func `under KMS v1 a key that fails is found, and cured`() throws {
    try run(
      makeWorld(),
      Self.setUpV1 + "\n" + """
        k:update{ enabled = false }
        local finding = c:diagnose().findings[1]
        assert(finding.id == 'KeyDisabled' and c:health().api_server == 'unhealthy')
        assert(not pcall(secret.create, { cluster = c, name = 't' }))
        load(finding.fix)()
        assert(c:health().api_server == 'healthy' and s.data.a == 'x')
        secret.create{ cluster = c, name = 't' }
        """
    )
  }
}
