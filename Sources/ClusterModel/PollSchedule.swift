internal import FoundationEssentials
internal import Synchronization

/// When an API server of this workspace polls next, so that most calls need not look.
///
/// Another process may make clusters meanwhile, so a look is due after a minute at the latest.
final class PollSchedule: Sendable {
  private let looked = Mutex<(at: Date, next: Date)?>(nil)

  /// Whether some server may have polled since the last look; a clock that was moved back counts.
  func isDue(at now: Date) -> Bool {
    looked.withLock { looked in
      guard let looked else { return true }
      return now < looked.at || now >= looked.next
    }
  }

  /// Runs `body` as if nobody had looked yet, and knows after it what it knew before.
  func apart<Result>(_ body: () throws -> Result) rethrows -> Result {
    let kept = looked.withLock { looked in
      defer { looked = nil }
      return looked
    }
    defer { looked.withLock { $0 = kept } }
    return try body()
  }

  /// Forgets that anybody looked.
  func forget() { looked.withLock { $0 = nil } }

  /// Notes a look.
  func note(_ now: Date, next: Date) { looked.withLock { $0 = (now, next) } }
}
