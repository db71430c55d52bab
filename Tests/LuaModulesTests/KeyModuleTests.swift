import LuaModules
import LuaRuntime
import Testing

/// Keys as scripts see them.
@Suite struct KeyModuleTests {
  /// A vault `v` whose user may do everything, with the clock standing still.
  private func world() throws -> LuaState {
    let state = try makeWorld()
    try run(
      state,
      """
      clock.freeze('2026-01-01T00:00:00Z')
      v = vault.create{ name = 'MyKeyVault', resource_group = 'rg' }
      v:set_policy{ object_id = identity.signed_in(), key_permissions = { 'all', 'purge' } }
      digest = crypto.sha256('message')
      -- A key that was made elsewhere.
      jwk = { kty = 'EC', crv = 'P-256', d = 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI',
        x = 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y = 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' }
      """
    )
    return state
  }

  private func fails(_ source: String, _ code: String, _ state: LuaState) throws {
    let error = #expect(throws: LuaError.self, "\(source)") { try run(state, source) }
    #expect(error?.code == code, "\(source)")
  }

  @Test func `a key has the fields of its type, and no private one`() throws {
    let state = try world()
    try run(
      state,
      """
      local k = key.create{ vault_name = v, name = 'MyKeyName', tags = { team = 'a' },
        not_before = '2026-01-01T00:00:00Z', expires = '2026-02-01T00:00:00Z' }
      assert(k.kid == 'https://mykeyvault.vault.azure.net/keys/MyKeyName/' .. k.version)
      assert(k.name == 'MyKeyName' and #k.version == 32 and k.vault == v)
      assert(k.kty == 'RSA' and k.size == 2048 and k.curve == nil and k.x == nil and k.y == nil)
      assert(#k.n == 256 and k.e == '\\1\\0\\1')
      assert(table.concat(k.key_ops, ' ') == 'encrypt decrypt sign verify wrapKey unwrapKey')
      assert(k.enabled and k.tags.team == 'a')
      assert(k.not_before == '2026-01-01T00:00:00Z' and k.expires == '2026-02-01T00:00:00Z')
      assert(k.created == '2026-01-01T00:00:00Z' and k.updated == k.created)
      assert(k.recovery_level == 'Recoverable+Purgeable' and k.recoverable_days == 90)
      assert(tostring(k) == 'key ' .. k.kid and key.get(k.kid) == k)
      local e = v:create_key{ name = 'e', kty = 'EC', curve = 'P-521', ops = 'sign', disabled = true }
      assert(e.kty == 'EC' and e.size == 521 and e.curve == 'P-521' and #e.x == 66 and #e.y == 66)
      assert(e.n == nil and e.e == nil and e.enabled == false and #e.key_ops == 1)
      """
    )
    for name in ["d", "p", "q", "dp", "dq", "qi", "k", "material", "private_key"] {
      try fails(
        "return key.get{ vault_name = v, name = 'MyKeyName' }.\(name)",
        "argument.unknown",
        state
      )
    }
  }

  @Test func `keys are found, listed and walked`() throws {
    let state = try world()
    try run(
      state,
      """
      for n = 10, 39 do key.import{ vault_name = v, name = 'k' .. n, jwk = jwk } end
      local all = key.list{ vault_name = 'MYKEYVAULT' }
      assert(#all == 30 and all[1].name == 'k10' and all[30].name == 'k39')
      local n = 0
      for k in key.each{ vault_name = v } do n = n + 1; assert(k == all[n]) end
      assert(n == 30)
      local first = all[1]
      assert(key.get{ vault_name = v, name = 'K10' } == first and key.find(first.kid) == first)
      assert(key.get{ vault_name = v, name = 'k10', version = first.version } == first)
      assert(key.find{ vault_name = v, name = 'none' } == nil)
      local versions = { first }
      for _ = 1, 27 do versions[#versions + 1] = key.import{ vault_name = v, name = 'k10', jwk = jwk } end
      local found = first:versions()
      assert(#found == 28)
      for i, k in ipairs(found) do assert(k == versions[i]) end
      assert(key.get{ vault_name = v, name = 'k10' } == versions[28])
      """
    )
  }

  @Test(arguments: ["RSA1_5", "RSA-OAEP", "RSA-OAEP-256"])
  func `bytes are encrypted and wrapped, and come back`(algorithm: String) throws {
    let state = try world()
    try run(
      state,
      """
      local k = v:create_key{ name = 'k' }
      for seal, open in pairs{ encrypt = 'decrypt', wrap = 'unwrap' } do
        local sealed = k[seal](k, { algorithm = '\(algorithm)', value = 'se\\0ed' })
        assert(sealed.kid == k.kid and sealed.algorithm == '\(algorithm)' and #sealed.value == 256)
        local opened = k[open](k, { algorithm = '\(algorithm)', value = sealed.value })
        assert(opened.kid == k.kid and opened.algorithm == '\(algorithm)' and opened.value == 'se\\0ed')
      end
      """
    )
  }

  @Test(arguments: [("RSA", "PS256", 256), ("RSA", "RSNULL", 256), ("EC", "ES256", 64)])
  func `digests are signed and verified`(kty: String, algorithm: String, count: Int) throws {
    let state = try world()
    try run(
      state,
      """
      local k = v:create_key{ name = 'k', kty = '\(kty)' }
      local signed = k:sign{ algorithm = '\(algorithm)', value = digest }
      assert(signed.kid == k.kid and signed.algorithm == '\(algorithm)' and #signed.value == \(count))
      local function verify(d, s)
        local answer = k:verify{ algorithm = '\(algorithm)', digest = d, value = s }
        assert(answer.kid == k.kid and answer.algorithm == '\(algorithm)')
        return answer.value
      end
      assert(verify(digest, signed.value) == true)
      assert(verify(crypto.sha256('other'), signed.value) == false)
      assert(verify(digest, 'no signature') == false)
      """
    )
  }

  @Test func `imports take PEM, JSON text and tables`() throws {
    let state = try world()
    try run(
      state,
      """
      local from_table = key.import{ vault_name = v, name = 'a', jwk = jwk }
      local from_text = key.import{ vault_name = v, name = 'b', jwk = json.encode(jwk) }
      assert(from_table.curve == 'P-256' and from_table.x == crypto.base64_decode(jwk.x))
      assert(from_text.y == from_table.y)
      jwk.key_ops = { 'verify' }
      assert(key.import{ vault_name = v, name = 'c', jwk = jwk }.key_ops[1] == 'verify')
      assert(#key.import{ vault_name = v, name = 'c', jwk = jwk, ops = { 'sign' } }.key_ops == 1)
      -- SEC 1, of the same numbers.
      local der = crypto.hex_decode('30310201010420' .. crypto.hex(crypto.base64_decode(jwk.d))
        .. 'a00a06082a8648ce3d030107')
      local pem = '-----BEGIN EC PRIVATE KEY-----\\n' .. crypto.base64(der)
        .. '\\n-----END EC PRIVATE KEY-----\\n'
      local from_pem = key.import{ vault_name = v, name = 'd', pem = pem, tags = { a = 'b' } }
      assert(from_pem.x == from_table.x and from_pem.tags.a == 'b')
      local signed = from_pem:sign{ algorithm = 'ES256', value = digest }.value
      assert(from_table:verify{ algorithm = 'ES256', digest = digest, value = signed }.value)
      """
    )
  }

  @Test func `a key lives its whole life`() throws {
    let state = try world()
    try run(
      state,
      """
      local k = v:create_key{ name = 'k' }
      local sealed = k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'seed' }.value
      local second = k:rotate()
      assert(#k:versions() == 2 and second ~= k and second.name == 'k')
      k:update{ enabled = false, tags = { a = 'b' } }
      assert(k.enabled == false and k.tags.a == 'b' and second.enabled)
      local blob, kid = second:backup(), second.kid
      assert(type(blob) == 'string')
      local d = k:delete()
      assert(tostring(d) == 'deleted key https://mykeyvault.vault.azure.net/keys/k')
      assert(d.name == 'k' and d.kid == kid)
      assert(d.vault == v and d.recovery_id == 'https://mykeyvault.vault.azure.net/deletedkeys/k')
      assert(d.deleted_date == '2026-01-01T00:00:00Z')
      assert(d.scheduled_purge_date == '2026-04-01T00:00:00Z')
      assert(d:show().recoveryId == d.recovery_id and d:show().key.kty == 'RSA')
      assert(key.list_deleted{ vault_name = v }[1] == d and #key.list{ vault_name = v } == 0)
      assert(key.get_deleted{ vault_name = v, name = 'K' } == d)
      assert(key.find(kid) == nil and not pcall(function() return second.kid end))
      assert(key.recover{ vault_name = v, name = 'k' } == second and #k:versions() == 2)
      k:delete():recover():delete():purge{ confirm = true }
      assert(#key.list_deleted{ vault_name = v } == 0 and key.find(kid) == nil)
      local back = key.restore{ vault_name = v, blob = blob }
      assert(back == second and #back:versions() == 2 and k.tags.a == 'b')
      k:update{ enabled = true }
      assert(k:decrypt{ algorithm = 'RSA-OAEP-256', value = sealed }.value == 'seed')
      """
    )
  }

  @Test func `a deleted key goes by the clock`() throws {
    let state = try world()
    try run(
      state,
      """
      local d = v:create_key{ name = 'k', kty = 'EC' }:delete()
      clock.advance('P89D')
      assert(#key.list_deleted{ vault_name = v } == 1 and d.name == 'k')
      clock.advance('P1D')
      local _, err = pcall(function() return d.name end)
      assert(err.code == 'key.not_found' and #key.list_deleted{ vault_name = v } == 0)
      v:create_key{ name = 'k', kty = 'EC' }
      """
    )
  }

  @Test func `destroying a key takes a word of confirmation`() throws {
    let state = try makeWorld()
    try run(state, PublicPathTests.setUp)
    try run(
      state,
      """
      v:set_policy{ object_id = identity.signed_in(), key_permissions = { 'all', 'purge' } }
      local ok, err = pcall(k.delete, k)
      assert(not ok and err.code == 'confirm.required' and err.rule == 'R17')
      assert(err.message:find('cluster c1', 1, true) and s.data.a == 'x')
      local d = k:delete{ confirm = true }
      ok, err = pcall(d.purge, d)
      assert(not ok and err.code == 'confirm.required' and err.rule == 'R20')
      assert(err.message:find('cluster c1', 1, true))
      ok, err = pcall(key.purge, { vault_name = v, name = 'k', confirm = false })
      assert(not ok and err.code == 'confirm.required')
      d:recover()
      assert(s.data.a == 'x')
      -- What no cluster holds is deleted unasked; purging asks always.
      v:create_key{ name = 'free' }:delete()
      assert(not pcall(key.purge, { vault_name = v, name = 'free' }))
      key.purge{ vault_name = v, name = 'free', confirm = true }
      """
    )
  }

  @Test func `a rotation policy is read and set in either form`() throws {
    let state = try world()
    try run(
      state,
      """
      local k = v:create_key{ name = 'k', kty = 'EC' }
      local p = k:rotation_policy()
      assert(#p.lifetime_actions == 1 and p.lifetime_actions[1].action.type == 'Notify')
      assert(p.attributes.created == nil and p.attributes.expiry_time == nil)
      local forms = {
        { lifetime_actions = { { action = 'Rotate', time_after_create = 'P30D' } }, expiry_time = 'P90D' },
        { lifetime_actions = { { action = { type = 'Rotate' }, trigger = { time_after_create = 'P30D' } } },
          attributes = { expiry_time = 'P90D' } },
        { lifetime_actions = { { action = { type = 'rotate' }, trigger = { timeAfterCreate = 'P30D' } } },
          attributes = { expiryTime = 'P90D' } },
        { value = json.encode{ lifetimeActions = { { trigger = { timeAfterCreate = 'P30D',
          timeBeforeExpiry = json.null }, action = { type = 'Rotate' } } }, attributes = { expiryTime = 'P90D' } } },
      }
      for _, form in ipairs(forms) do
        k:rotation_policy{ lifetime_actions = {} }
        assert(#k:rotation_policy{}.lifetime_actions == 1)
        p = k:rotation_policy(form)
        assert(p.id == 'https://mykeyvault.vault.azure.net/keys/k/rotationpolicy')
        assert(p.lifetime_actions[1].action.type == 'Rotate')
        assert(p.lifetime_actions[1].trigger.time_after_create == 'P30D')
        assert(p.lifetime_actions[2].trigger.time_before_expiry == 'P30D')
        assert(p.attributes.expiry_time == 'P90D')
        assert(p.attributes.created == '2026-01-01T00:00:00Z')
      end
      assert(k:show_rotation_policy().expiresIn == 'P90D')
      clock.advance('P65D')
      local versions = k:versions()
      assert(#versions == 3 and versions[2].created == '2026-01-31T00:00:00Z')
      assert(versions[1].expires == nil and versions[3].expires == '2026-05-31T00:00:00Z')
      """
    )
    for policy in [
      "{ lifetime_actions = 'Rotate' }", "{ lifetime_actions = { 1 } }",
      "{ lifetime_actions = { { action = 'Burn', time_after_create = 'P30D' } } }",
      "{ lifetime_actions = { { action = 'Rotate' } } }",
      "{ lifetime_actions = { { action = 'Rotate', time_after_create = 30 } } }",
      "{ lifetime_actions = { { action = 'Rotate', time_after_create = 'P30D', "
        + "time_before_expiry = 'P30D' } } }",
    ] {
      let source = "key.get{ vault_name = v, name = 'k' }:rotation_policy\(policy)"
      try fails(source, "argument.type", state)
    }
    for policy in [
      "{ lifetime_actions = { { action = 'Rotate', time_after_create = '30 days' } } }",
      "{ lifetime_actions = { { action = 'Rotate', time_after_create = 'P1D' } } }",
      "{ expiry_time = 'P1D' }",
    ] {
      let source = "key.get{ vault_name = v, name = 'k' }:rotation_policy\(policy)"
      try fails(source, "argument.value", state)
    }
  }

  @Test func `what a key did by itself is logged once, at its time`() throws {
    let state = try world()
    try run(
      state,
      """
      v:diagnostics(true)
      local k = v:create_key{ name = 'k' }
      k:rotation_policy{ lifetime_actions = { { action = 'Rotate', time_after_create = 'P30D' } } }
      local gone = v:create_key{ name = 'gone', kty = 'EC' }:delete()
      clock.advance('P91D')
      -- The vault is looked at within calls that are taken back as a whole.
      identity.create{ name = 'id1', resource_group = 'rg' }
      assert(not pcall(cluster.create, { name = 'c1', resource_group = 'rg', assign_identity = 'id1',
        enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
        azure_keyvault_kms_key_vault_network_access = 'Public' }))
      assert(not pcall(workspace.transaction, function() assert(#k:versions() == 4); error('no') end))
      local function rows(operation)
        local times = {}
        for row in audit.each{ vault = v, operation = operation } do times[#times + 1] = row.time end
        return table.concat(times, ' ')
      end
      assert(#k:versions() == 4)
      local rotations = rows('KeyRotateIfDue')
      assert(rotations:match('^2026%-01%-31%S+ 2026%-03%-02%S+ 2026%-04%-01%S+$'), rotations)
      local purges = rows('KeyPurge')
      assert(purges:match('^2026%-04%-01%S+$'), purges)
      """
    )
  }

  @Test func `show is what az prints, nulls included`() throws {
    let state = try world()
    try run(
      state,
      """
      local k = v:create_key{ name = 'k' }
      local shown = k:show()
      local names = {}
      for name in pairs(shown) do names[#names + 1] = name end
      table.sort(names)
      assert(table.concat(names, ' ') == 'attributes key managed releasePolicy tags')
      assert(shown.managed == json.null and shown.key.d == json.null)
      assert(shown.key.n == crypto.base64(k.n) and shown.key.e == 'AQAB')
      assert(shown.attributes.created == '2026-01-01T00:00:00+00:00')
      assert(shown.attributes.expires == json.null)
      k:update{ enabled = false }
      local _, err = pcall(k.show, k)
      assert(err.code == 'key.disabled' and err.inner_code == 'KeyDisabled' and err.status == 403)
      """
    )
  }

  @Test(arguments: [
    ("key.create{ vault_name = v }", "argument.missing"),
    ("key.create{ vault_name = v, name = 'k', kyt = 'RSA' }", "argument.unknown"),
    ("key.create{ vault_name = v, name = 'k', size = 'big' }", "argument.type"),
    ("key.create{ vault_name = v, name = 'a b' }", "argument.value"),
    ("key.create{ vault_name = v, name = 'k', kty = 'oct' }", "argument.value"),
    ("key.create{ vault_name = v, name = 'k', kty = 'RSA-HSM' }", "argument.value"),
    ("key.create{ vault_name = v, name = 'k', size = 1024 }", "argument.value"),
    ("key.create{ vault_name = v, name = 'k', size = math.maxinteger }", "argument.value"),
    ("key.create{ vault_name = v, name = 'k', kty = 'EC', curve = 'P-1' }", "argument.value"),
    ("key.create{ vault_name = v, name = 'k', ops = { 'fly' } }", "argument.value"),
    ("key.create{ vault_name = v, name = 'k', expires = 'soon' }", "argument.value"),
    (
      "key.create{ vault_name = v, name = 'k', expires = '2026-02-30T00:00:00Z' }", "argument.value"
    ),
    (
      "key.create{ vault_name = v, name = 'k', not_before = '1969-12-31T23:59:59Z' }",
      "argument.value"
    ),
    ("key.create{ vault_name = v, name = 'k', tags = { a = 1 } }", "argument.type"),
    (
      "key.create{ vault_name = v, name = 'k', tags = { [('t'):rep(257)] = '' } }", "argument.value"
    ),
    ("key.create{ vault_name = 'nope', name = 'k' }", "vault.not_found"),
    ("key.create{ vault_name = v, name = 'gone' }", "key.deleted"),
    ("key.import{ vault_name = v, name = 'k' }", "argument.missing"),
    ("key.import{ vault_name = v, name = 'k', pem = 'x', jwk = jwk }", "argument.missing"),
    ("key.import{ vault_name = v, name = 'k', pem = 'x' }", "crypto.key_invalid"),
    ("key.import{ vault_name = v, name = 'k', jwk = '{' }", "json.invalid"),
    ("key.import{ vault_name = v, name = 'k', jwk = {} }", "key.invalid"),
    (
      "key.import{ vault_name = v, name = 'k', jwk = { kty = 'EC', crv = 'P-256' } }", "key.invalid"
    ),
    ("key.import{ vault_name = v, name = 'k', jwk = jwk, kty = 'RSA' }", "argument.value"),
    ("key.get('k')", "key.id_invalid"),
    ("key.get{ vault_name = v, name = 'none' }", "key.not_found"),
    ("key.get{ vault_name = v, name = 'k1', version = 'latest' }", "key.not_found"),
    ("key.recover{ vault_name = v, name = 'k1' }", "key.not_found"),
    ("key.purge{ vault_name = v, name = 'k1', confirm = true }", "key.not_found"),
    ("key.restore{ vault_name = v, blob = 'x' }", "key.backup_rejected"),
    ("key.restore{ vault_name = v, blob = k:backup() }", "key.exists"),
    ("k:update{ expires = '2026-13-01T00:00:00Z' }", "argument.value"),
    ("k:update{ enabled = 'yes' }", "argument.type"),
    ("k:update{ ops = { 'encrypt' } }", "argument.value"),
    ("k:sign{ algorithm = 'ES256', value = 'short' }", "argument.value"),
    ("k:sign{ algorithm = 'ES384', value = ('x'):rep(48) }", "argument.value"),
    ("k:sign{ algorithm = 'RS256', value = digest }", "argument.value"),
    ("k:sign{ algorithm = 'none', value = digest }", "argument.value"),
    ("k:verify{ algorithm = 'ES256', value = '' }", "argument.missing"),
    ("k:encrypt{ algorithm = 'RSA-OAEP-256', value = '' }", "key.forbidden"),
    ("k:encrypt{ algorithm = 'A256GCM', value = '' }", "argument.value"),
    ("k:decrypt{ value = '' }", "argument.missing"),
  ])
  func `a slip is told and changes nothing`(source: String, code: String) throws {
    let state = try world()
    try run(
      state,
      """
      k = key.import{ vault_name = v, name = 'k1', jwk = jwk }
      key.import{ vault_name = v, name = 'gone', jwk = jwk }:delete()
      function picture()
        local lines = {}
        for _, one in ipairs(key.list{ vault_name = v }) do lines[#lines + 1] = json.encode(one:show()) end
        for _, one in ipairs(key.list_deleted{ vault_name = v }) do lines[#lines + 1] = json.encode(one:show()) end
        for _, one in ipairs(k:versions()) do lines[#lines + 1] = one.kid end
        return table.concat(lines, '\\n')
      end
      before = picture()
      """
    )
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code)
    #expect(error?.message.contains("jpsQnnGQmL") == false)
    try run(state, "assert(picture() == before)")
  }
}
