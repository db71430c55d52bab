internal import LineEditor

/// Reads entries: texts of one line or more that are whole, or that cannot become so.
final class EntryReader {
  private let reader: any LineReader
  private let chunks: ChunkReader
  private let prompt: () -> PromptText
  /// Entries of a pasted session that are still to come.
  private var waiting: [String] = []
  /// The lines of the entry so far.
  private(set) var lines: [String] = []

  init(_ reader: any LineReader, _ chunks: ChunkReader, prompt: @escaping () -> PromptText) {
    self.reader = reader
    self.chunks = chunks
    self.prompt = prompt
  }

  /// Returns the next entry; nil at the end.
  func next() -> String? {
    if !waiting.isEmpty { return remembered(waiting.removeFirst()) }
    lines = []
    var shown = prompt()
    var start = ""
    while true {
      let isContinuation = !lines.isEmpty
      let result = reader.readLine(
        prompt: isContinuation ? shown.continuation : shown.text,
        start: start,
        isContinuation: isContinuation
      )
      start = ""
      switch result {
      case .line(let line):
        lines += line.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        if let entry = entry() { return remembered(entry) }
      case .recalled(let line):
        start = (lines + [line]).joined(separator: "\n")
        lines = []
      case .interrupted, .endOfInput:
        if lines.isEmpty, result == .endOfInput { return nil }
        lines = []
        shown = prompt()
      }
    }
  }

  /// Drops the entries of a pasted session that are still to come.
  func drop() { waiting = [] }

  private func remembered(_ entry: String) -> String {
    // Else it would itself be the last entry, which it may be there to forget.
    let isHistory = entry.split(whereSeparator: \.isWhitespace).first == "\\history"
    if !isHistory { reader.remember(entry) }
    return entry
  }

  /// The entry that the lines make; nil while more is to come.
  private func entry() -> String? {
    let typed = lines.joined(separator: "\n")
    if typed.allSatisfy(\.isWhitespace) {
      lines = []
      return nil
    }
    guard let copied = PastedMarks.stripped(lines) else { return isIncomplete(typed) ? nil : typed }
    let text = copied.map { $0.joined(separator: "\n") }
    let whole = text.joined(separator: "\n")
    guard text.count > 1, state(of: whole) == .broken,
      !text.contains(where: { state(of: $0) == .incomplete })
    else { return isIncomplete(whole) ? nil : whole }
    // A copied session: its entries run one after the other.
    waiting = Array(text.dropFirst())
    return text[0]
  }

  private enum State { case whole, incomplete, broken }

  private func state(of text: String) -> State {
    // Without memory to compile it, running it tells so.
    switch try? chunks.read(text) {
    case .incomplete: .incomplete
    case .chunk: .whole
    case .broken, nil: .broken
    }
  }

  private func isIncomplete(_ text: String) -> Bool {
    var chunk = text[...]
    if text.hasPrefix("\\") {
      if text.hasSuffix("\\"), text.count > 1 { return true }
      guard let command = MetaCommand.find(text.dropFirst().prefix { !$0.isWhitespace }) else {
        return false
      }
      chunk = text.drop { !$0.isWhitespace }.drop(while: \.isWhitespace)
      switch command.argument {
      case .commandLines: return ShellText.isOpen(chunk)
      case .chunk: break
      case .numberAndChunk: chunk = chunk.drop { !$0.isWhitespace }
      case .none, .words, .text: return false
      }
    }
    return state(of: String(chunk)) == .incomplete
  }
}
