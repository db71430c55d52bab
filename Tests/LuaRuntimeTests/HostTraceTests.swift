import LuaRuntime
import Testing

/// Traces of calls into the host.
@Suite struct HostTraceTests {
  private final class Thing: LuaObject {
    let name: String
    init(_ name: String) { self.name = name }
  }

  /// Runs a source under a trace and returns what was told, `began` marked by an arrow.
  private func traced(
    _ source: String,
    interest: @escaping (LuaFunctionDescription) -> HostTrace.Interest = { _ in .results }
  ) throws -> [String] {
    let state = try makeState()
    try state.register(
      LuaClass<Thing>("thing", "A thing.") { type in
        type.describe = { "thing \($0.name)" }
        type.field("size", "Its size.", get: { _ in 1 }, set: { _, _ in })
        type.method("grow", "Grows.", options: [.optional("by", .integer, "how much")]) {
          thing,
          _ in
          .object(thing)
        }
      }
    )
    try state.register(
      LuaModule("things", "Things.") { module in
        module.function(
          "make",
          "Makes one.",
          options: [
            .required("name", .string, ""), .optional("pin", .secret, ""),
            .optional("data", .table, "").concealed(),
          ]
        ) { call in .object(Thing(try call.options().string("name"))) }
        module.function("open", "Opens.", parameters: "key, text") { _ in true }
        module.takesSecret(argument: 1, "open")
        module.function("fail", "Fails.") { _ in
          throw LuaError(code: "thing.failed", message: "it failed", rule: "R1")
        }
        module.multi("around", "Calls.", parameters: "fn") { call in
          try call.state.callKeeping(call.function(1)).map { .function($0) }
        }
      }
    )
    var told: [String] = []
    let trace = HostTrace(interest: interest) { call in
      told.append("\(call.number) > \(state.text(of: call))")
    } ended: { call in
      let outcome =
        call.error.map { "\($0.code) \($0.rule ?? "")" }
        ?? call.results.map { state.literal($0) }.joined(separator: ", ")
      told.append("\(call.number) \(call.depth) \(outcome)")
    }
    let chunk = try state.load(Array(source.utf8), chunkName: "=test")
    _ = try state.tracing(by: trace) { try state.call(chunk) }
    return told
  }

  @Test func `a call is told when it begins and when it has ended`() throws {
    #expect(
      try traced("t = things.make{ name = 'a' } t:grow{ by = 2 } t.size = 3") == [
        "1 > things.make{ name = 'a' }", "1 0 <thing a>",
        "2 > <thing a>:grow{ by = 2 }", "2 0 <thing a>",
        "3 > <thing a>.size = 3", "3 0 nil",
      ]
    )
  }

  @Test func `a refusal is told with its rule, and stays what it is`() throws {
    #expect(
      try traced("local ok, err = pcall(things.fail) assert(err.code == 'thing.failed')") == [
        "1 > things.fail()", "1 0 thing.failed R1",
      ]
    )
  }

  @Test func `calls within calls are told how deep they are`() throws {
    #expect(
      try traced("things.around(function() things.open('k', 'x') end)") == [
        "1 > things.around(<function>)", "2 > things.open('‹secret›', 'x')", "2 1 true", "1 0 ",
      ]
    )
  }

  @Test(arguments: [
    "things.make{ name = 'a', pin = 'swordfish' }",
    "things.make{ name = 'a', data = { password = 'swordfish' } }",
    "things.open('swordfish', 'x')", "things.open('x', 'swordfish\\255')",
    "things.open('x', { { text = ('swordFish1'):rep(5) } })",
  ])
  func `a secret is never told`(source: String) throws {
    let told = try traced(source).joined()
    #expect(told.contains("‹secret›"), "\(told)")
    #expect(!told.lowercased().contains("swordfish"), "\(told)")
  }

  @Test func `names within what is concealed are told`() throws {
    let told = try traced("things.make{ name = 'a', data = { password = 'swordfish' } }")
    #expect(told.first == "1 > things.make{ data = { password = '‹secret›' }, name = 'a' }")
  }

  @Test func `what no one has an interest in is not told, and not numbered`() throws {
    let told = try traced("things.open(1) things.make{ name = 'a' } things.open(1)") {
      $0.name == "things.make" ? .call : .none
    }
    #expect(told == ["1 > things.make{ name = 'a' }", "1 0 "])
  }

  @Test func `traces nest`() throws {
    let state = try makeState()
    try state.register(
      LuaModule("notes", "Notes.") { $0.function("note", "Notes.") { _ in .nil } }
    )
    var told: [String] = []
    func trace(_ name: String) -> HostTrace {
      HostTrace(interest: { _ in .call }, ended: { _ in told.append(name) })
    }
    let chunk = try state.load(Array("notes.note()".utf8), chunkName: "=test")
    try state.tracing(by: trace("outer")) {
      _ = try state.tracing(by: trace("inner")) { try state.call(chunk) }
      _ = try state.call(chunk)
    }
    _ = try state.call(chunk)
    #expect(told == ["outer", "inner", "outer"])
  }

  @Test(arguments: [
    ("'\\0\\255'", "(2 bytes)"), ("\"it's\\n\"", "'it\\'s\\n'"), ("1.5", "1.5"), ("nil", "nil"),
    ("{}", "{}"), ("{ b = 2, ['a c'] = 1 }", "{ ['a c'] = 1, b = 2 }"),
    ("{ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }", "{ 1, 2, 3, 4, 5, 6, 7, 8, … 2 more }"),
    ("{ { { { 1 } } } }", "{ { { { … } } } }"), ("print", "<function>"),
  ])
  func `a value is told on one line`(source: String, text: String) throws {
    let state = try makeState()
    let value = try run(state, "return \(source)").first ?? .nil
    #expect(state.literal(value) == text)
  }

  @Test func `a long value is cut`() throws {
    let text = try makeState().literal(.string(String(repeating: "x", count: 1000)))
    #expect(text.count == 160 && text.hasSuffix("…"))
  }
}
