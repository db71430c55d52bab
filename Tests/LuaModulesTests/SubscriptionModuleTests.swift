import LuaRuntime
import Testing

@Suite struct SubscriptionModuleTests {
  @Test func `a workspace has one subscription, more are made and used`() throws {
    try run(
      makeWorld(),
      """
      local first = workspace.subscriptions()[1]
      assert(#workspace.subscriptions() == 1 and first.is_default)
      assert(first.user == identity.signed_in() and not first.konnectivity_grandfathered)
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      local second = workspace.subscription{ konnectivity_grandfathered = true }
      assert(second ~= first and second.konnectivity_grandfathered and not second.is_default)
      assert(second.tenant_id == first.tenant_id and #workspace.subscriptions() == 2)
      assert(workspace.use(second) == second and second.is_default and not first.is_default)
      assert(#vault.list() == 0)
      local w = vault.create{ name = 'kv2', resource_group = 'rg' }
      assert(w.id:find(second.id, 1, true) and #vault.list() == 1)
      assert(#role.list() == 1 and role.list()[1].scope == '/subscriptions/' .. second.id)
      workspace.use(first.id)
      assert(vault.list()[1].name == 'kv1' and #workspace.subscriptions() == 2)
      assert(workspace.use('Subscription 2') == second)
      """
    )
  }

  @Test func `another tenant has another directory`() throws {
    try run(
      makeWorld(),
      """
      local first = workspace.subscriptions()[1]
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      local tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47'
      local other = workspace.subscription{ tenant_id = tenant }
      assert(other.tenant_id == tenant and other.user ~= first.user)
      workspace.use(other)
      assert(identity.signed_in() == other.user and identity.signed_in().tenant_id == tenant)
      local v = vault.create{ name = 'kv2', resource_group = 'rg' }
      assert(v.tenant_id == tenant)
      local ok, why = pcall(identity.run_as, i, function() return key.list{ vault_name = v } end)
      assert(not ok and why.status == 401 and why.message:find('^AKV10032'))
      ok, why = pcall(identity.run_as, i, function() v:set_policy{ object_id = i, key_permissions = {} } end)
      assert(not ok and why.azure_code == 'InvalidAuthenticationTokenTenant')
      """
    )
  }

  @Test func `a subscription shows what az account show prints`() throws {
    try run(
      makeWorld(),
      """
      local s = workspace.subscriptions()[1]
      local t = s:show()
      assert(t.id == s.id and t.tenantId == s.tenant_id and t.isDefault and t.state == 'Enabled')
      assert(t.user.name == 'learner@contoso.onmicrosoft.com' and t.user.type == 'user')
      assert(tostring(s) == 'subscription Subscription 1')
      """
    )
  }

  @Test(arguments: [
    ("workspace.subscription{ tenant_id = 'contoso' }", "argument.value"),
    ("workspace.subscription{ tenant = 'x' }", "argument.unknown"),
    ("workspace.subscription{ konnectivity_grandfathered = 'yes' }", "argument.type"),
    ("workspace.use('none')", "subscription.not_found"), ("workspace.use()", "argument.type"),
    ("workspace.use(identity.signed_in())", "argument.type"),
    ("workspace.subscriptions()[1].name = 'x'", "argument.unknown"),
  ])
  func `a slip is told and changes nothing`(source: String, code: String) throws {
    let state = try makeWorld()
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code, "\(error?.message ?? "")")
    try run(
      state,
      "assert(#workspace.subscriptions() == 1 and workspace.subscriptions()[1].is_default)"
    )
  }
}
