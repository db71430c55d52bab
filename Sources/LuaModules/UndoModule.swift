internal import AzureModel
internal import ClusterModel
internal import EncryptionAtRest
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
        let entry = try $0.undoLastEntry()
        session.desk.ledger.takeBack(entry.number)
        return entry
      }
    }
    function(
      "redo",
      "Brings back what workspace.undo() took last.",
      returns: "{ number, time, changes, values }"
    ) { call in
      try session.step(call, "brought back", after: "workspace.undo() takes it again") {
        let entry = try $0.redoLastEntry()
        session.desk.ledger.doAgain(entry.number)
        return entry
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
    return try call.shown(entry.luaValue, as: "\(verb)\(entry.origin): \(entry.text)\n(\(hint))")
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
    parts += valueChanges.filter(\.areSecrets).map(\.text)
    parts += writes
    return parts.isEmpty ? "nothing but memories" : parts.joined(separator: ", ")
  }

  /// Which entry it is, for who did not enter it.
  fileprivate var origin: String {
    isOwn ? "" : " (entry \(number), entered \(time.rfc3339) by another prompt)"
  }

  /// How many values it wrote that are no Secrets, by cluster.
  private var writes: [String] {
    let counts = valueChanges.filter { !$0.areSecrets }
      .reduce(into: [:]) { $0[$1.cluster, default: 0] += $1.count }
    return counts.sorted { $0.key < $1.key }.map { id, count in
      "wrote \(count) value\(count == 1 ? "" : "s") of etcd of \(id.lastPart)"
    }
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
      return "\(verb) \(kind.dropFirst("deleted ".count)) \(change.shortName)"
    }
    return "\(change.action.rawValue) \(kind) \(change.shortName)"
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

  /// Its name, else its id; of a long one the last part.
  fileprivate var shortName: String {
    if let name { return name.lastPart }
    let parts = id.split(separator: "/")
    return kind.hasSuffix("_version") || parts.count < 3 ? id : id.lastPart
  }
}

extension UndoEntry.ValueChange {
  /// What was done to Secrets, such as `created Secret default/db of c1`.
  fileprivate var text: String {
    let names = keys.map { $0.replacing(KubernetesSecret.storagePrefix, with: "") }
    let which =
      names.isEmpty
      ? "\(count) Secrets" : "Secret\(count == 1 ? "" : "s") \(names.joined(separator: " and "))"
    return "\(action.rawValue) \(which) of \(cluster.lastPart)"
  }
}

extension String {
  /// What follows the last slash of an id.
  fileprivate var lastPart: String { split(separator: "/").last.map { String($0) } ?? self }
}
