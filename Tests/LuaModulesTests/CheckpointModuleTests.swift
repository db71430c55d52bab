import LuaModules
import LuaRuntime
import Testing

/// `workspace.checkpoint` and what belongs to it, from Lua.
@Suite struct CheckpointModuleTests {
  private func world(_ source: String) throws -> LuaState {
    let state = try makeWorld()
    try run(
      state,
      """
      clock.freeze('2026-01-01T00:00:00Z')
      \(PublicPathTests.setUp)
      v:diagnostics(true)
      \(source)
      """
    )
    return state
  }

  private func error(_ state: LuaState, _ source: String) -> LuaError? {
    #expect(throws: LuaError.self) { try run(state, source) }
  }

  @Test func `a cluster, its Secrets and its key are what they were`() throws {
    let state = try world(
      """
      local point = workspace.checkpoint('before')
      assert(point.name == 'before' and point.created == '2026-01-01T00:00:00Z')
      assert(point.records > 5 and point.values == 1)
      secret.create{ cluster = c, name = 's2', string_data = { a = 'y' } }
      k:delete{ confirm = true }
      clock.advance('PT10M')
      assert(c:health().api_server ~= 'healthy')
      workspace.restore('before', { confirm = true })
      assert(clock.now() == '2026-01-01T00:00:00Z')
      """
    )
    try run(
      state,
      """
      assert(c:health().api_server == 'healthy')
      assert(secret.get{ cluster = c, name = 's1' }.data.a == 'x')
      assert(not secret.find{ cluster = c, name = 's2' })
      assert(key.get(k.kid) == k)
      """
    )
  }

  @Test func `nothing is lost without a confirmation, which tells what would be`() throws {
    let state = try world("workspace.checkpoint('before') workspace.restore('before')")
    try run(
      state,
      """
      clock.advance('P1D')
      workspace.restore('before')
      identity.create{ name = 'id2', resource_group = 'rg' }
      secret.create{ cluster = c, name = 's2', string_data = { a = 'y' } }
      """
    )
    let refused = error(state, "workspace.restore('before')")
    #expect(refused?.code == "confirm.required")
    let message = refused?.message ?? ""
    #expect(message.contains("checkpoint before of 2026-01-01T00:00:00Z"))
    #expect(message.contains("1 × managed identity"))
    #expect(message.contains("1 × value in etcd of c1"))
    #expect(error(state, "workspace.checkpoints()[1]:restore{}")?.code == "confirm.required")
    try run(
      state,
      """
      assert(identity.find('id2'))
      workspace.checkpoints()[1]:restore{ confirm = true }
      assert(not identity.find('id2'))
      """
    )
  }

  @Test func `what if one went back is told without a confirmation, and does not happen`() throws {
    let state = try world("workspace.checkpoint('before')")
    try run(
      state,
      """
      local id2 = identity.create{ name = 'id2', resource_group = 'rg' }
      local report = workspace.what_if(function()
        workspace.restore('before')
        workspace.checkpoint('within')
        workspace.drop('before')
        workspace.checkpoint('gone-again')
        workspace.drop('gone-again')
      end)
      assert(report.error == nil, report.error)
      local deleted
      local found = {}
      for _, change in ipairs(report.changes) do
        deleted = deleted or change.action == 'deleted' and change.kind == 'managed identity'
        if change.kind == 'checkpoint' then found[#found + 1] = change.action .. ' ' .. change.id end
      end
      assert(table.concat(found, ', ') == 'deleted before, created within', table.concat(found, ', '))
      assert(tostring(report):find('+ checkpoint within', 1, true), tostring(report))
      assert(deleted and identity.find('id2') and c:health().api_server == 'healthy')
      assert(#workspace.checkpoints() == 1)
      """
    )
  }

  @Test func `a key that a checkpoint needs cannot be deleted safely`() throws {
    let state = try world("workspace.checkpoint('before')")
    try run(
      state,
      """
      for n = 1, 2 do
        local new = key.create{ vault_name = v, name = 'k' .. n }
        c:update{ enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = new,
          azure_keyvault_kms_key_vault_network_access = 'Public' }
        c:rewrite_secrets{}
      end
      local verdict = c:can_delete(k)
      assert(not verdict.safe and verdict.checkpoints[1] == 'before' and verdict.rule == 'R20')
      workspace.drop('before')
      assert(c:can_delete(k).safe)
      """
    )
  }

  @Test func `handles list and drop them, and say when there is none`() throws {
    let state = try world("one = workspace.checkpoint('one') workspace.checkpoint('two')")
    try run(
      state,
      """
      local points = workspace.checkpoints()
      assert(#points == 2 and points[1] == one and points[2].name == 'two')
      assert(tostring(one) == 'checkpoint one')
      points[2]:drop()
      assert(#workspace.checkpoints() == 1)
      one:drop()
      assert(#workspace.checkpoints() == 0)
      """
    )
    #expect(error(state, "return one.created")?.code == "workspace.checkpoint_not_found")
    #expect(error(state, "workspace.restore('one')")?.code == "workspace.checkpoint_not_found")
    #expect(error(state, "workspace.checkpoint('a b')")?.code == "workspace.checkpoint_name")
    #expect(error(state, "workspace.checkpoint(1)")?.code == "argument.type")
  }
}
