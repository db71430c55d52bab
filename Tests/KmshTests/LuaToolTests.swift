import Foundation
import Testing

/// `kmsh test` and `kmsh check`: a user's own Lua.
@Suite struct LuaToolTests {
  // MARK: kmsh test

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let body: String
    /// Lines of the report, file names left out.
    let lines: [String]
    var status: Int32 = 0
    var testDescription: String { name }
  }

  static let passing = ["ok 1 - t_test.lua: x", "1..1", "# 1 passed, 0 failed, 0 pending"]

  static let cases = [
    Case(name: "a test", body: "it('x', function() end)", lines: passing),
    Case(
      name: "names of blocks",
      body: "describe('a', function() describe('b', function() it('c', function() end) end) end)",
      lines: ["ok 1 - t_test.lua: a b c"]
    ),
    Case(
      name: "a fresh workspace each",
      body: """
        local function make()
          assert.same({}, vault.list{})
          vault.create{ name = 'kv1', resource_group = 'rg' }
        end
        it('x', make) it('y', make)
        """,
      lines: ["ok 1 - t_test.lua: x", "ok 2 - t_test.lua: y"]
    ),
    Case(
      name: "a clock that stands, and the same identifiers each time",
      body: """
        local seen
        local function tell()
          assert.equal('2025-01-01T00:00:00Z', clock.now())
          local id = identity.create{ name = 'id1', resource_group = 'rg' }.principal_id
          seen = seen or id
          assert.equal(seen, id)
          clock.advance('P1D')
        end
        it('x', tell) it('y', tell)
        """,
      lines: ["# 2 passed, 0 failed, 0 pending"]
    ),
    Case(
      name: "what runs before and after, outer blocks first and last",
      body: """
        local said = {}
        local function say(word) return function() said[#said + 1] = word end end
        before_each(say('B')) after_each(say('A'))
        describe('in', function()
          before_each(say('b')) after_each(say('a'))
          it('x', function() say('x')() end)
        end)
        it('y', function() assert.equal('BbxaAB', table.concat(said)) end)
        """,
      lines: ["ok 2 - t_test.lua: y"]
    ),
    Case(
      name: "what runs after does so when a test failed",
      body: """
        local ended = 0
        after_each(function() ended = ended + 1 end)
        it('x', function() error('x') end)
        it('y', function() assert.equal(1, ended) end)
        """,
      lines: ["not ok 1 - t_test.lua: x", "ok 2 - t_test.lua: y"],
      status: 3
    ),
    Case(
      name: "what is pending",
      body: "pending('later') it('x') it('y', function() pending('why') end)",
      lines: [
        "ok 1 - t_test.lua: later # SKIP pending", "ok 3 - t_test.lua: y # SKIP why",
        "# 0 passed, 0 failed, 3 pending",
      ]
    ),
    Case(
      name: "a difference and its place",
      body: "it('x', function()\n  assert.same({ a = { 1 } }, { a = { 2 } })\nend)",
      lines: [
        "not ok 1 - t_test.lua: x", "    expected { a = { 1 } }, got { a = { 2 } } (at a.1)",
        "    t_test.lua:2",
      ],
      status: 3
    ),
    Case(
      name: "an error and where it came from",
      body: "it('x', function()\n  vault.get('none')\nend)",
      lines: ["    vault.not_found", "      t_test.lua:2: in field 'body'"],
      status: 3
    ),
    Case(
      name: "states of a cluster",
      body: """
        it('x', function()
          kms.enable_public{ cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' }
          secret.create{ cluster = 'c1', name = 'db', string_data = { a = 'b' } }
          local c = cluster.get('c1')
          assert.state(c, { health = 'healthy', kms = 'v2', secrets = 1, stale = 0, in_clear = 0 })
          assert.state(c, { name = 'c1', unreadable = 0, previous = nil, power_state = { code = 'Running' } })
          assert.state(vault.get('kv1'), { location = 'eastus' })
          assert.state(c, { health = 'down', stale = 4 })
        end)
        """,
      lines: [
        "    cluster c1: health: expected 'down', got 'healthy'; stale: expected 4, got 0"
      ],
      status: 3
    ),
    Case(
      name: "each assertion passes and fails",
      body: """
        local function fails(body, ...)
          assert.error_code('check.failed', body, ...)
        end
        it('x', function()
          assert(true) assert.equal(1, 1) assert.not_equal(1, 2) assert.is_true(true)
          assert.is_false(false) assert.is_nil(nil) assert.not_nil(1) assert.truthy(0)
          assert.near(1, 1.01, 0.1) assert.matches('^a', 'abc') assert.has_error(error, 'x')
          assert.equal('none', assert.error_code('a.b', error, { code = 'a.b', hint = 'none' }).hint)
          fails(assert.equal, 1, 2) fails(assert.not_equal, 1, 1) fails(assert.is_true, 1)
          fails(assert.is_false, nil) fails(assert.is_nil, 1) fails(assert.not_nil, nil)
          fails(assert.truthy, false) fails(assert.near, 1, 2, 0.5) fails(assert.matches, '^b', 'a')
          fails(assert.has_error, print) fails(assert.error_code, 'a.b', error, { code = 'c.d' })
          fails(assert.error_code, 'a.b', type, 1) fails(assert.same, { 1 }, { 1, 2 })
          fails(assert.same, { 1, 2 }, { 1 }) fails(assert.same, 1, '1')
          assert.same({ { 1 }, a = { b = {} } }, { { 1 }, a = { b = {} } })
          assert.equal(false, pcall(assert, false))
        end)
        """,
      lines: passing
    ),
    Case(
      name: "a file that is no Lua",
      body: "x = = 1",
      lines: ["not ok 1 - t_test.lua"],
      status: 1
    ),
    Case(
      name: "a file that fails by itself",
      body: "error('x')",
      lines: ["not ok 1 - t_test.lua"],
      status: 1
    ),
    Case(
      name: "a file that leaves",
      body: "it('x', function() os.exit(0) end)",
      lines: ["    error: the file left with os.exit(0)"],
      status: 1
    ),
    Case(
      name: "a test within a test",
      body: "it('x', function() it('y', function() end) end)",
      lines: ["not ok 1 - t_test.lua: x"],
      status: 3
    ),
  ]

  private static func write(_ text: String, _ name: String, in scratch: Scratch) throws -> String {
    try scratch.write(text + "\n", to: name)
  }

  private static func lines(_ outcome: Program.Outcome, _ scratch: Scratch) -> [String] {
    outcome.lines.map { $0.replacing(scratch.path + "/", with: "") }
  }

  @Test(arguments: cases) func `a test file is run and reported`(test: Case) throws {
    let scratch = try Scratch()
    let path = try Self.write(test.body, "t_test.lua", in: scratch)
    let outcome = try Program.run(["test", path], in: scratch)
    #expect(outcome.status == test.status, "\(outcome.output)\(outcome.errors)")
    let lines = Self.lines(outcome, scratch)
    #expect(lines.first == "TAP version 13")
    for line in test.lines { #expect(lines.contains(line), "\(outcome.output)") }
  }

  @Test func `files are found in folders, filtered by name, and told in order`() throws {
    let scratch = try Scratch()
    for folder in ["a/b", ".hidden"] {
      try FileManager.default.createDirectory(
        atPath: scratch.file(folder),
        withIntermediateDirectories: true
      )
    }
    for name in ["z_test.lua", "a/b/y_test.lua", "a/x_test.lua", ".hidden/w_test.lua"] {
      _ = try Self.write("it('one', print) it('two', function() end)", name, in: scratch)
    }
    _ = try Self.write("error('is no test')", "a/other.lua", in: scratch)
    let outcome = try Program.run(["test", "--filter", "^two$", scratch.path], in: scratch)
    #expect(outcome.status == 0)
    let names = Self.lines(outcome, scratch).filter { $0.hasPrefix("ok") }
    #expect(
      names == [
        "ok 1 - a/b/y_test.lua: two", "ok 2 - a/x_test.lua: two", "ok 3 - z_test.lua: two",
      ]
    )
  }

  @Test func `as JUnit it is XML that a build server reads`() throws {
    let scratch = try Scratch()
    let path = try Self.write(
      "it('a <b> & \"c\"', function() error('x\\1<') end) it('d', function() end) pending('e')",
      "t_test.lua",
      in: scratch
    )
    let broken = try Self.write("x = = 1", "u_test.lua", in: scratch)
    let outcome = try Program.run(["test", "--output", "junit", path, broken], in: scratch)
    #expect(outcome.status == 1)
    let parser = XMLCheck()
    #expect(
      parser.counts(outcome.output) == ["testcase": 4, "failure": 1, "error": 1, "skipped": 1]
    )
    #expect(outcome.output.contains("name=\"a &lt;b&gt; &amp; &quot;c&quot;\""))
  }

  /// Counts elements of a text whose every tag is closed.
  private struct XMLCheck {
    func counts(_ text: String) -> [String: Int] {
      var open: [Substring] = []
      var counts: [String: Int] = [:]
      for match in text.matches(
        of: /<(\/?)([a-z]+)((?:\s[a-z]+="[^"<&]*(?:&[a-z#0-9]+;[^"<&]*)*")*)(\/?)>/
      ) {
        let (closes, name, closed) = (match.1 == "/", match.2, match.4 == "/")
        if closes {
          guard open.popLast() == name else { return [:] }
        } else {
          if !name.hasPrefix("testsuite") { counts[String(name), default: 0] += 1 }
          if !closed { open.append(name) }
        }
      }
      return open.isEmpty ? counts : [:]
    }
  }

  static let wrongCalls: [(arguments: [String], status: Int32)] = [
    (["test", "nowhere"], 1), (["test", "Sources"], 1), (["test", "--filter", "%", "T"], 2),
    (["test", "--output", "html"], 2), (["check", "nowhere.lua"], 1), (["replay"], 2),
    (["replay", "nowhere.lua"], 1), (["check", "--bogus"], 2),
  ]

  @Test(arguments: wrongCalls) func `a wrong call is told`(
    arguments: [String],
    status: Int32
  ) throws {
    let scratch = try Scratch()
    let path = try Self.write("it('x', print)", "t_test.lua", in: scratch)
    let outcome = try Program.run(arguments.map { $0 == "T" ? path : $0 }, in: scratch)
    #expect(outcome.status == status && outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
  }

  // MARK: kmsh check

  struct Finding: CustomTestStringConvertible, Sendable {
    let code: String
    /// Without the file's name; nil when nothing is to be found.
    var line: String?
    var testDescription: String { code }
  }

  static let findings = [
    Finding(code: "x = = 1", line: "1:1: unexpected symbol near '='"),
    Finding(
      code: "vault.create{ nmae = 'a', name = 'kv1', resource_group = 'rg' }",
      line: "1:15: vault.create has no option 'nmae'; did you mean 'name'?"
    ),
    Finding(
      code: "\n  valt.create{ name = 'a' }",
      line: "2:3: nothing is called 'valt'; did you mean 'vault'?"
    ),
    Finding(code: "vault.create{ name = 'kv1' }", line: "1:1: vault.create needs resource_group"),
    Finding(code: "vault.create()", line: "1:1: vault.create needs name, resource_group"),
    Finding(
      code: "vault.creat{}",
      line: "1:7: vault has no member 'creat'; did you mean 'create'?"
    ),
    Finding(
      code: "local v = vault.get('a') v:updaet{}",
      line: "1:28: a vault has no method 'updaet'; did you mean 'update'?"
    ),
    Finding(
      code: "local v = vault.get('a') v:update{ retention_dayz = 7 }",
      line: "1:36: vault:update has no option 'retention_dayz'; did you mean 'retention_days'?"
    ),
    Finding(
      code: "v = vault.get('a') print(v.nmae)",
      line: "1:28: a vault has no field 'nmae'; did you mean 'name'?"
    ),
    Finding(
      code: "local function f(c) c:update{ enable_azure_keyvault_kmss = true } end f()",
      line: "1:31: :update has no option 'enable_azure_keyvault_kmss'; "
        + "did you mean 'enable_azure_keyvault_kms'?"
    ),
    Finding(
      code: "local key = require('key') key.create{ vault_name = 'a', name = 'k', sise = 2048 }",
      line: "1:70: key.create has no option 'sise'; did you mean 'size'?"
    ),
    Finding(
      code: "vault.call_from({ ip_adress = '203.0.113.9' }, print)",
      line: "1:19: vault.call_from has no option 'ip_adress'; did you mean 'ip_address'?"
    ),
    Finding(
      code: "key.get{ vault_nmae = 'kv1', name = 'k' }",
      line: "1:10: key.get has no option 'vault_nmae'; did you mean 'vault_name'?"
    ),
    Finding(
      code: "workspace.restore('before', { confrim = true })",
      line: "1:31: workspace.restore has no option 'confrim'; did you mean 'confirm'?"
    ),
    Finding(
      code: "local v = vault.get('a') v:diagnostics(true, { nmae = 'all' })",
      line: "1:48: vault:diagnostics has no option 'nmae'; did you mean 'name'?"
    ),
    Finding(
      code: "kms.rotate{ clutser = 'c1', cluster = 'c1' }",
      line: "1:13: kms.rotate has no option 'clutser'; did you mean 'cluster'?"
    ),
    Finding(code: "kms.rotat{}", line: "1:5: kms has no member 'rotat'; did you mean 'rotate'?"),
    Finding(
      code: "print(string.fromat('x'))",
      line: "1:14: string has no member 'fromat'; did you mean 'format'?"
    ),
    Finding(
      code: "describe('x', function() end)",
      line: "1:1: nothing is called 'describe'"
    ),
    Finding(
      code: "-- a comment with valt.create{}\nlocal s = 'valt' .. [[valt]] print(s, other)",
      line: "2:39: nothing is called 'other'"
    ),
    Finding(code: "local x <const> = 1 goto over ::over:: print(x // 2 ~ 3, ...)"),
    Finding(code: "function later() return other_global end other_global = 1 later()"),
    Finding(code: "local o = { name = 'kv1' } vault.create(o)"),
    Finding(code: "local t = { resource_group = 'rg', [next{ a = 1 }] = 1 } print(t)"),
    Finding(code: "vault.create{ ['name'] = 'kv1', resource_group = 'rg' }"),
    Finding(code: "local M = {} function M:update(o) return o end M:update{ nonsense = 1 }"),
    Finding(code: "local vault = { creat = print } vault.creat{ nonsense = 1 }"),
    Finding(code: "local v = vault.get('a') v = cluster.get('c') v:stop()"),
    Finding(code: "function vault.mine() end vault.mine = nil"),
    Finding(code: "-- kmsh: globals one two\nprint(one, two, arg[0], _G.three)"),
    Finding(code: "for _, v in ipairs(vault.list{}) do print(v.anything) end"),
    Finding(code: "repeat local done = true until done"),
    Finding(code: "#!/usr/bin/env kmsh\nprint(1)"),
    Finding(code: "progress{ total = 3, title = 'x' }:step()"),
  ]

  @Test(arguments: findings) func `a mistake is found with its place and what was meant`(
    test: Finding
  ) throws {
    let scratch = try Scratch()
    let path = try Self.write(test.code, "a.lua", in: scratch)
    let outcome = try Program.run(["check", path], in: scratch)
    let lines = Self.lines(outcome, scratch)
    if let line = test.line {
      #expect(lines == ["a.lua:" + line, "1 finding in 1 file"])
      #expect(outcome.status == 3)
    } else {
      #expect(lines == ["0 findings in 1 file"])
      #expect(outcome.status == 0)
    }
  }

  @Test func `a test file knows the words of tests`() throws {
    let scratch = try Scratch()
    let path = try Self.write(
      "describe('a', function() before_each(print) it('b', print) pending('c') end)",
      "t_test.lua",
      in: scratch
    )
    #expect(try Program.run(["check", path], in: scratch).status == 0)
  }

  @Test func `as JSON it is one document`() throws {
    let scratch = try Scratch()
    let path = try Self.write("valt()", "a.lua", in: scratch)
    let outcome = try Program.run(["check", "--json", path], in: scratch)
    let document =
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      as? [String: [[String: Any]]]
    let finding = try #require(document?["findings"]?.first)
    #expect(finding["line"] as? Int == 1 && finding["column"] as? Int == 1)
    #expect(finding["code"] as? String == "global.unknown" && outcome.status == 3)
  }

  @Test func `the project's own Lua has no findings`() throws {
    let outcome = try Program.run(["check", "stdlib", "scripts"], in: Scratch())
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
