import LuaRuntime
import Testing

private final class Thing: LuaObject {}

@Suite struct LuaSightTests {
  private let state: LuaState

  init() throws {
    state = try LuaState()
    try state.register(
      LuaClass<Thing>("thing", "A thing.") { type in
        type.field("size", "How large it is.") { _ in throw LuaError(code: "test", message: "read")
        }
        type.method("grow", "Makes it larger.", parameters: "by") { _, _ in .nil }
      }
    )
    try state.register(
      LuaModule("things", "Things.") { module in
        module.function("make", "Makes one.", returns: "thing") { _ in .object(Thing()) }
        module.field("all", "All of them.") { throw LuaError(code: "test", message: "read") }
      }
    )
  }

  private func run(_ code: String) throws {
    _ = try state.call(state.load(Array(code.utf8), chunkName: "=test"))
  }

  private func members(_ path: LuaKey...) -> [String] {
    (state.look(at: path)?.members ?? []).map(\.name).sorted()
  }

  @Test func `members are seen through tables, not through functions`() throws {
    try run(
      """
      calls = 0
      local function count() calls = calls + 1 return 'x' end
      base = { inherited = 1 }
      a = setmetatable({ own = 1, [1] = 'one', [true] = 2 },
        { __index = base, __pairs = count, __len = count, __metatable = 'locked' })
      b = setmetatable({ own = 1 }, { __index = count, __pairs = count, __tostring = count })
      c = setmetatable({}, { __index = count, __names = { 'made', 'up' } })
      loop = setmetatable({}, {}) getmetatable(loop).__index = loop
      """
    )
    #expect(members("a") == ["inherited", "own"])
    #expect(members("b") == ["own"])
    #expect(members("c") == ["made", "up"])
    #expect(members("loop") == [])
    #expect(state.look(at: ["b", "absent"]) == nil)
    #expect(state.look(at: ["loop", "absent"]) == nil)
    #expect(state.look(at: ["a", "inherited"]) != nil)
    guard case .bytes(let one)? = state.look(at: ["a", .integer(1)])?.value else {
      Issue.record("no text")
      return
    }
    #expect(one == Array("one".utf8))
    let calls = try state.call(state.load(Array("return calls".utf8), chunkName: "=test")).first
    guard case .integer(0)? = calls else {
      Issue.record("something ran")
      return
    }
  }

  @Test func `what the host bound is known by its description, under any name`() throws {
    try run("mine = { build = things.make } o = things.make() text = 'x' closed = nil")
    #expect(state.look(at: ["mine", "build"])?.function?.name == "things.make")
    #expect(members("things") == ["all", "make"])
    let sight = try #require(state.look(at: ["o"]))
    #expect(sight.members.map(\.name).sorted() == ["grow", "help", "size"])
    #expect(sight.members.filter(\.isField).map(\.name) == ["size"])
    guard case .object(let object) = sight.value else {
      Issue.record("no object")
      return
    }
    #expect(state.className(of: object) == "thing")
    #expect(members("text").contains("upper"))
    #expect(state.look(at: ["closed"]) == nil)
    #expect(state.look(at: ["io", "stdout"])?.members.contains { $0.name == "write" } == true)
  }

  @Test(arguments: [(4096, true), (4097, false), (1 << 26, false)])
  func `a text is told when it can name a thing, and copied no further`(count: Int, isTold: Bool)
    throws
  {
    try run("text = string.rep('x', \(count)) keys = { [text] = 1, short = 2 }")
    let sight = try #require(state.look(at: ["text"]))
    var isFound = false
    if case .bytes(let bytes) = sight.value { isFound = bytes.count == count }
    #expect(isFound == isTold)
    #expect(sight.members.contains { $0.name == "upper" })
    #expect(members("keys").count == (isTold ? 2 : 1))
  }

  @Test func `a table of a million names is looked at up to a limit`() throws {
    try run("big = {} for i = 1, 1000000 do big['n' .. i] = i end")
    #expect(members("big").count == 4096)
  }
}
