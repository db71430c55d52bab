import LuaRuntime
import Testing

@Suite struct AuditModuleTests {
  /// A frozen clock, an audited vault with a key, and a function that collects rows.
  private static let setUp = """
    clock.freeze('2026-01-05T01:32:01.25Z')
    v = vault.create{ name = 'KV1', resource_group = 'rg' }
    k = key.create{ vault_name = v, name = 'k' }
    assert(v:diagnostics() == false and v:diagnostics(true) == true and v:diagnostics())
    function rows(filter)
      local found = {}
      for row in audit.each(filter or {}) do found[#found + 1] = row end
      return found
    end
    function names(filter)
      local found = {}
      for _, row in ipairs(rows(filter)) do found[#found + 1] = row.operationName end
      return table.concat(found, ' ')
    end
    """

  private func world() throws -> LuaState {
    let state = try makeWorld()
    try run(state, Self.setUp)
    return state
  }

  @Test func `a row is a plain table with the real log's fields, and nothing else`() throws {
    try run(
      world(),
      """
      k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'x' }
      local row = rows()[1]
      local me = identity.signed_in()
      local id = row.correlationId
      assert(#id == 36, id)
      local expected = json.encode{
        time = '2026-01-05T01:32:01.2500000Z', resourceId = v.id:upper(),
        operationName = 'KeyEncrypt', operationVersion = '2025-07-01', category = 'AuditEvent',
        resultType = 'Success', resultSignature = 'OK', resultDescription = '',
        durationMs = '0', callerIpAddress = '203.0.113.10', correlationId = id,
        identity = { claim = {
          ['http://schemas.microsoft.com/identity/claims/objectidentifier'] = me.id,
          ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'] = me.name,
          appid = '04b07795-8ddb-461a-bbee-02f9e1bf7b46' } },
        properties = { clientInfo = 'kmsh', id = k.kid, httpStatusCode = 200,
          requestUri = k.kid .. '/encrypt?api-version=2025-07-01' },
      }
      assert(json.encode(row) == expected, json.encode(row) .. '\\n' .. expected)
      """
    )
  }

  @Test func `filters choose rows`() throws {
    try run(
      world(),
      """
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
      local w = vault.create{ name = 'kv2', resource_group = 'rg' }
      local l = key.create{ vault_name = w, name = 'l' }
      w:diagnostics(true)
      pcall(key.get, 'https://kv1.vault.azure.net/keys/missing')
      clock.advance('PT1H')
      l:encrypt{ algorithm = 'RSA-OAEP-256', value = 'x' }
      clock.advance('PT1H')
      cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
        enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
        azure_keyvault_kms_key_vault_network_access = 'Public' }
      assert(names{ result = 404 } == 'KeyGet' and names{ result = 'not found' } == 'KeyGet')
      assert(names{ vault = w } == 'KeyEncrypt' and names{ vault = 'KV2' } == 'KeyEncrypt')
      assert(names{ vault = v.id, result = 'Not Found' } == 'KeyGet')
      assert(names{ since = '2026-01-05T02:00:00Z', operation = 'KeyGet' } == '')
      assert(names{ operation = { 'keyget', 'KeyList' } } == 'KeyGet')
      local plugin = rows{ principal = i }
      assert(#plugin > 1 and #plugin == #rows{ principal = 'id1' })
      assert(#plugin == #rows{ principal = i.client_id:upper() })
      for _, row in ipairs(plugin) do
        assert(row.properties.clientInfo == 'k8s-kms-keyvault')
        assert(row.operationName == 'KeyEncrypt' or row.operationName == 'KeyDecrypt')
      end
      assert(names{ principal = identity.signed_in() } == 'VaultPut KeyGet KeyEncrypt')
      assert(#rows{ vault = v, since = '2026-01-05T03:00:00Z' } == #plugin)
      """
    )
  }

  @Test(
    arguments: [
      ("audit.each{ operation = 'KeyGett' }", "argument.value", "did you mean 'KeyGet'?"),
      ("audit.each{ since = 'yesterday' }", "argument.value", "a time is written like"),
      ("audit.each{ result = 'fine' }", "argument.value", nil),
      ("audit.each{ result = true }", "argument.value", nil),
      ("audit.each{ principle = 'x' }", "argument.unknown", "did you mean 'principal'?"),
      ("v:diagnostics('on')", "argument.type", nil),
    ] as [(String, String, String?)]
  )
  func `a slip is told`(source: String, code: String, hint: String?) throws {
    let state = try world()
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code)
    #expect(hint.map { error?.hint?.contains($0) == true } ?? true)
  }

  @Test func `an iterator goes on where it stood once there are more rows`() throws {
    try run(
      world(),
      """
      local each = audit.each{}
      assert(each() == nil)
      pcall(key.get, k.kid)
      assert(each().operationName == 'KeyGet' and each() == nil)
      """
    )
  }

  @Test func `a refused cluster leaves the plugin's refused calls in the log`() throws {
    try run(
      world(),
      """
      local i = identity.create{ name = 'id1', resource_group = 'rg' }
      local ok, err = pcall(cluster.create, { name = 'c1', resource_group = 'rg',
        assign_identity = i, enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
        azure_keyvault_kms_key_vault_network_access = 'Public' })
      assert(not ok and err.code == 'kms.identity_denied' and #cluster.list{} == 0)
      local row = rows{ principal = i, result = 'Forbidden' }[1]
      assert(row.operationName == 'KeyEncrypt' and row.resultType == 'Success')
      assert(row.resultDescription:find('does not have keys encrypt permission', 1, true))
      """
    )
  }

  @Test func `what a user takes back was never logged`() throws {
    try run(
      world(),
      """
      local ok = pcall(workspace.transaction, function()
        key.get(k.kid)
        pcall(key.get, 'https://kv1.vault.azure.net/keys/missing')
        assert(names() == 'KeyGet KeyGet')
        error('back')
      end)
      assert(not ok and names() == '')
      workspace.transaction(function() key.get(k.kid) end)
      assert(names() == 'KeyGet')
      """
    )
  }
}
