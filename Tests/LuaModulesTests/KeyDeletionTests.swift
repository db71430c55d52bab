import LuaRuntime
import Testing

/// `c:can_delete`: in no slot, named by no envelope, needed nowhere else.
///
/// Source: seed rules R17, R30, R74 to R79, R93, R123 and §17.
@Suite struct KeyDeletionTests {
  /// A cluster under one of several keys of different names, with two Secrets and a helper.
  private static let setUp = """
    v = vault.create{ name = 'kv1', resource_group = 'rg' }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
    k = {}
    for n = 1, 3 do k[n] = key.create{ vault_name = v, name = 'k' .. n } end
    function kms(key)
      return { enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = key,
        azure_keyvault_kms_key_vault_network_access = 'Public', assign_identity = i }
    end
    function make(name, key, version)
      local options = key and kms(key) or {}
      options.kubernetes_version = version
      options.name, options.resource_group = name, 'rg'
      return cluster.create(options)
    end
    function fill(c)
      for _, name in ipairs{ 'a', 'b' } do
        secret.create{ cluster = c, name = name, namespace = 'ns', string_data = { a = 'x' } }
      end
    end
    function putV1(c)
      for _, name in ipairs{ 'a', 'b' } do
        c:etcd():put('/registry/secrets/ns/' .. name, 'k8s:enc:kms:v1:azurekmsprovider:\\0\\1x')
      end
    end
    """

  /// What happens, the key asked for, and what is answered: safe, rule, slots, secrets, may_need.
  struct Row: Sendable, CustomTestStringConvertible {
    let what, act, key, rule: String
    let safe: Bool
    let slots: String
    var secrets = 0
    var mayNeed = 0
    var testDescription: String { what }
  }

  static let rows = [
    Row(
      what: "current",
      act: "c = make('c', k[1]) fill(c)",
      key: "k[1]",
      rule: "R17",
      safe: false,
      slots: "current",
      secrets: 2
    ),
    Row(
      what: "previous, rewritten",
      act: "c = make('c', k[1]) fill(c) c:update(kms(k[2])) "
        + "c:rewrite_secrets{}",
      key: "k[1]",
      rule: "R76",
      safe: false,
      slots: "previous"
    ),
    Row(
      what: "previous, not rewritten",
      act: "c = make('c', k[1]) fill(c) c:update(kms(k[2]))",
      key: "k[1].kid",
      rule: "R76",
      safe: false,
      slots: "previous",
      secrets: 2
    ),
    Row(
      what: "rotated twice with rewrites",
      act: "c = make('c', k[1]) fill(c) c:update(kms(k[2])) "
        + "c:rewrite_secrets{} c:update(kms(k[3])) c:rewrite_secrets{}",
      key: "k[1]",
      rule: "R77",
      safe: true,
      slots: ""
    ),
    Row(
      what: "rotated twice without a rewrite",
      act: "c = make('c', k[1]) fill(c) "
        + "c:update(kms(k[2])) c:update(kms(k[3]))",
      key: "k[1]",
      rule: "R79",
      safe: false,
      slots: "",
      secrets: 2
    ),
    Row(
      what: "disabled and rewritten",
      act: "c = make('c', k[1]) fill(c) "
        + "c:update{ disable_azure_keyvault_kms = true } c:rewrite_secrets{}",
      key: "k[1]",
      rule: "R30",
      safe: false,
      slots: "retained"
    ),
    Row(
      what: "never used",
      act: "c = make('c') fill(c)",
      key: "k[1]",
      rule: "R77",
      safe: true,
      slots: ""
    ),
    Row(
      what: "another cluster's",
      act: "c = make('c', k[2]) make('d', k[1])",
      key: "k[1]",
      rule: "R17",
      safe: false,
      slots: ""
    ),
    Row(
      what: "KMS v1 names no key",
      act: "c = make('c', k[1]) putV1(c) c:update(kms(k[2])) c:update(kms(k[3]))",
      key: "k[1]",
      rule: "R75",
      safe: false,
      slots: "",
      mayNeed: 2
    ),
    Row(
      what: "KMS v1 as an API server writes it, previous",
      act: "c = make('c', k[1], '1.26') fill(c) c:update(kms(k[2]))",
      key: "k[1]",
      rule: "R76",
      safe: false,
      slots: "previous",
      secrets: 2
    ),
    Row(
      what: "KMS v1 as an API server writes it, rotated twice with rewrites",
      act: "c = make('c', k[1], '1.26') fill(c) c:update(kms(k[2])) c:rewrite_secrets{} "
        + "c:update(kms(k[3])) c:rewrite_secrets{}",
      key: "k[1]",
      rule: "R77",
      safe: true,
      slots: ""
    ),
    Row(
      what: "KMS v1 as an API server writes it, rotated twice without a rewrite",
      act: "c = make('c', k[1], '1.26') fill(c) c:update(kms(k[2])) c:update(kms(k[3]))",
      key: "k[1]",
      rule: "R79",
      safe: false,
      slots: "",
      secrets: 2
    ),
    Row(
      what: "KMS v1, disabled and rewritten",
      act: "c = make('c', k[1], '1.26') fill(c) c:update(kms(k[2])) c:rewrite_secrets{} "
        + "c:update{ disable_azure_keyvault_kms = true } c:rewrite_secrets{}",
      key: "k[1]",
      rule: "R77",
      safe: true,
      slots: ""
    ),
    Row(
      what: "KMS v1, and a key it never had",
      act: "c = make('c', k[1]) putV1(c)",
      key: "k[3]",
      rule: "R77",
      safe: true,
      slots: ""
    ),
    Row(
      what: "an id without version, in letters of another case",
      act: "c = make('c', k[1]) fill(c)",
      key: "k[1].kid:match('(.*)/'):gsub('k1', 'K1')",
      rule: "R17",
      safe: false,
      slots: "current",
      secrets: 2
    ),
    Row(
      what: "a damaged value does not tell",
      act: "c = make('c', k[1]) c:update(kms(k[2])) "
        + "c:update(kms(k[3])) c:etcd():put('/registry/secrets/ns/x', "
        + "'k8s:enc:kms:v2:azurekmsprovider:junk')",
      key: "k[1]",
      rule: "R75",
      safe: false,
      slots: "",
      mayNeed: 1
    ),
  ]

  @Test(arguments: rows)
  func `a key can go when nothing needs it`(row: Row) throws {
    let state = try makeWorld()
    try run(state, Self.setUp + "\n" + row.act)
    let wanted = "\(row.safe) \(row.rule) \(row.secrets) \(row.mayNeed) \(row.slots)"
    try run(
      state,
      """
      local r, slots = c:can_delete((\(row.key))), {}
      for n, slot in ipairs(r.slots) do slots[n] = slot.slot end
      assert(#r.examples == r.secrets + r.may_need)
      assert(r.examples[1] == nil or r.examples[1]:match('^ns/[abx]$'), r.examples[1])
      assert(r.explanation:find(r.safe and '^safe' or '^not safe') and r.explanation:find(r.rule))
      local found = ('%s %s %d %d %s'):format(
        r.safe, r.rule, r.secrets, r.may_need, table.concat(slots, ' '))
      assert(found == '\(wanted)', found .. ': ' .. r.explanation)
      """
    )
  }

  @Test func `an old version can be disabled, but goes only with its whole name (R123)`() throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\n" + """
        c = make('c', k[1]) fill(c)
        for _ = 1, 2 do
          c:update(kms(key.create{ vault_name = v, name = 'k1' })) c:rewrite_secrets{}
        end
        local r = c:can_delete(k[1])
        assert(not r.safe and r.safe_to_disable and r.rule == 'R123' and r.secrets == 0)
        assert(#r.versions_in_use == 2 and #r.slots == 0)
        local whole = c:can_delete(k[1].kid:match('(.*)/'))
        assert(not whole.safe and not whole.safe_to_disable and whole.secrets == 2)
        assert(#whole.slots == 2 and whole.rule == 'R17')
        c:update(kms(k[2])) c:rewrite_secrets{} c:update(kms(k[3])) c:rewrite_secrets{}
        assert(c:can_delete(k[1]).safe)
        """
    )
  }

  @Test func `what is no key is told`() throws {
    let state = try makeWorld()
    try run(state, Self.setUp + "\nc = make('c')")
    for (key, code) in [("'k1'", "key.id_invalid"), ("7", "argument.type"), ("", "argument.type")] {
      let error = #expect(throws: LuaError.self) { try run(state, "c:can_delete(\(key))") }
      #expect(error?.code == code, "\(key)")
    }
  }
}
