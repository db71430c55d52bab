import AzureModel
import TestData
import Testing

@Suite struct IPv4RangeTests {
  @Test(arguments: [
    ("0.0.0.0", "0.0.0.0/32"), ("203.0.113.7", "203.0.113.7/32"),
    ("255.255.255.255/32", "255.255.255.255/32"), ("203.0.113.0/24", "203.0.113.0/24"),
    ("128.0.0.0/1", "128.0.0.0/1"), ("0.0.0.0/0", "0.0.0.0/0"),
  ])
  func `an address or a range is read, and written with its length`(text: String, cidr: String) {
    #expect(IPv4Range(text)?.description == cidr)
  }

  @Test(arguments: [
    "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "01.2.3.4", "1.2.3.4/", "1.2.3.4/33",
    "1.2.3.4/032", "1.2.3.0/24/24", "1.2.3.4/24", " 1.2.3.4", "1.2.3.4 ", "1..3.4", "::1",
    "１.2.3.4", "1.2.3.4\n", "1,2,3,4", "+1.2.3.4", "0x1.2.3.4",
    String(repeating: "1", count: 500),
  ])
  func `what is no range is refused`(text: String) {
    #expect(IPv4Range(text) == nil)
  }

  @Test(arguments: [
    ("203.0.113.0/24", "203.0.113.0", true), ("203.0.113.0/24", "203.0.113.255", true),
    ("203.0.113.0/24", "203.0.112.255", false), ("203.0.113.0/24", "203.0.114.0", false),
    ("0.0.0.0/0", "255.255.255.255", true), ("203.0.113.7", "203.0.113.7", true),
    ("203.0.113.7", "203.0.113.8", false), ("203.0.113.0/24", "203.0.0.0/16", false),
  ])
  func `a range contains what lies within its bounds`(
    range: String,
    other: String,
    isInside: Bool
  ) throws {
    let range = try #require(IPv4Range(range))
    let other = try #require(IPv4Range(other))
    #expect(range.contains(other) == isInside)
  }

  @Test func `ranges overlap when one holds an end of the other`() throws {
    let wide = try #require(IPv4Range("203.0.0.0/16"))
    let narrow = try #require(IPv4Range("203.0.113.0/24"))
    let beside = try #require(IPv4Range("203.1.0.0/16"))
    #expect(wide.overlaps(narrow) && narrow.overlaps(wide))
    #expect(!wide.overlaps(beside) && !beside.overlaps(wide))
  }

  /// Compares with the same done bit by bit, over pseudo-random ranges.
  @Test(arguments: UInt64(0)..<50)
  func `containing agrees with comparing the leading bits`(seed: UInt64) throws {
    var generator = SeededGenerator(seed)
    let address = UInt32(truncatingIfNeeded: generator.next())
    let length = Int(generator.next() % 33)
    let kept = (0..<32).reduce(UInt32(0)) { bits, i in
      i < length ? bits | (address & 1 << UInt32(31 - i)) : bits
    }
    let range = try #require(IPv4Range("\(dotted(kept))/\(length)"))
    // Near the range as often as far from it.
    let other = kept ^ (1 << UInt32(generator.next() % 32))
    let isInside = (0..<length).allSatisfy { (kept ^ other) & 1 << UInt32(31 - $0) == 0 }
    #expect(range.contains(try #require(IPv4Range(dotted(other)))) == isInside)
  }

  private func dotted(_ address: UInt32) -> String {
    "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
  }
}
