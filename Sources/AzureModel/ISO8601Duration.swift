public import FoundationEssentials

/// A length of time in calendar units, such as `P90D`, `PT10M` or `P18M`.
///
/// Not a number of seconds: a month has as many days as the calendar says where it is added.
///
/// Source: ISO 8601-1:2019, section 5.5.2; whole numbers only, weeks only by themselves.
public struct ISO8601Duration: Hashable, Sendable, CustomStringConvertible {
  /// Calendar units; weeks are kept as days.
  public let years, months, days: Int
  /// Clock units.
  public let hours, minutes, seconds: Int

  /// No time at all, `PT0S`.
  public static let none = ISO8601Duration()
  /// Whether it is no time at all.
  public var isNone: Bool { self == .none }

  private init() { (years, months, days, hours, minutes, seconds) = (0, 0, 0, 0, 0, 0) }

  /// Largest number in front of a unit.
  public static let countMax = 999_999_999

  /// A number of days.
  public init(days: Int) {
    (years, months, self.days) = (0, 0, days)
    (hours, minutes, seconds) = (0, 0, 0)
  }

  /// Reads a duration: units in order, each at most once, at least one.
  ///
  /// - Throws: `argument.value`.
  public init(parsing text: String) throws {
    guard let counts = Self.counts(in: text) else {
      throw AzureError(
        .argumentValue,
        "'\(text.echoed)' is not a duration",
        hint: "a duration is written like P90D, PT10M or P1Y2M3DT4H"
      )
    }
    years = counts["Y"] ?? 0
    months = counts["M"] ?? 0
    days = counts["D"] ?? (counts["W"] ?? 0) * 7
    hours = counts["TH"] ?? 0
    minutes = counts["TM"] ?? 0
    seconds = counts["TS"] ?? 0
  }

  /// The canonical text: no unit of zero, `PT0S` for none at all.
  public var description: String {
    func text(_ units: [(Int, String)]) -> String {
      units.filter { $0.0 != 0 }.map { "\($0.0)\($0.1)" }.joined()
    }
    let date = text([(years, "Y"), (months, "M"), (days, "D")])
    let time = text([(hours, "H"), (minutes, "M"), (seconds, "S")])
    if date.isEmpty && time.isEmpty { return "PT0S" }
    return time.isEmpty ? "P\(date)" : "P\(date)T\(time)"
  }

  /// Returns the time this long after another, by the Gregorian calendar in UTC.
  ///
  /// - Throws: `argument.value` when the result lies past the year 9999.
  public func added(to date: Date) throws -> Date { try shifted(date, by: 1) }

  /// Returns the time this long before another, by the Gregorian calendar in UTC.
  ///
  /// - Throws: `argument.value` when the result lies before the year 1.
  public func subtracted(from date: Date) throws -> Date { try shifted(date, by: -1) }

  /// Years and months first, cutting the day to the month's end; then what has a fixed length.
  private func shifted(_ date: Date, by sign: Int) throws -> Date {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let monthCount = sign * (years * 12 + months)
    let secondCount =
      Double(sign) * (Double(days) * 86_400 + Double(hours) * 3600)
      + Double(sign) * (Double(minutes) * 60 + Double(seconds))
    // The bounds are the first and the last second of the years 1 and 9999.
    let range = -62_135_596_800.0...253_402_300_799.0
    guard abs(monthCount) <= 12 * 9999,
      let moved = calendar.date(byAdding: .month, value: monthCount, to: date),
      range.contains(moved.timeIntervalSince1970 + secondCount)
    else {
      throw AzureError(
        .argumentValue,
        "\(self) from \(date.rfc3339) leaves the years 0001 to 9999"
      )
    }
    return moved.addingTimeInterval(secondCount)
  }

  /// Numbers by unit, clock units with a `T` in front; nil for anything but a duration.
  private static func counts(in text: String) -> [String: Int]? {
    var rest = Substring(text).utf8
    guard rest.popFirst() == UInt8(ascii: "P") else { return nil }
    var order = ["Y", "M", "W", "D"][...]
    var counts: [String: Int] = [:]
    var prefix = ""
    while let first = rest.first {
      if first == UInt8(ascii: "T") {
        rest.removeFirst()
        guard prefix.isEmpty, !rest.isEmpty else { return nil }
        prefix = "T"
        order = ["TH", "TM", "TS"]
        continue
      }
      let digits = rest.prefix { (48...57).contains($0) }
      guard (1...9).contains(digits.count) else { return nil }
      rest.removeFirst(digits.count)
      guard let mark = rest.popFirst() else { return nil }
      let unit = prefix + String(UnicodeScalar(mark))
      guard let place = order.firstIndex(of: unit) else { return nil }
      order = order[(place + 1)...]
      counts[unit] = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    }
    guard !counts.isEmpty, counts["W"] == nil || counts.count == 1 else { return nil }
    return counts
  }
}

extension ISO8601Duration: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    try self.init(parsing: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
