import LuaModules
import LuaRuntime
import Testing

/// `c:forecast`: what time alone does to a cluster, and that nothing of it remains.
@Suite struct ForecastTests {
  /// A world in 2026, and `told(by)`: name, time, health and lost Secrets of each event in a line.
  private static let setUp = """
    clock.freeze('2026-01-01T00:00:00Z')
    workspace.seed(1)
    \(PublicPathTests.setUp)
    function told(by)
      local lines = {}
      for _, event in ipairs(c:forecast{ by = by }) do
        local line = { event.what, event.time }
        if event.breaks then
          line[#line + 1] = event.breaks.health
          line[#line + 1] = tostring(event.breaks.lost_secrets)
        end
        lines[#lines + 1] = table.concat(line, ' ')
      end
      return table.concat(lines, '; ')
    end
    """

  private func world(_ source: String) throws -> LuaState {
    let state = try makeWorld()
    try run(state, Self.setUp + "\n" + source)
    return state
  }

  /// What is set up, how far it looks, and what is told.
  static let events: [(String, String, String)] = [
    ("", "P60D", ""),
    // The API server notices at its next polls, and writes on for three minutes meanwhile.
    (
      "k:update{ expires = '2026-01-07T00:00:00Z' }", "P60D",
      "key_expires 2026-01-07T00:00:00Z unhealthy 1; writes_stop 2026-01-07T00:02:00Z unhealthy 0"
    ),
    // Thirty days before, the vault tells.
    (
      "k:update{ expires = '2026-02-05T00:00:00Z' }", "P10D",
      "key_near_expiry 2026-01-06T00:00:00Z"
    ),
    // A poll failed already: the grace is what is left.
    (
      "k:update{ enabled = false } clock.advance('PT2M')", "P1D",
      "writes_stop 2026-01-01T00:03:00Z unhealthy 0"
    ),
    // The previous key: a server without it does not become ready, writes go on.
    (
      "rotate() k:update{ expires = '2026-01-07T00:00:00Z' }", "P60D",
      "key_expires 2026-01-07T00:00:00Z unhealthy 1"
    ),
    (
      "rotate() c:rewrite_secrets{} k:update{ expires = '2026-01-07T00:00:00Z' }", "P60D",
      "key_expires 2026-01-07T00:00:00Z unhealthy 0"
    ),
    // The key fell out of both slots and no Secret is under it.
    (
      """
      rotate() c:rewrite_secrets{} rotate() c:rewrite_secrets{}
      k:update{ expires = '2026-01-07T00:00:00Z' }
      """, "P60D", ""
    ),
    // What is stranded cannot get worse; the update that stranded it is given up.
    (
      "rotate() rotate() k:update{ expires = '2026-01-07T00:00:00Z' }", "P60D",
      "operation_ends 2026-01-02T00:00:00Z; key_expires 2026-01-07T00:00:00Z"
    ),
    // An operation that only takes its time ends by itself.
    (
      "workspace.settings.cluster_operation_duration = 'PT10M' rotate()", "P1D",
      "operation_ends 2026-01-01T00:10:00Z"
    ),
    (
      "workspace.settings.cluster_operation_duration = 'PT10M' c:stop()", "P1D",
      "operation_ends 2026-01-01T00:10:00Z"
    ),
    (
      "workspace.settings.cluster_operation_duration = 'PT10M' rotate() c:operation_abort()",
      "P1D", ""
    ),
    (
      "c:update{ disable_azure_keyvault_kms = true } k:update{ expires = '2026-01-07T00:00:00Z' }",
      "P60D", "key_expires 2026-01-07T00:00:00Z unhealthy 1"
    ),
    (
      "k:update{ not_before = '2026-01-02T00:00:00Z' } clock.advance('PT1H')", "P60D",
      "key_begins 2026-01-02T00:00:00Z"
    ),
    (
      "workspace.settings.clock_skew_leeway = 'PT5M' k:update{ expires = '2026-01-07T00:00:00Z' }",
      "P6DT4M", ""
    ),
    (
      "k:delete{ confirm = true } clock.advance('PT1H')", "P100D",
      "key_purged 2026-04-01T00:00:00Z unhealthy 1"
    ),
    (
      "v:delete{ confirm = true } clock.advance('PT1H')", "P100D",
      "vault_purged 2026-04-01T00:00:00Z unhealthy 1"
    ),
    (
      """
      workspace.settings.key_recovery_delay = 'PT1H' k:delete{ confirm = true } clock.advance('PT1H')
      key.recover{ vault_name = v, name = 'k' }
      """, "P1D", "key_recovered 2026-01-01T02:00:00Z"
    ),
    // The policy makes a version; what the cluster has stays as it is.
    (
      """
      k:rotation_policy{ expiry_time = 'P60D',
        lifetime_actions = { { action = 'Rotate', time_after_create = 'P20D' } } }
      """, "P50D", "key_rotates 2026-01-21T00:00:00Z; key_rotates 2026-02-10T00:00:00Z"
    ),
    (
      """
      workspace.settings.role_propagation = 'PT10M' v:update{ enable_rbac_authorization = true }
      role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }
      """, "PT1H",
      "writes_stop 2026-01-01T00:03:00Z unhealthy 0; grant_begins 2026-01-01T00:10:00Z"
    ),
    (
      """
      v:update{ enable_rbac_authorization = true }
      role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }
      workspace.settings.role_propagation = 'PT10M'
      role.revoke{ role = 'Key Vault Crypto User', assignee = i, scope = v }
      """, "PT1H",
      "grant_ends 2026-01-01T00:10:00Z unhealthy 1; writes_stop 2026-01-01T00:12:00Z unhealthy 0"
    ),
    (
      "", "P300D",
      "support_ends 2026-08-01T00:00:00Z; platform_support_ends 2026-10-01T00:00:00Z"
    ),
    (
      "c:stop() k:update{ expires = '2026-01-07T00:00:00Z' }", "P60D",
      "key_expires 2026-01-07T00:00:00Z down 1"
    ),
  ]

  @Test(arguments: events)
  func `each thing is told at its time, with what breaks`(
    source: String,
    by: String,
    wanted: String
  ) throws {
    let state = try world(source)
    #expect(try run(state, "return told('\(by)')").first?.text == wanted)
  }

  @Test func `events are in order of time, those of a moment each with its own`() throws {
    let state = try world(
      """
      rotate()
      key.get(c:kms().current.kid):update{ expires = '2026-01-07T00:00:00Z' }
      k:update{ expires = '2026-01-07T00:00:00Z' }
      """
    )
    try run(
      state,
      """
      local list = c:forecast('P60D')
      assert(#list == 3 and list.complete)
      local last = ''
      for _, event in ipairs(list) do
        assert(event.time >= last)
        last = event.time
      end
      local kms = c:kms()
      local lost = {}
      for _, event in ipairs(list) do lost[event.subject] = event.breaks.lost_secrets end
      assert(lost[k.kid] == 1 and lost[kms.current.kid] == 0)
      assert(list[1].rule ~= list[2].rule, 'the current key and the previous one')
      """
    )
  }

  @Test func `an event tells what breaks, its rule and what helps, and prints as a table`() throws {
    let state = try world("k:update{ expires = '2026-01-07T00:00:00Z' }")
    try run(
      state,
      """
      local list = c:forecast{ ['until'] = '2026-02-01T00:00:00Z' }
      local event = list[1]
      assert(event.subject == k.kid and event.rule == 'R107')
      assert(event.remedy:find('expires', 1, true))
      assert(event.breaks.message:find('healthy → unhealthy', 1, true), event.breaks.message)
      assert(event.breaks.message:find('1 Secret cannot be read any more', 1, true))
      assert(list[2].breaks.message:find('writes are refused', 1, true))
      local text = tostring(list)
      assert(text:find('in 6 days +2026%-01%-07T00:00:00Z +key_expires'), text)
      assert(text:find('2 events, of which 2 break something', 1, true), text)
      assert(tostring(c:forecast('PT5M')):find('nothing happens by itself', 1, true))
      """
    )
  }

  @Test func `nothing remains of a look ahead`() throws {
    let source =
      Self.setUp + """

        k:update{ expires = '2026-01-07T00:00:00Z' }
        k:rotation_policy{ expiry_time = 'P60D',
          lifetime_actions = { { action = 'Rotate', time_after_create = 'P20D' } } }
        key.create{ vault_name = v, name = 'other' }:delete()
        v:diagnostics(true)
        function dump()
          local rows = { clock.now(), json.encode(c:show()), json.encode(c:kms()) }
          rows[#rows + 1] = json.encode(c:health()) .. json.encode(c:kms_client())
          for _, version in ipairs(k:versions()) do rows[#rows + 1] = json.encode(version:show()) end
          for _, deleted in ipairs(key.list_deleted{ vault_name = v }) do
            rows[#rows + 1] = tostring(deleted)
          end
          local count = 0
          for _ in audit.each{} do count = count + 1 end
          return table.concat(rows, '\\n'), count
        end
        local before, count = dump()
        -- Telling all that takes so many rows of the log each time.
        local _, more = dump()
        LOOK
        local after, last = dump()
        assert(before == after, after)
        assert(last - more == more - count, 'the look left rows in the log')
        return key.create{ vault_name = v, name = 'next' }.kid
        """
    let looked = try run(
      makeWorld(),
      source.replacing("LOOK", with: "assert(#c:forecast('P200D') > 4)")
    )
    let other = try run(makeWorld(), source.replacing("LOOK", with: ""))
    #expect(looked.first?.text != nil && looked.first?.text == other.first?.text)
  }

  @Test(arguments: [
    ("c:forecast{}", "argument.missing"), ("c:forecast()", "argument.missing"),
    ("c:forecast{ by = '2025-12-31T00:00:00Z' }", "argument.value"),
    ("c:forecast{ by = 'PT0S' }", "argument.value"),
    ("c:forecast{ by = 'soon' }", "argument.value"),
    ("c:forecast{ by = 'P90X' }", "argument.value"),
    ("c:forecast{ by = 'P90D', ['until'] = 'P1D' }", "argument.value"),
    ("c:forecast{ by = 'P999999999Y' }", "argument.value"),
    ("c:forecast{ by = 90 }", "argument.type"), ("c:forecast(90)", "argument.type"),
    ("c:forecast{ bye = 'P90D' }", "argument.unknown"),
    ("c:delete{ confirm = true } c:forecast('P1D')", "cluster.not_found"),
  ])
  func `bad input is refused`(source: String, code: String) throws {
    let state = try world("")
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code)
  }

  @Test func `the end of an operation is told apart from one that is given up (R79)`() throws {
    try run(
      world(""),
      """
      workspace.settings.cluster_operation_duration = 'PT10M'
      rotate()
      local event = c:forecast{ by = 'P1D' }[1]
      assert(event.what == 'operation_ends' and event.subject == 'c1' and not event.rule)
      assert(event.message:find('no longer Updating', 1, true) and not event.breaks)
      clock.advance('PT10M')
      assert(c.provisioning_state == 'Succeeded' and #c:forecast{ by = 'P1D' } == 0)
      rotate()
      event = c:forecast{ by = 'P30D' }[1]
      assert(event.what == 'operation_ends' and event.rule == 'R79', event.what)
      assert(event.message:find('gives up', 1, true) and event.remedy:find('kms.recover', 1, true))
      clock.freeze(event.time)
      assert(c.provisioning_state == 'Failed' and #c:forecast{ by = 'P1D' } == 0)
      """
    )
  }
}
