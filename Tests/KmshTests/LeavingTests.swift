import Foundation
import Testing

/// How a script leaves: from anywhere, and past whatever would hold it.
@Suite struct LeavingTests {
  /// Ways to leave, with what real lua exits with.
  static let exits: [(code: String, status: Int32)] = [
    ("os.exit()", 0), ("os.exit(true)", 0), ("os.exit(false)", 1), ("os.exit(0)", 0),
    ("os.exit(7)", 7), ("os.exit(3.0)", 3), ("os.exit(256)", 0), ("os.exit(-1)", 255),
    ("pcall(os.exit, 7)", 7), ("xpcall(os.exit, print, 7)", 7),
    ("coroutine.wrap(os.exit)(7)", 7), ("coroutine.resume(coroutine.create(os.exit), 7)", 7),
    ("load(function() os.exit(7) end)", 7),
    ("xpcall(os.exit, function() while true do end end, 7)", 7),
    ("local function f(n) if n == 0 then os.exit(7) end return 1 + f(n - 1) end f(150000)", 7),
    ("getmetatable(setmetatable({}, { __gc = function() os.exit(7) end })).__gc()", 7),
    ("xpcall(os.exit, function() os.exit(8) end, 7)", 7),
    ("xpcall(coroutine.wrap(function() xpcall(os.exit, print, 7) end), print)", 7),
    ("setmetatable({}, { __gc = function() os.exit(7) end }) collectgarbage()", 7),
    ("x = setmetatable({}, { __gc = function() os.exit(7) end }) do return end", 7),
    ("x = setmetatable({}, { __gc = function() os.exit(8) end }) os.exit(7)", 7),
    ("setmetatable({}, { __gc = function() pcall(os.exit, 7) end }) collectgarbage()", 7),
    (
      "coroutine.wrap(function() setmetatable({}, { __gc = function() os.exit(7) end })"
        + " collectgarbage() end)()", 7
    ),
    (
      "local t = setmetatable({}, { __gc = function() os.exit(7) end })"
        + " t = nil collectgarbage() while true do end", 7
    ),
    (
      "local co = coroutine.create(function() local c <close> = setmetatable({}, {"
        + " __close = function() os.exit(7) end }) coroutine.yield() end)"
        + " coroutine.resume(co) coroutine.close(co)", 7
    ),
    (
      "pcall(function() local c <close> = setmetatable({}, {"
        + " __close = function() error('x') end }) os.exit(7) end)", 7
    ),
    (
      "xpcall(function() local c <close> = setmetatable({}, {"
        + " __close = function() error('x') end }) os.exit(7) end, print)", 7
    ),
    ("local c <close> = setmetatable({}, { __close = function() os.exit(7) end })", 7),
    ("workspace.transaction(function() os.exit(7) end)", 7),
    ("workspace.what_if(function() os.exit(7) end)", 7),
    ("identity.run_as(identity.signed_in(), function() os.exit(7) end)", 7),
    ("table.sort({ 1, 2, 3 }, function() os.exit(7) end)", 7),
  ]

  @Test(arguments: exits) func `os exit ends with its status, from anywhere`(
    code: String,
    status: Int32
  ) throws {
    let outcome = try Program.run(["-e", code + " print('not reached')"], in: Scratch())
    #expect(outcome.status == status)
    // The block around what prints ends after it.
    #expect(outcome.output.isEmpty || code.hasPrefix("local c <close>"))
    #expect(outcome.errors.isEmpty)
  }

  /// Uses of a message handler, from which real lua prints something.
  static let handlers = [
    "print(xpcall(error, debug.traceback, 'x'))", "print(xpcall(error, tostring, 'x'))",
    "print(xpcall(error, debug.traceback)) print(xpcall(error, debug.traceback, 7))",
    "print(xpcall(error, debug.traceback, print) == false)",
    "print(xpcall(error, function(e) return debug.traceback(e, 2) end, 'x'))",
    "xpcall(function() error('x') end, function() print(debug.getinfo(2, 'n').name) end)",
    "xpcall(function() local a a() end, function(e) print(e, debug.getinfo(2, 'l').currentline) end)",
    "print(xpcall(error, function(e) return e, 2 end, 'x'))",
    "print(xpcall(error, function() end))",
    "print(xpcall(error, function(e) error(e) end, 'x'))",
    "print(xpcall(select, print, '#', 1, 2))",
    "print(pcall(xpcall)) print(pcall(xpcall, print)) print(pcall(xpcall, print, 1))",
    """
    local co = coroutine.wrap(function()
      return xpcall(function() coroutine.yield('first') error('then') end, function(e) return e end)
    end)
    print(co()) print(co())
    """,
  ]

  @Test(arguments: handlers) func `a message handler is called as in real lua`(
    code: String
  ) throws {
    let scratch = try Scratch()
    let path = try scratch.write(code, to: "s.lua")
    let wanted = try Tool.run("/usr/bin/lua5.4", [path])
    let outcome = try Program.run([path], in: scratch)
    #expect(wanted.status == 0 && !wanted.output.isEmpty)
    #expect(outcome.output == wanted.output)
  }

  @Test func `a finaliser that calls kmsh in the end harms nothing`() throws {
    let code = """
      x = setmetatable({}, { __gc = function()
        io.stderr:write(tostring(select(2, pcall(vault.list, {}))))
      end })
      """
    let outcome = try Program.run(["-e", code], in: Scratch())
    #expect(outcome.status == 0 && outcome.errors == "the program has ended")
  }

  @Test(arguments: [
    "os.exit(5)", "setmetatable({}, { __gc = function() os.exit(5) end }) collectgarbage()",
    "local t = { __gc = os.exit } t.__gc(5)", "coroutine.wrap(os.exit)(5)",
    "xpcall(os.exit, print, 5)",
  ])
  func `what is to be closed runs whole, however a script leaves`(way: String) throws {
    let code = """
      local c <close> = setmetatable({}, { __close = function()
        for n = 1, 1000 do if n == 1000 then print('closed') end end
      end })
      \(way)
      print('not reached')
      """
    let outcome = try Program.run(["-e", code], in: Scratch())
    #expect(outcome.status == 5 && outcome.output == "closed\n", "\(outcome.errors)")
  }

  @Test func `leaving closes what is open and takes the transaction back`() throws {
    let scratch = try Scratch()
    let outcome = try Program.run(
      [
        "-e",
        """
        vault.create{ name = 'kept', resource_group = 'rg' }
        workspace.transaction(function()
          local c <close> = setmetatable({}, { __close = function() print('closed') end })
          vault.create{ name = 'lost', resource_group = 'rg' }
          os.exit(5)
        end)
        """,
      ],
      in: scratch
    )
    #expect(outcome.status == 5 && outcome.output == "closed\n")
    let names = try Program.run(
      ["-e", "for _, v in ipairs(vault.list{}) do print(v.name) end"],
      in: scratch
    )
    #expect(names.lines == ["kept"])
  }
}
