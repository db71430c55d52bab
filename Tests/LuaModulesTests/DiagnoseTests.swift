import LuaRuntime
import Testing

/// Each finding of the detector, provoked in a healthy cluster and cured by its own remedy.
@Suite struct DiagnoseTests {
  /// A finding, and how a cluster comes by it.
  struct Case: CustomTestStringConvertible, Sendable {
    let id: String
    let rule: String
    /// Lua that runs in the world of `setUp`.
    let provoke: String
    /// Lua that must hold once the remedy ran.
    var after = ""
    var isWarning = false
    var testDescription: String { "\(id): \(provoke)" }

    init(_ id: String, _ rule: String, _ provoke: String, after: String = "") {
      (self.id, self.rule, self.provoke, self.after) = (id, rule, provoke, after)
    }

    static func warning(
      _ id: String,
      _ rule: String,
      _ provoke: String,
      after: String = ""
    ) -> Case {
      var warning = Case(id, rule, provoke, after: after)
      warning.isWarning = true
      return warning
    }
  }

  /// A healthy cluster with a Secret, and helpers.
  static let setUp = """
    clock.freeze('2026-01-01T00:00:00Z')
    workspace.settings.policy_all = 'everything'
    """ + "\n" + PublicPathTests.setUp + "\n" + """
      old = k.kid
      function find(id)
        for _, finding in ipairs(c:diagnose('KMS').findings) do
          if finding.id == id then return finding end
        end
      end
      function use(k)
        c:update{ enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
          azure_keyvault_kms_key_vault_network_access = 'Public' }
      end
      function rbac()
        role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }
        role.assign{ role = 'Key Vault Crypto Officer', assignee = identity.signed_in(), scope = v }
        v:update{ enable_rbac_authorization = true }
      end
      """

  static let cases: [Case] = [
    Case(
      "KeyExpired",
      "R107",
      "k:update{ expires = '2026-01-01T01:00:00Z' } clock.advance('PT2H')",
      after: "assert(c:kms().current.kid ~= k.kid and c:kms().previous.kid == k.kid)"
    ),
    Case("KeyDisabled", "R75", "k:update{ enabled = false }"),
    Case("KeyDisabled", "R75", "k:update{ enabled = false } clock.advance('P1D')"),
    Case("KeyNotYetValid", "R75", "k:update{ not_before = '2026-02-01T00:00:00Z' }"),
    Case("KeyNotFound", "R17", "k:delete{ confirm = true }"),
    Case(
      "KeyNotFound",
      "R17",
      "workspace.settings.key_recovery_delay = 'PT1M' k:delete{ confirm = true }"
    ),
    Case("KeyNotFound", "R18", "v:delete{ confirm = true }"),
    Case("KeyNotFound", "R18", "rbac() v:delete{ confirm = true }"),
    Case("AccessDenied", "R92", "v:delete_policy{ object_id = i }"),
    Case(
      "AccessDenied",
      "R92",
      "v:set_policy{ object_id = i, key_permissions = { 'get', 'decrypt' } }",
      after: """
        for _, policy in ipairs(v.access_policies) do
          if policy.object_id == i.principal_id then
            assert(table.concat(policy.key_permissions, ' '):find('get'))
          end
        end
        """
    ),
    Case("ForbiddenByRbac", "R92", "v:update{ enable_rbac_authorization = true }"),
    Case(
      "ForbiddenByRbac",
      "R92",
      "rbac() role.revoke{ role = 'Key Vault Crypto User', assignee = i, scope = v }"
    ),
    Case(
      "ForbiddenByRbac",
      "R92",
      "workspace.settings.role_propagation = 'PT10M' v:update{ enable_rbac_authorization = true }"
    ),
    Case(
      "ForbiddenByRbac",
      "R92",
      """
      workspace.settings.role_propagation = 'PT10M' v:update{ enable_rbac_authorization = true }
      role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }
      assert(find('ForbiddenByRbac').fix == "clock.advance('PT600S')")
      """
    ),
    Case("ForbiddenByFirewall", "R23", "v:update{ default_action = 'Deny' }"),
    Case("ForbiddenByConnection", "R24", "v:update{ public_network_access = 'Disabled' }"),
    Case("IdentityNotFound", "R19", "i:delete()"),
    Case("IdentityNotFound", "R19", "rbac() i:delete()"),
    Case("KeyOperationForbidden", "R36", "k:update{ ops = { 'decrypt', 'sign' } }"),
    Case(
      "Throttled",
      "R25",
      """
      workspace.settings.throttling = true
      for n = 1, 20 do
        pcall(key.create, { vault_name = v, name = 'n' .. n, kty = 'EC', curve = 'P-256' })
      end
      """
    ),
    Case("PreviousKeyUnusable", "R76", "rotate() k:update{ expires = '2020-01-01T00:00:00Z' }"),
    Case("PreviousKeyUnusable", "R76", "rotate() k:update{ enabled = false }"),
    Case("KeyExpired", "R107", "rotate() k:update{ expires = '2020-01-01T00:00:00Z' }"),
    Case(
      "PreviousKeyUnusable",
      "R76",
      "rotate() c:rewrite_secrets{} k:update{ enabled = false }",
      after: "assert(c:kms().previous.kid ~= old)"
    ),
    Case(
      "PreviousKeyUnusable",
      "R76",
      """
      use(key.create{ vault_name = v, name = 'other' }) c:rewrite_secrets{}
      k:delete{ confirm = true }:purge{ confirm = true }
      """,
      after: "assert(c:kms().previous.kid ~= old)"
    ),
    Case("SecretsUnreadable", "R79", "rotate() rotate()"),
    Case(
      "SecretsUnreadable",
      "R79",
      """
      rotate() secret.create{ cluster = c, name = 's2', string_data = { a = 'x' } } rotate()
      """,
      after: "assert(secret.get{ cluster = c, name = 's2' }.data.a == 'x')"
    ),
    .warning("KeyExpiresSoon", "R05", "k:update{ expires = '2026-01-20T00:00:00Z' }"),
    .warning("NoPurgeProtection", "R20", ""),
    .warning("StaleSecrets", "R74", "rotate()"),
    .warning(
      "StaleSecrets",
      "R92",
      "c:update{ disable_azure_keyvault_kms = true }",
      after: "assert(s:stored().provider == 'identity')"
    ),
    .warning(
      "SecretsInClear",
      "R52",
      """
      c:update{ disable_azure_keyvault_kms = true }
      secret.create{ cluster = c, name = 'plain', string_data = { a = 'x' } } use(k)
      """,
      after: """
        assert(secret.get{ cluster = c, name = 'plain' }:stored().provider == 'kms')
        """
    ),
  ]

  @Test(arguments: cases)
  func `a finding is there once it is provoked, and gone once its remedy ran`(test: Case) throws {
    let state = try makeWorld()
    try run(state, Self.setUp)
    try run(
      state,
      """
      local findings = c:diagnose('KMS').findings
      assert(#findings == 1 and findings[1].id == 'NoPurgeProtection', findings[1].id)
      assert(c:health().api_server == 'healthy')
      """
    )
    try run(state, test.provoke)
    let health = test.isWarning ? "healthy" : "unhealthy"
    let severity = test.isWarning ? "warning" : "failure"
    try run(
      state,
      """
      local finding = assert(find('\(test.id)'), 'no such finding')
      for _, member in ipairs{ 'message', 'cause', 'remedy', 'rule', 'fix' } do
        assert(type(finding[member]) == 'string', member)
      end
      assert(finding.severity == '\(severity)', finding.severity)
      assert(finding.rule == '\(test.rule)', finding.rule)
      assert(c:health().api_server == '\(health)')
      local diagnosis = c:diagnose()
      local isKnown = diagnosis.status:find('a known failure applies', 1, true) ~= nil
      assert(isKnown == (finding.severity == 'failure'), diagnosis.status)
      assert(load(finding.fix, 'fix', 't'))()
      local health = c:health()
      assert(health.api_server == 'healthy', tostring(health))
      assert(not find('\(test.id)'), 'still there')
      assert(c:diagnose().status:find('no known failure applies', 1, true))
      assert(s.data.a == 'x')
      """
    )
    try run(state, test.after)
    // Whatever it was, the server writes again at its next look at the latest.
    try run(
      state,
      """
      clock.advance('PT1M')
      secret.create{ cluster = c, name = 'again', string_data = { a = 'y' } }
      """
    )
  }

  @Test(arguments: [
    ("k:delete{ confirm = true }:purge{ confirm = true }", "KeyNotFound", "was purged"),
    (
      "v:delete{ confirm = true }:purge{ confirm = true }", "KeyNotFound",
      "vault kv1 was purged"
    ),
  ])
  func `what nothing brings back has no fix, and says so`(
    provoke: String,
    id: String,
    cause: String
  ) throws {
    let state = try makeWorld()
    try run(state, Self.setUp + "\n" + provoke)
    try run(
      state,
      """
      local finding = find('\(id)')
      assert(finding.fix == nil and finding.cause:find('\(cause)', 1, true), finding.cause)
      assert(finding.remedy:find('1 Secret under it is lost (R20)', 1, true), finding.remedy)
      """
    )
  }

  @Test func `the status tells whether KMS is on, with which key, and what applies`() throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\n" + """
        local plain = cluster.create{ name = 'c2', resource_group = 'rg' }
        assert(plain:diagnose('kms').status == 'KMS is not enabled; no known failure applies')
        assert(plain:diagnose().enabled == false and #plain:diagnose().findings == 0)
        assert(c:diagnose('KMS').status
          == 'KMS is enabled with key ' .. k.kid .. '; no known failure applies')
        assert(c:diagnose('KMS').key_id == k.kid)
        k:update{ expires = '2020-01-01T00:00:00Z' }
        assert(c:diagnose('KMS').status == 'KMS is enabled with key ' .. k.kid
          .. '; a known failure applies: KeyExpired: Operation encrypt is not allowed on an '
          .. 'expired key.')
        k:update{ expires = '2027-01-01T00:00:00Z' }
        c:update{ disable_azure_keyvault_kms = true }
        assert(c:diagnose('KMS').status == 'KMS is disabled, key ' .. k.kid
          .. ' is retained; no known failure applies')
        """
    )
  }

  @Test func `a detector that there is none of is told with those there are`() throws {
    let state = try makeWorld()
    try run(state, Self.setUp)
    let error = #expect(throws: LuaError.self) { try run(state, "c:diagnose('Nodes')") }
    #expect(error?.code == "argument.value" && error?.hint == "detectors: KMS")
  }

  @Test func `asking leaves no trace: no row, no transaction, nothing learnt`() throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\n" + """
        v:diagnostics(true)
        workspace.settings.throttling = true
        rotate()
        k:update{ enabled = false }
        local function rows()
          local count = 0
          for _ in audit.each{ vault = v, principal = i } do count = count + 1 end
          return count
        end
        local before, knows = rows(), json.encode(c:kms_client())
        for _ = 1, 2500 do c:kms() c:health() end
        for _ = 1, 100 do c:diagnose() c:depends_on() end
        assert(rows() == before and json.encode(c:kms_client()) == knows)
        assert(not find('Throttled'))
        """
    )
  }
}
