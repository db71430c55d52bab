public import FoundationEssentials

extension Date {
  /// The time as `az` prints it: `2026-11-23T11:39:02+00:00`, with six digits of a second's
  /// fraction when there is one.
  ///
  /// Source: Python `datetime.isoformat`, from the services' milliseconds.
  public var azTime: String {
    let (text, fraction) = parts
    return text + (fraction.map { ".\($0)000" } ?? "") + "+00:00"
  }

  /// The time as the services write it: `2026-11-23T11:39:02Z`, with milliseconds when there are.
  public var restTime: String {
    let (text, fraction) = parts
    return text + (fraction.map { ".\($0)" } ?? "") + "Z"
  }

  /// Date and time to the second, and three digits of its fraction, nil when they are all zero.
  private var parts: (text: String, fraction: String?) {
    let milliseconds = (timeIntervalSince1970 * 1000).rounded()
    let seconds = (milliseconds / 1000).rounded(.down)
    let text = Date(timeIntervalSince1970: seconds).rfc3339.dropLast()
    let rest = Int(milliseconds - seconds * 1000)
    return (String(text), rest == 0 ? nil : String(String(rest + 1000).dropFirst()))
  }
}
