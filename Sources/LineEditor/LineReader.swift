/// What asking for a line gave.
public enum LineResult: Hashable, Sendable {
  /// A line, without its end.
  case line(String)
  /// Control-C: drop what was typed.
  case interrupted
  /// No more lines.
  case endOfInput
}

/// Where the prompt gets its lines.
public protocol LineReader: AnyObject {
  /// Shows a prompt and waits for a line.
  func readLine(prompt: String) -> LineResult
  /// Offers an entry, of one line or more, to the history.
  func remember(_ entry: String)
}
