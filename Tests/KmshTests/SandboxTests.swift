import Foundation
import Peers
import Testing

/// `--sandbox`: the known ways out of one, tried; and `--allow-c-modules`.
@Suite struct SandboxTests {
  struct Escape: CustomTestStringConvertible, Sendable {
    let name: String
    /// Lua that tells whether it got out.
    let code: String
    var testDescription: String { name }
  }

  /// Each prints `held` when it stayed inside.
  static let escapes = [
    Escape(name: "libraries by name", code: "print((io or debug or package) and 'out' or 'held')"),
    Escape(
      name: "libraries by require",
      code: """
        for _, name in ipairs{ 'io', 'debug', 'package', '_G.io', 'os.execute' } do
          if pcall(require, name) then print('out') end
        end
        print(require('os') == os and require('os').execute == nil and 'held' or 'out')
        """
    ),
    Escape(
      name: "processes and the environment by os",
      code: """
        for _, name in ipairs{ 'execute', 'getenv', 'remove', 'rename', 'tmpname', 'setlocale' } do
          if os[name] then print('out', name) end
        end
        print('held')
        """
    ),
    Escape(
      name: "files by what loads them",
      code: "print((loadfile or dofile) and 'out' or 'held')"
    ),
    Escape(
      name: "byte code dumped here",
      code: "print(string.dump and 'out' or ('').dump and 'out' or 'held')"
    ),
    Escape(
      name: "byte code loaded by mode",
      code: """
        local made = load('\\27Lua\\x54\\0\\x19\\x93\\r\\n\\x1a\\n', 'x', 'b')
        local piece = load(function() return '\\27Lua' end, 'x', 'bt')
        print((made or piece) and 'out' or 'held')
        """
    ),
    Escape(
      name: "a module in C",
      code: """
        for _, name in ipairs{ 'lpeg', 'socket.core', 'posix', 'loadlib' } do
          if pcall(require, name) then print('out', name) end
        end
        print('held')
        """
    ),
    Escape(
      name: "the package library by a name that is global again",
      code: """
        package = { path = '/?', cpath = '/?.so', searchers = {}, loaded = {},
          searchpath = function() return '/etc/passwd' end }
        print(pcall(require, 'etc.passwd') and 'out' or 'held')
        """
    ),
    Escape(
      name: "a path as a module's name",
      code: """
        local ok, why = pcall(require, '/etc/passwd')
        local up, reason = pcall(require, '../../../../etc/passwd')
        print((ok or up or (why .. reason):find('root:')) and 'out' or 'held')
        """
    ),
    Escape(
      name: "debug by a coroutine's library",
      code: """
        for name in pairs(coroutine) do
          if not ('close create isyieldable resume running status wrap yield'):find(name) then
            print('out', name)
          end
        end
        print('held')
        """
    ),
    Escape(
      name: "the metatable of strings, to the host's own Lua",
      code: """
        local caught
        getmetatable('').__index = function(_, name) caught = name return nil end
        pcall(function() return tostring(kms.rotate.plan{ cluster = 'c1' }) end)
        print(io == nil and debug == nil and 'held' or 'out')
        """
    ),
    Escape(
      name: "the metatable of a handle",
      code: """
        local v = vault.create{ name = 'kv1', resource_group = 'rg' }
        local meta = getmetatable(v)
        print(type(meta) == 'string' and not pcall(setmetatable, v, {}) and 'held' or 'out')
        """
    ),
    Escape(
      name: "a finaliser, which no limit reaches",
      code: """
        local ok = pcall(setmetatable, {}, { __gc = function() while true do end end })
        print(ok and 'out' or 'held')
        """
    ),
    Escape(
      name: "a finaliser given later",
      code: """
        local meta = { __gc = nil }
        setmetatable({}, meta)
        function meta.__gc() print('out') end
        collectgarbage()
        print('held')
        """
    ),
    Escape(
      name: "a collector that stands still",
      code: """
        for _, option in ipairs{ 'stop', 'generational', 'incremental', 'setpause' } do
          if pcall(collectgarbage, option) then print('out', option) end
        end
        print(collectgarbage('count') > 0 and collectgarbage() == 0 and 'held' or 'out')
        """
    ),
    Escape(
      name: "a file by what the domain opens",
      code: """
        local ok, a = pcall(etcd.open_snapshot, '/etc/passwd')
        local also, b = pcall(etcd.audit, { snapshot = '/etc/passwd' })
        print(a.code == 'sandbox.refused' and b.code == 'sandbox.refused' and 'held' or 'out')
        """
    ),
    Escape(
      name: "the environment of a chunk",
      code: "print(load('return io or debug or package or loadfile')() and 'out' or 'held')"
    ),
    Escape(
      name: "what the host keeps for itself",
      code: """
        for _, name in ipairs{ 'kmsh.talk', 'kmsh.recording', 'kmsh.notes', 'kmsh.world' } do
          if pcall(require, name) then print('out', name) end
        end
        print('held')
        """
    ),
  ]

  @Test(arguments: escapes) func `no known way leads out`(escape: Escape) throws {
    let outcome = try Program.run(["--sandbox", "-e", escape.code], in: Scratch())
    #expect(outcome.output == "held\n", "\(outcome.errors)")
    #expect(outcome.status == 0)
  }

  /// The same ways are open without a sandbox, so that the tests above can fail.
  static let open = [
    "print(io and debug and package and 'out')", "print(loadfile and dofile and 'out')",
    "print(string.dump and 'out')", "print(os.execute and os.getenv and 'out')",
    "print(pcall(setmetatable, {}, { __gc = print }) and 'out')",
    "print(pcall(collectgarbage, 'generational') and 'out')",
    "local ok, e = pcall(etcd.open_snapshot, '/etc/passwd') print(e.code ~= 'sandbox.refused' and 'out')",
  ]

  @Test(arguments: open) func `without a sandbox they are open`(code: String) throws {
    let lines = try Program.run(["-e", code + " os.exit(0)"], in: Scratch()).lines
    #expect(lines.first == "out")
  }

  /// What uses up what there is, and how it ends.
  static let exhaustions: [(arguments: [String], code: String, status: Int32)] = [
    ([], "local t = {} while true do t[#t + 1] = {} end", 1),
    ([], "local s = 'x' while true do s = s .. s end", 1),
    ([], "string.rep('x', 1 << 40)", 1),
    (
      ["--memory", "8"], "pcall(string.rep, 'x', 1 << 30) local t = {} while true do t = { t } end",
      1
    ),
    (["--timeout", "0.2"], "while true do pcall(error) end", 124),
    (["--timeout", "0.2"], "local function f() return f() end f()", 124),
    (["--timeout", "0.2"], "('x'):rep(60):find(('.-'):rep(30) .. 'b')", 124),
    (["--limit-instructions", "100000"], "while true do end", 1),
    (
      ["--limit-instructions", "100000"],
      "while true do pcall(function() while true do end end) end", 1
    ),
    ([], "local function f() return f() + 1 end f()", 1),
    ([], "local f = function(g) return pcall(g, g) end f(f) error('x')", 1),
  ]

  @Test(arguments: exhaustions) func `a sandbox ends what uses up too much`(
    arguments: [String],
    code: String,
    status: Int32
  ) throws {
    let outcome = try Program.run(["--sandbox"] + arguments + ["-e", code], in: Scratch())
    #expect(outcome.status == status && outcome.output.isEmpty)
    #expect(outcome.errors.contains("error: "))
  }

  @Test func `what is documented works in a sandbox`() throws {
    let code = """
      kms.enable_public{ cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' }
      secret.create{ cluster = 'c1', name = 'db', string_data = { password = 'swordfish' } }
      print(kms.rotate{ cluster = 'c1' }.state.enabled, json.encode{ os.time() > 0 })
      print(load(kms.rotate.runbook and 'return 1')(), require('util.nearest').name('a', { 'ab' }))
      help 'R76'
      """
    let outcome = try Program.run(["--sandbox", "-e", code], in: Scratch())
    #expect(outcome.status == 0 && outcome.lines.starts(with: ["true\t[true]", "1\tab"]))
  }

  // MARK: Modules in C

  /// A module in C that says so, built where a compiler is.
  private static func build(in scratch: Scratch) throws {
    let source = try scratch.write(
      """
      #include <lua5.4/lua.h>
      int luaopen_cmodule(lua_State *L) { lua_pushliteral(L, "from C"); return 1; }
      """,
      to: "cmodule.c"
    )
    let process = try Program.start(
      ["-shared", "-fPIC", "-o", scratch.file("cmodule.so"), source],
      in: scratch,
      executable: "/usr/bin/cc",
      output: nil,
      errors: nil
    )
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  static let flags: [(flags: [String], output: String)] = [
    ([], "false\tnil\n"), (["--sandbox"], "false\tnil\n"),
    (["--allow-c-modules"], "from C\tfunction\n"),
  ]

  @Test(arguments: flags) func `a module in C is let in by its flag alone`(
    flags: [String],
    output: String
  ) throws {
    let scratch = try Scratch()
    try Self.build(in: scratch)
    let script = try scratch.write(
      """
      local ok, module = pcall(require, 'cmodule')
      print(ok and module, type(package and package.loadlib))
      """,
      to: "s.lua"
    )
    #expect(try Program.run(flags + [script], in: scratch).output == output)
  }
}
