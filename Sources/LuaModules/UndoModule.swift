internal import AzureModel
internal import ClusterModel
internal import FoundationEssentials
internal import LuaRuntime
internal import WorkspaceStore

extension LuaModule {
  /// What `workspace` offers for going back.
  func undoing(_ session: Session) {
    function(
      "undo",
      "Takes back what the last entry at the prompt changed; again: the one before.",
      returns: "{ number, time, changes, values }"
    ) { call in
      try session.step(call, "took back", after: "workspace.redo() brings it back") {
        try $0.undoLastEntry()
      }
    }
    function(
      "redo",
      "Brings back what workspace.undo() took last.",
      returns: "{ number, time, changes, values }"
    ) { call in
      try session.step(call, "brought back", after: "workspace.undo() takes it again") {
        try $0.redoLastEntry()
      }
    }
    function(
      "undo_log",
      "Returns the entries that can be taken back or brought back, the newest first.",
      returns: "array of { number, time, changes, values, undone, whole }"
    ) { call in
      let log = try session.workspace.undoLog()
      let lines = log.map { entry in
        let mark = entry.isUndone ? "undone  " : entry.isWhole ? "        " : "too large  "
        return "\(entry.number)  \(entry.time.rfc3339)  \(mark)\(entry.text)"
      }
      return try call.shown(
        .array(log.map(\.luaValue)),
        as: lines.isEmpty ? "nothing to take back" : lines.joined(separator: "\n")
      )
    }
    function(
      "undoable",
      "Runs a function so that what it changes is one entry for workspace.undo().",
      parameters: "fn",
      returns: "what fn returns"
    ) { call in
      let body = try call.function(1)
      return try session.recordingUndo { try call.state.call(body).first ?? .nil }
    }
  }
}

extension Session {
  fileprivate func step(
    _ call: LuaCall,
    _ verb: String,
    after hint: String,
    _ step: (Workspace) throws -> UndoEntry
  ) throws -> LuaValue {
    let world = try world()
    let entry = try step(world.workspace)
    world.clusters.forgetServers()
    return try call.shown(entry.luaValue, as: "\(verb): \(entry.text)\n(\(hint))")
  }
}

extension UndoEntry {
  /// Most changes that are named in a line.
  private static let shownMax = 6

  /// What it changed, on one line.
  fileprivate var text: String {
    let told = changes.filter { !isPart($0) }.sorted { $0.rank < $1.rank }
    let leftOutCount = changeCount - changes.count
    var parts = told.prefix(Self.shownMax).map(words)
    let more = told.count - parts.count + leftOutCount
    if more > 0 { parts.append("\(more) more") }
    parts += values.sorted { $0.key < $1.key }.map { id, count in
      "wrote \(count) value\(count == 1 ? "" : "s") of etcd of \(id.split(separator: "/").last ?? "")"
    }
    return parts.isEmpty ? "nothing but memories" : parts.joined(separator: ", ")
  }

  /// Whether a change goes without saying once another one of the entry is told.
  private func isPart(_ change: Change) -> Bool {
    changes.contains { other in
      // A version of a key that is made or gone, and what moves into deleted state or out of it.
      change.kind == other.kind + "_version" && change.id.hasPrefix(other.id + "/")
        || other.kind == "deleted_" + change.kind && other.id == change.id
          && other.action != change.action && other.action != .changed
    }
  }

  private func words(_ change: Change) -> String {
    let kind = change.kind.replacing("_", with: " ")
    let moved =
      change.kind.hasPrefix("deleted_")
      && changes.contains { "deleted_" + $0.kind == change.kind && $0.id == change.id }
    if moved {
      let verb = change.action == .created ? "soft-deleted" : "recovered"
      return "\(verb) \(kind.dropFirst("deleted ".count)) \(change.name)"
    }
    return "\(change.action.rawValue) \(kind) \(change.name)"
  }

  fileprivate var luaValue: LuaValue {
    .table([
      "number": .integer(Int64(number)), "time": .string(time.rfc3339),
      "undone": .boolean(isUndone), "whole": .boolean(isWhole),
      "count": .integer(Int64(changeCount)),
      "changes": .array(
        changes.map { change in
          .table([
            "kind": .string(change.kind.replacing("_", with: " ")), "id": .string(change.id),
            "action": .string(change.action.rawValue),
          ])
        }
      ),
      "values": .table(
        Dictionary(
          uniqueKeysWithValues: values.map { (LuaKey($0), LuaValue.integer(Int64($1))) }
        )
      ),
    ])
  }
}

extension UndoEntry.Change {
  /// What people made comes before what came with it.
  fileprivate var rank: Int {
    let kinds = ["cluster", "vault", "key", "managed_identity", "setting"]
    return kinds.contains(kind.replacing("deleted_", with: "")) ? 0 : 1
  }

  /// Its id; of a long one the last parts.
  fileprivate var name: String {
    let parts = id.split(separator: "/")
    if kind.hasSuffix("_version") || parts.count < 3 { return id }
    return parts.suffix(1).joined()
  }
}
