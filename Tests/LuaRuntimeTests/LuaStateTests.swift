import LuaRuntime
import Testing

final class Box: LuaObject {
  nonisolated(unsafe) static var liveCount = 0
  let value: Int64
  init(_ value: Int64) {
    self.value = value
    Box.liveCount += 1
  }
  deinit { Box.liveCount -= 1 }
}

struct Refusal: LuaErrorConvertible {
  var luaError: LuaError { LuaError(code: "box.refused", message: "no", hint: "ask", rule: "R1") }
}

/// A state with a class, and a module that takes every kind of argument.
func makeState(limits: LuaLimits = LuaLimits()) throws -> LuaState {
  let state = try LuaState(limits: limits)
  try state.register(
    LuaClass<Box>("box", "A number in a box.") { type in
      type.isEqual = { $0.value == $1.value }
      type.field("value", "What is inside.") { .integer($0.value) }
      type.method("add", "Adds.") { box, call in .integer(box.value &+ (try call.integer(1))) }
    }
  )
  try state.register(
    LuaModule("host", "Functions of the tests.") { module in
      module.function("box", "Makes a box.") { .object(Box(try $0.integer(1))) }
      module.function("echo", "Gives back.") { try $0.value(1) }
      module.function("fail", "Refuses.") { _ in throw Refusal() }
      module.function("call", "Calls back.") { call in
        try call.state.call(call.function(1), [call.value(2)]).first ?? .nil
      }
      module.function(
        "make",
        "Takes options.",
        options: [
          .required("name", .string, ""), .required("group", .string, ""),
          .optional("size", .integer, ""),
        ]
      ) { .integer(try $0.options().optionalInteger("size") ?? 0) }
      module.field("answer", "Computed.") { 42 }
    }
  )
  return state
}

@discardableResult
func run(_ state: LuaState, _ source: String) throws -> [LuaValue] {
  try state.call(state.load(Array(source.utf8), chunkName: "=test"))
}

@Suite(.serialized) struct LuaStateTests {
  @Test(arguments: [
    "nil", "true", "3", "3.0", "-0.0", "math.mininteger", "1/0", "'\\0\\255bytes'", "{}",
    "{1,2,3}", "{1,nil,3}", "{a={b={c=1}}}", "{[1.5]=true,[true]=1}", "2^53+1",
  ])
  func `a value survives the way to Swift and back`(literal: String) throws {
    let state = try makeState()
    let values = try run(
      state,
      """
      local function same(a, b)
        if type(a) ~= 'table' then return a == b and math.type(a) == math.type(b) end
        for k, v in pairs(a) do if not same(v, b[k]) then return false end end
        for k in pairs(b) do if a[k] == nil then return false end end
        return true
      end
      local value = \(literal)
      return same(value, host.echo(value))
      """
    )
    #expect(values.first?.isTrue == true)
  }

  @Test func `a table that contains itself is refused with its path`() throws {
    let state = try makeState()
    let error = #expect(throws: LuaError.self) {
      try run(state, "local t = {a={}}; t.a.b = t; host.echo(t)")
    }
    #expect(error?.message.contains("value.a.b") == true)
  }

  @Test func `a hundred nested tables are refused, not followed`() throws {
    let state = try makeState()
    #expect(throws: LuaError.self) {
      try run(state, "local t = {}; for i = 1, 100 do t = {t} end; host.echo(t)")
    }
  }

  @Test func `a Swift error is an object in Lua and keeps its fields on the way out`() throws {
    let state = try makeState()
    let values = try run(
      state,
      "local _, e = pcall(host.fail); return e.code, e.rule, tostring(e)"
    )
    #expect(values.map(\.text) == ["box.refused", "R1", "no\nhint: ask"])
    let error = #expect(throws: LuaError.self) {
      try run(state, "host.call(function() host.call(host.fail) end)")
    }
    #expect(error?.code == "box.refused")
    #expect(error?.hint == "ask")
    #expect(error?.traceback?.contains("test:1") == true)
  }

  @Test func `a plain value raised by Lua stays that value through Swift`() throws {
    let state = try makeState()
    let values = try run(
      state,
      "local _, e = pcall(host.call, function() error('x', 0) end); return e, type(e)"
    )
    #expect(values.map(\.text) == ["x", "string"])
  }

  @Test func `a table raised with error{} is that error object, with all its fields`() throws {
    let state = try makeState()
    let values = try run(
      state,
      """
      local _, e = pcall(function() error{ code = 'a.b', message = 'it broke', hint = 'mend' } end)
      local _, plain = pcall(error, { 1 }, 2)
      local _, placed = pcall(function() error('x') end)
      return e.code, tostring(e), tostring(plain[1]), placed, tostring(select(2, pcall(error)))
      """
    )
    #expect(values.map(\.text) == ["a.b", "it broke\nhint: mend", "1", "test:3: x", "nil"])
  }

  @Test(arguments: [
    ("host.make{ nam = 'x', group = 'g' }", "argument.unknown"),
    ("host.make{}", "argument.missing"), ("host.make()", "argument.missing"),
    ("host.make{ name = {}, group = 'g' }", "argument.type"),
    ("host.make{ name = 'n', group = 'g', size = 1.5 }", "argument.type"),
    ("host.make('n')", "argument.type"), ("host.box('1')", "argument.type"),
    ("host.box(1).nothing()", "argument.unknown"), ("host.box(1).add(1)", "argument.type"),
    ("host.box(1).add(io.stdout, 1)", "argument.type"),
    ("host.box(1).value = 2", "argument.unknown"),
  ])
  func `a wrong argument is told`(source: String, code: String) throws {
    let error = #expect(throws: LuaError.self) { try run(makeState(), source) }
    #expect(error?.code == code)
  }

  @Test func `a wrong value is not repeated: it may be a secret`() throws {
    let error = #expect(throws: LuaError.self) {
      try run(makeState(), "host.make{ name = 'n', group = 'g', size = 'swordfish' }")
    }
    #expect(error?.message == "host.make: option 'size' must be an integer, got string")
  }

  @Test func `all missing options are named at once, an unknown one with the nearest`() throws {
    let state = try makeState()
    let missing = #expect(throws: LuaError.self) { try run(state, "host.make{}") }
    #expect(missing?.message == "host.make needs name, group")
    let unknown = #expect(throws: LuaError.self) { try run(state, "host.make{ nam = 1 }") }
    #expect(unknown?.hint == "did you mean 'name'?")
  }

  @Test func `two handles to one thing are equal, and fields are read when asked`() throws {
    let values = try run(
      makeState(),
      "return host.box(1) == host.box(1), host.box(1) == host.box(2), host.answer"
    )
    #expect(values.map(\.isTrue) == [true, false, false])
  }

  @Test func `text that could go on is told from text that cannot`() throws {
    let state = try makeState()
    func kind(_ text: String) -> LuaError.Kind? {
      do {
        _ = try state.load(Array(text.utf8), chunkName: "=t")
        return nil
      } catch {
        return (error as? LuaError)?.kind
      }
    }
    #expect(kind("x = {") == .incomplete)
    #expect(kind("x = }") == .syntax)
    #expect(kind("x = 1") == nil)
    #expect(kind("#!/usr/bin/kmsh\nx = 1") == nil)
  }

  @Test func `byte code is refused everywhere`() throws {
    let state = try makeState()
    let values = try run(
      state,
      "return load(string.dump(function() end)), load(string.dump(print == 1 and print or function() end), 'x', 'b')"
    )
    #expect(values.allSatisfy(\.isNil) || values.first?.isNil == true)
    #expect(throws: LuaError.self) { try state.load([0x1B, 0x4C], chunkName: "=t") }
  }

  @Test func `a memory limit ends a chunk and leaves the state usable`() throws {
    let state = try makeState(limits: LuaLimits(memoryByteCountMax: 4 << 20))
    let error = #expect(throws: LuaError.self) {
      try run(state, "local t = {}; for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end")
    }
    #expect(error?.code == "limit.memory")
    #expect(try run(state, "return 1 + 1").count == 1)
  }

  @Test(arguments: [
    "while true do end", "while true do pcall(function() while true do end end) end",
    "while true do local co = coroutine.wrap(function() while true do end end) pcall(co) end",
  ])
  func `an instruction limit stops what pcall and coroutines would hide`(source: String) throws {
    let state = try makeState(limits: LuaLimits(instructionCountMax: 1_000_000))
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == "limit.instructions")
  }

  @Test func `a stop asked for before a chunk began still stops it`() throws {
    let state = try makeState()
    state.interrupt()
    let error = #expect(throws: LuaError.self) { try run(state, "while true do end") }
    #expect(error?.code == "interrupted")
    #expect(try run(state, "return 1").count == 1)
  }
}

extension LuaValue {
  var isTrue: Bool { if case .boolean(true) = self { true } else { false } }
}
