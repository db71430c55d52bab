import LuaRuntime
import Testing

@Suite struct SettingsModuleTests {
  @Test func `settings are read, assigned and brought back`() throws {
    try run(
      makeWorld(),
      """
      local s = workspace.settings
      assert(s.vault_rbac_default == false and s.role_propagation == 'PT0S')
      s.vault_rbac_default = true
      assert(workspace.settings.vault_rbac_default and s == workspace.settings)
      assert(vault.create{ name = 'kv1', resource_group = 'rg' }.enable_rbac_authorization)
      s.vault_rbac_default = nil
      assert(not vault.create{ name = 'kv2', resource_group = 'rg' }.enable_rbac_authorization)
      s.role_propagation = 'PT600S'
      assert(s.role_propagation == 'PT600S')
      assert(tostring(s):find('1 of %d+ changed'))
      workspace.reset()
      assert(s.role_propagation == 'PT0S')
      """
    )
  }

  @Test func `each setting is listed with its meaning`() throws {
    try run(
      makeWorld(),
      """
      workspace.settings.role_propagation = 'PT10M'
      local rows = workspace.settings:list()
      assert(#rows >= 3)
      for _, row in ipairs(rows) do
        assert(row.name and row.summary ~= '' and row.type ~= '')
        assert(row.value == workspace.settings[row.name])
        assert((row.value == row.default) == (row.name ~= 'role_propagation'))
      end
      """
    )
  }

  @Test(arguments: [
    ("workspace.settings.vault_rbac_defualt = true", "argument.unknown", "vault_rbac_default"),
    ("return workspace.settings.role_propagations", "argument.unknown", "role_propagation"),
    ("workspace.settings.vault_rbac_default = 'yes'", "argument.value", nil),
    ("workspace.settings.vault_rbac_default = 1", "argument.value", nil),
    ("workspace.settings.vault_rbac_default = {}", "argument.type", nil),
    ("workspace.settings.role_propagation = 'ten minutes'", "argument.value", nil),
    ("workspace.settings.role_propagation = 1.5", "argument.type", nil),
    ("workspace.settings.policy_all = 'all'", "argument.value", nil),
    ("workspace.settings.list = nil", "argument.unknown", nil),
    ("workspace.settings[1] = true", "argument.unknown", nil),
  ])
  func `a slip is told and changes nothing`(source: String, code: String, hint: String?) throws {
    let state = try makeWorld()
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code)
    if let hint { #expect(error?.hint == "did you mean '\(hint)'?") }
    try run(
      state,
      "for _, row in ipairs(workspace.settings:list()) do assert(row.value == row.default) end"
    )
  }
}
