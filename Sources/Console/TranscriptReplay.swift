public import LuaRuntime

/// Runs a transcript and compares what comes out with what stands in it.
///
/// The work is done by `tools.replay` of the standard library, which must be on the module
/// path. Seed and clock of the transcript are set in the state's workspace, in which it then acts:
/// give it one that is empty, or wrap the call in `workspace.what_if`.
public struct TranscriptReplay {
  /// How a replay ended.
  public struct Outcome: Sendable {
    /// Entries that were run.
    public let entryCount: Int
    /// Entries whose output or error differs.
    public let differenceCount: Int
    /// The differences as a person reads them; empty when there are none.
    public let text: String
  }

  /// How wide values are shown in a transcript.
  static let columnCount = 80

  private let state: LuaState
  private let printer: ValuePrinter

  /// Prepares replays in a state; values are shown as in 80 columns.
  public init(state: LuaState) {
    self.init(
      state: state,
      printer: ValuePrinter(
        state: state,
        columnCount: { Self.columnCount },
        palette: Palette(isColoured: false)
      )
    )
  }

  init(state: LuaState, printer: ValuePrinter) {
    self.state = state
    self.printer = printer
  }

  /// Runs a transcript and compares.
  ///
  /// - Parameters:
  ///   - source: its text.
  ///   - path: what it is called in differences and errors.
  /// - Returns: the differences.
  /// - Throws: `transcript.unknown`, `transcript.broken`, `interrupted` and other stops.
  public func run(_ source: String, path: String) throws -> Outcome {
    try call("run", source, path)
  }

  /// Runs a transcript, and writes down what came out where that differs.
  ///
  /// - Returns: an outcome whose text is the transcript as it should be.
  /// - Throws: as `run`.
  public func update(_ source: String, path: String) throws -> Outcome {
    try call("update", source, path)
  }

  private func call(_ function: String, _ source: String, _ path: String) throws -> Outcome {
    let call = """
      local name, source, path, show = ...
      local width = 80
      return require('tools.replay')[name](source, path, function(...)
        return show(width, ...)
      end)
      """
    let outcome = try state.call(
      state.load(Array(call.utf8), chunkName: "=replay"),
      [.string(function), .string(source), .string(path), .function(printer.function())]
    ).first
    guard case .integer(let entryCount) = outcome?.member("entries"),
      case .integer(let differenceCount) = outcome?.member("differences")
    else { throw LuaError(code: "host.failure", message: "the replay gave no outcome") }
    return Outcome(
      entryCount: Int(clamping: entryCount),
      differenceCount: Int(clamping: differenceCount),
      text: outcome?.member("text")?.text ?? ""
    )
  }
}
