public import LuaRuntime
internal import WorkspaceStore

/// What a prompt keeps at hand from one entry to the next, and what only a prompt can do.
///
/// The functions of the Lua module `prompt` work on it, so that a script can call them too; in a
/// script, what only a prompt can do says so.
public final class Desk {
  /// What stopped the last entry.
  public var lastError: LuaError?
  /// Whether calls into the host are told as they end.
  public var isTracing = false
  /// Where notes, times and traces go.
  public var talk: (String) -> Void
  /// Shows values as a prompt does; nil where there is no prompt.
  public var show: (([LuaReference]) throws -> Void)?
  /// Shows the next screen of what did not fit; nil where there is no prompt.
  public var more: (() throws -> Void)?
  /// Opens a text, or the last entry, in an editor and runs what comes back.
  public var edit: ((String?) throws -> Void)?
  /// Writes what was entered as a transcript: a file, and which entries.
  public var save: ((_ path: String, _ range: String?) throws -> LuaValue)?
  /// Runs a transcript and compares.
  public var replay: ((_ path: String) throws -> LuaValue)?
  /// Version of the program, as its command lines tell it.
  public var version = "0"
  /// What was done so far.
  let ledger: Ledger

  init(talk: @escaping (String) -> Void) {
    self.talk = talk
    ledger = Ledger()
  }

  /// Listens to the calls of an entry in a state: for the ledger, and for whoever traces.
  ///
  /// `number` finds the entry of the undo log that is being written.
  func trace(in state: LuaState, number: @escaping () -> Int?) -> HostTrace {
    HostTrace(
      interest: { [unowned self] function in
        ledger.keeps(function) || isTracing && Ledger.isDomain(function) ? .results : .none
      },
      began: { [unowned self] in ledger.begin($0) },
      ended: { [unowned self, unowned state] call in
        if ledger.keeps(call.description) { ledger.end(call, in: number()) }
        if isTracing, Ledger.isDomain(call.description) { talk("trace: \(call.line(in: state))\n") }
      }
    )
  }
}

extension HostCall {
  /// The call with its outcome, as a trace shows it.
  func line(in state: LuaState) -> String {
    let indent = String(repeating: "  ", count: depth)
    let outcome: String
    if let error {
      outcome = "\(error.code): \(error.message)" + (error.rule.map { " (\($0))" } ?? "")
    } else {
      outcome = results.isEmpty ? "" : results.map { state.literal($0) }.joined(separator: ", ")
    }
    let mark = error == nil ? "→" : "✗"
    let time = duration.inMilliseconds
    return "\(indent)\(state.text(of: self)) \(mark) \(outcome)  \(time)"
  }
}

extension Duration {
  /// Such as `12.3 ms`.
  var inMilliseconds: String {
    let tenths = Int((self / .microseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10) ms"
  }
}

extension Session {
  /// Runs what was entered at a prompt: what it changes is one entry of the undo log, its calls are
  /// kept for a runbook and told if they are traced, and `ask` is asked before it destroys
  /// something.
  public func entering<Result>(
    in state: LuaState,
    asking ask: @escaping Confirmer,
    _ body: () throws -> Result
  ) throws -> Result {
    let earlier = confirmer
    confirmer = ask
    defer { confirmer = earlier }
    let trace = desk.trace(in: state) { [unowned self] in
      // A workspace that cannot tell has told so to the call itself.
      isOpen ? try? workspace.currentUndoNumber() : nil
    }
    return try recordingUndo { try state.tracing(by: trace, body) }
  }
}
