internal import CEditline

/// Lines typed at a terminal, edited by libedit.
///
/// Main thread only; it blocks while it waits.
@safe public final class TerminalLineReader: LineReader {
  private let edit: OpaquePointer
  private let history: History?

  /// Version of libedit, such as `2.11`.
  public static var libraryVersion: String { unsafe String(cString: cedit_version()) }

  /// Whether standard input and output are a terminal.
  public static var isAvailable: Bool { cedit_is_terminal() }

  /// Columns of the terminal, 80 when that is unknown.
  public static var columnCount: Int { Int(cedit_columns()) }

  /// Opens the editor; nil when there is no terminal.
  ///
  /// - Parameters:
  ///   - history: what the up arrow brings back.
  ///   - interrupted: whether control-C came since it was asked last.
  public init?(history: History?, interrupted: @convention(c) () -> Bool) {
    guard let edit = unsafe cedit_open(interrupted) else { return nil }
    unsafe self.edit = edit
    self.history = history
    for entry in history?.load() ?? [] { unsafe cedit_remember(edit, entry) }
  }

  deinit { unsafe cedit_close(edit) }

  /// Shows a prompt and waits for a line.
  public func readLine(prompt: String) -> LineResult {
    var line: UnsafePointer<CChar>?
    var count: Int32 = 0
    switch Int(unsafe cedit_read(edit, prompt, &line, &count)) {
    case Int(CEDIT_INTERRUPTED): return .interrupted
    case Int(CEDIT_LINE):
      let bytes = unsafe UnsafeRawBufferPointer(start: line, count: Int(count))
      let text = unsafe String(decoding: bytes, as: UTF8.self)
      return .line(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    default: return .endOfInput
    }
  }

  /// Keeps an entry for the up arrow, and on disk unless it holds a secret.
  public func remember(_ entry: String) {
    unsafe cedit_remember(edit, entry)
    history?.append(entry)
  }
}

/// Lines from a list, for tests.
public final class ListLineReader: LineReader {
  private var lines: [String]
  /// What was offered to the history.
  public private(set) var entries: [String] = []
  /// The prompts shown.
  public private(set) var prompts: [String] = []

  /// Reads these lines.
  public init(_ lines: [String]) { self.lines = lines }

  /// Returns the next line; a line of control-C stands for the key.
  public func readLine(prompt: String) -> LineResult {
    prompts.append(prompt)
    guard !lines.isEmpty else { return .endOfInput }
    let line = lines.removeFirst()
    return line == "\u{3}" ? .interrupted : .line(line)
  }

  /// Keeps an entry.
  public func remember(_ entry: String) { entries.append(entry) }
}
