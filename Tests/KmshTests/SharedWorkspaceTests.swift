import Testing

/// Two processes on one workspace: what one remembers is never older than the other's changes.
@Suite struct SharedWorkspaceTests {
  @Test func `what another process changes is seen by the next call, each time`() throws {
    let scratch = try Scratch()
    let script = try scratch.write(
      """
      local kmsh = arg[1]
      local function other(code)
        assert(os.execute(('%s -e "%s"'):format(kmsh, code)))
      end
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      local k = key.create{ vault_name = v, name = 'k', kty = 'EC', curve = 'P-256' }
      local digest = ('d'):rep(32)
      local function try() return (pcall(k.sign, k, { algorithm = 'ES256', value = digest })) end
      local seen = {}
      for round = 1, 10 do
        local enabled = round % 2 == 0
        assert(try() == (round == 1 or not enabled))
        other(([[key.list{ vault_name = 'kv1' }[1]:update{ enabled = %s }]]):format(enabled))
        seen[#seen + 1] = tostring(try())
        if not enabled then k:update{ tags = { round = tostring(round) } } end
      end
      other([[clock.freeze('2030-01-01T00:00:00Z')]])
      seen[#seen + 1] = clock.now()
      other([[key.create{ vault_name = 'kv1', name = 'k', kty = 'EC', curve = 'P-256' }]])
      seen[#seen + 1] = tostring(key.get{ vault_name = 'kv1', name = 'k' }.kid ~= k.kid)
      print(table.concat(seen, ' '))
      """,
      to: "shared.lua"
    )
    let outcome = try Program.run([script, Program.path], in: scratch)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let turns = Array(repeating: "false true", count: 5).joined(separator: " ")
    #expect(outcome.output == "\(turns) 2030-01-01T00:00:00Z true\n")
  }
}
