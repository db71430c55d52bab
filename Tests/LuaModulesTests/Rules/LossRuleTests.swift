import LuaModules
import LuaRuntime
import Testing

/// Rules of what is lost, and how it comes back, as a script sees them.
@Suite struct LossRuleTests {
  /// A cluster under KMS with two Secrets, only one of which was read.
  private func world() throws -> LuaState {
    let state = try SealingRuleTests.world()
    try run(
      state,
      """
      c = make('c1', kms(k))
      s = secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
      function minutes(count)
        clock.advance('PT' .. count .. 'M')
        return c:health()
      end
      """
    )
    return state
  }

  @Test
  func `a deleted key takes the Secrets along until it is recovered, purged for good (R17, R20)`()
    throws
  {
    try run(
      world(),
      """
      local kid = k.kid
      assert(refusal(k.delete, k).rule == 'R17')
      local gone = k:delete{ confirm = true }
      local health = minutes(10)
      assert(health.api_server ~= 'healthy' and health.reasons[1].rule == 'R17')
      restart()
      assert(refusal(function() return s.data end).code == 'secret.unreadable')
      gone:recover()
      assert(minutes(10).api_server == 'healthy' and s.data.a == 'x')
      k:delete{ confirm = true }
      assert(refusal(key.purge, { vault_name = v, name = 'k' }).rule == 'R20')
      v:set_policy{ object_id = identity.signed_in(), key_permissions = { 'all', 'purge' } }
      key.purge{ vault_name = v, name = 'k', confirm = true }
      restart()
      local again = key.create{ vault_name = v, name = 'k' }
      assert(again.kid ~= kid)
      assert(refusal(function() return s.data end).code == 'secret.unreadable')
      """
    )
  }

  @Test func `a deleted vault takes the Secrets along until it is recovered (R18)`() throws {
    try run(
      world(),
      """
      assert(refusal(v.delete, v).rule == 'R18')
      v:delete{ confirm = true }
      assert(minutes(10).reasons[1].rule == 'R18')
      vault.recover('kv1')
      assert(minutes(10).api_server == 'healthy' and s.data.a == 'x')
      """
    )
  }

  @Test
  func `a deleted identity leaves its cluster without the key, one made anew as well (R19)`() throws
  {
    try run(
      world(),
      """
      i:delete()
      local health = minutes(10)
      assert(health.api_server ~= 'healthy' and health.reasons[1].rule == 'R19')
      i = identity.create{ name = 'id1', resource_group = 'rg' }
      assert(minutes(10).api_server ~= 'healthy')
      v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
      c:update{ assign_identity = i }
      assert(minutes(10).api_server == 'healthy' and s.data.a == 'x')
      """
    )
  }

  @Test func `a key must outlive its disabling (R30, R93)`() throws {
    try run(
      world(),
      """
      c:update{ disable_azure_keyvault_kms = true }
      assert(c:rewrite_secrets{}.written == 1 and s:stored().provider == 'identity')
      assert(minutes(10).api_server == 'healthy')
      k:delete{ confirm = true }
      assert(minutes(10).api_server ~= 'healthy')
      """
    )
  }

  @Test func `disabling twice changes nothing more (R91, R94)`() throws {
    try run(
      world(),
      """
      local function off()
        c:update{ disable_azure_keyvault_kms = true }
        local kms = c:show().securityProfile.azureKeyVaultKms
        assert(kms.enabled == false and kms.keyId == k.kid)
        assert(kms.keyVaultNetworkAccess == 'Public')
        return json.encode(c:show())
      end
      assert(off() == off() and s.data.a == 'x')
      """
    )
  }

  @Test func `clusters are listed with what KMS they have (R90, R104)`() throws {
    try run(
      world(),
      """
      make('c2')
      local rows = {}
      for n, one in ipairs(cluster.list{}) do
        local profile = one.security_profile
        local kms = profile and profile ~= json.null and profile.azure_key_vault_kms
        rows[n] = one.name .. ' ' .. tostring(kms and kms ~= json.null and kms.enabled)
          .. ' ' .. tostring(kms and kms ~= json.null and kms.key_id == k.kid)
      end
      assert(table.concat(rows, ', '):gsub('nil', 'false') == 'c1 true true, c2 false false',
        table.concat(rows, ', '))
      """
    )
  }

  @Test func `the vault's log shows the identity at work (R89)`() throws {
    try run(
      world(),
      """
      v:diagnostics(true)
      clock.advance('PT10M')
      restart()
      assert(s.data.a == 'x')
      local seen = {}
      for row in audit.each{ vault = v, principal = i } do seen[row.operationName] = true end
      assert(seen.KeyEncrypt and seen.KeyDecrypt)
      """
    )
  }

  @Test func `an expired key is cured by a later expiry, then a rotation (R109)`() throws {
    try run(
      world(),
      """
      k:update{ expires = '2026-01-02T00:00:00Z' }
      clock.advance('P2D')
      local reason = minutes(10).reasons[1]
      assert(reason.code == 'KeyExpired' and reason.rule == 'R107')
      local new = key.create{ vault_name = v, name = 'k' }
      k:update{ expires = '2027-01-01T00:00:00Z' }
      assert(minutes(10).api_server == 'healthy')
      c:update(kms(new))
      assert(c:rewrite_secrets{}.written == 1)
      assert(minutes(10).api_server == 'healthy' and c:kms().current.kid == new.kid)
      """
    )
  }

  @Test func `2,000 Secrets are all that KMS v1 is meant for, v2 has no limit (R25, R26, R96)`()
    throws
  {
    try run(
      SealingRuleTests.world(),
      """
      local function filled(name, version)
        local c = make(name, { kubernetes_version = version })
        for n = 1, 1999 do secret.create{ cluster = c, name = 's' .. n } end
        c:update(kms(k))
        return c
      end
      local function is_told(c)
        for _, finding in ipairs(c:diagnose('KMS').findings) do
          if finding.rule == 'R25' then return true end
        end
        return false
      end
      local old, new = filled('c1', '1.26'), filled('c2', '1.33')
      assert(old:kms().version == 'v1' and new:kms().version == 'v2')
      assert(not is_told(old) and not is_told(new))
      for _, c in ipairs{ old, new } do secret.create{ cluster = c, name = 'last' } end
      assert(is_told(old) and not is_told(new))
      """
    )
  }

  @Test func `a private vault given later seals nothing until a rewrite (R68, R69, R72)`() throws {
    try run(
      SealingRuleTests.world(),
      """
      role.assign{ role = 'Key Vault Contributor', assignee = i, scope = v }
      local c = make('c1', { enable_apiserver_vnet_integration = true })
      local s = secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
      v:private_endpoint_create{ name = 'pe' }
      local inside = { private_endpoint = v.private_endpoint_connections[1] }
      v:update{ public_network_access = 'Disabled' }
      local function private(key)
        return kms(key, { azure_keyvault_kms_key_vault_network_access = 'Private',
          azure_keyvault_kms_key_vault_resource_id = vault.get('kv1').id })
      end
      c:update(private(k))
      local profile = c.security_profile.azure_key_vault_kms
      assert(profile.key_vault_network_access == 'Private')
      assert(profile.key_vault_resource_id == v.id and c:health().api_server == 'healthy')
      assert(s:stored().provider == 'identity')
      assert(c:rewrite_secrets{}.written == 1 and s:stored().provider == 'kms')
      local new = vault.call_from(inside, function()
        return key.create{ vault_name = v, name = 'k' }
      end)
      c:update(private(new))
      assert(c:kms().current.kid == new.kid and c:kms().previous.kid == k.kid)
      assert(s.data.a == 'x' and c:rewrite_secrets{}.written == 1)
      """
    )
  }

  @Test func `one Secret that cannot be read hides none of the others from a rewrite (R126)`()
    throws
  {
    try run(
      SealingRuleTests.world(),
      """
      local c = make('c1')
      local secrets = {}
      for _, name in ipairs{ 'a', 'b', 'c' } do
        secrets[name] = secret.create{ cluster = c, name = name, string_data = { a = 'x' } }
      end
      c:update(kms(k))
      c:etcd():put('/registry/secrets/default/b', 'k8s:enc:kms:v2:azurekmsprovider:damaged')
      local report = c:rewrite_secrets{}
      assert(report.written == 2 and #report.failed == 1 and report.failed[1].name == 'b')
      assert(secrets.a:stored().provider == 'kms' and secrets.c:stored().provider == 'kms')
      -- What the report says is looked up again.
      local inventory = c:inventory{}
      assert(inventory.stale == 0 and inventory.unreadable == 1)
      assert(not inventory.namespaces.default.done)
      """
    )
  }
}
