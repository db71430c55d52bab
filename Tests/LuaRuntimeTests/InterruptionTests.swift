import LuaRuntime
import Testing

/// Programs that would go on for ever, and that swallow what they can.
@Suite struct InterruptionTests {
  @Test(
    arguments: [
      ("stop()\nwhile true do end", 1),
      ("while true do\npcall(function()\nstop()\nwhile true do end\nend)\nend", 4),
      ("while true do\npcall(pcall, pcall, function()\nstop()\nwhile true do end\nend)\nend", 4),
      (
        "while true do\nxpcall(function() stop() while true do end end, function() return 1 end)\nend",
        2
      ),
      (
        "while true do\nlocal c = coroutine.create(function()\nstop()\nwhile true do end\nend)\ncoroutine.resume(c)\nend",
        4
      ),
      ("while true do\npcall(coroutine.wrap(function()\nstop()\nwhile true do end\nend))\nend", 4),
      (
        "local c = coroutine.wrap(function() while true do coroutine.yield() end end)\nstop()\nwhile true do pcall(c) end",
        3
      ),
      ("table.sort({ 3, 2, 1 }, function(a, b)\nstop()\nwhile true do end\nend)", 3),
      (
        "repeat\nlocal ok = pcall(error, setmetatable({}, { __tostring = function() return 'x' end }))\nstop()\nuntil false",
        4
      ),
    ]
  )
  func `nothing in Lua swallows an interruption, which says where it met the chunk`(
    code: String,
    line: Int
  ) throws {
    let state = try LuaState()
    try state.register(
      LuaModule("host", "Stops.") { module in
        module.function("stop", "Interrupts.") { call in
          call.state.interrupt()
          return .nil
        }
      }
    )
    let chunk = try state.load(
      Array("stop = host.stop \(code)".utf8),
      chunkName: "@/home/a/loop.lua"
    )
    let error = #expect(throws: LuaError.self) { try state.call(chunk) }
    #expect(error?.code == "interrupted")
    // The hook meets the line that goes on, or the one after the call that was under way.
    let places = [line, line + 1].map { "interrupted at loop.lua:\($0)" }
    #expect(places.contains(error?.message ?? ""), "\(error?.message ?? "")")
    // The state is as good as new.
    guard
      case .integer(2)? = try state.call(state.load(Array("return 1 + 1".utf8), chunkName: "="))
        .first
    else {
      Issue.record("the state is spoilt")
      return
    }
  }

  @Test func `no message handler hears of an interruption`() throws {
    let state = try LuaState()
    var heardCount = 0
    try state.register(
      LuaModule("host", "Stops.") { module in
        module.function("stop", "Interrupts.") { call in
          call.state.interrupt()
          return .nil
        }
        module.function("hear", "Counts errors.", parameters: "error") { call in
          heardCount += 1
          return try call.value(1)
        }
      }
    )
    let code =
      "xpcall(error, host.hear) xpcall(function() host.stop() while true do end end, host.hear)"
    let chunk = try state.load(Array(code.utf8), chunkName: "=test")
    let error = #expect(throws: LuaError.self) { try state.call(chunk) }
    #expect(error?.code == "interrupted" && heardCount == 1)
  }

  @Test func `a second interruption tells its own place`() throws {
    let state = try LuaState()
    for (name, line) in [("one", 1), ("two", 3)] {
      let code = String(repeating: "\n", count: line - 1) + "while true do end"
      let chunk = try state.load(Array(code.utf8), chunkName: "=\(name)")
      state.interrupt()
      let error = #expect(throws: LuaError.self) { try state.call(chunk) }
      #expect(error?.message == "interrupted at \(name):\(line)")
    }
  }
}
