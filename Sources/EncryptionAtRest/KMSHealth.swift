public import FoundationEssentials

/// What one check of a plugin found.
public enum HealthFinding: Hashable, Sendable {
  /// The plugin works.
  case healthy
  /// It does not. The first answer wraps the failure of a call in words of its own; while the
  /// verdict is reused, the failure alone is shown.
  case unhealthy(first: AtRestError, repeated: AtRestError)

  /// A call of the check that failed.
  static func unhealthy(section: String, _ provider: String, _ error: any Error) -> HealthFinding {
    .unhealthy(
      first: AtRestError(
        .kmsUnavailable,
        "failed to perform \(section) section of the healthz check for KMS Provider "
          + "\(provider), error: \(error)"
      ),
      repeated: AtRestError(.kmsUnavailable, "\(error)")
    )
  }
}

/// A provider with a plugin behind it, whose health the API server checks.
public protocol KMSProvider: Transformer {
  /// Name in the configuration.
  var name: String { get }
  /// Asks the plugin whether it works; for v2 this also renews the write seed.
  func probe(now: Date) -> HealthFinding
}

extension KMSProvider {
  /// Asks the plugin whether it works.
  ///
  /// - Throws: `kms.unavailable` with all problems found.
  public func check(now: Date) throws(AtRestError) {
    if case .unhealthy(let first, _) = probe(now: now) { throw first }
  }
}

/// The verdict on a provider, and until when it holds.
///
/// Health endpoints and polls share it: a good one is reused for 20 seconds, a bad one for 3.
/// Polls come every 60 seconds, and every 10 after a failure.
///
/// Source: specification §3.4.
public struct HealthVerdict: Hashable, Sendable {
  static let reuse: TimeInterval = 20
  static let reuseAfterFailure: TimeInterval = 3
  /// Seconds from a good poll to the next.
  public static let pollInterval: TimeInterval = 60
  static let pollIntervalAfterFailure: TimeInterval = 10

  /// When the plugin was asked.
  public let time: Date
  /// What was wrong then, nil when nothing was.
  public let problem: String?

  /// A verdict as a server kept it.
  public init(time: Date, problem: String?) {
    self.time = time
    self.problem = problem
  }

  /// Whether a health endpoint shows it without asking the plugin again.
  public func isReusable(at now: Date) -> Bool {
    isYounger(than: problem == nil ? Self.reuse : Self.reuseAfterFailure, at: now)
  }

  /// When the next poll is due.
  public var nextPoll: Date { poll(1) }

  private var interval: TimeInterval {
    problem == nil ? Self.pollInterval : Self.pollIntervalAfterFailure
  }

  /// When a server polls for the `count`th time after this one, the verdict staying as it is.
  public func poll(_ count: Int) -> Date { time.addingTimeInterval(interval * Double(count)) }

  /// How many polls that makes until a time.
  public func pollCount(until now: Date) -> Int {
    // No clock shows a time so far away; the bound keeps the number an integer.
    Int(min(max(now.timeIntervalSince(time) / interval, 0), 1e12))
  }

  /// Whether a poll is due; a clock that was moved back makes it due as well.
  public func isPollDue(at now: Date) -> Bool { now < time || now >= nextPoll }

  private func isYounger(than age: TimeInterval, at now: Date) -> Bool {
    (0..<age).contains(now.timeIntervalSince(time))
  }

  /// Asks a provider, unless the verdict before is still good.
  ///
  /// - Parameters:
  ///   - provider: whom to ask.
  ///   - last: the verdict before, if any.
  ///   - now: the server's time.
  /// - Returns: the verdict to keep, and the problem as this caller is told it.
  public static func of(
    _ provider: any KMSProvider,
    last: HealthVerdict?,
    now: Date
  ) -> (verdict: HealthVerdict, problem: String?) {
    if let last, last.isReusable(at: now) { return (last, last.problem) }
    switch provider.probe(now: now) {
    case .healthy: return (HealthVerdict(time: now, problem: nil), nil)
    case .unhealthy(let first, let repeated):
      return (HealthVerdict(time: now, problem: repeated.message), first.message)
    }
  }

  /// What the check `kms-providers` says of all providers, in configuration order.
  ///
  /// Source: specification §3.6.
  public static func summary(_ problems: [String?]) -> String? {
    let texts = problems.enumerated().compactMap { index, problem in
      problem.map { "kms-provider-\(index): \($0)" }
    }
    return texts.count > 1 ? "[" + texts.joined(separator: ", ") + "]" : texts.first
  }
}
