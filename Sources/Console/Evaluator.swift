internal import FoundationEssentials
internal import LineEditor
public import LuaRuntime

#if canImport(Glibc)
  internal import Glibc
#endif

/// Runs what was entered at the prompt and shows what it gave.
public final class Evaluator {
  private let state: LuaState
  private let sinks: Console.Sinks
  private let columnCount: () -> Int
  private let surroundings: Surroundings
  private let log: SessionLog?
  private let chunks: ChunkReader
  private let printer: ValuePrinter
  private let transcriptPrinter: ValuePrinter
  private let palette: Palette
  private let errors: ErrorPrinter
  /// Asks for a line that is no entry; nil when none comes.
  private let ask: (String) -> String?
  private var pager = Pager()
  private var didWarnOfLocal = false
  private var didNameMore = false
  private var keeper: LuaReference?
  /// Whether control-C ended the last entry.
  private(set) var wasInterrupted = false
  /// The last entry that was Lua.
  private(set) var lastEntry = ""

  init(
    state: LuaState,
    sinks: Console.Sinks,
    columnCount: @escaping () -> Int,
    surroundings: Surroundings,
    log: SessionLog?,
    ask: @escaping (String) -> String?
  ) {
    self.state = state
    self.sinks = sinks
    self.columnCount = columnCount
    self.surroundings = surroundings
    self.log = log
    self.ask = ask
    chunks = ChunkReader(state: state)
    palette = Palette(isColoured: surroundings.isColoured)
    printer = ValuePrinter(state: state, columnCount: columnCount, palette: palette)
    transcriptPrinter = ValuePrinter(
      state: state,
      columnCount: { TranscriptReplay.columnCount },
      palette: Palette(isColoured: false)
    )
    errors = ErrorPrinter(
      palette: palette,
      remedy: surroundings.remedy,
      library: surroundings.library,
      isPrompt: true
    )
  }

  /// Whether something that ran ends the program.
  var isLeaving: Bool { state.isLeaving }

  /// Runs an entry; false when it was the last one.
  func run(_ entry: String) -> Bool {
    if entry.hasPrefix("\\") { return runCommand(entry) }
    lastEntry = entry
    log?.begin(entry)
    attempt(entry) { try evaluate(entry) }
    return true
  }

  /// Shows values as results are shown.
  public func show(_ values: [LuaReference]) throws {
    let text = try printer.text(values)
    guard !text.isEmpty else { return }
    // A transcript is as wide as a replay shows it.
    if let log { log.note(try transcriptPrinter.text(values) + "\n") }
    let rows = surroundings.rowCount()
    sinks.results(pager.show(text, rows: rows, columns: columnCount()) + "\n")
    try nameMore()
  }

  /// Shows the next screen of what did not fit.
  public func showMore() {
    guard !pager.isEmpty else { return sinks.talk("there is no more\n") }
    sinks.results(pager.next(rows: surroundings.rowCount(), columns: columnCount()) + "\n")
  }

  /// Opens a text, or the last entry, in an editor, and runs what comes back.
  ///
  /// - Throws: `prompt.edit` when there is no editor, or it fails.
  public func edit(_ text: String?) throws {
    guard let entry = try EditedText.edit(text ?? lastEntry, in: state) else { return }
    sinks.talk(entry + "\n")
    lastEntry = entry
    log?.begin(entry)
    try evaluate(entry)
  }

  // MARK: Entries

  /// Runs `body` as an entry, and tells what stopped it.
  private func attempt(_ entry: String, _ body: () throws -> Void) {
    wasInterrupted = false
    do {
      try surroundings.entering(isMeant, body)
      log?.end()
    } catch {
      log?.end(error)
      if state.isLeaving { return }
      var error = LuaError(of: error)
      wasInterrupted = error.code == "interrupted"
      error.hint = error.hint ?? hint(for: error, of: entry)
      // The terminal shows the key where the output stood.
      if wasInterrupted { sinks.talk("\n") }
      surroundings.failed(error)
      let place =
        error.kind == .syntax ? SyntaxCaret(chunks).lines(error.message, in: entry) : nil
      sinks.talk(errors.text(error, place: place))
    }
  }

  private func evaluate(_ text: String) throws {
    switch try chunks.read(text) {
    case .incomplete:
      throw LuaError(code: "lua.syntax", message: "the entry has no end", kind: .incomplete)
    case .broken(let error): throw error
    case .chunk(let function):
      let values = try state.callKeeping(function)
      try keep(values)
      try show(values)
      try tellOfLeaving(text, values)
      warnOfLocal(text)
    }
  }

  /// Keeps the first value as `_`, and the ones before as `_1` and `_2`.
  private func keep(_ values: [LuaReference]) throws {
    guard let first = values.first else { return }
    let source = """
      local value = ...
      if value == nil then return end
      rawset(_G, '_2', rawget(_G, '_1'))
      rawset(_G, '_1', rawget(_G, '_'))
      rawset(_G, '_', value)
      """
    let keeper = try keeper ?? state.load(Array(source.utf8), chunkName: "=console")
    self.keeper = keeper
    _ = try state.call(keeper, [.function(first)])
  }

  /// Makes `more` a name for `prompt.more` once there is more, unless the user has one.
  private func nameMore() throws {
    guard !pager.isEmpty, !didNameMore else { return }
    didNameMore = true
    let source = "if rawget(_G, 'more') == nil then more = function() prompt.more() end end"
    _ = try state.call(state.load(Array(source.utf8), chunkName: "=console"))
  }

  /// What may have been meant, or can be done.
  private func hint(for error: LuaError, of entry: String) -> String? {
    if wasInterrupted { return "what it did outside of a transaction stays; \\undo takes it back" }
    if error.kind == .syntax {
      let words = entry.split(whereSeparator: \.isWhitespace).drop { $0 == "$" }
      guard let first = words.first, ["az", "kubectl"].contains(first) else { return nil }
      return "\\\(first) … runs a command line of \(first)"
    }
    // Lua's own words for a function that is not there (ldebug.c, varinfo).
    guard let match = error.message.firstMatch(of: /call a nil value \((?:field|method) '(\w+)'\)/)
    else { return nil }
    let names = state.functionNames.compactMap { $0.split { ".:".contains($0) }.last }
    return Nearest.hint(String(match.output.1), names.map { String($0) })
  }

  /// Tells who types what leaves other shells how to leave this one.
  private func tellOfLeaving(_ text: String, _ values: [LuaReference]) throws {
    guard ["exit", "quit"].contains(text.filter { !$0.isWhitespace }),
      try printer.text(values).isEmpty
    else { return }
    sinks.talk("note: \\quit or control-D leaves\n")
  }

  private func warnOfLocal(_ text: String) {
    guard !didWarnOfLocal, text.hasPrefix("local ") else { return }
    didWarnOfLocal = true
    sinks.talk("note: a local ends with its entry; leave the word out to keep the name\n")
  }

  /// Asks whether something is meant to be destroyed, by the name of what ends.
  private func isMeant(_ question: Surroundings.Question) -> Bool {
    sinks.talk(palette.paint(.bad, "! \(question.losses)") + "\n")
    if let rule = question.rule {
      let remedy = surroundings.remedy(rule).map { "  \($0)" } ?? ""
      sinks.talk("\(palette.paint(.reference, "rule:")) \(rule)\(remedy)\n")
    }
    return ask("type \(question.name) to go on: ") == question.name
  }

  // MARK: Commands

  /// Runs a line that begins with a backslash; false ends the prompt.
  private func runCommand(_ line: String) -> Bool {
    let text = line.dropFirst()
    // A command of the system needs no blank after the mark.
    let word = text.hasPrefix("!") ? text.prefix(1) : text.prefix { !$0.isWhitespace }
    let rest = text.dropFirst(word.count).drop(while: \.isWhitespace)
    if ["quit", "q"].contains(word) { return false }
    if let code = noted(word, rest) { log?.begin(code) }
    attempt(String(rest)) {
      if word == "help" || word == "?", rest.isEmpty { return try help() }
      if try surroundings.runReadingCommand(String(word), String(rest)) { return }
      guard let command = MetaCommand.find(word) else {
        throw LuaError(
          code: "prompt.unknown",
          message: "there is no command \\\(word)",
          hint: Nearest.hint(String(word), MetaCommand.all.map(\.name) + ["history", "quit"])
            ?? "\\help lists what there is"
        )
      }
      let values = try state.callKeeping(
        state.load(Array(command.source.utf8), chunkName: "=console"),
        arguments(of: command, String(rest))
      )
      try keep(values)
      try show(values)
    }
    return true
  }

  /// Command lines as the call that they are, without their secrets; nil of what is not noted.
  private func noted(_ word: Substring, _ rest: Substring) -> String? {
    guard case .commandLines? = MetaCommand.find(word)?.argument, !rest.isEmpty else { return nil }
    let mark = "\\\(word) "
    let lines = SourceRedaction(state.descriptions).applied(to: mark + rest).dropFirst(mark.count)
    return "local status = prompt.\(word) "
      + state.literal(.string(String(lines)), lengthMax: .max)
  }

  private func help() throws {
    let commands = MetaCommand.help(surroundings.readingCommands)
    let text = try commands + "\n\n" + state.help("")
    sinks.results(
      pager.show(text, rows: surroundings.rowCount(), columns: columnCount()) + "\n"
    )
  }

  /// What follows a command's name, as its function takes it.
  private func arguments(of command: MetaCommand, _ rest: String) throws -> [LuaValue] {
    switch command.argument {
    case .none:
      guard rest.isEmpty else { throw wrong(command) }
      return []
    case .words:
      let words = rest.split(whereSeparator: \.isWhitespace)
      guard command.wordCounts.contains(words.count) else { throw wrong(command) }
      return words.map { word in Int64(word).map { .integer($0) } ?? .string(String(word)) }
    case .text, .commandLines:
      guard !rest.isEmpty || command.parameters.hasPrefix("[") else { throw wrong(command) }
      return rest.isEmpty ? [] : [.string(rest)]
    case .chunk: return [try chunk(rest, command)]
    case .numberAndChunk:
      let number = rest.prefix { !$0.isWhitespace }
      guard let seconds = Double(number) else { throw wrong(command) }
      return [.number(seconds), try chunk(String(rest.dropFirst(number.count)), command)]
    }
  }

  private func chunk(_ text: String, _ command: MetaCommand) throws -> LuaValue {
    guard !text.allSatisfy(\.isWhitespace) else { throw wrong(command) }
    switch try chunks.read(text) {
    case .chunk(let function): return .function(function)
    case .broken(let error): throw error
    case .incomplete:
      throw LuaError(
        code: "lua.syntax",
        message: "\\\(command.name): the chunk has no end",
        kind: .incomplete
      )
    }
  }

  private func wrong(_ command: MetaCommand) -> LuaError {
    LuaError(
      code: "argument.value",
      message: "it is \\\(command.name)"
        + (command.parameters.isEmpty ? "" : " \(command.parameters)"),
      hint: command.summary
    )
  }
}
