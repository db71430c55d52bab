internal import AzureModel
internal import ClusterModel
internal import FoundationEssentials
internal import LuaRuntime
internal import WorkspaceStore

extension LuaClass<ClusterHandle> {
  /// Adds what tells of the time to come.
  func clusterForecast(_ session: Session) {
    method(
      "forecast",
      "Tells what expires, ends or leaves support until a time, and what each of it breaks.",
      parameters: "time?",
      options: [
        .optional("by", .string, "how far to look: a time, or a duration from now such as P90D"),
        .optional("until", .string, "the same, written ['until']: the word is one of Lua's own"),
      ],
      returns: "{ { time, what, subject, message, breaks?, rule?, remedy }, …, complete }"
    ) { handle, call in
      let context = try session.context()
      let end = try call.forecastEnd(context.now)
      let state = call.state
      let forecast = try session.forecast(of: handle.cluster(), until: end) { state.isInterrupted }
      return try call.shown(forecast.luaValue, as: forecast.text)
    }
  }
}

extension LuaCall {
  /// How far a forecast looks: a time, or a duration, by itself or as an option.
  ///
  /// - Throws: `argument.missing`, `argument.type`, `argument.value`.
  fileprivate func forecastEnd(_ now: Date) throws -> Date {
    let isText = if case .bytes = try value(1) { true } else { false }
    let options = isText ? nil : try options()
    let words =
      isText ? [try string(1)] : ["by", "until"].compactMap { options?.optionalString($0) }
    guard let text = words.first, words.count == 1 else {
      throw LuaError(
        code: words.isEmpty ? "argument.missing" : "argument.value",
        message: "\(description.name) needs one time to look until",
        hint:
          "c:forecast{ by = 'P90D' } looks ninety days ahead, by = '2027-01-01T00:00:00Z' that far"
      )
    }
    let end =
      text.hasPrefix("P")
      ? try ISO8601Duration(parsing: text).added(to: now) : try Date(rfc3339: text)
    guard end > now else {
      throw LuaError(
        code: "argument.value",
        message: "\(description.name): \(end.rfc3339) is not after the workspace's time, "
          + now.rfc3339,
        hint: "a forecast looks ahead; clock.now() tells the time"
      )
    }
    return end
  }
}

extension Session {
  /// Looks ahead on a branch of the workspace, whose clock is moved; nothing of it remains.
  func forecast(
    of cluster: Cluster,
    until end: Date,
    isInterrupted: () -> Bool
  ) throws -> Forecast {
    let world = try world()
    return try world.clusters.apart {
      try world.workspace.branch {
        try world.clusters.forecast(of: cluster, until: end, context()) { time in
          if isInterrupted() { return nil }
          try world.workspace.freeze(at: time)
          try world.azure.purgeDueVaults(at: time)
          return try context()
        }
      }
    }
  }
}

extension Forecast {
  var luaValue: LuaValue {
    var members: [LuaKey: LuaValue] = ["complete": .boolean(isComplete)]
    for (index, event) in events.enumerated() {
      members[.integer(Int64(index + 1))] = event.luaValue
    }
    return .table(members)
  }

  /// As a person reads it: a line for each event, what breaks and what helps below it.
  var text: String {
    let breakCount = events.count { $0.breakage != nil }
    let rows = events.map { ["in \(Self.distance(from: start, to: $0.time))", $0.what] }
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = [
      "forecast of \(cluster.name) from \(start.rfc3339) to \(end.rfc3339): "
        + (events.isEmpty
          ? "nothing happens by itself"
          : "\(events.count) event\(events.count == 1 ? "" : "s"), of which \(breakCount) "
            + "break\(breakCount == 1 ? "s" : "") something")
    ]
    for (row, event) in zip(rows, events) {
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      lines.append("  \(cells[0])  \(event.time.rfc3339)  \(cells[1])  \(event.subject)")
      lines.append("      \(event.message)\(event.rule.map { " (\($0))" } ?? "")")
      if let breakage = event.breakage {
        lines.append("    ! \(breakage.message)")
        lines.append("      remedy  \(event.remedy)")
      }
    }
    if !isComplete { lines.append("  … and more: told are the first \(events.count)") }
    return lines.joined(separator: "\n")
  }

  /// How long it is, in the largest unit of which there are two at least.
  private static func distance(from start: Date, to end: Date) -> String {
    let seconds = Int(end.timeIntervalSince(start).rounded())
    let units = [(86_400, "day"), (3600, "hour"), (60, "minute")]
    let (length, name) = units.first { seconds >= 2 * $0.0 } ?? (1, "second")
    let count = seconds / length
    return "\(count) \(name)\(count == 1 ? "" : "s")"
  }
}

extension ForecastEvent {
  fileprivate var luaValue: LuaValue {
    .table([
      "time": .string(time.rfc3339), "what": .string(what), "subject": .string(subject),
      "message": .string(message), "rule": .optional(rule.map { .string($0) }),
      "remedy": .string(remedy),
      "breaks": .optional(
        breakage.map {
          .table([
            "health": .string($0.health.rawValue),
            "lost_secrets": .integer(Int64($0.lostSecretCount)), "message": .string($0.message),
          ])
        }
      ),
    ])
  }
}
