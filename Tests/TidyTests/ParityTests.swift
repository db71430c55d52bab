import Foundation
import Testing

/// The README's table of what a vault does and which test proves it.
@Suite struct ParityTests {
  /// Cells of the rows under the heading; a bar within a cell is escaped.
  private static func rows() throws -> [[String]] {
    let text = try Project.text(Project.root.appending(path: "README.md"))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let section = lines.drop { $0 != "## Key Vault, rule by rule" }.dropFirst()
      .prefix { !$0.hasPrefix("## ") }
    return section.filter { $0.hasPrefix("| ") }.dropFirst(2).map { line in
      line.replacing("\\|", with: "\u{1}").dropFirst().dropLast().split(separator: "|")
        .map { $0.trimmingCharacters(in: .whitespaces).replacing("\u{1}", with: "|") }
    }
  }

  @Test func `every row says what kmsh does, and names a test that exists`() throws {
    let rows = try Self.rows()
    let tests = try Project.tests()
    #expect(rows.count > 100 && tests.count > 300)
    for row in rows {
      try #require(row.count == 4, "\(row)")
      #expect(Int(row[0]).map { (1...12).contains($0) } == true, "\(row[0])")
      #expect(row[2].hasPrefix("yes") || row[2].hasPrefix("no: ") || row[2].count > 10, "\(row)")
      let name = try #require(row[3].wholeMatch(of: /(\w+) `([^`]+)`/), "\(row[3])")
      #expect(tests.contains("\(name.output.1)/\(name.output.2)"), "\(row[3])")
    }
  }

  @Test func `every section that a vault of keys has is there`() throws {
    let sections = Set(try Self.rows().compactMap { $0.first.flatMap { Int($0) } })
    #expect(sections == Set(1...12))
  }
}
