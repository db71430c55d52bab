import LuaRuntime
import Testing
import WorkspaceStore

@testable import LuaModules

/// How far long work is: when it is told, and what.
@Suite struct ProgressTests {
  /// A clock that is moved by hand, and what was written.
  private final class Stage {
    var time = ContinuousClock.now
    var written: [String] = []
    var line: ProgressLine

    init(_ manner: ProgressLine.Manner, total: Int?, patience: Duration = .zero) {
      // Replaced at once by one that knows this stage.
      line = ProgressLine(title: "work", total: total, manner: manner)
      line = ProgressLine(
        title: "work",
        total: total,
        manner: manner,
        patience: patience,
        now: { [unowned self] in time },
        write: { [unowned self] in written.append($0) }
      )
    }

    func move(_ duration: Duration) { time += duration }
  }

  @Test func `a terminal's line is drawn ten times a second at most, and cleared`() {
    let stage = Stage(.drawn, total: 100)
    for done in 1...100 {
      stage.move(.milliseconds(10))
      stage.line.show(done)
    }
    #expect(stage.written.count == 10)
    #expect(stage.written.allSatisfy { $0.hasPrefix("\r\u{1B}[K") && !$0.contains("\n") })
    stage.line.end()
    #expect(stage.written.last == "\r\u{1B}[K")
    let count = stage.written.count
    stage.line.end()
    #expect(stage.written.count == count)
  }

  @Test func `a log has a line for each tenth`() {
    let stage = Stage(.logged, total: 1000)
    for done in 1...1000 {
      stage.move(.milliseconds(1))
      stage.line.show(done)
    }
    stage.line.end()
    #expect(stage.written.count == 10)
    #expect(
      stage.written.first == "work [##..................] 10% 100 of 1000, 1000/s, 0:01 left\n"
    )
    #expect(stage.written.last == "work [####################] 100% 1000 of 1000, 1000/s\n")
  }

  @Test func `a log has a line every thirty seconds where a tenth takes longer`() {
    let stage = Stage(.logged, total: 1000)
    for second in 1...90 {
      stage.move(.seconds(1))
      stage.line.show(second)
    }
    #expect(stage.written.count == 3)
    let unknown = Stage(.logged, total: nil)
    for second in 1...65 {
      unknown.move(.seconds(1))
      unknown.line.show(second)
    }
    #expect(unknown.written == ["work 30, 1/s\n", "work 60, 1/s\n"])
  }

  @Test func `work that is soon over is not told of in a log`() {
    let stage = Stage(.logged, total: 10, patience: .seconds(2))
    for done in 1...10 {
      stage.move(.milliseconds(100))
      stage.line.show(done)
    }
    #expect(stage.written.isEmpty)
    stage.move(.seconds(2))
    stage.line.show(10)
    #expect(stage.written.count == 1)
  }

  @Test func `where nothing is to be told nothing is`() {
    let stage = Stage(.silent, total: 10)
    stage.move(.seconds(60))
    stage.line.show(5)
    stage.line.end()
    #expect(stage.written.isEmpty)
  }

  /// Numbers at their limits, which must word without a trap.
  static let limits: [(done: Int, total: Int?, seconds: Double, text: String)] = [
    (0, nil, 0, "work 0, 0/s"), (5, 0, 1, "work 5, 5/s"),
    (30, 10, 1, "work [####################] 100% 30 of 10, 30/s"),
    (1, 3, 1, "work [######..............] 33% 1 of 3, 1/s, 0:02 left"),
    (1, 601, 1, "work [....................] 0% 1 of 601, 1/s, 10:00 left"),
    (.max, nil, 1, "work 9223372036854775807, 1000000000000000/s"),
    (
      1, .max, 1e9, "work [....................] 0% 1 of 9223372036854775807, 0/s, 16666666:40 left"
    ),
  ]

  @Test(arguments: limits) func `a line tells counts, rate and what is left`(
    done: Int,
    total: Int?,
    seconds: Double,
    text: String
  ) {
    let line = ProgressLine(title: "work", total: total, manner: .silent)
    #expect(line.text(done, seconds: seconds) == text)
  }

  @Test func `Lua counts steps, and is refused what is no count`() throws {
    let state = try LuaState()
    let session = Session(path: ":memory:")
    session.isQuiet = true
    try Library.register(in: state, session)
    let source = """
      local p <close> = progress{ total = 3, title = 'x' }
      p:step()
      p:step(2)
      local q = progress()
      q:step(math.maxinteger)
      q:step(math.maxinteger)
      local codes = {}
      for n, body in ipairs{
        function() p:step(-1) end, function() progress{ total = -1 } end,
        function() progress{ totl = 1 } end,
      } do codes[n] = select(2, pcall(body)).code end
      return p.done, p.total, tostring(p), q.total, tostring(q), table.concat(codes, ' ')
      """
    let values = try state.call(state.load(Array(source.utf8), chunkName: "=test"))
    let texts = try values.map { value in
      switch value {
      case .integer(let number): "\(number)"
      case .nil: "nil"
      default: try #require(value.text)
      }
    }
    #expect(
      texts == [
        "3", "3", "progress, 3 of 3", "nil", "progress, 9223372036854775807",
        "argument.value argument.value argument.unknown",
      ]
    )
  }
}
