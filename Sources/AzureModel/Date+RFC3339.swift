public import FoundationEssentials

extension Date {
  /// Reads a time such as `2026-11-23T11:39:02Z` or `2026-11-23T12:39:02.5+01:00`.
  ///
  /// Strict: capital `T` and `Z`, an offset always, years 0001 to 9999, no leap second.
  ///
  /// - Throws: `argument.value`.
  ///
  /// Source: RFC 3339, section 5.6.
  public init(rfc3339 text: String) throws {
    var reader = FieldReader(text)
    guard let seconds = reader.time(), reader.isAtEnd else {
      throw AzureError(
        .argumentValue,
        "'\(text.echoed)' is not a time",
        hint: "a time is written like 2026-11-23T11:39:02Z"
      )
    }
    self.init(timeIntervalSince1970: seconds)
  }

  /// The time in UTC to the whole second, such as `2026-11-23T11:39:02Z`.
  ///
  /// A time outside the years 0001 to 9999 is shown as the nearest that is inside.
  public var rfc3339: String {
    let range =
      CivilDay(year: 1, month: 1, day: 1).number * 86_400...CivilDay(year: 9999, month: 12, day: 31)
      .number * 86_400 + 86_399
    let exact = timeIntervalSince1970.rounded(.down)
    let seconds = Int(min(max(exact, Double(range.lowerBound)), Double(range.upperBound)))
    let second = ((seconds % 86_400) + 86_400) % 86_400
    let day = CivilDay(number: (seconds - second) / 86_400)
    let date = "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))"
    let time = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }
    return "\(date)T\(time.joined(separator: ":"))Z"
  }
}

private func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// A day of the Gregorian calendar, and its distance from 1970-01-01.
private struct CivilDay {
  let year, month, day: Int

  init(year: Int, month: Int, day: Int) {
    (self.year, self.month, self.day) = (year, month, day)
  }

  /// Counts in eras of 400 years that start in March, so that a leap day comes last.
  init(number: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  var number: Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// Whether there is such a day: it comes back the same from its number.
  var exists: Bool {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return false
    }
    let same = CivilDay(number: number)
    return same.month == month && same.day == day
  }
}

/// Reads fixed fields of digits off the front of a text.
private struct FieldReader {
  private var rest: Substring.UTF8View

  init(_ text: String) { rest = Substring(text).utf8 }

  var isAtEnd: Bool { rest.isEmpty }

  /// Seconds since 1970, by RFC 3339 `date-time`.
  mutating func time() -> Double? {
    guard let year = digits(4), skip("-"), let month = digits(2), skip("-"), let day = digits(2),
      skip("T"), let hour = digits(2), skip(":"), let minute = digits(2), skip(":"),
      let second = digits(2), let fraction = fraction(), let offset = offset()
    else { return nil }
    let civil = CivilDay(year: year, month: month, day: day)
    guard civil.exists, hour < 24, minute < 60, second < 60 else { return nil }
    let seconds = civil.number * 86_400 + hour * 3600 + minute * 60 + second - offset
    return Double(seconds) + fraction
  }

  private mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: mark) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func digits(_ count: Int) -> Int? {
    let field = rest.prefix(count)
    guard field.count == count, field.allSatisfy({ (48...57).contains($0) }) else { return nil }
    rest.removeFirst(count)
    return field.reduce(0) { $0 * 10 + Int($1) - 48 }
  }

  /// Zero to nine digits after a point; zero when there is no point.
  private mutating func fraction() -> Double? {
    guard skip(".") else { return 0 }
    let field = rest.prefix { (48...57).contains($0) }
    guard (1...9).contains(field.count) else { return nil }
    rest.removeFirst(field.count)
    var scale = 1.0
    var value = 0
    for digit in field {
      value = value * 10 + Int(digit) - 48
      scale *= 10
    }
    return Double(value) / scale
  }

  /// Seconds east of UTC.
  private mutating func offset() -> Int? {
    if skip("Z") { return 0 }
    let sign = skip("+") ? 1 : skip("-") ? -1 : 0
    guard sign != 0, let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24,
      minutes < 60
    else { return nil }
    return sign * (hours * 3600 + minutes * 60)
  }
}
