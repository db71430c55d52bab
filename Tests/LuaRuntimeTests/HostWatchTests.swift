import LuaRuntime
import Testing

/// Runs that are cut off at a call into the host.
@Suite(.serialized) struct HostWatchTests {
  /// A state whose `notes.note(n)` tells what was really called.
  private func noting(_ body: (LuaState, () -> [Int64]) throws -> Void) throws {
    let state = try makeState()
    var noted: [Int64] = []
    let notes = LuaModule("notes", "Notes of the tests.") { module in
      module.function("note", "Notes.") { call in
        noted.append(try call.integer(1))
        return .integer(noted.last ?? 0)
      }
    }
    try state.register(notes)
    try body(state) { noted }
  }

  private func wasCut(
    _ state: LuaState,
    at number: Int,
    isMade: Bool = false,
    _ source: String
  ) throws -> Bool {
    let results = try state.cuttingOff(atHostCall: number, isMade: isMade) {
      try run(state, source)
    }
    return results == nil
  }

  private func expectCut(
    _ state: LuaState,
    at number: Int,
    isMade: Bool = false,
    _ source: String,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let wasCut = try self.wasCut(state, at: number, isMade: isMade, source)
    #expect(wasCut, sourceLocation: location)
  }

  @Test(arguments: [
    "note(1) note(2) note(3)",
    "pcall(function() note(1) note(2) note(3) end) note(3)",
    "xpcall(function() note(1) note(2) note(3) end, function() note(3) end) note(3)",
    "while true do if pcall(note, 1) and pcall(note, 2) and pcall(note, 3) then break end end",
    "note(1) return pcall(note, 2)",
    "note(1) coroutine.resume(coroutine.create(function() note(2) note(3) end)) note(3)",
    "note(1) coroutine.wrap(function() pcall(note, 2) note(3) end)() note(3)",
    "local c = coroutine.wrap(function() note(1) coroutine.yield() note(2) end) c() pcall(c) note(3)",
    "host.call(function() note(1) pcall(note, 2) note(3) end) note(3)",
    "host.call(function() note(1) return pcall(note, 2) end) note(3)",
    "pcall(host.call, function() note(1) return pcall(note, 2) end) note(3)",
    "local a <close> = setmetatable({}, { __close = function() note(3) end }) note(1) note(2)",
    "local a <close> = setmetatable({}, { __close = function(v) notes.note(3) end }) note(1) note(2)",
    "local c = coroutine.create(function() local a <close> = setmetatable({}, { __close = "
      + "function() note(3) end }) note(1) note(2) end) coroutine.resume(c) coroutine.close(c)",
    "setmetatable({}, { __gc = function() note(3) end }) note(1) note(2)",
    "setmetatable({}, { __gc = function() pcall(note, 3) end }) note(1) pcall(note, 2)",
    "note(1) setmetatable({}, { __gc = function() note(2) end }) collectgarbage() note(3)",
  ])
  func `nothing swallows a cut, and nothing goes on after it`(source: String) throws {
    try noting { state, noted in
      // `host.call` is a call as well.
      let isWithin = source.contains("host.call")
      let head = "local note = notes.note "
      let first = 2 + (isWithin ? 1 : 0)
      try expectCut(state, at: first, head + source)
      state.collectGarbage()
      #expect(noted() == [1])
      // The state goes on as if nothing had been.
      try run(state, "collectgarbage() notes.note(7)")
      #expect(noted() == [1, 7])
    }
  }

  @Test func `a call that is made has its effect, and its answer does not arrive`() throws {
    try noting { state, noted in
      let source = "local ok = pcall(notes.note, 1) notes.note(ok and 2 or 3)"
      try expectCut(state, at: 1, isMade: true, source)
      #expect(noted() == [1])
      try expectCut(state, at: 2, isMade: true, "notes.note(4) return notes.note(5)")
      #expect(noted() == [1, 4, 5])
      try expectCut(state, at: 1, isMade: true, "pcall(host.fail) notes.note(6)")
      #expect(noted() == [1, 4, 5])
    }
  }

  @Test func `a call that holds others is cut once they are done`() throws {
    try noting { state, noted in
      let source = "host.call(function() notes.note(1) notes.note(2) end) notes.note(3)"
      try expectCut(state, at: 1, isMade: true, source)
      #expect(noted() == [1, 2])
    }
  }

  @Test func `a run that makes fewer calls finishes, with its results and its errors`() throws {
    try noting { state, _ in
      let results = try state.cuttingOff(atHostCall: 2, isMade: false) {
        try run(state, "return notes.note(1) .. '', 'x'")
      }
      #expect(results?.map(\.text) == ["1", "x"])
      let error = #expect(throws: LuaError.self) { try wasCut(state, at: 2, "host.fail()") }
      #expect(error?.code == "box.refused")
    }
  }

  @Test func `functions, methods and fields count; to show and to compare does not`() throws {
    let state = try makeState()
    var calls: [String] = []
    let source = """
      local box = host.box(3)
      assert(box:add(1) == 4 and box.value == 3 and host.answer == 42)
      assert(tostring(box) and box == host.box(3))
      pcall(function() return box.none end)
      pcall(function() box.value = 1 end)
      """
    for _ in 1...2 {
      calls = []
      try state.watchingHostCalls { name, number in
        calls.append("\(number) \(name)")
      } _: {
        _ = try run(state, source)
      }
      #expect(
        calls == [
          "1 host.box", "2 box:add", "3 box.value", "4 host.answer", "5 host.box",
          "6 box.__newindex",
        ]
      )
    }
    try run(state, source)
    #expect(calls.count == 6, "no one watches any more")
  }

  @Test func `what a listener calls is not counted, and what it throws fails the call`() throws {
    try noting { state, noted in
      var numbers: [Int] = []
      try state.watchingHostCalls { _, number in
        numbers.append(number)
        _ = try run(state, "notes.note(\(number * 10))")
      } _: {
        _ = try run(state, "notes.note(1) notes.note(2)")
      }
      #expect(numbers == [1, 2] && noted() == [10, 1, 20, 2])
      try state.watchingHostCalls { _, _ in
        throw Refusal()
      } _: {
        let source = "local ok, e = pcall(notes.note, 3) assert(not ok and e.code == 'box.refused')"
        _ = try run(state, source)
      }
      #expect(noted() == [10, 1, 20, 2])
    }
  }

  @Test func `an inner cut ends the inner run only, an outer one both`() throws {
    try noting { state, noted in
      let inner = { (number: Int) in
        try self.wasCut(state, at: number, "pcall(notes.note, 1) notes.note(2)")
      }
      let outer = try state.cuttingOff(atHostCall: 3, isMade: false) {
        let wasCut = try inner(2)
        #expect(wasCut)
        return try run(state, "return pcall(notes.note, 3)")
      }
      #expect(outer == nil && noted() == [1])
      let error = try state.cuttingOff(atHostCall: 2, isMade: false) {
        #expect(throws: LuaError.self) { try inner(5) }
      }
      #expect(error == nil && noted() == [1, 1])
      try run(state, "notes.note(9)")
      #expect(noted().last == 9)
    }
  }

  @Test func `an interruption outlives a cut`() throws {
    try noting { state, _ in
      let error = #expect(throws: LuaError.self) {
        _ = try state.cuttingOff(atHostCall: 1, isMade: false) {
          state.interrupt()
          return try run(state, "notes.note(1)")
        }
        _ = try run(state, "return 1")
      }
      #expect(error?.code == "interrupted")
    }
  }
}
