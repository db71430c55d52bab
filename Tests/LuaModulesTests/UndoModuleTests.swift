import LuaModules
import LuaRuntime
import Testing

/// `workspace.undo` and what belongs to it, from Lua.
@Suite struct UndoModuleTests {
  @Test func `a cluster, its Secrets and its key come back`() throws {
    let state = try makeWorld()
    try run(
      state,
      """
      clock.freeze('2026-01-01T00:00:00Z')
      \(PublicPathTests.setUp)
      workspace.undoable(function()
        secret.create{ cluster = c, name = 's2', string_data = { a = 'y' } }
        k:delete{ confirm = true }
        clock.advance('PT10M')
        assert(c:health().api_server ~= 'healthy')
      end)
      local entry = workspace.undo()
      assert(clock.now() == '2026-01-01T00:00:00Z' and c:health().api_server == 'healthy')
      assert(secret.get{ cluster = c, name = 's1' }.data.a == 'x')
      assert(not secret.find{ cluster = c, name = 's2' } and key.get(k.kid) == k)
      assert(entry.number == 1 and tostring(entry):find('soft-deleted key', 1, true))
      workspace.redo()
      assert(#key.list_deleted{ vault_name = v } == 1)
      assert(clock.now() == '2026-01-01T00:10:00Z')
      """
    )
  }

  @Test func `scripts leave no entry, and fn's value and errors pass through`() throws {
    let state = try makeWorld()
    try run(
      state,
      """
      vault.create{ name = 'kv1', resource_group = 'rg' }
      assert(#workspace.undo_log() == 0)
      local ok, err = pcall(workspace.undo)
      assert(not ok and err.code == 'workspace.undo_nothing' and err.hint)
      assert(select(2, pcall(workspace.redo)).code == 'workspace.undo_nothing')
      assert(workspace.undoable(function() return 'value' end) == 'value')
      ok, err = pcall(workspace.undoable, function()
        vault.create{ name = 'kv2', resource_group = 'rg' }
        error{ code = 'a.b', message = 'stopped' }
      end)
      assert(err.code == 'a.b' and #workspace.undo_log() == 1)
      assert(workspace.undo_log()[1].changes[1].action == 'created')
      workspace.undo()
      assert(vault.find('kv1') and not vault.find('kv2'))
      assert(workspace.undo_log()[1].undone)
      """
    )
  }

  @Test func `the first account of a workspace is no entry, and goes with what emptied it`() throws
  {
    let state = try makeWorld()
    try run(
      state,
      """
      workspace.undoable(function() vault.list{} end)
      assert(#workspace.undo_log() == 0)
      local user = identity.signed_in().id
      workspace.undoable(function() workspace.reset() end)
      workspace.undoable(function() vault.list{} end)
      assert(identity.signed_in().id ~= user and #workspace.undo_log() == 1)
      workspace.undo()
      assert(identity.signed_in().id == user and #workspace.subscriptions() == 1)
      """
    )
  }
}
