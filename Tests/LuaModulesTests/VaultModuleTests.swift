import LuaModules
import LuaRuntime
import Testing

@Suite struct VaultModuleTests {
  /// A frozen clock, a vault with a key, and a function that returns the error of a call.
  static let setUp = """
    clock.freeze('2026-01-01T00:00:00Z')
    v = vault.create{ name = 'MyKeyVault', resource_group = 'rg' }
    k = key.create{ vault_name = v, name = 'k' }
    net = '/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/net/providers'
      .. '/Microsoft.Network'
    subnet = net .. '/virtualNetworks/v/subnets/s'
    function refusal(fn, ...)
      local ok, err = pcall(fn, ...)
      assert(not ok, 'it was not refused')
      return err
    end
    """

  static func world() throws -> LuaState {
    let state = try makeWorld()
    try run(state, Self.setUp)
    return state
  }

  @Test func `every field of a vault is there`() throws {
    try run(
      Self.world(),
      """
      local full = vault.create{
        name = 'full', resource_group = 'rg', location = 'West Europe', sku = 'premium',
        enable_rbac_authorization = true, public_network_access = 'Disabled', retention_days = 7,
        enable_purge_protection = true, default_action = 'Deny', bypass = 'None',
        no_self_perms = true, tenant_id = '72f988bf-86f1-41af-91ab-2d7cd011db47',
        tags = { team = 'blue' }, network_acls_ips = { '203.0.113.7' }, network_acls_vnets = subnet,
        enabled_for_deployment = true, enabled_for_disk_encryption = true,
        enabled_for_template_deployment = false,
      }
      assert(full.name == 'full' and full.vault_uri == 'https://full.vault.azure.net/')
      assert(full.id:match('/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/full$'))
      assert(full.resource_group == 'rg' and full.location == 'westeurope')
      assert(full.sku == 'premium' and full.tags.team == 'blue')
      assert(full.tenant_id == '72f988bf-86f1-41af-91ab-2d7cd011db47')
      assert(full.enable_rbac_authorization and full.enable_purge_protection)
      assert(full.public_network_access == 'Disabled' and full.provisioning_state == 'Succeeded')
      assert(full.soft_delete_retention_in_days == 7 and #full.access_policies == 0)
      local acls = full.network_acls
      assert(acls.default_action == 'Deny' and acls.bypass == 'None')
      assert(acls.ip_rules[1].value == '203.0.113.7/32')
      assert(acls.virtual_network_rules[1].id == subnet:lower())
      assert(acls.virtual_network_rules[1].ignore_missing_vnet_service_endpoint == nil)
      assert(#full.private_endpoint_connections == 0)
      assert(full.enable_soft_delete and full.system_data.created_by_type == 'User')
      assert(full.system_data.created_at == '2026-01-01T00:00:00+00:00')
      local shown = full:show().properties
      assert(shown.enabledForDeployment and shown.enabledForDiskEncryption)
      assert(shown.enabledForTemplateDeployment == false)
      assert(tostring(full) == 'vault full')
      """
    )
  }

  @Test func `show is what az prints, nulls included`() throws {
    try run(
      Self.world(),
      """
      local text = json.encode(v:show())
      assert(text:find('"createMode":null,"enablePurgeProtection":null,', 1, true), text)
      assert(text:find('"createdAt":"2026-01-01T00:00:00+00:00"', 1, true), text)
      assert(v:show().properties.hsmPoolResourceId == json.null)
      assert(v:show().systemData.createdBy == identity.signed_in().name)
      """
    )
  }

  @Test func `a vault is found by name, handle, ARM id and group`() throws {
    try run(
      Self.world(),
      """
      for _, name in ipairs{ 'MyKeyVault', 'mykeyvault', v.id, v.id:upper() } do
        assert(vault.get(name) == v and vault.find(name) == v, name)
      end
      assert(vault.get(v) == v and vault.get{ name = 'MyKeyVault', resource_group = 'RG' } == v)
      for _, what in ipairs{ 'nope', { name = 'nope', resource_group = 'rg' },
        { name = 'MyKeyVault', resource_group = 'nope' }, (v.id:gsub('MyKeyVault', 'nope')) } do
        assert(vault.find(what) == nil)
        local err = refusal(vault.get, what)
        assert(err.status == 404 and (err.azure_code == 'ResourceNotFound'
          or err.azure_code == 'ResourceGroupNotFound'))
      end
      """
    )
  }

  @Test func `an update changes what is given`() throws {
    try run(
      Self.world(),
      """
      assert(v:update{ public_network_access = 'Disabled', tags = { a = 'b' },
        default_action = 'Deny', bypass = 'None', enable_purge_protection = true,
        retention_days = 90 } == v)
      assert(v.public_network_access == 'Disabled' and v.tags.a == 'b' and v.enable_purge_protection)
      v:update{ enable_rbac_authorization = true }
      assert(v.enable_rbac_authorization and v.network_acls.bypass == 'None')
      local err = refusal(v.update, v, { retention_days = 30, tags = {} })
      assert(err.azure_code == 'BadRequest' and err.status == 400 and v.tags.a == 'b')
      assert(err.message == 'The property "softDeleteRetentionInDays" has been set already and '
        .. "it can't be modified.")
      """
    )
  }

  @Test func `a deleted vault can be seen, recovered and, once it is meant, purged`() throws {
    try run(
      Self.world(),
      """
      local deleted = v:delete()
      assert(tostring(deleted) == 'deleted vault MyKeyVault' and deleted == vault.list_deleted()[1])
      assert(deleted.name == 'MyKeyVault' and deleted.location == 'eastus')
      assert(deleted.id:match('/locations/eastus/deletedVaults/MyKeyVault$'))
      assert(deleted.vault_id:match('/resourceGroups/rg/.*/vaults/MyKeyVault$'))
      assert(deleted.deletion_date == '2026-01-01T00:00:00Z')
      assert(deleted.scheduled_purge_date == '2026-04-01T00:00:00Z')
      assert(deleted.purge_protection_enabled == false and next(deleted.tags) == nil)
      assert(json.encode(deleted:show()):find('"purgeProtectionEnabled":null', 1, true))
      assert(refusal(function() return v.name end).code == 'vault.not_found')
      assert(vault.find('MyKeyVault') == nil and #vault.list{} == 0)
      assert(refusal(function() return k.enabled end).code == 'vault.not_found')
      assert(refusal(vault.create, { name = 'mykeyvault', resource_group = 'rg' }).azure_code
        == 'ConflictError')
      assert(vault.recover('mykeyvault') == v and v.name == 'MyKeyVault')
      assert(key.get(k.kid) == k and #vault.list_deleted() == 0)
      assert(refusal(function() return deleted.name end).code == 'vault.not_found')

      v:delete()
      assert(vault.get_deleted('MyKeyVault'):recover() == v)
      v:delete()
      for _, call in ipairs{
        function() vault.purge('MyKeyVault') end,
        function() vault.purge('MyKeyVault', { confirm = false }) end,
        function() vault.purge{ name = 'MyKeyVault' } end,
        function() deleted:purge() end,
      } do
        local err = refusal(call)
        assert(err.code == 'confirm.required' and err.message:find('destroys every key', 1, true))
      end
      assert(#vault.list_deleted() == 1)
      vault.purge(deleted, { confirm = true })
      assert(#vault.list_deleted() == 0 and vault.check_name('MyKeyVault').name_available)
      vault.create{ name = 'MyKeyVault', resource_group = 'rg' }:delete()
      vault.purge{ name = 'MyKeyVault', confirm = true }
      assert(refusal(vault.purge, 'MyKeyVault').message
        == 'No deleted Vault or HSM was found with name MyKeyVault')
      """
    )
  }

  @Test func `purge protection holds whatever a script confirms, and ends with the clock`() throws {
    try run(
      Self.world(),
      """
      v:update{ enable_purge_protection = true }
      local deleted = v:delete()
      local err = refusal(vault.purge, 'MyKeyVault', { confirm = true })
      assert(err.code == 'vault.purge_protected')
      assert(err.message == "Operation 'DeletedVaultPurge' is not allowed.")
      clock.advance('P89D')
      assert(deleted.purge_protection_enabled)
      clock.advance('P1D')
      assert(refusal(function() return deleted.name end).code == 'vault.not_found')
      assert(#vault.list_deleted() == 0)
      assert(#key.list{ vault_name = vault.create{ name = 'MyKeyVault', resource_group = 'rg' } } == 0)
      """
    )
  }

  @Test func `a vault that a cluster needs is deleted once it is meant`() throws {
    try run(
      Self.world(),
      """
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
      local c = cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
        enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
        azure_keyvault_kms_key_vault_network_access = 'Public' }
      local s = secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
      local err = refusal(v.delete, v)
      assert(err.code == 'confirm.required' and err.rule == 'R18' and err.message:find('c1', 1, true))
      assert(v.name == 'MyKeyVault')
      v:delete{ confirm = true }
      assert(refusal(vault.purge, 'MyKeyVault').message:find('cluster c1 holds one', 1, true))
      clock.advance('PT10M')
      assert(c:health().api_server == 'unhealthy')
      vault.recover('MyKeyVault')
      clock.advance('PT10M')
      assert(c:health().api_server == 'healthy' and s.data.a == 'x')
      """
    )
  }

  @Test func `names are told to be free or not`() throws {
    try run(
      Self.world(),
      """
      assert(vault.check_name('free').name_available and vault.check_name('free').reason == nil)
      local taken = vault.check_name('MYKEYVAULT')
      assert(not taken.name_available and taken.reason == 'AlreadyExists')
      assert(taken.message:find("The vault name 'MYKEYVAULT' is already in use.", 1, true))
      assert(vault.check_name('1').reason == 'AccountNameInvalid')
      """
    )
  }

  @Test func `a caller without rights is refused, and sees nothing in lists`() throws {
    try run(
      Self.world(),
      """
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      identity.run_as(i, function()
        assert(#vault.list{} == 0)
        for _, call in ipairs{
          function() vault.get('MyKeyVault') end, function() v:show() end,
          function() v:update{ tags = {} } end, function() v:delete() end,
          function() vault.list_deleted() end, function() vault.check_name('free') end,
          function() v:network_rule_add{ ip_address = '203.0.113.7' } end,
          function() v:private_endpoint_create{ name = 'pe' } end,
        } do
          local err = refusal(call)
          assert(err.code == 'access.denied' and err.azure_code == 'AuthorizationFailed')
          assert(err.status == 403)
        end
      end)
      """
    )
  }

  @Test(arguments: [
    ("vault.create{ name = 'a--b', resource_group = 'rg' }", "vault.name_invalid"),
    ("vault.create{ name = 'mykeyvault', resource_group = 'rg' }", "vault.exists"),
    ("vault.create{ name = 'kv2', resource_group = 'rg', sku = 'gold' }", "argument.type"),
    ("vault.create{ name = 'kv2', resource_group = 'rg', bypass = 'all' }", "argument.type"),
    ("vault.create{ name = 'kv2', resource_group = 'rg', retention_days = 6 }", "argument.value"),
    ("vault.create{ name = 'kv2', resource_group = 'rg', retention_days = 7.5 }", "argument.type"),
    (
      "vault.create{ name = 'kv2', resource_group = 'rg', enable_purge_protection = false }",
      "argument.value"
    ),
    ("vault.create{ name = 'kv2', resource_group = 'rg', tags = { a = 1 } }", "argument.type"),
    ("vault.create{ name = 'kv2', resource_group = 'rg', tenant_id = 'x' }", "argument.value"),
    (
      "vault.create{ name = 'kv2', resource_group = 'rg', network_acls_ips = '10.0.0.1' }",
      "argument.value"
    ),
    (
      "vault.create{ name = 'kv2', resource_group = 'rg', network_acl_ips = 'x' }",
      "argument.unknown"
    ),
    ("vault.get(1)", "argument.type"), ("vault.get()", "argument.type"),
    ("vault.get('/subscriptions/x')", "argument.value"),
    ("vault.get{ resource_group = 'rg' }", "argument.missing"),
    ("vault.check_name()", "argument.type"),
    ("v:update{ public_network_acces = 'Enabled' }", "argument.unknown"),
    ("v:update{ public_network_access = 'enabled' }", "argument.type"),
    ("v:update{ enable_purge_protection = false }", "argument.value"),
    ("v:update('x')", "argument.type"), ("v.update{}", "argument.type"),
    ("v:network_rule_add{}", "argument.missing"),
    ("v:network_rule_remove{ ip_address = {} }", "argument.missing"),
    ("v:network_rule_add{ ip_address = '192.168.0.1' }", "argument.value"),
    ("v:network_rule_add{ ip_address = { 1 } }", "argument.type"),
    ("v:network_rule_add{ subnet = 'vnet/subnet' }", "argument.value"),
    ("v:private_endpoint_create{}", "argument.missing"),
    ("v:private_endpoint_create{ name = 'a b' }", "argument.value"),
    ("v:private_endpoint_connection_approve{ name = 'nope' }", "vault.connection_not_found"),
    ("v:private_endpoint_connection_delete{ name = 'nope' }", "vault.connection_not_found"),
    ("v:private_endpoint_delete{ name = 'nope' }", "vault.connection_not_found"),
    ("vault.recover('MyKeyVault')", "vault.not_found"), ("vault.recover(true)", "argument.type"),
    ("vault.get_deleted('MyKeyVault')", "vault.not_found"),
    ("vault.purge('MyKeyVault')", "vault.not_found"), ("vault.purge()", "argument.type"),
    ("vault.purge('x', { confrim = true })", "argument.unknown"),
    ("vault.purge{ confirm = true }", "argument.missing"),
    ("vault.call_from({}, print)", "argument.value"),
    ("vault.call_from('x', print)", "argument.type"),
    ("vault.call_from({ ip_address = '192.0.2.1' })", "argument.type"),
    ("vault.call_from({ ip_address = '192.0.2.0/24' }, print)", "argument.value"),
    ("vault.call_from({ ip_address = '192.0.2.1', subnet = subnet }, print)", "argument.value"),
    ("vault.call_from({ ip_adress = '192.0.2.1' }, print)", "argument.unknown"),
    ("vault.call_from({ subnet = 's' }, print)", "argument.value"),
    ("vault.call_from({ private_endpoint = 'pe' }, print)", "argument.value"),
    ("vault.call_from({ private_endpoint = {} }, print)", "argument.type"),
    ("vault.call_from({ trusted_service = false }, print)", "argument.value"),
    ("v.name = 'x'", "argument.unknown"), ("return v.networkacls", "argument.unknown"),
  ])
  func `a slip is told and changes nothing`(source: String, code: String) throws {
    let state = try Self.world()
    let snapshot = "return json.encode(v:show()) .. #vault.list{} .. #vault.list_deleted()"
    let before = try run(state, snapshot)
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code)
    #expect("\(before)" == "\(try run(state, snapshot))")
  }
}
