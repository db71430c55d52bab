internal import LuaRuntime
internal import WorkspaceStore

/// The calls at a prompt that changed the world and stand: what a runbook is made of.
///
/// What a transaction or a what-if took back is not in it, and neither is what `workspace.undo`
/// took back, or what came before the workspace was emptied or went back to a checkpoint.
final class Ledger {
  /// Most calls that are kept; later ones are counted.
  static let countMax = 2000

  private struct Kept {
    /// The entry of the undo log that has what it changed; nil if it changed nothing.
    let number: Int?
    /// The entry of the undo log that emptied the workspace, or went back to a checkpoint, after it.
    var endedBy: Int?
    /// What is told of it; nil for calls that came after as many as are kept.
    let row: LuaValue?
    var count = 1
  }

  /// What is known at one moment.
  private struct State {
    var calls: [Kept] = []
    /// Entries of the undo log that were taken back, and can be done again.
    var undone: Set<Int> = []
    /// The last entry of the undo log that a call belongs to.
    var newest: Int?

    func stands(_ call: Kept) -> Bool {
      call.number.map { !undone.contains($0) } ?? true
        && call.endedBy.map(undone.contains) ?? true
    }

    var standing: [Kept] { calls.filter(stands) }
  }

  private var state = State()
  /// What was known when each of the frames under way began, the innermost last.
  private var frames: [State] = []

  /// How many calls came after as many as are kept.
  var leftOutCount: Int { state.standing.reduce(0) { $0 + ($1.row == nil ? $1.count : 0) } }

  /// Whether a function belongs to the modelled world, and is no plain computation.
  static func isDomain(_ function: LuaFunctionDescription) -> Bool {
    guard !function.isField else { return false }
    return !["kmsh.", "prompt.", "crypto.", "json.", "yaml."].contains(
      where: function.name.hasPrefix
    )
  }

  /// Whether the calls of a function are kept, or tell which ones stand.
  func keeps(_ function: LuaFunctionDescription) -> Bool {
    Self.changing.contains(function.name) || Self.frames.contains(function.name)
      || Self.ending.contains(function.name)
  }

  func begin(_ call: HostCall) {
    if Self.frames.contains(call.description.name) { frames.append(state) }
  }

  /// Keeps a call that has ended well, or forgets what it took back; `number` is the entry of the
  /// undo log that is being written, nil while that has changed nothing.
  func end(_ call: HostCall, in number: Int?) {
    let name = call.description.name
    if Self.frames.contains(name) {
      let before = frames.popLast()
      if let before, name == "workspace.what_if" || call.error != nil { state = before }
    } else if call.error == nil {
      if Self.ending.contains(name) {
        endAll(by: number)
      } else if Self.changing.contains(name) {
        keep(call.row, number)
      }
    }
  }

  /// Notes that `workspace.undo` took an entry of the undo log back.
  func takeBack(_ number: Int) {
    guard state.calls.contains(where: { $0.number == number || $0.endedBy == number }) else {
      return
    }
    state.undone.insert(number)
  }

  /// Notes that `workspace.redo` did an entry of the undo log again.
  func doAgain(_ number: Int) { state.undone.remove(number) }

  private func keep(_ row: LuaValue, _ number: Int?) {
    if let number { forgetUndone(before: number) }
    if let last = state.calls.last, last.row == nil, last.number == number, last.endedBy == nil {
      state.calls[state.calls.count - 1].count += 1
      return
    }
    let isFull = state.calls.count >= Self.countMax && state.standing.count >= Self.countMax
    state.calls.append(Kept(number: number, row: isFull ? nil : row))
  }

  /// Nothing can be done again once an entry is written, and the oldest ones cannot be taken back.
  private func forgetUndone(before number: Int) {
    guard number != state.newest else { return }
    let (undone, oldest) = (state.undone, number - UndoEntry.countMax)
    state.calls.removeAll { call in
      call.number.map(undone.contains) ?? false
        || call.endedBy.map { !undone.contains($0) && $0 <= oldest } ?? false
    }
    for index in state.calls.indices where state.calls[index].endedBy.map(undone.contains) ?? false
    {
      state.calls[index].endedBy = nil
    }
    (state.undone, state.newest) = ([], number)
  }

  /// Forgets the calls that stand, until the entry that ended them is taken back.
  private func endAll(by number: Int?) {
    guard let number else {
      state.calls = []
      return
    }
    forgetUndone(before: number)
    for index in state.calls.indices where state.calls[index].endedBy == nil {
      state.calls[index].endedBy = number
    }
  }

  /// The calls in their order, each `{ name, receiver?, options, arguments, result? }`.
  var rows: LuaValue { .array(state.standing.compactMap(\.row)) }

  /// Functions that may take back what was called within them.
  private static let frames: Set = ["workspace.what_if", "workspace.transaction"]

  /// Functions after which no call stands.
  private static let ending: Set = [
    "workspace.reset", "workspace.restore", "checkpoint:restore",
  ]

  /// Functions that there is a command for elsewhere; `util/commands.lua` has the commands.
  static let changing: Set = [
    "vault.create", "vault.recover", "vault.purge", "vault:update", "vault:delete",
    "vault:set_policy", "vault:delete_policy", "vault:network_rule_add",
    "vault:network_rule_remove", "vault:create_key", "vault:private_endpoint_create",
    "vault:private_endpoint_delete", "vault:diagnostics", "deleted vault:recover",
    "deleted vault:purge", "key.create", "key.import", "key.update", "key.recover", "key.purge",
    "key.restore", "key:update", "key:rotate", "key:rotation_policy", "key:delete",
    "deleted key:recover", "deleted key:purge", "identity.create", "identity:delete",
    "role.assign", "role.revoke", "cluster.create", "cluster:update", "cluster:upgrade",
    "cluster:scale", "cluster:stop", "cluster:start", "cluster:operation_abort",
    "cluster:delete", "cluster:rewrite_secrets", "secret.create", "secret:update",
    "secret:delete", "group.create", "group:delete", "kmsh.desk.command_line",
  ]
}
