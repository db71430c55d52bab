internal import ClusterModel
internal import EncryptionAtRest
internal import FoundationEssentials

#if canImport(Glibc)
  internal import Glibc
#endif

/// How far a rewrite is, on the last line of a terminal.
///
/// Nil when standard error is no terminal, or one that cannot go back to a line's start.
///
/// It has no colours, so that there is nothing for `NO_COLOR` to take away.
struct ProgressBar {
  /// Least time between two pictures.
  private static let interval = Duration.milliseconds(100)
  /// What a bar is drawn with, at most.
  private static let cellCount = 20

  private let title: String
  private let start = ContinuousClock.now
  private var drawn: ContinuousClock.Instant?
  /// Secrets there are by namespace, when they are known.
  private var counts: [String: Int] = [:]
  private var total: Int?

  init?(title: String, environment: [String: String] = ProcessInfo.processInfo.environment) {
    guard isatty(2) == 1, environment["TERM"] ?? "dumb" != "dumb" else { return nil }
    self.title = title
  }

  /// Takes the number of Secrets that are to be looked at.
  mutating func plan(_ counts: [String: Int], limit: Int64?) {
    self.counts = counts
    total = min(counts.values.reduce(0, +), limit.map { Int(clamping: $0) } ?? .max)
  }

  /// Draws, unless it was just done.
  mutating func show(_ report: RewriteReport) {
    let now = ContinuousClock.now
    if let drawn, now - drawn < Self.interval { return }
    drawn = now
    let line = text(report, seconds: (now - start) / .seconds(1))
    Self.write("\r\u{1B}[K\(line.prefix(Self.columnCount - 1))")
  }

  /// Takes the line away.
  func clear() { if drawn != nil { Self.write("\r\u{1B}[K") } }

  /// One line: `rewrite c1 [#####...............]  25% 25000 of 100000, 41203/s, 0:02 left, ns 5 of 9`.
  func text(_ report: RewriteReport, seconds: Double) -> String {
    let done = report.total.read
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
    parts.append("\(Int(rate))/s")
    if let total, rate > 0 {
      let left = Int((Double(max(total - done, 0)) / rate).rounded(.up))
      parts.append("\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left")
    }
    let failures = report.total.failed + report.total.conflicts
    if failures > 0 { parts.append("\(failures) not rewritten") }
    if let namespace = report.namespace {
      let read = report.namespaces[namespace]?.read ?? 0
      parts.append("\(namespace) \(read)" + (counts[namespace].map { " of \($0)" } ?? ""))
    }
    return "\(title)\(bar) \(parts.joined(separator: ", "))"
  }

  private static var columnCount: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private static func write(_ text: String) {
    // A terminal that is gone is nothing to stop for.
    _ = Array(text.utf8).withUnsafeBytes { Glibc.write(2, $0.baseAddress, $0.count) }
  }
}

extension RewriteReport {
  /// Namespace of the Secret looked at last.
  fileprivate var namespace: String? {
    last.map(ValueUse.folder).map {
      String($0.dropFirst(KubernetesSecret.storagePrefix.count).dropLast())
    }
  }
}

extension APIServer {
  /// How many Secrets there are, by namespace; nothing is scanned.
  func secretCounts(namespace: String?) throws -> [String: Int] {
    let folder = KubernetesSecret.storagePrefix + (namespace.map { "\($0)/" } ?? "")
    return try etcd.uses(inFolder: folder).reduce(into: [:]) { counts, use in
      let name = use.folder.dropFirst(KubernetesSecret.storagePrefix.count).dropLast()
      counts[String(name), default: 0] += use.count
    }
  }
}
