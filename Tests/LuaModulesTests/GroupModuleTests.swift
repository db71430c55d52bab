import LuaRuntime
import Testing

@Suite struct GroupModuleTests {
  @Test func `a group is made by what is first created in it, or by itself`() throws {
    try run(
      makeWorld(),
      """
      vault.create{ name = 'kv1', resource_group = 'first' }
      local g = group.get('FIRST')
      assert(g.name == 'first' and g.location == 'eastus' and g == group.find('first'))
      local other = group.create{ name = 'other', location = 'West US', tags = { a = 'b' } }
      assert(other.location == 'westus' and other.tags.a == 'b' and #group.list() == 2)
      assert(group.find('nope') == nil)
      local shown = other:show()
      assert(shown.type == 'Microsoft.Resources/resourceGroups' and shown.id == other.id)
      assert(shown.properties.provisioningState == 'Succeeded' and g:show().tags == json.null)
      """
    )
  }

  @Test func `a group goes with all that lies in it, once that is confirmed`() throws {
    try run(
      makeWorld(),
      """
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      vault.create{ name = 'kv1', resource_group = 'rg' }
      cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i }
      vault.create{ name = 'kv2', resource_group = 'kept' }
      local ok, problem = pcall(group.get('rg').delete, group.get('rg'))
      assert(problem.code == 'confirm.required' and problem.message:find('cluster c1', 1, true))
      assert(vault.find('kv1') and cluster.find('c1'))
      group.get('rg'):delete{ confirm = true }
      assert(not vault.find('kv1') and not cluster.find('c1') and not identity.find('id1'))
      assert(vault.list_deleted()[1].name == 'kv1' and group.find('rg') == nil)
      assert(vault.find('kv2') and group.find('kept'))
      group.get('kept'):show()
      group.create{ name = 'empty', location = 'eastus' }:delete()
      """
    )
  }

  @Test func `a key's handle is had without asking the vault, and asks when it is used`() throws {
    try run(
      makeWorld(),
      """
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      local k = key.create{ vault_name = v, name = 'k' }
      local at = key.at{ vault_name = 'kv1', name = 'k' }
      assert(at:show().key.kid == k.kid)
      assert(key.at(k.kid) == k and #at:versions() == 1)
      local sealed = at:encrypt{ algorithm = 'RSA-OAEP-256', value = 'x' }
      assert(sealed.kid == k.kid)
      at:update{ enabled = false }
      assert(at:show_listed().attributes.enabled == false)
      assert(at:show_listed().kid .. '/' .. k.version == at:show_listed{ version = true }.kid)
      local ok, problem = pcall(at.show, at)
      assert(problem.code == 'key.disabled')
      ok, problem = pcall(function() return key.at{ vault_name = 'kv1', name = 'no' }:show() end)
      assert(problem.code == 'key.not_found')
      """
    )
  }

  @Test func `a cluster and an identity are named with their group`() throws {
    try run(
      makeWorld(),
      """
      for _, group in ipairs{ 'g1', 'g2' } do
        identity.create{ name = 'id1', resource_group = group }
        cluster.create{ name = 'c', resource_group = group }
      end
      assert(cluster.get{ name = 'C', resource_group = 'G2' }.resource_group == 'g2')
      assert(identity.get{ name = 'id1', resource_group = 'g1' }.resource_group == 'g1')
      local ok, problem = pcall(cluster.get, { name = 'c', resource_group = 'g3' })
      assert(problem.code == 'cluster.not_found')
      ok, problem = pcall(cluster.get, { nam = 'c' })
      assert(problem.code == 'argument.unknown')
      """
    )
  }

  @Test func `the versions of Kubernetes are told with their dates`() throws {
    try run(
      makeWorld(),
      """
      clock.freeze('2026-01-15T00:00:00Z')
      local known = cluster.versions()
      assert(known[1].version == '1.23' and not known[1].supported)
      workspace.settings.version_support_enforced = true
      known = cluster.versions()
      assert(known[1].version == '1.32' and known[1].supported)
      local chosen = {}
      for _, one in ipairs(known) do if one.default then chosen[#chosen + 1] = one.version end end
      assert(#chosen == 1)
      local c = cluster.create{ name = 'c', resource_group = 'rg' }
      assert(c.kubernetes_version == chosen[1])
      """
    )
  }
}
