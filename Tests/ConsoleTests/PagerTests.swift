import Testing

@testable import Console

@Suite struct PagerTests {
  private func text(_ count: Int) -> String { (1...count).map { "\($0)" }.joined(separator: "\n") }

  @Test(arguments: [(1, 10), (8, 10), (9, 10), (100, nil), (100, 5)] as [(Int, Int?)])
  func `what fits is shown whole`(count: Int, rows: Int?) {
    var pager = Pager()
    #expect(pager.show(text(count), rows: rows, columns: 80) == text(count))
    #expect(pager.isEmpty)
  }

  @Test func `what does not fit is shown in screens, no line twice and none left out`() {
    var pager = Pager()
    var shown = pager.show(text(100), rows: 10, columns: 80).split(separator: "\n")
    #expect(shown.count == 9 && shown.last == "… 92 more lines (\\more or more() goes on)")
    var lines = shown.dropLast()
    while !pager.isEmpty {
      shown = pager.next(rows: 10, columns: 80).split(separator: "\n")
      #expect(shown.count <= 9)
      lines += pager.isEmpty ? shown[...] : shown.dropLast()
    }
    #expect(lines.joined(separator: "\n") == text(100))
  }

  @Test func `a line that wraps takes as many rows`() {
    var pager = Pager()
    let long = String(repeating: "x", count: 200)
    let shown = pager.show([long, long, long].joined(separator: "\n"), rows: 10, columns: 40)
    #expect(shown == "\(long)\n… 2 more lines (\\more or more() goes on)")
    let painted = "\u{1B}[31m\(String(repeating: "x", count: 40))\u{1B}[0m"
    let lines = Array(repeating: painted, count: 8).joined(separator: "\n")
    #expect(pager.show(lines, rows: 10, columns: 40) == lines)
  }

  @Test func `something new takes the place of what waits`() {
    var pager = Pager()
    _ = pager.show(text(100), rows: 10, columns: 80)
    #expect(pager.show("short", rows: 10, columns: 80) == "short")
    #expect(pager.isEmpty)
  }
}
