internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#endif

/// How far long work is, told on standard error and never among the answers.
///
/// On a terminal it is one line that is drawn over, ten times a second at most. Elsewhere it is a
/// line for each tenth of the work, or every 30 seconds. It has no colours, so that there is
/// nothing for `NO_COLOR` to take away.
struct ProgressLine {
  /// Where it is told.
  enum Manner {
    /// On a terminal's last line.
    case drawn
    /// In lines of a log.
    case logged
    /// Nowhere.
    case silent

    /// What standard error is made for.
    static func ofStandardError(
      isQuiet: Bool,
      environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Manner {
      if isQuiet { return .silent }
      let canGoBack = isatty(2) == 1 && environment["TERM"] ?? "dumb" != "dumb"
      return canGoBack ? .drawn : .logged
    }
  }

  /// Least time between two pictures.
  static let drawInterval = Duration.milliseconds(100)
  /// Most time between two lines of a log.
  static let logInterval = Duration.seconds(30)
  /// What a bar is drawn with, at most.
  private static let cellCount = 20

  let title: String
  let total: Int?
  private let manner: Manner
  /// Work that is over before this has passed is not told of in a log.
  private let patience: Duration
  private let now: () -> ContinuousClock.Instant
  private let write: (String) -> Void
  private let start: ContinuousClock.Instant
  private var told: ContinuousClock.Instant?
  private var tenths = 0

  init(
    title: String,
    total: Int?,
    manner: Manner,
    patience: Duration = .zero,
    now: @escaping () -> ContinuousClock.Instant = { ContinuousClock.now },
    write: @escaping (String) -> Void = ProgressLine.writeToStandardError
  ) {
    self.title = title
    self.total = total
    self.manner = manner
    self.patience = patience
    self.now = now
    self.write = write
    start = now()
  }

  /// Tells how much is done, unless that was just told.
  mutating func show(_ done: Int, details: () -> [String] = { [] }) {
    let time = now()
    switch manner {
    case .silent: return
    case .drawn:
      if let told, time - told < Self.drawInterval { return }
      told = time
      let line = text(done, seconds: (time - start) / .seconds(1), details: details())
      write("\r\u{1B}[K\(line.prefix(Self.columnCount - 1))")
    case .logged:
      guard time - start >= patience else { return }
      let reached = total.map { $0 > 0 ? min(10, done * 10 / $0) : 10 } ?? 0
      guard reached > tenths || time - (told ?? start) >= Self.logInterval else { return }
      (tenths, told) = (reached, time)
      write(text(done, seconds: (time - start) / .seconds(1), details: details()) + "\n")
    }
  }

  /// Takes the line of a terminal away.
  mutating func end() {
    if manner == .drawn, told != nil { write("\r\u{1B}[K") }
    told = nil
  }

  /// One line: `title [#####...............] 25% 25000 of 100000, 41203/s, 0:02 left, details`.
  func text(_ done: Int, seconds: Double, details: [String] = []) -> String {
    let rate = seconds > 0 ? Double(done) / seconds : 0
    var parts: [String] = []
    var bar = ""
    if let total, total > 0 {
      let share = min(Double(done) / Double(total), 1)
      let full = Int(share * Double(Self.cellCount))
      bar =
        " [" + String(repeating: "#", count: full)
        + String(repeating: ".", count: Self.cellCount - full) + "] \(Int(share * 100))%"
      parts.append("\(done) of \(total)")
    } else {
      parts.append("\(done)")
    }
    parts.append("\(Int(clamping: Int64(min(rate, 1e15))))/s")
    if let total, rate > 0, total > done {
      let left = Int(min(Double(total - done) / rate, 1e9).rounded(.up))
      parts.append("\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left")
    }
    return "\(title)\(bar) \((parts + details).joined(separator: ", "))"
  }

  private static var columnCount: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func writeToStandardError(_ text: String) {
    fflush(nil)
    // A terminal that is gone is nothing to stop for.
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }
}
