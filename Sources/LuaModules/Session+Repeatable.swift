internal import AzureModel
internal import FoundationEssentials
internal import WorkspaceStore

/// A stretch of work whose identifiers and times can be had again.
public struct RepeatableRun: Sendable {
  /// What identifiers are made from.
  public let seed: Int64
  /// What the clock shows at the start, RFC 3339.
  public let time: String
  fileprivate let wasClockRunning: Bool
}

extension Session {
  /// Makes identifiers repeatable, and has the clock stand where it is.
  public func beginRepeatableRun(seed: Int64) throws -> RepeatableRun {
    let workspace = try workspace
    let now = try workspace.now()
    let isRunning = try !workspace.isFrozen()
    // To the second, as it is written.
    let time = now.rfc3339
    if isRunning { try workspace.freeze(at: Date(rfc3339: time)) }
    try workspace.seed(UInt64(bitPattern: seed))
    return RepeatableRun(
      seed: seed,
      time: try workspace.now().rfc3339,
      wasClockRunning: isRunning
    )
  }

  /// Lets the clock go on, unless it was standing before or was moved since.
  ///
  /// - Returns: false when the clock stays where it was moved to.
  public func endRepeatableRun(_ run: RepeatableRun) throws -> Bool {
    guard run.wasClockRunning else { return true }
    guard try workspace.now().rfc3339 == run.time, try workspace.isFrozen() else { return false }
    try workspace.unfreeze()
    return true
  }
}
