/// A span of time as Go writes and reads it, in nanoseconds.
///
/// Source: Go `time.ParseDuration`, `time.Duration.String`.
public struct GoDuration: Hashable, Sendable, CustomStringConvertible {
  /// The length; negative ones exist.
  public let nanoseconds: Int64

  /// Makes a span.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Makes a span of whole seconds; at most some 292 years.
  public init(seconds: Int64) { nanoseconds = seconds * 1_000_000_000 }

  /// The length in seconds.
  public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// Units from the longest on, so that `m` is not taken for the start of `ms`.
  private static let units: [(name: String, nanoseconds: Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9),
    ("h", 3600e9),
  ]

  /// What is wrong with a text.
  enum Failure: Error {
    case invalid
    case missingUnit
    case unknownUnit(String)
  }

  /// Reads a text such as `1m30.5s`.
  init(_ text: String) throws(Failure) {
    var rest = text[...]
    var sign = 1.0
    if let first = rest.first, first == "-" || first == "+" {
      if first == "-" { sign = -1 }
      rest.removeFirst()
    }
    if rest == "0" {
      nanoseconds = 0
      return
    }
    guard !rest.isEmpty else { throw .invalid }
    var total = 0.0
    while !rest.isEmpty {
      let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
      guard number.contains(where: { $0 != "." }), number.utf8.count(where: { $0 == 0x2E }) < 2,
        let value = Double(number.hasSuffix(".") ? "\(number)0" : "0\(number)")
      else { throw .invalid }
      rest = rest[number.endIndex...]
      let name = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
      guard !name.isEmpty else { throw .missingUnit }
      guard let unit = Self.units.first(where: { $0.name == name }) else {
        throw .unknownUnit(String(name))
      }
      rest = rest[name.endIndex...]
      total += value * unit.nanoseconds
    }
    guard let nanoseconds = Int64(exactly: (sign * total).rounded()) else { throw .invalid }
    self.nanoseconds = nanoseconds
  }

  /// As Go prints it: `3m1s`, `100ms`, `0s`.
  public var description: String {
    let magnitude = nanoseconds.magnitude
    let sign = nanoseconds < 0 ? "-" : ""
    switch magnitude {
    case 0: return "0s"
    case ..<1000: return "\(sign)\(magnitude)ns"
    case ..<1_000_000: return sign + Self.decimal(magnitude, 1000) + "µs"
    case ..<1_000_000_000: return sign + Self.decimal(magnitude, 1_000_000) + "ms"
    default: break
    }
    let minute: UInt64 = 60_000_000_000
    var text = sign
    if magnitude >= 60 * minute { text += "\(magnitude / (60 * minute))h" }
    if magnitude >= minute { text += "\(magnitude / minute % 60)m" }
    return text + Self.decimal(magnitude % minute, 1_000_000_000) + "s"
  }

  /// A quotient by a power of ten, without trailing zeros.
  private static func decimal(_ value: UInt64, _ unit: UInt64) -> String {
    let whole = value / unit
    let digits = String(unit + value % unit).dropFirst()
    let kept = digits.prefix(digits.count - digits.reversed().prefix { $0 == "0" }.count)
    return kept.isEmpty ? "\(whole)" : "\(whole).\(kept)"
  }
}
