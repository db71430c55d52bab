import Foundation
import LuaModules
import LuaRuntime
import TestData
import Testing

/// `etcd.open_snapshot`, `etcd.audit` and what an API server keeps of its plugin.
@Suite struct EtcdAuditTests {
  private static let setUp = """
    path, folder = ...
    snapshot = etcd.open_snapshot(path)
    local function read(name)
      local file <close> = assert(io.open(folder .. '/' .. name, 'rb'))
      return file:read('a')
    end
    keys, kids = {}, {}
    for _, key in ipairs(json.decode(read('entries.json')).kms_keys) do
      keys[key.kid] = read(key.pem)
      kids[#kids + 1] = key.kid
    end
    config = read('configs/06-kms-v2.yaml')
    """

  private func run(_ source: String) throws {
    let state = try makeWorld()
    let chunk = try state.load(Array((Self.setUp + "\n" + source).utf8), chunkName: "=test")
    let path = Fixtures.own.appending(path: "etcd-snapshot.db").path
    _ = try state.call(chunk, [.string(path), .string(Fixtures.own.path)])
  }

  private func code(_ source: String) -> String? {
    let error = #expect(throws: LuaError.self) { try run(source) }
    return error?.code
  }

  @Test func `a snapshot is a store that can only be read`() throws {
    try run(
      """
      local info = snapshot:info()
      assert(info.keys == 101 and info.revision == 220 and #info.sha256 == 64)
      local count, last = 0, ''
      for entry in snapshot:each('/registry/secrets/') do
        assert(last < entry.key and snapshot:get(entry.key).value == entry.value)
        count, last = count + 1, entry.key
      end
      assert(count == 42, count)
      assert(snapshot:get('/registry/none') == nil)
      assert(tostring(snapshot):find(path, 1, true) and snapshot == etcd.open_snapshot(path))
      """
    )
    #expect(code("snapshot:put('/a', 'b')") == "snapshot.read_only")
    #expect(code("etcd.open_snapshot('/nowhere')") == "snapshot.not_found")
    #expect(code("etcd.open_snapshot('/dev/null')") == "snapshot.unreadable")
    #expect(code("etcd.open_snapshot(7)") == "argument.type")
  }

  @Test func `an audit gives totals, each value and a verdict`() throws {
    try run(
      """
      local told = 0
      local audit = etcd.audit{ snapshot = path, keys = keys, encryption_configuration = config,
        retire = kids[1], on_progress = function(n) told = n end }
      assert(told == 101 and audit.totals.values == 101 and audit.totals.unreadable == 0)
      assert(audit.totals.resources.secrets.values == 42)
      local opened, stale, needs = 0, 0, 0
      for round = 1, 2 do  -- a second walk begins anew
        opened, stale, needs = 0, 0, 0
        for value in audit.each do
          if value.opens then opened = opened + 1 end
          if value.stale then stale = stale + 1 end
          if value.key_id == kids[1] then needs = needs + 1 end
        end
      end
      assert(opened == 31 and stale == audit.totals.stale and needs == audit.verdict.needs)
      assert(audit.verdict.safe == false and audit.verdict.may_need == 0)
      assert(audit.verdict.text:find('safe to retire key ' .. kids[1] .. ': no, ', 1, true) == 1)
      -- The same from an opened snapshot, without keys.
      local bare = etcd.audit{ snapshot = snapshot, retire = 'https://other' }
      assert(bare.totals.values == 101 and bare.verdict.needs == bare.verdict.may_need)
      """
    )
  }

  @Test func `a cluster is audited with its own configuration and its vault's keys`() throws {
    try run(
      PublicPathTests.setUp + "\n" + """
        local kid = k.kid
        local before = etcd.audit{ cluster = c, keys = { [kid] = k }, retire = kid }
        assert(before.totals.values == 1 and before.totals.stale == 0 and before.verdict.needs == 1)
        assert(not before.verdict.safe and before.totals.groups[1].opened == 1)
        rotate()
        local after = etcd.audit{ cluster = 'c1', retire = k }
        assert(after.totals.stale == 1 and after.verdict.needs == 1)
        c:rewrite_secrets{}
        local done = etcd.audit{ cluster = c, retire = k }
        assert(done.verdict.safe and done.totals.stale == 0 and done.verdict.in_clear == 0)
        -- A damaged value is told, and stops nothing.
        local store = c:etcd()
        local path = '/registry/secrets/default/s1'
        local value = store:get(path).value
        store:put(path, value:sub(1, 60))
        store:put('/registry/secrets/default/s0', '{}')
        local damaged = etcd.audit{ cluster = c }
        assert(damaged.totals.values == 2 and damaged.totals.unreadable == 1)
        local retiring = etcd.audit{ cluster = c, retire = k }
        assert(retiring.verdict.may_need == 1 and not retiring.verdict.safe)
        store:put('/registry/secrets/default/s2', 'hello')
        assert(etcd.audit{ cluster = c }.totals.unreadable == 2)
        assert(damaged.verdict.in_clear == 1 and damaged.verdict.unreadable == 1)
        """
    )
  }

  @Test func `bad options are refused`() {
    #expect(code("etcd.audit{}") == "argument.missing")
    #expect(code("etcd.audit{ snapshot = path, cluster = 'c' }") == "argument.missing")
    #expect(code("etcd.audit{ snapshot = path, keys = { k = 7 } }") == "argument.type")
    #expect(code("etcd.audit{ snapshot = path, keys = { k = 'no pem' } }") == "key.invalid")
    #expect(code("etcd.audit{ snapshot = path, retires = 'k' }") == "argument.unknown")
    #expect(
      code("etcd.audit{ snapshot = path, encryption_configuration = 'x' }")
        == "configuration.invalid"
    )
    #expect(
      code(
        "etcd.audit{ snapshot = path, on_progress = function() error{ code = 'a.b', message = 'm' } end }"
      )
        == "a.b"
    )
  }

  @Test func `what the API server keeps of its plugin can be looked at`() throws {
    try run(
      """
      clock.freeze('2026-01-01T00:00:00Z')

      """ + PublicPathTests.setUp + "\n" + """
        local client = c:kms_client()
        assert(client.name == 'azurekmsprovider' and client.api_version == 'v2')
        assert(client.health.ok and client.health.check == 'kms-providers')
        assert(client.write.expires == '2026-01-01T00:03:00Z' and #client.cache == 1)
        clock.advance('PT1H')
        assert(c:kms_client().write.expires == '2026-01-01T01:03:00Z')
        assert(c:readyz().text == 'ok' and c:readyz().status == 200)
        k:update{ enabled = false }
        clock.advance('PT3M')
        client = c:kms_client()
        assert(client.write.expired and not client.health.ok)
        local answer = c:readyz()
        assert(answer.status == 500 and answer.text:find('internal server error: kms-provider-0: ', 1, true))
        assert(c:encryption_configuration():find('name: azurekmsprovider', 1, true))
        local plain = cluster.create{ name = 'c2', resource_group = 'rg' }
        assert(plain:kms_client() == nil and plain:readyz() == nil)
        """
    )
  }

  @Test func `what a server has unwrapped outlives the process that looks at it`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "workspace.db").path
    func process(_ source: String) throws {
      let state = try LuaState()
      let session = Session(path: file)
      defer { session.close() }
      try Library.register(in: state, session)
      _ = try state.call(state.load(Array(source.utf8), chunkName: "=test"))
    }
    try process("clock.freeze('2026-01-01T00:00:00Z')\n" + PublicPathTests.setUp)
    try process(
      "key.get{ vault_name = 'kv1', name = 'k' }:update{ enabled = false } clock.advance('P3D')"
    )
    // A plugin that refuses is not asked for what the server knows.
    for _ in 1...2 {
      try process("assert(secret.get{ cluster = 'c1', name = 's1' }.data.a == 'x')")
    }
  }
}
