import LuaModules
import LuaRuntime
import Testing

/// `workspace.what_if`: what would happen, and nothing of it remains.
@Suite struct WhatIfTests {
  /// A world, and `dump()`, which tells everything that can be asked of it.
  private static let setUp = """
    clock.freeze('2026-01-01T00:00:00Z')
    workspace.seed(1)
    \(PublicPathTests.setUp)
    v:diagnostics(true)
    secret.create{ cluster = c, name = 's2', namespace = 'ns', string_data = { a = 'y' } }
    function dump()
      local rows = { clock.now(), json.encode(c:show()), json.encode(v:show()), k.kid }
      for _, kv in ipairs(vault.list{}) do
        for _, one in ipairs(key.list{ vault_name = kv }) do
          for _, version in ipairs(one:versions()) do rows[#rows + 1] = json.encode(version:show()) end
        end
      end
      for entry in c:etcd():each() do
        rows[#rows + 1] = entry.key .. entry.mod_revision .. crypto.hex(entry.value)
      end
      for _, assignment in ipairs(role.list{}) do rows[#rows + 1] = json.encode(assignment) end
      for _, one in ipairs(identity.list{}) do rows[#rows + 1] = one.id .. one.principal_id end
      rows[#rows + 1] = json.encode(c:kms()) .. json.encode(c:health()) .. json.encode(c:kms_client())
      return table.concat(rows, '\\n')
    end
    """

  private func world(_ source: String) throws -> LuaState {
    let state = try makeWorld()
    try run(state, Self.setUp + "\n" + source)
    return state
  }

  /// What is tried; each of them changes something that could remain.
  static let acts = [
    "rotate() c:rewrite_secrets{}",
    "rotate() rotate()",
    "k:delete()",
    "v:delete()",
    "i:delete()",
    "k:update{ enabled = false } clock.advance('P1D') pcall(secret.get, { cluster = c, name = 's1' })",
    "clock.real()",
    "workspace.reset()",
    "s:delete() secret.create{ cluster = c, name = 's9', string_data = { a = 'z' } }",
    "vault.create{ name = 'kv2', resource_group = 'rg2' }",
    "workspace.transaction(function() rotate() error('no') end)",
    "workspace.what_if(function() rotate() end) k:update{ enabled = false }",
    "coroutine.wrap(function() rotate() end)() error{ code = 'x.y', message = 'stop' }",
    "c:update{ disable_azure_keyvault_kms = true } c:rewrite_secrets{}",
    "identity.run_as(i, function() k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'x' } end)",
    "workspace.seed(7) workspace.settings.vault_rbac_default = true",
  ]

  @Test(arguments: acts)
  func `nothing of what was tried remains`(act: String) throws {
    let state = try world("")
    try run(
      state,
      """
      local before = dump()
      workspace.what_if(function() \(act) end)
      local after = dump()
      assert(before == after, after)
      -- The row of identifiers goes on as if nothing had been tried.
      made = key.create{ vault_name = v, name = 'next' }.kid
      """
    )
    let other = try world("dump() dump() made = key.create{ vault_name = v, name = 'next' }.kid")
    #expect(try run(state, "return made").first?.text == run(other, "return made").first?.text)
  }

  @Test func `the audit log has no row of what was tried`() throws {
    let state = try world("")
    try run(
      state,
      """
      local function count() local n = 0 for _ in audit.each{} do n = n + 1 end return n end
      local before = count()
      workspace.what_if(function()
        k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'x' }
        assert(count() == before + 1)
      end)
      assert(count() == before)
      """
    )
  }

  @Test func `Secrets that nothing would read are named, with reason and remedy`() throws {
    let state = try world("")
    try run(
      state,
      """
      local r = workspace.what_if(function() k:delete() end)
      assert(r.error == nil and r.lost_count == 2 and #r.lost_secrets == 2)
      local lost = r.lost_secrets[2]
      assert(lost.cluster == 'c1' and lost.namespace == 'ns' and lost.name == 's2', lost.name)
      assert(lost.code == 'KeyNotFound' and lost.kid == k.kid and lost.remedy and lost.rule)
      assert(r.health.before == 'healthy' and r.health.after == 'unhealthy')
      assert(r.health.clusters.c1.after == 'unhealthy')
      assert(r.before.c1.stored[1].readable and not r.after.c1.stored[1].readable)
      assert(tostring(r):find('2 Secrets of c1 lost: KeyNotFound', 1, true), tostring(r))
      """
    )
  }

  @Test func `rotating twice without a rewrite loses Secrets, with one it does not (R79)`() throws {
    let state = try world("")
    try run(
      state,
      """
      local r = workspace.what_if(function() rotate() rotate() end)
      assert(r.lost_count == 2 and r.lost_secrets[1].rule == 'R79')
      r = workspace.what_if(function() rotate() c:rewrite_secrets{} rotate() end)
      assert(r.lost_count == 0 and r.health.after == 'healthy')
      local written
      for _, change in ipairs(r.changes) do
        if change.kind == 'secrets' then written = change.writes end
      end
      assert(written == 2)
      """
    )
  }

  @Test func `what was lost before is not lost again`() throws {
    let state = try world("rotate() rotate()")
    try run(
      state,
      """
      local r = workspace.what_if(function()
        secret.create{ cluster = c, name = 's3', string_data = { a = 'x' } }
      end)
      assert(r.lost_count == 0 and r.health.before == 'unhealthy')
      """
    )
  }

  @Test func `changes tell what was made, changed and deleted, member by member`() throws {
    let state = try world("")
    try run(
      state,
      """
      local r = workspace.what_if(function()
        k:update{ enabled = false }
        vault.create{ name = 'kv2', resource_group = 'rg' }
        identity.create{ name = 'id2', resource_group = 'rg' }:delete()
        i:delete()
      end)
      local found = {}
      for _, change in ipairs(r.changes) do
        found[change.action .. ' ' .. change.kind] = change
        assert(not change.id:find('id2'), 'made and deleted again')
        assert(not change.kind:find('material'))
      end
      local enabled = found['changed key version'].members.isEnabled
      assert(enabled.before == true and enabled.after == false)
      assert(found['created vault'].members.name.after == 'kv2')
      assert(found['deleted managed identity'] and r.complete)
      """
    )
  }

  @Test func `an error is part of the report, with its fields`() throws {
    let state = try world("")
    try run(
      state,
      """
      local raised = workspace.what_if(function() error{ code = 'x.y', message = 'no' } end).error
      assert(raised.code == 'x.y' and raised.message == 'no')
      local r = workspace.what_if(function() k:update{ enabled = false } error('later') end)
      assert(tostring(r.error):find('later') and r.lost_count == 2, 'what it did before counts')
      r = workspace.what_if(function() key.get('https://kv1.vault.azure.net/keys/none') end)
      assert(r.error.code == 'key.not_found' and r.error.status == 404)
      assert(not pcall(workspace.what_if, 'no function'))
      """
    )
  }

  @Test func `a stop ends it, and takes it back`() throws {
    let state = try LuaState(limits: LuaLimits(instructionCountMax: 1_000_000))
    try Library.register(in: state, Session(path: ":memory:"))
    try run(state, Self.setUp + "\nbefore = dump()")
    let error = #expect(throws: LuaError.self) {
      try run(state, "workspace.what_if(function() rotate() while true do end end)")
    }
    #expect(error?.code == "limit.instructions")
    try run(state, "assert(dump() == before)")
  }
}
