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

  private let state: LuaState
  private let reader: any LineReader
  private let sinks: Sinks
  private let chunks: ChunkReader
  private let printer: ValuePrinter
  private let log: SessionLog?
  private let entries: EntryReader
  private var didWarnOfLocal = false

  /// Puts a prompt together on a state whose modules are registered.
  ///
  /// - Parameters:
  ///   - state: runs the entries.
  ///   - reader: gives their lines.
  ///   - sinks: take what is shown.
  ///   - log: notes the entries, with what they gave.
  ///   - columnCount: how wide the screen is.
  ///   - isColored: whether the prompt is.
  ///   - marks: states to show in the prompt, in which output is easily misread.
  ///   - names: knows the things that completion offers.
  /// - Throws: `limit.memory`.
  public init(
    state: LuaState,
    reader: any LineReader,
    sinks: Sinks,
    log: SessionLog? = nil,
    columnCount: @escaping () -> Int,
    isColored: Bool = false,
    marks: @escaping () -> [String] = { [] },
    names: (any NameProvider)? = nil
  ) throws {
    self.state = state
    self.reader = reader
    self.sinks = sinks
    self.log = log
    chunks = ChunkReader(state: state)
    printer = try ValuePrinter(state: state, columnCount: columnCount)
    let entries = EntryReader(reader, chunks) { PromptText(marks: marks(), isColored: isColored) }
    self.entries = entries
    let completer = Completer(state: state, names: names, commands: Self.commands)
    reader.complete { text, again in
      let above = entries.lines.map { $0 + "\n" }.joined()
      return completer.completion(of: above + text, columnCount: columnCount(), again: again)
    }
  }

  /// What can follow a backslash, with what it is given.
  private static let commands: [CommandName] = [
    CommandName("help", .names(.topics)), CommandName("history"), CommandName("quit"),
  ]

  /// Reads and runs until the input ends or `\quit`.
  public func run() {
    while !state.isLeaving, let text = entries.next() {
      if text.hasPrefix("\\") {
        if !meta(text) { return }
      } else {
        evaluate(text)
      }
    }
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
      if state.isLeaving { return }
      // The terminal shows the key where the output stood.
      if (error as? LuaError)?.code == "interrupted" { sinks.talk("\n") }
      sinks.talk(ErrorPrinter().text(error))
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
    case "history": history(line.dropFirst(word.count + 1))
    case "help", "?": help(line.dropFirst(word.count + 1).filter { !$0.isWhitespace })
    default:
      sinks.talk("error: there is no command \\\(word)\nhint: \\help lists what there is\n")
    }
    return true
  }

  private func history(_ argument: Substring) {
    let words = argument.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    sinks.results(HistoryCommand(reader: reader).run(words))
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
