import LuaRuntime
import Testing

@Suite struct ClusterIdentityTests {
  @Test func `a cluster's own identity calls as any other, and is shown with it`() throws {
    try run(
      makeWorld(),
      """
      local v = vault.create{ name = 'kv1', resource_group = 'rg', enable_rbac_authorization = true }
      local c = cluster.create{ name = 'c1', resource_group = 'rg' }
      local own = c:show().identity
      assert(own.type == 'SystemAssigned' and own.userAssignedIdentities == json.null)
      local function list() return #key.list{ vault_name = v } end
      assert(not pcall(identity.run_as, c, list))
      role.assign{ role = 'Key Vault Reader', assignee = c, scope = v }
      assert(role.list{ scope = v }[1].principalId == own.principalId)
      assert(identity.run_as(c, list) == 0 and identity.run_as(own.principalId, list) == 0)
      assert(identity.run_as(c.id, list) == 0)
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      c:update{ assign_identity = i }
      assert(not pcall(identity.run_as, c, list) and not pcall(identity.run_as, own.principalId, list))
      role.assign{ role = 'Key Vault Reader', assignee = i, scope = v }
      assert(identity.run_as(c, list) == 0)
      role.assign{ role = 'Azure Kubernetes Service Contributor Role', assignee = i, scope = c }
      assert(#role.list{ scope = c } == 1)
      """
    )
  }
}
