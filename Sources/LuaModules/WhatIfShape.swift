internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
internal import FoundationEssentials
internal import LuaRuntime
internal import WorkspaceStore

extension WhatIf {
  func luaValue() throws -> LuaValue {
    .table([
      "error": .optional(error?.value),
      "changes": .array(try changes.map { try $0.luaValue() } + etcdChanges),
      "complete": .boolean(isComplete),
      "before": .standings(before), "after": .standings(after),
      "lost_secrets": .array(named.map { $0.loss.luaValue(name: $0.name) }),
      "lost_count": .integer(Int64(lostCount)),
      "health": .table([
        "before": .string(before.worst), "after": .string(after.worst),
        "clusters": .table(
          Dictionary(
            (before + after).map { standing in
              (LuaKey(standing.cluster.name), healths(of: standing.cluster))
            }
          ) { first, _ in first }
        ),
      ]),
    ])
  }

  private func healths(of cluster: Cluster) -> LuaValue {
    .table([
      "before": .optional(before.standing(of: cluster).map { .string($0.health.state.rawValue) }),
      "after": .optional(after.standing(of: cluster).map { .string($0.health.state.rawValue) }),
    ])
  }

  /// What was written to each cluster's etcd; nothing tells the Secrets apart, which may be many.
  private var etcdChanges: [LuaValue] {
    after.compactMap { standing in
      let earlier = before.standing(of: standing.cluster)
      let writeCount = standing.revision - (earlier?.revision ?? 0)
      guard writeCount > 0 else { return nil }
      return .table([
        "kind": "secrets", "id": .string(standing.cluster.name), "action": "changed",
        "writes": .integer(writeCount),
        "members": .table([
          "count": .table([
            "before": .integer(Int64(earlier?.secretCount ?? 0)),
            "after": .integer(Int64(standing.secretCount)),
          ])
        ]),
      ])
    }
  }

  /// The report as a person reads it.
  var text: String {
    var lines = [
      "what if: \(Self.count(changes.count, "thing")) changed, \(Self.count(lostCount, "Secret")) lost"
    ]
    lines += changes.prefix(Self.shownMax).map {
      "  \($0.action)  \($0.kind.replacing("_", with: " ")) \($0.id)"
    }
    if changes.count > Self.shownMax {
      lines.append("  … and \(changes.count - Self.shownMax) more")
    }
    for standing in after {
      let earlier = before.standing(of: standing.cluster)
      let writeCount = standing.revision - (earlier?.revision ?? 0)
      if writeCount > 0 {
        lines.append("  written  \(writeCount) times to etcd of \(standing.cluster.name)")
      }
      let (old, new) = (earlier?.health.state.rawValue ?? "absent", standing.health.state.rawValue)
      lines.append("  cluster \(standing.cluster.name): \(old == new ? new : "\(old) → \(new)")")
    }
    lines += losses.map { loss in
      "! \(Self.count(loss.count, "Secret")) of \(loss.cluster.name) lost: \(loss.problem.line); "
        + loss.problem.remedy
    }
    if let error { lines.append("! stopped by: \(error.message)") }
    return lines.joined(separator: "\n")
  }

  private static let shownMax = 20

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}

extension [ClusterStanding] {
  fileprivate func standing(of cluster: Cluster) -> ClusterStanding? {
    first { $0.cluster.id == cluster.id }
  }

  /// The worst of all clusters' healths.
  fileprivate var worst: String {
    let states = map(\.health.state.rawValue)
    return ["down", "unhealthy"].first(where: states.contains) ?? "healthy"
  }
}

extension LuaValue {
  /// Standings by the clusters' names.
  fileprivate static func standings(_ standings: [ClusterStanding]) -> LuaValue {
    .table(
      Dictionary(standings.map { (LuaKey($0.cluster.name), $0.luaValue) }) { first, _ in first }
    )
  }
}

extension ClusterStanding {
  fileprivate var luaValue: LuaValue {
    .table([
      "health": .string(health.state.rawValue), "kms": kms.luaValue,
      "secrets": .integer(Int64(secretCount)),
      "stored": .array(
        stocks.map { stock in
          .table([
            "provider": .string(stock.group.provider.rawValue),
            "key_id": .optional(stock.group.keyID.map { .string($0) }),
            "kid": .optional(stock.group.kid.map { .string($0.description) }),
            "secrets": .integer(Int64(stock.group.count)),
            "readable": .boolean(stock.problem == nil),
            "why": .optional(stock.problem.map { .string($0.line) }),
          ])
        }
      ),
    ])
  }
}

extension LostSecrets {
  fileprivate func luaValue(name: String) -> LuaValue {
    let parts = name.split(separator: "/", maxSplits: 1)
    return .table([
      "cluster": .string(cluster.name), "namespace": .string(String(parts.first ?? "")),
      "name": .string(String(parts.last ?? "")), "code": .string(problem.id),
      "message": .string(problem.message), "remedy": .string(problem.remedy),
      "rule": .optional(problem.rule.map { .string($0) }),
      "kid": .optional(group.kid.map { .string($0.description) }),
    ])
  }
}

extension RecordChange {
  fileprivate var action: String {
    if before == nil { return "created" }
    return after == nil ? "deleted" : "changed"
  }

  fileprivate func luaValue() throws -> LuaValue {
    .table([
      "kind": .string(kind.replacing("_", with: " ")), "id": .string(id),
      "action": .string(action), "members": .table(try members()),
    ])
  }

  /// The members that differ, each before and after.
  private func members() throws -> [LuaKey: LuaValue] {
    let (old, new) = (try tree(before), try tree(after))
    let names = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
    return Dictionary(
      uniqueKeysWithValues: names.map { name in
        let pair: [LuaKey: LuaValue] = [
          "before": .optional(old[name]?.luaValue), "after": .optional(new[name]?.luaValue),
        ]
        return (LuaKey(name), .table(pair))
      }
    )
  }

  private func tree(_ text: Data?) throws -> [String: JSONTree] {
    guard let text else { return [:] }
    if kind == "setting" { return ["value": .string(String(decoding: text, as: UTF8.self))] }
    guard case .object(let members) = try JSONTree(text: [UInt8](text)) else { return [:] }
    return members
  }
}
