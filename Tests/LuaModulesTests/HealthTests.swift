import LuaRuntime
import Testing

/// How a cluster shows itself: health, slots and what depends on what.
@Suite struct HealthTests {
  private func world(_ source: String = "") throws -> LuaState {
    let state = try makeWorld()
    try run(state, "clock.freeze('2026-01-01T00:00:00Z')\n" + PublicPathTests.setUp + "\n" + source)
    return state
  }

  /// Lua, and what health says then of the server's own knowledge.
  @Test(
    arguments: [
      ("", nil, true),
      (
        "k:update{ enabled = false }",
        "the API server has not noticed yet: it asked at 2026-01-01T00:00:00Z, asks again at "
          + "2026-01-01T00:01:00Z, and writes go on until 2026-01-01T00:03:00Z", true
      ),
      (
        "k:update{ enabled = false } clock.advance('PT1M')",
        "the API server knows, having asked at 2026-01-01T00:01:00Z: writes go on until "
          + "2026-01-01T00:03:00Z; what it has unwrapped stays readable", false
      ),
      (
        "k:update{ enabled = false } clock.advance('PT5M')",
        "the API server knows, having asked at 2026-01-01T00:05:00Z: writes are refused since "
          + "2026-01-01T00:03:00Z; what it has unwrapped stays readable", false
      ),
      (
        "k:update{ enabled = false } clock.advance('PT1M') k:update{ enabled = true }",
        "the keys work again, the API server has not noticed yet: it asks again at "
          + "2026-01-01T00:01:10Z, until then it reports itself not ready", false
      ),
      (
        "k:update{ enabled = false } clock.advance('PT5M') k:update{ enabled = true }",
        "the keys work again, the API server has not noticed yet: it asks again at "
          + "2026-01-01T00:05:10Z, until then it reports itself not ready and refuses writes", false
      ),
      (
        """
        k:update{ enabled = false } clock.advance('PT5M') k:update{ enabled = true }
        clock.advance('PT10S')
        """, nil, true
      ),
      (
        "c:update{ disable_azure_keyvault_kms = true } k:update{ enabled = false }",
        "the API server has not noticed yet: it asked at 2026-01-01T00:00:00Z, asks again at "
          + "2026-01-01T00:01:00Z, and writes go on", true
      ),
      (
        // A previous key that fails costs readiness, not writes.
        "rotate() k:update{ enabled = false } clock.advance('PT1H')",
        "the API server knows, having asked at 2026-01-01T01:00:00Z: writes go on; what it has unwrapped "
          + "stays readable", false
      ),
      (
        """
        c:update{ disable_azure_keyvault_kms = true } k:update{ enabled = false }
        clock.advance('PT5M') k:update{ enabled = true }
        """,
        "the keys work again, the API server has not noticed yet: it asks again at "
          + "2026-01-01T00:05:10Z, until then it reports itself not ready", false
      ),
    ] as [(String, String?, Bool)]
  )
  func `what the server knows is told beside what a probe finds`(
    source: String,
    note: String?,
    knowsOfNothing: Bool
  ) throws {
    let state = try world(source)
    let found = try run(state, "local h = c:health() return h.note, h.knows.ok")
    #expect(found.first?.text == note)
    if case .boolean(let isOK) = found[1] { #expect(isOK == knowsOfNothing) }
  }

  @Test func `a server whose plugin fails is unhealthy before it notices, and readyz follows`()
    throws
  {
    try run(
      world(),
      """
      k:update{ enabled = false }
      assert(c:health().api_server == 'unhealthy' and c:readyz().status == 200)
      clock.advance('PT1M')
      assert(c:health().api_server == 'unhealthy' and c:readyz().status == 500)
      """
    )
  }

  @Test func `a previous key that fails turns readyz red, and writes go on (R76)`() throws {
    try run(
      world("rotate()"),
      """
      k:update{ enabled = false }
      clock.advance('PT1H')
      local answer = c:readyz()
      assert(answer.status == 500 and answer.text:find(
        'kms-provider-0: kmsv2 Provider azurekmsprovider is not healthy, error: got unexpected '
          .. 'healthz status: rpc error: code = Unknown desc = failed to encrypt', 1, true),
        answer.text)
      secret.create{ cluster = c, name = 't', string_data = { a = 'x' } }
      k:update{ enabled = true }
      clock.advance('PT10S')
      assert(c:readyz().status == 200)
      -- Once the current key fails too, the seed lives three minutes from the last good answer.
      k:update{ enabled = false }
      clock.advance('PT1H')
      key.update{ id = c:kms().current.kid, enabled = false }
      clock.advance('PT2M59S')
      secret.create{ cluster = c, name = 'in-time', string_data = { a = 'x' } }
      clock.advance('PT1S')
      assert(not pcall(secret.create, { cluster = c, name = 'late', string_data = { a = 'x' } }))
      """
    )
  }

  @Test func `both slots are probed, also the one retained after disabling (R30, R76)`() throws {
    try run(
      world("rotate() c:rewrite_secrets{}"),
      """
      k:update{ enabled = false }
      local h = c:health()
      assert(h.api_server == 'unhealthy' and #h.reasons == 1 and h.reasons[1].kid == k.kid)
      k:update{ enabled = true }
      local current = c:kms().current.kid
      c:update{ disable_azure_keyvault_kms = true }
      c:rewrite_secrets{}
      assert(c:health().api_server == 'healthy')
      key.update{ id = current, enabled = false }
      h = c:health()
      assert(h.api_server == 'unhealthy' and h.reasons[1].kid == current)
      """
    )
  }

  @Test func `what is wrong with the vault is told once for both keys`() throws {
    try run(
      world("rotate()"),
      """
      v:update{ default_action = 'Deny' }
      assert(#c:health().reasons == 1 and c:health().reasons[1].rule == 'R23')
      assert(not c:kms().current.usable and not c:kms().previous.usable)
      local names = {}
      for _, finding in ipairs(c:diagnose().findings) do names[#names + 1] = finding.id end
      assert(names[1] == 'ForbiddenByFirewall' and names[2] == 'NoPurgeProtection', names[2])
      """
    )
  }

  @Test func `one damaged Secret costs readiness, and the list`() throws {
    try run(
      world(),
      """
      local path = '/registry/secrets/default/s1'
      c:etcd():put(path, c:etcd():get(path).value:sub(1, 40))
      local h = c:health()
      assert(h.api_server == 'unhealthy' and h.reasons[1].code == 'SecretsUnreadable')
      assert(h.reasons[1].message:find('unable to transform key "' .. path .. '": ', 1, true))
      """
    )
  }

  @Test func `a table that shows itself is still a plain table`() throws {
    try run(
      world(),
      """
      local kms = c:kms()
      local names = {}
      for name in pairs(kms) do names[#names + 1] = name end
      table.sort(names)
      assert(table.concat(names, ' ') == 'current enabled history network_access tunnel version')
      assert(json.decode(json.encode(kms)).current.kid == k.kid)
      assert(json.decode(json.encode(c:depends_on())).edges[1].from)
      assert(tostring(kms):find('current key     ' .. k.kid .. '  usable', 1, true), tostring(kms))
      """
    )
  }

  // MARK: Dependencies

  @Test func `Secrets depend on seed, key, vault, grant and identity`() throws {
    try run(
      world("for n = 2, 9 do secret.create{ cluster = c, name = 's' .. n } end"),
      """
      local graph = c:depends_on()
      local by_kind, next_of = {}, {}
      for _, node in ipairs(graph.nodes) do by_kind[node.kind] = node end
      for _, edge in ipairs(graph.edges) do next_of[edge.from] = edge.to end
      local at, kinds = by_kind.secrets.id, {}
      while at do
        for _, node in ipairs(graph.nodes) do
          if node.id == at then kinds[#kinds + 1] = node.kind .. ' ' .. node.state end
        end
        at = next_of[at]
      end
      local way = table.concat(kinds, ', ')
      assert(way == 'secrets ok, seed ok, key ok, vault ok, grant ok, identity ok', way)
      assert(by_kind.secrets.count == 9 and #by_kind.secrets.examples == 3)
      assert(by_kind.key.label == k.kid and by_kind.identity.label == 'id1')
      assert(by_kind.grant.label == 'access policy: encrypt decrypt')
      """
    )
  }

  /// What is done, the kind of node that shows it, and its state.
  @Test(arguments: [
    ("k:update{ enabled = false }", "key", "KeyDisabled"),
    ("k:delete{ confirm = true }", "key", "KeyNotFound"),
    ("v:delete{ confirm = true }", "vault", "deleted"),
    ("v:update{ default_action = 'Deny' }", "vault", "ForbiddenByFirewall"),
    ("v:delete_policy{ object_id = i }", "grant", "missing"),
    ("v:set_policy{ object_id = i, key_permissions = { 'decrypt' } }", "grant", "not enough"),
    ("i:delete()", "identity", "deleted"),
    ("rotate() rotate()", "secrets", "unreadable"),
    ("rotate() rotate() k:delete{ confirm = true }", "key", "deleted"),
  ])
  func `what is not in order is marked where it lies`(
    source: String,
    kind: String,
    wanted: String
  ) throws {
    let state = try world(source)
    try run(
      state,
      """
      local states = {}
      for _, node in ipairs(c:depends_on().nodes) do
        if node.kind == '\(kind)' then states[#states + 1] = node.state end
      end
      local states = table.concat(states, ' ')
      assert(states:find('\(wanted)', 1, true), states)
      """
    )
  }

  @Test func `values damaged in a thousand ways are told of within limits`() throws {
    try run(
      world(),
      """
      local value = c:etcd():get('/registry/secrets/default/s1').value
      workspace.transaction(function()
        for n = 1, 1000 do
          c:etcd():put('/registry/secrets/default/x' .. n,
            'k8s:enc:kms:v2:other' .. n .. ':' .. value:sub(33))
        end
      end)
      assert(#c:health().reasons == 20)
      assert(#c:depends_on().nodes < 220)
      """
    )
  }

  @Test func `a system-assigned identity is a circle (R22)`() throws {
    try run(
      world("plain = cluster.create{ name = 'c2', resource_group = 'rg' }"),
      """
      local graph = plain:depends_on()
      local next_of = {}
      for _, edge in ipairs(graph.edges) do next_of[edge.from] = edge.to end
      local start = 'cluster:c2'
      assert(next_of[next_of[next_of[start]]] == start)
      """
    )
  }

  @Test func `the graph in dot's language names every node and edge once`() throws {
    let state = try world("rotate()")
    let dot = try run(state, "return c:depends_on():dot()").first?.text ?? ""
    let lines = dot.split(separator: "\n")
    #expect(lines.first == "digraph depends_on {" && lines.last == "}")
    let counts = try run(state, "local g = c:depends_on() return #g.nodes, #g.edges")
    // A quoted id: no bare quote, and a backslash only before a quote, a backslash or an n.
    let quoted = #""(?:[^"\\]|\\["\\n])*""#
    let node = try Regex("  \(quoted) \\[label=\(quoted)(, color=red)?\\];")
    let edge = try Regex("  \(quoted) -> \(quoted) \\[label=\(quoted)\\];")
    let body = lines.dropFirst(3).dropLast()
    let nodes = body.filter { $0.wholeMatch(of: node) != nil }
    let edges = body.filter { $0.wholeMatch(of: edge) != nil }
    #expect(nodes.count + edges.count == body.count)
    guard case .integer(let nodeCount) = counts[0], case .integer(let edgeCount) = counts[1] else {
      Issue.record("no counts")
      return
    }
    #expect(Int(nodeCount) == nodes.count && Int(edgeCount) == edges.count)
    #expect(Set(nodes).count == nodes.count && Set(edges).count == edges.count)
  }
}
