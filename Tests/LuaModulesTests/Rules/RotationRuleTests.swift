import LuaModules
import LuaRuntime
import Testing

/// Rules of rotating, as a script sees them.
@Suite struct RotationRuleTests {
  /// A cluster under KMS with a Secret in it.
  private func world() throws -> LuaState {
    let state = try SealingRuleTests.world()
    try run(
      state,
      """
      c = make('c1', kms(k))
      s = secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
      function key_id() return c.security_profile.azure_key_vault_kms.key_id end
      """
    )
    return state
  }

  @Test func `another name and another version rotate alike (R70)`() throws {
    try run(
      world(),
      """
      for _, name in ipairs{ 'k', 'other' } do
        local before, new = key_id(), key.create{ vault_name = v, name = name }
        c:update(kms(new))
        local state = c:kms()
        assert(state.current.kid == new.kid and state.previous.kid == before)
        assert(key_id() == new.kid)
        assert(c:show().securityProfile.azureKeyVaultKms.keyId == new.kid)
        assert(s.data.a == 'x' and c:rewrite_secrets{}.written == 1)
      end
      """
    )
  }

  @Test func `a new version in the vault moves no cluster (R73)`() throws {
    try run(
      world(),
      """
      local before = s:stored().key_id
      key.create{ vault_name = v, name = 'k' }
      k:rotate()
      clock.advance('P1D')
      assert(key_id() == k.kid and c:kms().previous == nil)
      assert(c:rewrite_secrets{}.unchanged == 1 and s:stored().key_id == before)
      """
    )
  }

  @Test
  func `what was not rewritten lies under the key before, and goes with it (R74, R75)`() throws {
    try run(
      world(),
      """
      local second = key.create{ vault_name = v, name = 'k' }
      c:update(kms(second))
      local t = secret.create{ cluster = c, name = 't', string_data = { a = 'y' } }
      assert(s:stored().key_id ~= t:stored().key_id)
      local found = {}
      for each in c:inventory{}.each do found[each.name] = each end
      assert(found[s.name].stale and found[s.name].kid == k.kid)
      assert(not found.t.stale and found.t.kid == second.kid)
      k:update{ enabled = false }
      restart()
      local err = refusal(function() return s.data end)
      assert(err.code == 'secret.unreadable' and err.rule == 'R75', err.code)
      assert(t.data.a == 'y')
      k:update{ enabled = true }
      assert(s.data.a == 'x' and c:rewrite_secrets{}.written == 1)
      k:update{ enabled = false }
      restart()
      assert(s.data.a == 'x')
      """
    )
  }

  @Test func `the key before is held for as long as no one rotates (R120)`() throws {
    try run(
      world(),
      """
      c:update(kms(key.create{ vault_name = v, name = 'other' }))
      clock.advance('P5Y')
      assert(c:kms().previous.kid == k.kid and s.data.a == 'x')
      assert(c:health().api_server == 'healthy')
      k:update{ enabled = false }
      clock.advance('PT10M')
      assert(c:health().api_server ~= 'healthy')
      """
    )
  }

  @Test func `who deletes the key before deletes the current version too (R123)`() throws {
    try run(
      world(),
      """
      local second = key.create{ vault_name = v, name = 'k' }
      c:update(kms(second))
      assert(c:rewrite_secrets{}.written == 1)
      local gone = k:delete{ confirm = true }
      assert(refusal(function() return second.enabled end).code == 'key.not_found')
      clock.advance('PT10M')
      assert(c:health().api_server ~= 'healthy')
      gone:recover()
      k:update{ enabled = false }
      assert(second.enabled and key.get(second.kid) == second)
      """
    )
  }

  @Test func `the resource shows one key, the view of kmsh both (R105, R114)`() throws {
    try run(
      world(),
      """
      local second = key.create{ vault_name = v, name = 'k' }
      c:update(kms(second))
      local text = json.encode(c:show())
      assert(text:find(second.version, 1, true) and not text:find(k.version, 1, true))
      local state = c:kms()
      assert(state.current.kid == second.kid and state.previous.kid == k.kid)
      """
    )
  }
}
