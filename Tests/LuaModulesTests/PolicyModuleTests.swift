import LuaRuntime
import Testing

@Suite struct PolicyModuleTests {
  private static let setUp = """
    v = vault.create{ name = 'kv1', resource_group = 'rg', no_self_perms = true }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    u = identity.create_user{ user_principal_name = 'ada@contoso.com' }
    s = identity.create_service_principal{ display_name = 'deploy' }
    function families(p)
      local function join(t) return table.concat(t, '+') end
      return join(p.key_permissions) .. '|' .. join(p.secret_permissions) .. '|'
        .. join(p.certificate_permissions) .. '|' .. join(p.storage_permissions)
    end
    """

  private func world() throws -> LuaState {
    let state = try makeWorld()
    try run(state, Self.setUp)
    return state
  }

  @Test func `families named are replaced, others stay, and order does not count (R125)`() throws {
    try run(
      world(),
      """
      assert(v:set_policy{ object_id = i, key_permissions = { 'decrypt', 'encrypt', 'Decrypt' },
        secret_permissions = 'get' } == v)
      assert(families(v.access_policies[1]) == 'encrypt+decrypt|get||')
      v:set_policy{ object_id = i.principal_id:upper(), key_permissions = { 'list' } }
      assert(#v.access_policies == 1 and families(v.access_policies[1]) == 'list|get||')
      v:set_policy{ object_id = i, certificate_permissions = { 'import', 'get' },
        storage_permissions = { 'set' }, secret_permissions = {} }
      assert(families(v.access_policies[1]) == 'list||get+import|set')
      local p = v:show().properties.accessPolicies[1]
      assert(p.objectId == i.principal_id and p.permissions.keys[1] == 'list')
      v:delete_policy{ object_id = i }
      assert(#v.access_policies == 0)
      """
    )
  }

  @Test func `a principal is named by handle, id, sign-in name or application`() throws {
    try run(
      world(),
      """
      for n, o in ipairs{ { object_id = u }, { object_id = u.id }, { upn = 'ADA@contoso.com' },
        { object_id = 'ada@contoso.com' }, { spn = s.app_id }, { spn = 'deploy' },
        { spn = i.client_id }, { object_id = 'id1' }, { object_id = cluster.create{ name = 'c1',
        resource_group = 'rg' } } } do
        o.key_permissions = { 'get' }
        v:set_policy(o)
      end
      assert(#v.access_policies == 4)
      assert(v.access_policies[1].object_id == u.id and v.access_policies[2].object_id == s.id)
      assert(v.access_policies[3].object_id == i.principal_id)
      """
    )
  }

  @Test func `an entry through an application stands beside the principal's own`() throws {
    try run(
      world(),
      """
      v:set_policy{ object_id = u, key_permissions = { 'get' } }
      v:set_policy{ object_id = u, application_id = s.app_id, key_permissions = { 'list' } }
      assert(#v.access_policies == 2 and v.access_policies[2].application_id == s.app_id)
      assert(not pcall(identity.run_as, u, key.list, { vault_name = v }))
      v:delete_policy{ object_id = u }
      assert(#v.access_policies == 1 and v.access_policies[1].application_id == s.app_id)
      v:delete_policy{ object_id = u, application_id = s.app_id }
      assert(#v.access_policies == 0)
      """
    )
  }

  @Test(arguments: [
    ("v:set_policy{ key_permissions = { 'get' } }", "argument.missing"),
    ("v:set_policy{ object_id = i }", "argument.missing"),
    ("v:set_policy{ object_id = i, upn = 'a@b.c', key_permissions = {} }", "argument.value"),
    ("v:set_policy{ upn = 'eve@contoso.com', key_permissions = {} }", "principal.not_found"),
    ("v:set_policy{ upn = 'deploy', key_permissions = {} }", "principal.not_found"),
    ("v:set_policy{ spn = 'ada@contoso.com', key_permissions = {} }", "principal.not_found"),
    ("v:set_policy{ object_id = i, key_permissions = { 'wrap' } }", "argument.value"),
    ("v:set_policy{ object_id = i, secret_permissions = { 'encrypt' } }", "argument.value"),
    ("v:set_policy{ object_id = i, certificate_permissions = { 'sign' } }", "argument.value"),
    ("v:set_policy{ object_id = i, storage_permissions = { 'put' } }", "argument.value"),
    ("v:set_policy{ object_id = i, key_permissions = { 1 } }", "argument.type"),
    (
      "v:set_policy{ object_id = i, application_id = 'x', key_permissions = {} }", "argument.value"
    ),
    ("v:set_policy{ object_id = i, permissions = { 'get' } }", "argument.unknown"),
    ("v:delete_policy{ object_id = i }", "policy.not_found"),
    ("v:delete_policy{}", "argument.missing"),
    ("v:delete_policy{ object_id = 'nobody' }", "principal.not_found"),
  ])
  func `a slip is told and changes nothing`(source: String, code: String) throws {
    let state = try world()
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code, "\(error?.message ?? "")")
    try run(state, "assert(#v.access_policies == 0)")
  }
}
