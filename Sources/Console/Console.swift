public import LineEditor
public import LuaRuntime

/// The prompt: reads a chunk, runs it, shows what it gave.
public final class Console {
  /// Where output goes.
  public struct Sinks {
    /// Results.
    public let results: (String) -> Void
    /// Errors and notes.
    public let talk: (String) -> Void

    /// Pairs two sinks.
    public init(results: @escaping (String) -> Void, talk: @escaping (String) -> Void) {
      self.results = results
      self.talk = talk
    }
  }

  private static let prompt = "kmsh> "
  private static let continuation = "   .. "

  private let state: LuaState
  private let reader: any LineReader
  private let sinks: Sinks
  private let chunks: ChunkReader
  private let printer: ValuePrinter
  private let log: SessionLog?
  private var didWarnOfLocal = false

  /// Puts a prompt together on a state whose modules are registered.
  public init(
    state: LuaState,
    reader: any LineReader,
    sinks: Sinks,
    log: SessionLog? = nil,
    columnCount: @escaping () -> Int
  ) throws {
    self.state = state
    self.reader = reader
    self.sinks = sinks
    self.log = log
    chunks = ChunkReader(state: state)
    printer = try ValuePrinter(state: state, columnCount: columnCount)
  }

  /// Reads and runs until the input ends or `\quit`.
  public func run() {
    while !state.isLeaving, let text = readEntry() {
      if text.hasPrefix("\\") {
        if !meta(text) { return }
      } else {
        evaluate(text)
      }
    }
  }

  // MARK: Reading

  /// Returns an entry that is whole, or that cannot become so; nil at the end.
  private func readEntry() -> String? {
    var lines: [String] = []
    while true {
      switch reader.readLine(prompt: lines.isEmpty ? Self.prompt : Self.continuation) {
      case .interrupted: lines = []
      case .endOfInput:
        if lines.isEmpty { return nil }
        lines = []
      case .line(let line):
        lines.append(contentsOf: pasted(line))
        let text = lines.joined(separator: "\n")
        if text.allSatisfy(\.isWhitespace) {
          lines = []
        } else if text.hasPrefix("\\") || !isIncomplete(text) {
          reader.remember(text)
          return text
        }
      }
    }
  }

  /// Lines of a block as it was copied from a prompt, without the prompts.
  private func pasted(_ line: String) -> [String] {
    let lines = line.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    let marks = ["kmsh>", ".."]
    let isTranscript = lines.allSatisfy { line in
      marks.contains { line.drop(while: { $0 == " " }).hasPrefix($0) }
    }
    guard isTranscript else { return lines }
    return lines.map { line in
      let bare = line.drop(while: { $0 == " " })
      let mark = marks.first { bare.hasPrefix($0) } ?? ""
      return String(bare.dropFirst(mark.count))
    }
  }

  private func isIncomplete(_ text: String) -> Bool {
    // What is broken is whole: running it tells the error.
    if case .incomplete = try? chunks.read(text) { true } else { false }
  }

  // MARK: Running

  private func evaluate(_ text: String) {
    log?.begin(text)
    do {
      switch try chunks.read(text) {
      case .incomplete: return
      case .broken(let error): throw error
      case .chunk(let function):
        let values = try state.callKeeping(function)
        if let first = values.first { try state.setGlobal("_", .function(first)) }
        let shown = try printer.text(values)
        if !shown.isEmpty { sinks.results(shown + "\n") }
        log?.note(shown.isEmpty ? "" : shown + "\n")
        log?.end()
        warnOfLocal(text)
      }
    } catch {
      log?.end(error)
      if !state.isLeaving { sinks.talk(ErrorPrinter().text(error)) }
    }
  }

  private func warnOfLocal(_ text: String) {
    guard !didWarnOfLocal, text.hasPrefix("local ") else { return }
    didWarnOfLocal = true
    sinks.talk("note: a local ends with its entry; leave the word out to keep the name\n")
  }

  /// Runs a line that begins with a backslash; false ends the prompt.
  private func meta(_ line: String) -> Bool {
    let word = line.dropFirst().prefix { !$0.isWhitespace }
    switch word {
    case "quit", "q": return false
    case "help", "?": help(line.dropFirst(word.count + 1).filter { !$0.isWhitespace })
    default:
      sinks.talk("error: there is no command \\\(word)\nhint: \\help lists what there is\n")
    }
    return true
  }

  private func help(_ name: String) {
    do {
      let end = name.isEmpty ? "\n\\quit leaves, as control-D does\n" : "\n"
      sinks.results(try state.help(name) + end)
    } catch {
      sinks.talk(ErrorPrinter().text(error))
    }
  }
}
