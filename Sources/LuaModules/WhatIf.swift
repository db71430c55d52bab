internal import AzureModel
internal import ClusterModel
internal import FoundationEssentials
internal import LuaRuntime
internal import WorkspaceStore

/// What a function would do: what it changed on a branch, and how the clusters stood before and
/// after it.
struct WhatIf {
  /// Most Secrets that are named.
  static let namedMax = 1000

  /// What stopped the function, as Lua raised it.
  let error: LuaError?
  let before: [ClusterStanding]
  let after: [ClusterStanding]
  let changes: [RecordChange]
  /// Whether there were no more changes than are kept.
  let isComplete: Bool
  let losses: [LostSecrets]
  /// Names of lost Secrets, with the loss each belongs to; at most `namedMax`.
  let named: [(name: String, loss: LostSecrets)]

  var lostCount: Int { losses.reduce(0) { $0 + $1.count } }
}

extension Session {
  /// Runs `body` on a branch of the workspace, reports, and takes everything back.
  ///
  /// An error of `body` is part of the report, unless it stops the whole run.
  func whatIf(_ body: () throws -> Void) throws -> WhatIf {
    let world = try world()
    let origin = origin
    defer { self.origin = origin }
    return try world.clusters.apart {
      try world.workspace.branch {
        let before = try world.clusters.standings(context())
        let failure = try outcome(of: body)
        let after = try world.clusters.standings(context())
        let changed = try world.workspace.changesOnBranch()
        let losses = ManagedClusters.losses(from: before, to: after)
        return WhatIf(
          error: failure,
          before: before,
          after: after,
          changes: changed.changes.filter { !$0.isBookkeeping },
          isComplete: changed.isComplete,
          losses: losses,
          named: try names(of: losses, world.clusters)
        )
      }
    }
  }

  private func outcome(of body: () throws -> Void) throws -> LuaError? {
    do {
      // What was changed before an error stays on the branch, as it would without one.
      try body()
      return nil
    } catch let error as LuaError {
      if error.isStop { throw error }
      return error
    }
  }

  private func names(
    of losses: [LostSecrets],
    _ clusters: ManagedClusters
  ) throws -> [(name: String, loss: LostSecrets)] {
    var named: [(name: String, loss: LostSecrets)] = []
    for loss in losses {
      let room = WhatIf.namedMax - named.count
      named += try clusters.names(of: loss, limit: room).map { ($0, loss) }
    }
    return named
  }
}

extension RecordChange {
  fileprivate var isBookkeeping: Bool {
    kind == "setting" ? id.hasPrefix("identifiers.") : Self.bookkeepingKinds.contains(kind)
  }
}
