public import FoundationEssentials

/// A version of Kubernetes as AKS takes it: `1.33`, or `1.33.2`.
public struct KubernetesVersion: Hashable, Sendable, CustomStringConvertible {
  /// Second number.
  public let minor: Int
  /// Third number; nil leaves it to the service.
  public let patch: Int?

  init(minor: Int, patch: Int?) {
    self.minor = minor
    self.patch = patch
  }

  /// Reads a version; nil for what is none.
  ///
  /// Taken apart by hand: every call on a cluster asks, and a pattern is compiled anew each time.
  public init?(_ text: String) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, parts[0].elementsEqual("1".utf8),
      let minor = Self.number(parts[1], digitCountMax: 2)
    else { return nil }
    guard parts.count == 3 else {
      self.init(minor: minor, patch: nil)
      return
    }
    guard let patch = Self.number(parts[2], digitCountMax: 3) else { return nil }
    self.init(minor: minor, patch: patch)
  }

  /// Reads decimal digits alone; nil for none, or too many.
  private static func number(_ digits: Substring.UTF8View, digitCountMax: Int) -> Int? {
    guard !digits.isEmpty, digits.count <= digitCountMax,
      digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(Substring(digits))
  }

  /// As it is written.
  public var description: String { "1.\(minor)" + (patch.map { ".\($0)" } ?? "") }

  /// With a patch: the one asked for, or the first.
  public var full: String { "1.\(minor).\(patch ?? 0)" }

  /// Whether enabling KMS gives protocol v2.
  ///
  /// Source: seed rule R95.
  public var hasKMSv2: Bool { minor >= 27 }

  /// Whether it is older than another; a patch that was not asked for is older than any.
  func isOlder(than other: KubernetesVersion) -> Bool {
    (minor, patch ?? -1) < (other.minor, other.patch ?? -1)
  }
}

/// A minor version of Kubernetes on AKS, with its dates.
///
/// ## Design
///
/// One table serves all that asks for a date: what a cluster may be made with, until when
/// Konnectivity reaches a private vault, what leaves support by when. The months of 1.27 and later
/// are those of the AKS specification; where no day is known, a version begins with the first day
/// of its month and ends with the last.
///
/// Source: AKS specification §7; before 1.27, the AKS release calendar of that time.
public struct KubernetesRelease: Hashable, Sendable {
  /// Second number of the version.
  public let minor: Int
  /// When it became generally available.
  public let available: Date
  /// When community support ends: the first moment without it.
  public let endOfSupport: Date

  /// How it is written, such as `1.33`.
  public var name: String { "1.\(minor)" }

  /// When platform support ends, which keeps the machines but not Kubernetes going: with the fourth
  /// version after it; nil while that has no date.
  ///
  /// Source: AKS support policy, platform support.
  public var endOfPlatformSupport: Date? { Self.find(minor: minor + 4)?.available }

  /// Whether it is generally available and in community support.
  public func isSupported(at time: Date) -> Bool { available <= time && time < endOfSupport }

  /// Every version that the model knows, the oldest first.
  public static let all: [KubernetesRelease] = [
    release(23, (2022, 4), (2023, 4)), release(24, (2022, 8), (2023, 7)),
    release(25, (2022, 12), (2024, 1)), release(26, (2023, 4), (2024, 3)),
    release(27, (2023, 7), (2024, 7)), release(28, (2023, 11), (2025, 1)),
    release(29, (2024, 3), (2025, 3)),
    KubernetesRelease(minor: 30, available: day(2024, 7, 1), endOfSupport: day(2025, 8, 22)),
    release(31, (2024, 11), (2025, 11)), release(32, (2025, 4), (2026, 3)),
    release(33, (2025, 6), (2026, 7)), release(34, (2025, 11), (2026, 11)),
    release(35, (2026, 3), (2027, 3)), release(36, (2026, 6), (2027, 6)),
    release(37, (2026, 10), (2027, 10)),
  ]

  /// Returns a version; nil for one that the model does not know.
  public static func find(minor: Int) -> KubernetesRelease? {
    all.first { $0.minor == minor }
  }

  /// What a cluster gets that asks for no version, where support is not looked at.
  public static let versionByDefault = "1.33"

  /// What a cluster gets that asks for no version: the newest but one at that time.
  ///
  /// Source: AKS supported versions, default version.
  static func versionByDefault(at time: Date) -> String {
    all.filter { $0.isSupported(at: time) }.dropLast().last?.name
      ?? all.last { $0.available <= time }?.name ?? versionByDefault
  }

  /// Last minor version under which Konnectivity may reach a private vault, and the dates of that.
  ///
  /// Source: seed rules R10, R11; AKS specification §7.
  static let konnectivityMinorMax = 30
  /// From then on only subscriptions that used the combination may.
  static let konnectivityClosed = day(2024, 9, 15)

  private static func release(
    _ minor: Int,
    _ available: (year: Int, month: Int),
    _ last: (year: Int, month: Int)
  ) -> KubernetesRelease {
    KubernetesRelease(
      minor: minor,
      available: day(available.year, available.month, 1),
      endOfSupport: last.month == 12 ? day(last.year + 1, 1, 1) : day(last.year, last.month + 1, 1)
    )
  }

  private static func day(_ year: Int, _ month: Int, _ day: Int) -> Date {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    // A Gregorian date always is one; the fallback is never used.
    return calendar.date(from: DateComponents(year: year, month: month, day: day)) ?? .distantPast
  }
}
