/// What asking for a line gave.
public enum LineResult: Hashable, Sendable {
  /// A line, without its end.
  case line(String)
  /// What was typed so far of a continuation, whose entry is to be edited as a whole.
  case recalled(String)
  /// Control-C: drop what was typed.
  case interrupted
  /// No more lines.
  case endOfInput
}

/// What a tab is answered with.
public struct LineCompletion: Hashable, Sendable {
  /// Nothing.
  public static let none = LineCompletion(insertion: "")
  /// What goes in at the cursor.
  public let insertion: String
  /// Lines to show below when there is nothing to insert.
  public let list: String

  /// Pairs both.
  public init(insertion: String, list: String = "") {
    self.insertion = insertion
    self.list = list
  }
}

/// Where the prompt gets its lines.
public protocol LineReader: AnyObject {
  /// Shows a prompt and waits for a line.
  func readLine(prompt: String) -> LineResult
  /// As `readLine(prompt:)`, with text to begin with; a continuation may be recalled.
  func readLine(prompt: String, start: String, isContinuation: Bool) -> LineResult
  /// Offers an entry, of one line or more, to the history.
  func remember(_ entry: String)
  /// What the history holds, oldest first.
  var entries: [String] { get }
  /// Takes the last entry out of the history, on disk too, and returns it.
  func forget() -> String?
  /// Has tabs answered, from the text of the line before the cursor; `again` says that the key
  /// before was a tab too.
  func complete(by answer: @escaping (_ text: String, _ again: Bool) -> LineCompletion)
}

extension LineReader {
  /// Begins with nothing.
  public func readLine(prompt: String, start: String, isContinuation: Bool) -> LineResult {
    readLine(prompt: prompt)
  }

  /// Nothing.
  public var entries: [String] { [] }

  /// Forgets nothing.
  public func forget() -> String? { nil }

  /// Has no tabs.
  public func complete(by answer: @escaping (_ text: String, _ again: Bool) -> LineCompletion) {}
}
