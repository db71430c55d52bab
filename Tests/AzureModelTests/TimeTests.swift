import AzureModel
import FoundationEssentials
import Testing

@Suite struct TimeTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0.0), ("2026-11-23T11:39:02Z", 1_795_433_942),
      ("2000-02-29T23:59:59Z", 951_868_799), ("1969-12-31T23:59:59Z", -1),
      ("0001-01-01T00:00:00Z", -62_135_596_800), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ])
  func `a time is read and written`(text: String, seconds: Double) throws {
    let date = try Date(rfc3339: text)
    #expect(date.timeIntervalSince1970 == seconds)
    #expect(date.rfc3339 == text)
  }

  @Test func `fractions and offsets are read`() throws {
    let date = try Date(rfc3339: "2026-11-23T12:39:02.250+01:00")
    #expect(date.timeIntervalSince1970 == 1_795_433_942.25)
    #expect(date.rfc3339 == "2026-11-23T11:39:02Z")
    #expect(try Date(rfc3339: "1969-12-31T18:00:00-06:00").timeIntervalSince1970 == 0)
    #expect(Date(timeIntervalSince1970: -0.5).rfc3339 == "1969-12-31T23:59:59Z")
    #expect(Date(timeIntervalSince1970: 1e18).rfc3339 == "9999-12-31T23:59:59Z")
  }

  @Test(
    arguments: [
      "", "2026-11-23", "2026-11-23T11:39:02", "2026-11-23 11:39:02Z", "2026-11-23t11:39:02z",
      "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z",
      "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
      "0000-01-01T00:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567890Z",
      "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Zx",
      " 2026-01-01T00:00:00Z", "2026-1-1T0:0:0Z", "-026-01-01T00:00:00Z", "２026-01-01T00:00:00Z",
    ])
  func `what is no time is refused`(text: String) {
    refused(.argumentValue) { _ = try Date(rfc3339: text) }
  }

  @Test(arguments: UInt64(0)..<200)
  func `a written time reads back the same`(seed: UInt64) throws {
    let bytes = SeededIdentifiers(seed: seed).identifierBytes().prefix(8)
    let number = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let seconds = Int64(number % 315_537_897_600) - 62_135_596_800
    let date = Date(timeIntervalSince1970: Double(seconds))
    #expect(try Date(rfc3339: date.rfc3339) == date)
  }
}

@Suite struct ISO8601DurationTests {
  @Test(
    arguments: [
      ("P90D", "P90D"), ("PT10M", "PT10M"), ("P18M", "P18M"), ("P1Y2M3DT4H", "P1Y2M3DT4H"),
      ("P2W", "P14D"), ("PT0S", "PT0S"), ("P0D", "PT0S"), ("P1DT0H5S", nil), ("PT1H30M5S", nil),
      ("P007D", "P7D"),
    ])
  func `a duration is read and written`(text: String, canonical: String?) throws {
    let duration = try ISO8601Duration(parsing: text)
    if let canonical { #expect(duration.description == canonical) }
    #expect(try ISO8601Duration(parsing: duration.description) == duration)
  }

  @Test(
    arguments: [
      "", "P", "PT", "90D", "P90", "P-1D", "-P1D", "P1.5D", "P1D1Y", "P1D2D", "PT1D", "P1H",
      "P1DT", "P1W2D", "P1WT1H", "PT1S1M", "p1d", "P 1D", "P1D ", "P1DT1HT1M", "P1000000000D",
      "PD", "PTM", "P1X", "Ｐ1D", "P１D",
    ])
  func `what is no duration is refused`(text: String) {
    refused(.argumentValue) { _ = try ISO8601Duration(parsing: text) }
  }

  @Test(
    arguments: [
      ("P90D", "2026-04-01T00:00:00Z"), ("PT10M", "2026-01-01T00:10:00Z"),
      ("P18M", "2027-07-01T00:00:00Z"), ("P1Y2M3DT4H", "2027-03-04T04:00:00Z"),
      ("PT0S", "2026-01-01T00:00:00Z"),
    ])
  func `a duration is added by the calendar`(text: String, result: String) throws {
    let start = try Date(rfc3339: "2026-01-01T00:00:00Z")
    let end = try ISO8601Duration(parsing: text).added(to: start)
    #expect(end.rfc3339 == result)
    #expect(try ISO8601Duration(parsing: text).subtracted(from: end) == start)
  }

  @Test func `a month ends where its month ends`() throws {
    let month = try ISO8601Duration(parsing: "P1M")
    #expect(
      try month.added(to: Date(rfc3339: "2028-01-31T12:00:00Z")).rfc3339 == "2028-02-29T12:00:00Z"
    )
    #expect(
      try month.subtracted(from: Date(rfc3339: "2026-03-31T12:00:00Z")).rfc3339
        == "2026-02-28T12:00:00Z"
    )
  }

  @Test(arguments: ["P9999Y", "P999999999Y", "P999999999D"])
  func `a time past the calendar's end is refused`(text: String) throws {
    let duration = try ISO8601Duration(parsing: text)
    refused(.argumentValue) { _ = try duration.added(to: Date(timeIntervalSince1970: 0)) }
  }
}
