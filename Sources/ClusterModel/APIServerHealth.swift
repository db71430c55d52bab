internal import AzureModel
public import FoundationEssentials

/// How an API server is, as a probe of its plugin finds it now, and as the server itself knows it.
///
/// ## Design
///
/// The two differ for a while after every change: a server asks its plugin once a minute, every
/// ten seconds after a failure, and writes on for three minutes after the last good answer. Whoever
/// asks wants to know both, so `state` tells what a probe finds now, `knowledge` what the server
/// has noticed, and `note` what follows where they differ. Asking changes neither.
///
/// Source: AKS specification §6; seed rules §17.
public struct APIServerHealth: Sendable {
  /// How it is.
  public enum State: String, Sendable {
    /// Every key the plugin holds works, and every Secret can be read.
    case healthy
    /// A key does not work, or a Secret cannot be read.
    case unhealthy
    /// It does not run.
    case down
  }

  /// How it is now.
  public let state: State
  /// Why it is not healthy.
  public let reasons: [Ailment]
  /// What the server knows of its plugin; nil for one that has none, or never asked.
  public let knowledge: Knowledge?
  /// What follows from what the server has or has not noticed yet, nil when there is nothing to say.
  public let note: String?

  /// What a server has noticed by asking its plugin.
  public struct Knowledge: Sendable {
    /// When it asked last.
    public let asked: Date
    /// What was wrong then, nil when nothing was.
    public let problem: String?
    /// When it asks next.
    public let next: Date
    /// Until when it writes under the seed it has; nil for KMS v1, which has none.
    public let writesUntil: Date?
  }
}

extension APIServerHealth.Knowledge {
  /// What follows where a probe finds something now.
  ///
  /// - Parameters:
  ///   - isWorking: whether every key works now.
  ///   - isCurrentWorking: whether the one that writes use does.
  ///   - isSealing: whether writes need it at all.
  ///   - now: the time of asking.
  /// - Returns: a sentence, nil when the server knows what a probe finds.
  func note(
    isWorking: Bool,
    isCurrentWorking: Bool,
    isSealing: Bool,
    now: Date
  ) -> String? {
    let writing = isSealing && !isCurrentWorking ? writes(now) : "writes go on"
    switch (problem == nil, isWorking) {
    case (true, true): return nil
    case (true, false):
      return "the API server has not noticed yet: it asked at \(asked.rfc3339), asks again at "
        + "\(next.rfc3339), and \(writing)"
    case (false, false):
      return
        "the API server knows, having asked at \(asked.rfc3339): \(writing); what it has unwrapped "
        + "stays readable"
    case (false, true):
      return "the keys work again, the API server has not noticed yet: it asks again at "
        + "\(next.rfc3339), until then it reports itself not ready"
        + (isSealing && !hasSeed(now) ? " and refuses writes" : "")
    }
  }

  private func hasSeed(_ now: Date) -> Bool { writesUntil.map { now < $0 } ?? false }

  private func writes(_ now: Date) -> String {
    guard let writesUntil else { return "each write asks the plugin" }
    return hasSeed(now)
      ? "writes go on until \(writesUntil.rfc3339)"
      : "writes are refused since \(writesUntil.rfc3339)"
  }
}
