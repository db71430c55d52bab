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

  /// The report as a person reads it: what differs in state, health and readable Secrets.
  var text: String {
    var lines = [
      "what if: \(Self.count(changes.count, "thing")) changed, \(Self.count(lostCount, "Secret")) lost"
    ]
    lines += changes.prefix(Self.shownMax).flatMap(\.lines)
    if changes.count > Self.shownMax {
      lines.append("  … and \(changes.count - Self.shownMax) more")
    }
    lines += after.flatMap { standing($0, since: before.standing(of: $0.cluster)) }
    lines += before.filter { after.standing(of: $0.cluster) == nil }.map { standing in
      "  cluster \(standing.cluster.name): \(standing.health.state.rawValue) → gone, "
        + "with \(Self.count(standing.secretCount, "Secret"))"
    }
    lines += losses.map { loss in
      "! \(Self.count(loss.count, "Secret")) of \(loss.cluster.name) lost: \(loss.problem.line); "
        + loss.problem.remedy
    }
    if let error { lines.append("! stopped by: \(error.message)") }
    return lines.joined(separator: "\n")
  }

  private func standing(_ now: ClusterStanding, since then: ClusterStanding?) -> [String] {
    let (old, new) = (then?.health.state.rawValue ?? "absent", now.health.state.rawValue)
    let health = "  cluster \(now.cluster.name): \(old == new ? new : "\(old) → \(new)")"
    let (readable, was) = (now.readableCount, then?.readableCount ?? 0)
    let writeCount = now.revision - (then?.revision ?? 0)
    var parts = [health]
    if now.secretCount > 0 || (then?.secretCount ?? 0) > 0 {
      let change = readable == was ? "\(readable)" : "\(was) → \(readable)"
      parts.append("\(change) of \(Self.count(now.secretCount, "Secret")) readable")
    }
    if writeCount > 0 { parts.append("\(Self.count(Int(writeCount), "write")) to its etcd") }
    return [parts.joined(separator: ", ")]
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

extension ClusterStanding {
  /// How many of its Secrets can be read.
  fileprivate var readableCount: Int {
    stocks.filter { $0.problem == nil }.reduce(0) { $0 + $1.group.count }
  }
}

extension RecordChange {
  /// Most members of a change that are shown, and characters of each.
  private static let (shownMax, lengthMax) = (6, 60)

  /// What was done to it, and which members differ.
  fileprivate var lines: [String] {
    let mark = before == nil ? "+" : after == nil ? "-" : "~"
    let title = "  \(mark) \(kind.replacing("_", with: " ")) \(id)"
    guard before != nil, after != nil, let (old, new) = try? (tree(before), tree(after)) else {
      return [title]
    }
    let names = Set(old.keys).union(new.keys).subtracting(Self.ownMembers)
      .filter { old[$0] != new[$0] }.sorted()
    let members = names.prefix(Self.shownMax).map { name in
      "      \(name): \(Self.word(old[name], of: name)) → \(Self.word(new[name], of: name))"
    }
    let left = names.count - members.count
    return [title] + members + (left > 0 ? ["      … \(left) more"] : [])
  }

  /// Members in which the model keeps what it is to do next.
  private static let ownMembers: Set = ["alarm", "nextAlarm"]
  /// Members that are times, which records keep as seconds since 2001.
  private static let times: Set = ["created", "expires", "notBefore", "updated"]

  private static func word(_ value: JSONTree?, of name: String) -> String {
    let text: String
    switch value {
    case nil, .null: return "none"
    case .string(let word): text = word
    case .number(let seconds) where times.contains(name):
      text = Date(timeIntervalSinceReferenceDate: seconds).rfc3339
    case .integer(let seconds) where times.contains(name):
      text = Date(timeIntervalSinceReferenceDate: Double(seconds)).rfc3339
    case let value?:
      // What cannot be written as JSON is told by its presence.
      text = (try? value.text()).map { String(decoding: $0, as: UTF8.self) } ?? "…"
    }
    return text.count <= lengthMax ? text : "\(text.prefix(lengthMax - 1))…"
  }

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
    if kind == "setting" {
      let value = String(decoding: text, as: UTF8.self)
      guard id == "clock.frozen", let seconds = TimeInterval(value) else {
        return ["value": .string(value)]
      }
      return ["value": .string(Date(timeIntervalSince1970: seconds).rfc3339)]
    }
    guard case .object(let members) = try JSONTree(text: [UInt8](text)) else { return [:] }
    return members
  }
}
