public import AzureModel
public import FoundationEssentials

/// What becomes of a cluster by itself until a time, in order of time, and what each of it breaks.
public struct Forecast: Sendable {
  /// Most events told.
  public static let eventCountMax = 1000

  /// The cluster as it is now.
  public let cluster: Cluster
  /// When it was made, by the workspace's clock.
  public let start: Date
  /// How far it looks.
  public let end: Date
  /// What happens.
  public let events: [ForecastEvent]
  /// Whether nothing was left out at the end.
  public let isComplete: Bool
}

/// Something that time alone does to a cluster, or to what it depends on.
public struct ForecastEvent: Sendable {
  /// When.
  public let time: Date
  /// What happens, a stable name such as `key_expires`.
  public let what: String
  /// What it happens to: a key, a vault, a cluster or a version.
  public let subject: String
  /// The same in words.
  public let message: String
  /// What breaks then; nil when nothing does.
  public let breakage: Breakage?
  /// Rule it comes from.
  public let rule: String?
  /// What to do about it before.
  public let remedy: String

  /// What breaks at an event.
  public struct Breakage: Sendable {
    /// How the API server is from then on.
    public let health: APIServerHealth.State
    /// Secrets that nothing reads from then on, once the API server's memory is gone.
    public let lostSecretCount: Int
    /// What breaks, in words.
    public let message: String
  }
}

extension ManagedClusters {
  /// Tells what becomes of a cluster until a time, by moving the clock there step by step.
  ///
  /// For use on a branch of the store, within `apart`: what time does is done.
  ///
  /// ## Design
  ///
  /// The records only tell at which moments something may happen; what happens there is found by
  /// going there. At each moment the cluster is looked at as it is asked at any time, and a write
  /// is tried; what differs from the moment before is what breaks. So the forecast knows no rule
  /// that the model does not have. Moments are collected anew at each step, since what happens at
  /// one makes others: a version that a policy makes has an expiry, and an API server whose key has
  /// expired writes on for three minutes.
  ///
  /// - Parameters:
  ///   - cluster: the cluster.
  ///   - end: how far to look.
  ///   - context: who calls, and the time to begin at.
  ///   - countMax: most events told.
  ///   - move: sets the clock to a time and returns the context there; nil ends the forecast.
  /// - Returns: the events, in order of time.
  /// - Throws: what `move` and the store throw.
  public func forecast(
    of cluster: Cluster,
    until end: Date,
    _ context: CallContext,
    countMax: Int = Forecast.eventCountMax,
    movingClock move: (Date) throws -> CallContext?
  ) throws -> Forecast {
    var events: [ForecastEvent] = []
    var isComplete = true
    var context = context
    var outlook = try outlook(of: cluster, context)
    let start = context.now
    while true {
      let coming = try occasions(for: outlook, context)
        .filter { $0.time > context.now && $0.time <= end }
      guard let time = coming.map(\.time).min() else { break }
      guard events.count < countMax, let then = try move(time) else {
        isComplete = false
        break
      }
      context = then
      guard let later = try store.find(Cluster.self, id: cluster.id) else { break }
      let next = try self.outlook(of: later, context)
      let due = coming.filter { $0.time == time }.sorted { ($0.what, $0.key) < ($1.what, $1.key) }
      events += try OccasionReport(due, before: outlook, after: next)
        .events { try isGone($0, context) }
      outlook = next
    }
    return Forecast(
      cluster: cluster,
      start: start,
      end: end,
      events: Array(events.prefix(countMax)),
      isComplete: isComplete && events.count <= countMax
    )
  }

  /// Whether what is purged then is out of reach, live or deleted.
  private func isGone(_ change: ComingChange, _ context: CallContext) throws -> Bool {
    guard let kid = change.kid else {
      return try azure.findVault(named: change.vault) == nil
        && azure.findDeletedVault(named: change.vault, context) == nil
    }
    return try azure.findDeletedKey(kid, context: context) == nil && azure.findKey(kid) == nil
  }
}
