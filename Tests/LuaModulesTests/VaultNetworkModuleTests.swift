import LuaModules
import LuaRuntime
import Testing

@Suite struct VaultNetworkModuleTests {
  @Test func `a firewall lets pass whom its rules name`() throws {
    try run(
      VaultModuleTests.world(),
      """
      v:update{ default_action = 'Deny' }
      assert(refusal(key.get, k.kid).inner_code == 'ForbiddenByFirewall')
      assert(v:network_rule_add{ ip_address = { '203.0.113.10', '198.51.100.0/24' },
        subnet = subnet } == v)
      assert(key.get(k.kid) == k)
      local function from(place)
        local ok, err = pcall(vault.call_from, place, function() return key.get(k.kid) end)
        return ok or err.inner_code
      end
      assert(from{ ip_address = '198.51.100.77' } == true)
      assert(from{ ip_address = '192.0.2.1' } == 'ForbiddenByFirewall')
      assert(from{ subnet = subnet:upper() } == true)
      assert(from{ subnet = subnet .. '2' } == 'ForbiddenByFirewall')
      assert(from{ trusted_service = true } == true)
      v:update{ bypass = 'None' }
      assert(from{ trusted_service = true } == 'ForbiddenByFirewall')
      v:network_rule_remove{ ip_address = '198.51.100.0/24', subnet = subnet }
      assert(from{ ip_address = '198.51.100.77' } == 'ForbiddenByFirewall')
      assert(from{ subnet = subnet } == 'ForbiddenByFirewall' and key.get(k.kid) == k)
      """
    )
  }

  @Test func `private endpoints open a vault that is closed to the public`() throws {
    try run(
      VaultModuleTests.world(),
      """
      v:update{ public_network_access = 'Disabled' }
      local c = v:private_endpoint_create{ name = 'pe', connection_name = 'c',
        manual_request = true, request_message = 'please', private_ip_address = '10.9.0.4' }
      assert(c.name == 'c' and c.private_ip_address == '10.9.0.4')
      assert(c.private_endpoint.id:match('/Microsoft.Network/privateEndpoints/pe$'))
      local function state()
        local found = v.private_endpoint_connections[1]
        return found.private_link_service_connection_state
      end
      local function path()
        return vault.call_from({ private_endpoint = c.private_endpoint.id }, function()
          return v:network_path()
        end)
      end
      assert(state().status == 'Pending' and state().description == 'please')
      assert(not path().allowed and path().inner_code == 'ForbiddenByConnection')
      assert(#path().aliases == 1 and not path().private)
      assert(v:private_endpoint_connection_approve{ name = 'c', description = 'ok' } == v)
      assert(state().status == 'Approved' and state().description == 'ok')
      assert(path().allowed and path().reason == 'private endpoint' and path().private)
      assert(path().address == '10.9.0.4')
      assert(path().aliases[2] == 'mykeyvault.privatelink.vaultcore.azure.net')
      assert(not v:network_path().allowed and #v:network_path().aliases == 2)
      assert(vault.call_from({ private_endpoint = c }, function() return key.get(k.kid) end) == k)
      v:private_endpoint_connection_reject{ name = c.id }
      assert(state().status == 'Rejected' and not path().allowed)
      v:private_endpoint_delete{ name = 'pe' }
      assert(state().status == 'Disconnected')
      v:private_endpoint_connection_delete{ name = 'c' }
      assert(#v.private_endpoint_connections == 0)
      assert(refusal(v.private_endpoint_connection_approve, v, { name = 'c' }).code
        == 'vault.connection_not_found')
      """
    )
  }

  @Test func `call_from gives back what the function returns, and goes back to where it was`()
    throws
  {
    try run(
      VaultModuleTests.world(),
      """
      v:update{ default_action = 'Deny' }
      v:network_rule_add{ ip_address = '203.0.113.10' }
      local a, b = vault.call_from({ ip_address = '192.0.2.1' }, function()
        local inner = vault.call_from({ trusted_service = true }, function()
          return v:network_path().reason
        end)
        assert(not v:network_path().allowed)
        return inner, 2
      end)
      assert(a == 'trusted service' and b == 2)
      assert(not pcall(vault.call_from, { ip_address = '192.0.2.1' }, function() error('x') end))
      assert(v:network_path().reason == 'ip rule')
      """
    )
  }

  @Test func `a cluster's plugin is no trusted service, wherever the caller sits (R23, R24)`()
    throws
  {
    try run(
      VaultModuleTests.world(),
      """
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
      local c = cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
        enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
        azure_keyvault_kms_key_vault_network_access = 'Public' }
      local function reason()
        clock.advance('PT10M')
        return vault.call_from({ trusted_service = true }, function()
          local health = c:health()
          return health.reasons[1] and health.reasons[1].code or health.api_server
        end)
      end
      assert(reason() == 'healthy')
      v:update{ default_action = 'Deny' }
      assert(reason() == 'ForbiddenByFirewall')
      v:update{ default_action = 'Allow', public_network_access = 'Disabled' }
      assert(reason() == 'ForbiddenByConnection')
      v:update{ public_network_access = 'Enabled' }
      assert(reason() == 'healthy')
      """
    )
  }
}
