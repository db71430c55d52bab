import LuaRuntime
import Testing

@Suite struct RoleModuleTests {
  /// An RBAC vault with a key, an identity, a user and a service principal.
  static let setUp = """
    clock.freeze('2026-01-02T03:04:05Z')
    v = vault.create{ name = 'kv1', resource_group = 'rg', enable_rbac_authorization = true }
    role.assign{ role = 'Key Vault Crypto Officer', assignee = identity.signed_in(), scope = v }
    k = key.create{ vault_name = v, name = 'k', kty = 'EC' }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    u = identity.create_user{ user_principal_name = 'ada@contoso.com' }
    s = identity.create_service_principal{ display_name = 'deploy' }
    sub = workspace.subscriptions()[1]
    """

  private func world() throws -> LuaState {
    let state = try makeWorld()
    try run(state, Self.setUp)
    return state
  }

  @Test func `a role is assigned by handle, id or name, at a handle or an ARM id`() throws {
    try run(
      world(),
      """
      local function names(scope)
        local t = {}
        for _, a in ipairs(role.list{ scope = scope }) do
          t[#t + 1] = a.principalName .. ' ' .. a.roleDefinitionName
        end
        table.sort(t)
        return table.concat(t, ', ')
      end
      role.assign{ role = 'Key Vault Reader', assignee = i, scope = k }
      role.assign{ role = '21090545-7ca7-4776-b22c-e363652d74d2', assignee = u.id,
        scope = v.id .. '/keys/K' }
      role.assign{ role = 'Key Vault Reader', assignee = 'ada@contoso.com', scope = i }
      role.assign{ role = 'Reader', assignee = s, scope = sub, assignee_principal_type = 'ServicePrincipal' }
      role.assign{ role = 'Reader', assignee = 'id1', scope = '/subscriptions/' .. sub.id }
      assert(names(k) == i.client_id .. ' Key Vault Reader, ada@contoso.com Key Vault Reader'
        or names(k) == 'ada@contoso.com Key Vault Reader, ' .. i.client_id .. ' Key Vault Reader')
      assert(names(i) == 'ada@contoso.com Key Vault Reader')
      assert(#role.list{ scope = sub } == 3)
      assert(#role.list{ assignee = u } == 2 and #role.list{ role = 'Reader' } == 2)
      assert(#role.list{ scope = v, include_inherited = true } == 4)
      assert(#role.list() == 7 and #role.list{} == 7)
      """
    )
  }

  @Test func `assigning again returns what is there`() throws {
    try run(
      world(),
      """
      local one = role.assign{ role = 'Reader', assignee = u, scope = v }
      clock.advance('P1D')
      local two = role.assign{ role = 'reader', assignee = u.id:upper(), scope = v.id:upper() }
      assert(json.encode(one) == json.encode(two))
      """
    )
  }

  @Test func `an assignment has the members that az prints, nulls included`() throws {
    let values = try run(
      world(),
      """
      local function members(t)
        local names = {}
        for name in pairs(t) do names[#names + 1] = name end
        table.sort(names)
        return table.concat(names, ' ')
      end
      local a = role.assign{ role = 'Reader', assignee = u, scope = v }
      assert(a.condition == json.null and a.systemData == json.null)
      assert(a.createdOn == '2026-01-02T03:04:05+00:00')
      return members(a), members(role.list{ scope = v }[1])
      """
    )
    let members =
      "condition conditionVersion createdBy createdOn delegatedManagedIdentityResourceId "
      + "description id name principalId principalType resourceGroup roleDefinitionId scope "
      + "systemData type updatedBy updatedOn"
    #expect(values[0].text == members)
    #expect(
      values[1].text
        == members.replacing("principalType", with: "principalName principalType")
        .replacing("roleDefinitionId", with: "roleDefinitionId roleDefinitionName")
    )
  }

  @Test func `a role is revoked, and the grant ends`() throws {
    try run(
      world(),
      """
      local function get() return key.get(k.kid).kid end
      assert(not pcall(identity.run_as, i, get))
      role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }
      assert(identity.run_as(i, get) == k.kid)
      assert(role.revoke{ role = 'Key Vault Crypto User', assignee = i, scope = v } == 1)
      assert(not pcall(identity.run_as, i, get))
      role.assign{ role = 'Reader', assignee = i, scope = v }
      role.assign{ role = 'Owner', assignee = i, scope = v }
      assert(role.revoke{ assignee = i, scope = v } == 2)
      """
    )
  }

  @Test func `a deleted vault loses its roles, and recovering it brings none back (R18)`() throws {
    try run(
      world(),
      """
      role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = k }
      role.assign{ role = 'Key Vault Crypto User', assignee = u, scope = '/subscriptions/'
        .. sub.id .. '/resourceGroups/rg' }
      local function get() return key.get(k.kid).kid end
      assert(identity.run_as(i, get) == k.kid and identity.run_as(u, get) == k.kid)
      v:delete()
      assert(#role.list() == 2)
      vault.recover('kv1')
      local ok, why = pcall(identity.run_as, i, get)
      assert(not ok and why.inner_code == 'ForbiddenByRbac')
      -- What was assigned above the vault holds on.
      assert(identity.run_as(u, get) == k.kid and #role.list{ scope = v } == 0)
      """
    )
  }

  @Test func `assignments take their time when the workspace says so (R42)`() throws {
    try run(
      world(),
      """
      local function get() return key.get(k.kid).kid end
      workspace.settings.role_propagation = 'PT10M'
      role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }
      local ok, why = pcall(identity.run_as, i, get)
      assert(not ok and why.inner_code == 'ForbiddenByRbac' and why.hint:find('2026%-01%-02T03:14:05Z'))
      clock.advance('PT10M')
      assert(identity.run_as(i, get) == k.kid)
      role.revoke{ assignee = i, scope = v }
      clock.advance('PT9M59S')
      assert(identity.run_as(i, get) == k.kid)
      clock.advance('PT1S')
      assert(not pcall(identity.run_as, i, get))
      """
    )
  }

  @Test func `definitions are listed as az lists them, all or one`() throws {
    try run(
      world(),
      """
      local all = role.definitions()
      assert(#all >= 16 and #role.definitions{} == #all)
      local one = role.definitions{ name = 'key vault crypto user' }
      assert(#one == 1 and one[1].roleName == 'Key Vault Crypto User')
      assert(one[1].name == '12338af0-0e69-4776-bea7-57ae8d297424')
      assert(one[1].id == '/subscriptions/' .. sub.id
        .. '/providers/Microsoft.Authorization/roleDefinitions/' .. one[1].name)
      assert(one[1].roleType == 'BuiltInRole' and one[1].assignableScopes[1] == '/')
      local p = one[1].permissions[1]
      assert(#p.dataActions == 9 and #p.actions == 0 and p.condition == json.null)
      assert(p.dataActions[1] == 'Microsoft.KeyVault/vaults/keys/read')
      p = role.definitions{ name = 'Key Vault Data Access Administrator' }[1].permissions[1]
      assert(p.condition:find('12338af0') and p.conditionVersion == '2.0')
      """
    )
  }

  @Test func `the signed-in user takes access at the root, once`() throws {
    try run(
      world(),
      """
      local root = role.elevate_access()
      assert(root.scope == '/' and root.resourceGroup == json.null)
      assert(role.elevate_access().id == root.id and #role.list{ scope = '/' } == 1)
      role.assign{ role = 'Reader', assignee = u,
        scope = '/providers/Microsoft.Management/managementGroups/' .. sub.tenant_id }
      assert(identity.run_as(u, function() return identity.get('id1').name end) == 'id1')
      assert(role.revoke{ role = 'Owner', assignee = identity.signed_in(), scope = sub } == 1)
      assert(not pcall(vault.create, { name = 'kv2', resource_group = 'rg' }))
      """
    )
  }

  @Test(arguments: [
    ("role.assign{ role = 'Reader', scope = v }", "argument.missing"),
    ("role.assign{ role = 'Reader', asignee = u, scope = v }", "argument.unknown"),
    ("role.assign{ role = 1, assignee = u, scope = v }", "argument.type"),
    ("role.assign{ role = 'Reader', assignee = u, scope = {} }", "argument.type"),
    ("role.assign{ role = 'Reader', assignee = true, scope = v }", "argument.type"),
    ("role.assign{ role = 'Reader', assignee = v, scope = v }", "argument.type"),
    ("role.assign{ role = 'Reader', assignee = u, scope = u }", "argument.type"),
    ("role.assign{ role = 'Reader', assignee = u, scope = 'kv1' }", "argument.value"),
    ("role.assign{ role = 'Reader', assignee = u, scope = v.id .. 'x' }", "vault.not_found"),
    ("role.assign{ role = 'Boss', assignee = u, scope = v }", "role.not_found"),
    (
      "role.assign{ role = 'Reader', assignee = 'eve@contoso.com', scope = v }",
      "principal.not_found"
    ),
    ("role.assign{ role = 'Reader', assignee = i.client_id, scope = v }", "principal.not_found"),
    (
      "role.assign{ role = 'Reader', assignee = u, scope = v, assignee_principal_type = 'Robot' }",
      "argument.type"
    ),
    (
      "role.assign{ role = 'Reader', assignee = u, scope = v, assignee_principal_type = 'Group' }",
      "argument.value"
    ),
    ("role.revoke{ scope = v }", "argument.missing"),
    ("role.revoke{ role = 'Reader' }", "argument.missing"),
    ("role.revoke{ role = 'Reader', assignee = u, scope = v }", "role.assignment_not_found"),
    ("role.revoke{ role = 'Owner', assignee = identity.signed_in(), scope = sub }", "role.refused"),
    ("role.list{ scope = 5 }", "argument.type"),
    ("role.list{ assignee = 'nobody' }", "principal.not_found"),
    ("role.list('x')", "argument.type"),
    ("role.definitions{ name = 'Boss' }", "role.not_found"),
    ("role.definitions{ name = sub.id }", "role.not_found"),
  ])
  func `a slip is told and changes nothing`(source: String, code: String) throws {
    let state = try world()
    let before = try run(state, "return json.encode(role.list())")
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code, "\(error?.message ?? "")")
    #expect(before.map(\.text) == (try run(state, "return json.encode(role.list())")).map(\.text))
  }

  @Test(arguments: [
    "role.assign{ role = long, assignee = u, scope = v }",
    "role.assign{ role = 'Reader', assignee = long, scope = v }",
    "role.assign{ role = 'Reader', assignee = u, scope = '/' .. long }",
    "role.list{ assignee = long }", "role.definitions{ name = long }",
    "identity.run_as(long, print)", "identity.get(long)", "identity.get('/' .. long)",
    "identity.create{ name = long, resource_group = 'rg' }",
    "identity.create_user{ user_principal_name = long }", "workspace.use(long)",
    "workspace.subscription{ tenant_id = long }",
    "v:set_policy{ upn = long, key_permissions = {} }",
  ])
  func `a text of a million characters is refused without being repeated`(source: String) throws {
    let state = try world()
    let error = #expect(throws: LuaError.self) {
      try run(state, "local long = ('x'):rep(1000000) " + source)
    }
    #expect((error?.message.utf8.count ?? .max) < 1000 && (error?.hint?.utf8.count ?? 0) < 1000)
  }
}
