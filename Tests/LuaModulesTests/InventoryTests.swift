import LuaRuntime
import Testing

/// `c:inventory`, `c:rewrite_secrets`, `secret.each` and `s:explain` as a script meets them.
@Suite struct InventoryTests {
  /// Five Secrets: in clear, damaged, under a stranded, the previous and the current key.
  private static let setUp = """
    v = vault.create{ name = 'kv1', resource_group = 'rg' }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
    c = cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i }
    local function make(name, namespace)
      return secret.create{ cluster = c, name = name, namespace = namespace,
        string_data = { a = 'hunter2' } }
    end
    kids = {}
    local function rotate()
      local k = key.create{ vault_name = v, name = 'k' }
      kids[#kids + 1] = k.kid
      c:update{ enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
        azure_keyvault_kms_key_vault_network_access = 'Public' }
    end
    make('clear', 'one')
    rotate() make('stranded', 'one')
    rotate() make('previous', 'two')
    rotate() make('current', 'three') make('damaged', 'three')
    local path = '/registry/secrets/three/damaged'
    local bytes = c:etcd():get(path).value
    c:etcd():put(path, bytes:sub(1, 60) .. string.char(bytes:byte(61) ~ 1) .. bytes:sub(62))
    """

  private func world(_ more: String) throws {
    let state = try makeWorld()
    try run(state, Self.setUp + "\n" + more)
  }

  @Test func `each Secret tells what it is under, whether it is stale, and why it cannot be read`()
    throws
  {
    try world(
      """
      local found = {}
      local inventory = c:inventory{}
      for s in inventory.each do found[s.name] = s end
      assert(found.clear.provider == 'identity' and found.clear.stale and found.clear.readable)
      assert(found.previous.provider == 'kms' and found.previous.kms_version == 'v2')
      assert(found.previous.stale and found.previous.kid == kids[2])
      assert(found.current.stale == false and found.current.kid == kids[3])
      assert(found.current.key_id == c:kms_client().write.key_id)
      assert(found.current.etcd_key == '/registry/secrets/three/current')
      assert(found.stranded.kid == kids[1] and not found.stranded.readable)
      assert(found.stranded.problem:find('does not match expected key id') and not found.stranded.stale)
      assert(not found.damaged.readable and found.damaged.kid == kids[3])
      assert(inventory.values == 5 and inventory.stale == 2 and inventory.in_clear == 1)
      assert(inventory.unreadable == 2 and #inventory.groups == 4)
      local namespaces = inventory.namespaces
      assert(namespaces.one.values == 2 and not namespaces.one.done and namespaces.one.in_clear == 1)
      assert(namespaces.two.stale == 1 and namespaces.three.unreadable == 1)
      assert(tostring(inventory):find('Secrets of c1: 5, 2 stale, 1 in clear, 2 unreadable', 1, true))
      local one = c:inventory{ namespace = 'two' }
      assert(one.values == 1 and one.each().name == 'previous' and one.each() == nil)
      assert(one.each().name == 'previous', 'a walk begins anew')
      """
    )
  }

  @Test func `what inventory and audit both tell is the same`() throws {
    try world(
      """
      local audited = {}
      for value in etcd.audit{ cluster = c }.each do audited[value.etcd_key] = value end
      for s in c:inventory{}.each do
        local value = audited[s.etcd_key]
        for _, name in ipairs{ 'namespace', 'name', 'provider', 'kms_version', 'provider_name',
          'key_id', 'dek_source_type' } do
          assert(s[name] == value[name], name)
        end
        if s.readable then assert(s.stale == value.stale, s.name) end
      end
      """
    )
  }

  @Test func `namespaces are done one by one, and the rest is told (R53)`() throws {
    try world(
      """
      local r = c:rewrite_secrets{ namespace = 'two' }
      assert(r.complete and r.read == 1 and r.written == 1 and r.namespaces.two.written == 1)
      local namespaces = c:inventory{}.namespaces
      assert(namespaces.two.done and not namespaces.one.done)
      local calls = 0
      r = c:rewrite_secrets{ on_progress = function(p)
        calls = calls + 1
        assert(p.read == 5 and p.written == 1 and p.unchanged == 2 and p.failed_count == 2)
      end }
      assert(calls == 1 and r.failed_count == 2 and #r.failed == 2 and r.conflicts == 0)
      assert(r.failed[1].namespace == 'one' and r.failed[1].name == 'stranded')
      assert(r.namespaces.one.failed == 1 and r.namespaces.one.written == 1 and r.resume == nil)
      local part = c:rewrite_secrets{ limit = 2, all = true }
      assert(not part.complete and part.read == 2 and part.resume == '/registry/secrets/one/stranded')
      assert(c:rewrite_secrets{ resume = part.resume }.read == 3)
      """
    )
  }

  @Test(arguments: [
    ("c:rewrite_secrets{ limit = 0 }", "argument.value"),
    ("c:rewrite_secrets{ on_progress = function() error('mine') end }", "lua.error"),
    ("s:update{ resource_version = 'x' }", "argument.value"),
    ("s:update{ resource_version = '999', labels = {} }", "secret.conflict"),
    ("secret.create{ cluster = c, name = 't', type = 'kubernetes.io/tls' }", "secret.invalid"),
  ])
  func `a slip is told`(source: String, code: String) throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\ns = secret.get{ cluster = c, name = 'current', namespace = 'three' }"
    )
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code)
  }

  @Test func `Secrets are walked one at a time, as often as one likes`() throws {
    let state = try makeWorld()
    try run(
      state,
      """
      local c = cluster.create{ name = 'c1', resource_group = 'rg' }
      workspace.transaction(function()
        for n = 1, 1201 do
          secret.create{ cluster = c, name = ('s%04d'):format(n), namespace = 'ns' .. n % 2,
            annotations = { note = 'x' } }
        end
      end)
      local function count(options)
        local n, last = 0, nil
        options.cluster = c
        for s in secret.each(options) do n, last = n + 1, s end
        return n, last
      end
      assert(count{ namespace = 'ns0' } == 600 and count{} == 0)
      local n, last = count{ all_namespaces = true }
      assert(n == 1201 and last.name == 's1201')
      assert(#secret.list{ cluster = c, all_namespaces = true } == 1201)
      """
    )
  }

  @Test func `reading is told step by step, up to what stands in the way`() throws {
    try world(
      """
      -- What cannot be read has no handle to be got: it is got before.
      local handles = {}
      local function explain(name) return handles[name]:explain() end
      for _, place in ipairs{ 'one/clear', 'two/previous', 'three/current' } do
        local namespace, name = place:match('(.*)/(.*)')
        handles[name] = secret.get{ cluster = c, name = name, namespace = namespace }
      end
      local function titles(e)
        local list = {}
        for _, step in ipairs(e.steps) do list[#list + 1] = step.title end
        return table.concat(list, ' ')
      end
      local e = explain('current')
      assert(e.readable and titles(e) == 'etcd provider envelope key unwrap derive decrypt object verdict')
      assert(tostring(e):find('as a write would store it', 1, true))
      assert(tostring(e):find(kids[3], 1, true) and not tostring(e):find('hunter2', 1, true))
      assert(tostring(explain('previous')):find('stale', 1, true))
      assert(titles(explain('clear')) == 'etcd provider object verdict')
      c:etcd():put('/registry/secrets/three/current', 'k8s:enc:kms:v2:azurekmsprovider:junk')
      local broken = explain('current')
      assert(not broken.readable and broken.steps[3].ok == false, titles(broken))
      c:etcd():put('/registry/secrets/three/current', c:etcd():get('/registry/secrets/one/stranded').value)
      broken = explain('current')
      assert(not broken.readable and broken.steps[4].title == 'key' and not broken.steps[4].ok)
      assert(broken.steps[4].detail:find('no slot', 1, true))
      """
    )
  }

  @Test func `a refused source is one question to the vault, however many Secrets are under it`()
    throws
  {
    let state = try makeWorld()
    try run(
      state,
      PublicPathTests.setUp + "\n" + """
        for n = 1, 20 do secret.create{ cluster = c, name = 'many' .. n } end
        rotate()
        k:update{ enabled = false }
        v:diagnostics(true)
        local function refusals()
          local n = 0
          for _ in audit.each{ vault = v, operation = 'KeyDecrypt', result = 'Forbidden' } do
            n = n + 1
          end
          return n
        end
        local r = c:rewrite_secrets{}
        assert(r.failed_count == 21 and r.written == 0, r.failed_count)
        assert(refusals() == 1, refusals())
        assert(c:inventory{}.unreadable == 21)
        assert(refusals() == 2, refusals())
        """
    )
  }
}
