import Foundation
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

  @Test(arguments: [
    "pcall(workspace.transaction, function() workspace.undoable(make) error('no') end)",
    "workspace.what_if(function() workspace.undoable(make) end)",
    "workspace.what_if(function() workspace.undoable(make) workspace.undo() end)",
  ])
  func `a first entry that is taken back with what surrounds it ends no later one`(
    first: String
  ) throws {
    let state = try makeWorld()
    try run(
      state,
      """
      function make() group.create{ name = 'rg', location = 'eastus' } end
      \(first)
      assert(#workspace.undo_log() == 0 and #group.list() == 0)
      workspace.undoable(make)
      assert(#workspace.undo_log() == 1 and workspace.undo().number == 1)
      assert(#group.list() == 0)
      """
    )
  }

  @Test func `what an entry changed is told by names`() throws {
    let state = try makeWorld()
    try run(
      state,
      """
      \(PublicPathTests.setUp)
      local function told(fn)
        workspace.undoable(fn)
        return tostring(workspace.undo()):match('^took back: (.-)\\n')
      end
      local function expect(found, wanted) if found ~= wanted then error(found) end end
      expect(told(function() group.create{ name = 'Rg2', location = 'eastus' } end),
        'created resource group Rg2')
      expect(told(function() secret.create{ cluster = c, name = 's2', string_data = { a = 'y' } } end),
        'created Secret default/s2 of c1')
      expect(told(function()
        for n = 1, 3 do secret.create{ cluster = c, name = 't' .. n, string_data = { a = 'y' } } end
        secret.get{ cluster = c, name = 's1' }:delete()
      end), 'created 3 Secrets of c1, deleted Secret default/s1 of c1')
      local text = told(function() identity.create{ name = 'id9', resource_group = 'rg' } end)
      assert(text:find('created directory entry id9', 1, true), text)
      """
    )
  }

  @Test func `an entry of an earlier prompt is told with its number and time`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kmsh-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func session(_ source: String) throws {
      let (state, session) = (try LuaState(), Session(path: folder.path + "/w.db"))
      try Library.register(in: state, session)
      try run(state, source)
      session.close()
    }
    try session(
      """
      clock.freeze('2026-01-01T00:00:00Z')
      workspace.undoable(function() group.create{ name = 'rg', location = 'eastus' } end)
      assert(tostring(workspace.undo()):find('took back: created', 1, true))
      workspace.redo()
      """
    )
    try session(
      """
      local text, mark = tostring(workspace.undo()), '(entry 1, entered 2026-01-01T00:00:00Z'
      assert(text:find('took back ' .. mark .. ' by another prompt): created', 1, true), text)
      """
    )
  }

  @Test(arguments: [
    ("group.create{ name = 'rg', location = 'eastus' }", "1 × resource group"),
    ("identity.create{ name = 'id1', resource_group = 'rg' }", "1 × managed identity"),
    (
      "vault.create{ name = 'kv1', resource_group = 'rg' }:delete{ confirm = true }",
      "1 × deleted vault"
    ),
    ("workspace.settings.vault_rbac_default = true", "1 × settings"),
    ("workspace.subscription{}", "1 × subscription"),
    ("", nil), ("vault.list{}", nil),
  ])
  func `a prompt asks before it empties a workspace that holds anything`(
    change: String,
    loss: String?
  ) throws {
    let (state, session) = (try LuaState(), Session(path: ":memory:"))
    try Library.register(in: state, session)
    try run(state, change)
    var asked: [String] = []
    try session.entering(
      in: state,
      asking: {
        asked.append($0.losses)
        return true
      }
    ) { _ = try run(state, "workspace.reset()") }
    #expect(asked.count == (loss == nil ? 0 : 1))
    #expect(loss.map { asked.first?.contains($0) == true } ?? true)
  }
}
