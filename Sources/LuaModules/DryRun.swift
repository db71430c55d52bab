internal import ClusterModel
public import LuaRuntime

/// What a whole run would have done, told once it was taken back.
public struct DryRun {
  /// The report as a person reads it.
  public let text: String
  /// The report as `workspace.what_if` returns it.
  public let value: LuaValue
  /// What stopped the run, nil when it came to its end.
  public let error: LuaError?
  /// Whether no Secret would be lost and no cluster's health would be worse.
  public let isHarmless: Bool
}

extension Session {
  /// Runs `body` on a branch of the workspace and takes everything back.
  ///
  /// - Throws: what stops a run for good, such as `interrupted`; other errors are in the report.
  public func dryRun(_ body: () throws -> Void) throws -> DryRun {
    let report = try whatIf(body)
    return DryRun(
      text: report.text,
      value: try report.luaValue(),
      error: report.error,
      isHarmless: report.lostCount == 0 && !report.isAnyClusterWorse
    )
  }

  /// Refuses to open a file that a script names, in a sandbox.
  ///
  /// - Throws: `sandbox.refused`.
  public func checkMayOpenFiles(_ function: String) throws {
    guard isSandboxed else { return }
    throw LuaError(
      code: "sandbox.refused",
      message: "\(function) opens no file in a sandbox",
      hint: "run it without --sandbox"
    )
  }
}

extension WhatIf {
  /// Whether a cluster that was there is less well than before.
  fileprivate var isAnyClusterWorse: Bool {
    after.contains { standing in
      guard let earlier = before.first(where: { $0.cluster.id == standing.cluster.id }) else {
        return false
      }
      return Self.rank(standing.health.state.rawValue) > Self.rank(earlier.health.state.rawValue)
    }
  }

  private static func rank(_ state: String) -> Int {
    ["healthy", "unhealthy", "down"].firstIndex(of: state) ?? 0
  }
}
