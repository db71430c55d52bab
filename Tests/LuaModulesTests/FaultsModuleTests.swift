import LuaModules
import LuaRuntime
import Testing

/// `host.faults`: a procedure cut off between two calls, or surprised before one.
@Suite struct FaultsModuleTests {
  private func world(_ source: String) throws -> LuaState {
    let state = try makeWorld()
    try run(state, "faults = require('host.faults')\n" + PublicPathTests.setUp + "\n" + source)
    return state
  }

  @Test func `it can be required and is no global`() throws {
    try run(try world(""), "assert(host == nil and type(faults.cut) == 'function')")
  }

  @Test func `calls are counted alike each time, and results pass through as they are`() throws {
    let state = try world("")
    try run(
      state,
      """
      local kept = {}
      local function look()
        local _ = vault.get('kv1').name
        return kept, k.kid, c:kms().enabled
      end
      local n, same, kid, enabled = faults.count(look)
      assert(n == 4 and same == kept and kid == k.kid and enabled == true, n)
      assert(faults.count(look) == 4 and faults.count(function() end) == 0)
      assert(not pcall(faults.count, 'none'))
      """
    )
  }

  @Test func `each cut leaves what was done before it, and no more`() throws {
    let state = try world("")
    try run(
      state,
      """
      local function make()
        for n = 1, 3 do pcall(key.create, { vault_name = 'kv1', name = 'k' .. n }) end
      end
      local function made()
        local n = 0
        for i = 1, 3 do n = n + (key.find{ vault_name = 'kv1', name = 'k' .. i } and 1 or 0) end
        return n
      end
      for _, case in ipairs{ { 1, 'before', 0 }, { 1, 'after', 1 }, { 2, 'after', 2 },
        { 3, nil, 2 }, { 3, 'after', 3 } } do
        workspace.what_if(function()
          assert(faults.cut(case[1], make, case[2]) == 'cut')
          assert(made() == case[3], case[3])
        end)
      end
      local outcome, result = faults.cut(4, function() make() return make end)
      assert(outcome == 'finished' and result == make and made() == 3)
      """
    )
  }

  @Test func `a transaction that is cut off is taken back, caught or not`() throws {
    let state = try world("")
    try run(
      state,
      """
      local function tagged() return k.tags.a end
      for _, body in ipairs{
        function() k:update{ tags = { a = '1' } } k:show() end,
        function() k:update{ tags = { a = '1' } } return pcall(k.show, k) end,
      } do
        assert(faults.cut(3, function() workspace.transaction(body) end) == 'cut')
        assert(tagged() == nil)
        assert(faults.cut(1, function() workspace.transaction(body) end, 'after') == 'cut')
        assert(tagged() == '1')
        k:update{ tags = {} }
      end
      """
    )
  }

  @Test func `a cut within what_if ends there, and one around it takes it back`() throws {
    let state = try world("")
    try run(
      state,
      """
      local function disable() k:update{ enabled = false } k:show() end
      local report = workspace.what_if(function()
        assert(faults.cut(2, disable) == 'cut' and not k.enabled)
      end)
      assert(report.error == nil and report.health.after == 'unhealthy' and k.enabled)
      assert(faults.cut(3, function() workspace.what_if(disable) end) == 'cut' and k.enabled)
      """
    )
  }

  @Test func `a cut in another's name leaves no one else's name behind`() throws {
    let state = try world("")
    try run(
      state,
      """
      local me = identity.signed_in().id
      faults.cut(2, function() identity.run_as(i, function() identity.signed_in() end) end)
      assert(identity.signed_in().id == me and k:show())
      """
    )
  }

  @Test func `a key can be disabled before any call`() throws {
    let state = try world("")
    try run(
      state,
      """
      local seen = {}
      local ok, problem = pcall(faults.watch, function()
        k:show()
        return k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'x' }
      end, function(name, number)
        seen[number] = name
        if number == 2 then k:update{ enabled = false } end
      end)
      assert(not ok and problem.code == 'key.disabled', problem.code)
      assert(#seen == 2 and seen[1] == 'key:show' and seen[2] == 'key:encrypt')
      """
    )
  }

  @Test func `what is written can be counted, and a field read writes nothing`() throws {
    let state = try world("")
    try run(
      state,
      """
      local before = faults.written()
      local _ = c.name
      assert(faults.written() == before)
      k:update{ tags = { a = '1' } }
      assert(faults.written() > before)
      """
    )
  }

  @Test(arguments: [
    "faults.cut(0, print)", "faults.cut(1, print, 'during')", "faults.cut(1.5, print)",
    "faults.cut(1)", "faults.watch(print)",
  ])
  func `what cannot be meant is refused`(source: String) throws {
    let error = #expect(throws: LuaError.self) { try run(try world(""), source) }
    #expect(error?.code.hasPrefix("argument.") == true)
  }
}
