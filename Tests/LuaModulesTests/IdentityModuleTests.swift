import LuaRuntime
import Testing

@Suite struct IdentityModuleTests {
  private func world() throws -> LuaState {
    let state = try makeWorld()
    try run(state, RoleModuleTests.setUp)
    return state
  }

  @Test func `an identity shows what az identity show prints`() throws {
    let values = try run(
      world(),
      """
      local i = identity.create{ name = 'MyIdentity', resource_group = 'rg', location = 'West US',
        tags = { env = 'lab' } }
      assert(i.tags.env == 'lab' and i.location == 'westus')
      local t, names = i:show(), {}
      for name in pairs(t) do names[#names + 1] = name end
      table.sort(names)
      assert(t.isolationScope == json.null and t.tags.env == 'lab' and t.id == i.id)
      assert(t.clientId == i.client_id and t.principalId == i.principal_id)
      assert(t.type == 'Microsoft.ManagedIdentity/userAssignedIdentities')
      return table.concat(names, ' ')
      """
    )
    #expect(
      values[0].text
        == "clientId id isolationScope location name principalId resourceGroup tags tenantId type"
    )
  }

  @Test func `one made anew is another principal, and its handle is the same resource (R19)`()
    throws
  {
    try run(
      world(),
      """
      local function get() return key.get(k.kid).kid end
      role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }
      local old, principal, client = i.id, i.principal_id, i.client_id
      assert(i:delete() == nil)
      local ok, why = pcall(function() return i.principal_id end)
      assert(not ok and why.code == 'identity.not_found')
      assert(identity.find('id1') == nil and #identity.list() == 0)
      ok, why = pcall(identity.run_as, i, get)
      assert(not ok and why.code == 'identity.not_found')
      ok, why = pcall(identity.run_as, principal, get)
      assert(not ok and why.code == 'principal.not_found')
      local new = identity.create{ name = 'id1', resource_group = 'rg' }
      assert(new == i and new.id == old)
      assert(new.principal_id ~= principal and new.client_id ~= client)
      assert(not pcall(identity.run_as, new, get))
      local orphan = role.list{ assignee = principal }
      assert(#orphan == 1 and orphan[1].principalName == '')
      role.assign{ role = 'Key Vault Crypto User', assignee = new, scope = v }
      assert(identity.run_as(i, get) == k.kid)
      """
    )
  }

  @Test func `whoever is named runs the function, and what it returns comes back`() throws {
    try run(
      world(),
      """
      local function who() return identity.signed_in().name, 1, nil, { 'x' } end
      local t = {}
      for n, name in ipairs{ u, u.id, u.id:upper(), 'ada@contoso.com', 'ADA@contoso.com' } do
        local a, b, c, d = identity.run_as(name, who)
        assert(a == 'ada@contoso.com' and b == 1 and c == nil and d[1] == 'x')
      end
      assert(identity.run_as(u, function() return t end) == t)
      assert(select('#', identity.run_as(u, function() end)) == 0)
      assert(select('#', identity.run_as(u, function() return nil, nil end)) == 2)
      for _, name in ipairs{ i, 'id1', i.id, i.principal_id } do
        local ok, why = pcall(identity.run_as, name, who)
        assert(not ok and why.message:find('/me request is only valid') and why.rule == 'R39')
      end
      assert(not pcall(identity.run_as, s, who) and not pcall(identity.run_as, 'deploy', who))
      assert(identity.signed_in().name == 'learner@contoso.onmicrosoft.com')
      """
    )
  }

  @Test func `who called before calls again after, also after an error, nested and in coroutines`()
    throws
  {
    try run(
      world(),
      """
      local me, eve = identity.signed_in(), identity.create_user{ user_principal_name = 'eve@contoso.com' }
      local function who() return identity.signed_in().name end
      local seen = {}
      identity.run_as(u, function()
        seen[1] = who()
        identity.run_as(eve, function() seen[2] = who() end)
        seen[3] = who()
        local ok, why = pcall(identity.run_as, eve, function() error('no') end)
        assert(not ok and tostring(why):find('no'))
        seen[4] = who()
      end)
      assert(table.concat(seen, ' ') ==
        'ada@contoso.com eve@contoso.com ada@contoso.com ada@contoso.com')
      assert(who() == me.name)
      assert(not pcall(identity.run_as, u, function() error({}) end) and who() == me.name)

      local inside = coroutine.wrap(function()
        coroutine.yield(who())
        coroutine.yield(identity.run_as(u, who))
        coroutine.yield(who())
      end)
      assert(inside() == me.name and inside() == 'ada@contoso.com' and inside() == me.name)
      -- A coroutine made elsewhere runs as who resumes it.
      local two = coroutine.wrap(function() coroutine.yield(who()) coroutine.yield(who()) end)
      assert(identity.run_as(u, two) == 'ada@contoso.com' and two() == me.name)
      -- Leaving the function in its middle is an error, so that no one stays who they are not.
      local three = coroutine.create(function()
        identity.run_as(u, function() coroutine.yield() end)
      end)
      local ok = coroutine.resume(three)
      assert(not ok and who() == me.name)
      """
    )
  }

  @Test func `another caller has no more rights than its own on either plane`() throws {
    try run(
      world(),
      """
      local function denied(code, fn, ...)
        local ok, why = pcall(fn, ...)
        assert(not ok and why.azure_code == code, tostring(why))
      end
      identity.run_as(u, function()
        denied('AuthorizationFailed', vault.create, { name = 'kv2', resource_group = 'rg' })
        denied('AuthorizationFailed', identity.create, { name = 'id2', resource_group = 'rg' })
        denied('AuthorizationFailed', identity.get, 'id1')
        denied('AuthorizationFailed', i.delete, i)
        denied('AuthorizationFailed', i.show, i)
        denied('AuthorizationFailed', role.list)
        denied('AuthorizationFailed', role.elevate_access)
        denied('AuthorizationFailed', role.assign, { role = 'Owner', assignee = u, scope = v })
        denied('Authorization_RequestDenied', identity.create_user,
          { user_principal_name = 'x@contoso.com' })
        denied('Authorization_RequestDenied', s.delete, s)
        denied('Forbidden', key.list, { vault_name = v })
        assert(#identity.list() == 0)
      end)
      role.assign{ role = 'Reader', assignee = u, scope = v }
      role.assign{ role = 'Managed Identity Operator', assignee = u, scope = i }
      identity.run_as(u, function()
        assert(#identity.list() == 1 and identity.get('id1'):show().name == 'id1')
        denied('Forbidden', key.list, { vault_name = v })
      end)
      """
    )
  }

  @Test func `users and service principals are made, shown and deleted`() throws {
    try run(
      world(),
      """
      local bob = identity.create_user{ user_principal_name = 'bob@contoso.com', display_name = 'Bob' }
      assert(bob.type == 'User' and bob.name == 'bob@contoso.com' and bob.display_name == 'Bob')
      assert(bob:show().userPrincipalName == 'bob@contoso.com' and bob:show().mail == json.null)
      assert(bob:show().displayName == 'Bob' and bob:show().id == bob.id)
      assert(s.type == 'ServicePrincipal' and s.name == 'deploy' and s.app_id ~= s.id)
      assert(s:show().appId == s.app_id and s.tenant_id == bob.tenant_id)
      assert(tostring(bob) == 'User bob@contoso.com' and tostring(s) == 'ServicePrincipal deploy')
      assert(#identity.principals() == 4 and bob ~= u and bob == bob)
      bob:delete()
      assert(#identity.principals() == 3)
      local ok, why = pcall(function() return bob.name end)
      assert(not ok and why.code == 'principal.not_found')
      """
    )
  }

  @Test(arguments: [
    ("identity.run_as(u)", "argument.type"), ("identity.run_as(u, 1)", "argument.type"),
    ("identity.run_as(nil, print)", "argument.type"),
    ("identity.run_as(v, print)", "argument.type"),
    ("identity.run_as('nobody', print)", "principal.not_found"),
    ("identity.run_as(i.client_id, print)", "principal.not_found"),
    ("identity.run_as(s.app_id, print)", "principal.not_found"),
    ("identity.run_as(sub.id, print)", "principal.not_found"),
    ("identity.run_as(i.id .. 'x', print)", "identity.not_found"),
    ("identity.create_user{}", "argument.missing"),
    ("identity.create_user{ user_principal_name = 'bob' }", "argument.value"),
    ("identity.create_user{ user_principal_name = 'ada@contoso.com' }", "principal.exists"),
    (
      "identity.create_user{ user_principal_name = 'b@c.de', displayname = 'x' }",
      "argument.unknown"
    ),
    ("identity.create_service_principal{}", "argument.missing"),
    ("identity.create_service_principal{ display_name = '' }", "argument.value"),
    ("identity.signed_in():delete()", "argument.value"),
    ("identity.create{ name = 'id1', resource_group = 'rg' }", "identity.exists"),
    ("identity.create{ name = 'x', resource_group = 'rg' }", "argument.value"),
    ("identity.create{ name = 'id2', resource_group = 'rg', tags = { a = 1 } }", "argument.type"),
    ("identity.get('none')", "identity.not_found"),
    ("identity.get(i.client_id)", "identity.not_found"),
    ("i.name = 'x'", "argument.unknown"), ("return i.principalid", "argument.unknown"),
    ("i.delete()", "argument.type"),
  ])
  func `a slip is told and changes nothing`(source: String, code: String) throws {
    let state = try world()
    let count = "return #identity.principals() + #identity.list() + #role.list()"
    let before = try run(state, count)
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code, "\(error?.message ?? "")")
    #expect("\(before)" == "\(try run(state, count))")
  }

  @Test func `a service principal and an identity of one name are told apart by id`() throws {
    let state = try world()
    try run(state, "twin = identity.create_service_principal{ display_name = 'id1' }")
    let error = #expect(throws: LuaError.self) {
      try run(state, "identity.run_as('id1', function() end)")
    }
    #expect(error?.code == "argument.value")
    try run(state, "identity.run_as(twin.id, function() end)")
  }
}
