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

  private let entries: EntryReader
  /// Runs what was read.
  public let evaluator: Evaluator

  /// Puts a prompt together on a state whose modules are registered.
  ///
  /// - Parameters:
  ///   - state: runs the entries.
  ///   - reader: gives their lines.
  ///   - sinks: take what is shown.
  ///   - log: notes the entries, with what they gave.
  ///   - surroundings: what the program does for the prompt.
  ///   - columnCount: how wide the screen is.
  ///   - marks: states to show in the prompt, in which output is easily misread.
  ///   - names: knows the things that completion offers.
  public init(
    state: LuaState,
    reader: any LineReader,
    sinks: Sinks,
    log: SessionLog? = nil,
    surroundings: Surroundings = Surroundings(),
    columnCount: @escaping () -> Int,
    marks: @escaping () -> [String] = { [] },
    names: (any NameProvider)? = nil
  ) {
    evaluator = Evaluator(
      state: state,
      sinks: sinks,
      columnCount: columnCount,
      surroundings: surroundings.withHistory(of: reader, sinks),
      log: log,
      ask: { prompt in
        if case .line(let line) = reader.readLine(prompt: prompt) { line } else { nil }
      }
    )
    let entries = EntryReader(reader, ChunkReader(state: state)) {
      PromptText(marks: marks(), isColored: surroundings.isColoured)
    }
    self.entries = entries
    let completer = Completer(
      state: state,
      names: names,
      commands: CommandName.all,
      library: surroundings.declaredFunctions
    )
    reader.complete { text, again in
      let above = entries.lines.map { $0 + "\n" }.joined()
      return completer.completion(of: above + text, columnCount: columnCount(), again: again)
    }
  }

  /// Reads and runs until the input ends or `\quit`.
  public func run() {
    while !evaluator.isLeaving, let text = entries.next(), evaluator.run(text) {
      if evaluator.wasInterrupted { entries.drop() }
    }
  }
}

extension Surroundings {
  /// The same with the command that shows the history of a reader.
  fileprivate func withHistory(of reader: any LineReader, _ sinks: Console.Sinks) -> Surroundings {
    var surroundings = self
    surroundings.readingCommands.append(
      ("history", "[TEXT | forget]", "what was entered, or take the last entry out of it")
    )
    let earlier = runReadingCommand
    surroundings.runReadingCommand = { name, rest in
      guard name == "history" else { return try earlier(name, rest) }
      let words = rest.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      sinks.results(HistoryCommand(reader: reader).run(words))
      return true
    }
    return surroundings
  }
}

extension CommandName {
  /// What can follow a backslash.
  fileprivate static let all =
    MetaCommand.all.map { CommandName($0.name, argument(of: $0)) }
    + [CommandName("history"), CommandName("quit")]

  private static func argument(of command: MetaCommand) -> Argument {
    switch (command.argument, command.name) {
    case (.chunk, _), (.numberAndChunk, _): .chunk
    case (_, "help"): .names(.topics)
    case (_, "save"), (_, "replay"): .names(.files)
    case (_, "restore"): .names(NameSource("checkpoint"))
    case (_, "trace"): .names(.words(["on", "off"]))
    default: .nothing
    }
  }
}
