internal import CEditline

/// Lines typed at a terminal, edited by libedit.
///
/// Main thread only; it blocks while it waits.
@safe public final class TerminalLineReader: LineReader {
  private let edit: OpaquePointer
  private let history: History
  private var answer: (String, Bool) -> LineCompletion = { _, _ in .none }

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
  public init?(history: History, interrupted: @convention(c) () -> Bool) {
    guard let edit = unsafe cedit_open(interrupted) else { return nil }
    unsafe self.edit = edit
    self.history = history
    for entry in history.entries { unsafe cedit_remember(edit, entry) }
  }

  deinit { unsafe cedit_close(edit) }

  /// Shows a prompt and waits for a line.
  public func readLine(prompt: String) -> LineResult {
    readLine(prompt: prompt, start: "", isContinuation: false)
  }

  /// As `readLine(prompt:)`, with text to begin with; the up arrow recalls a continuation.
  public func readLine(prompt: String, start: String, isContinuation: Bool) -> LineResult {
    var line: UnsafePointer<CChar>?
    var count: Int32 = 0
    // libedit keeps the prompt and the start while it reads, no longer.
    let result = unsafe prompt.withCString { prompt in
      unsafe start.withCString { start in
        unsafe cedit_read(edit, prompt, start, isContinuation, &line, &count)
      }
    }
    let bytes = unsafe UnsafeRawBufferPointer(
      start: line,
      count: line == nil ? 0 : max(0, Int(count))
    )
    let text = unsafe String(decoding: bytes, as: UTF8.self)
    switch Int(result) {
    case Int(CEDIT_INTERRUPTED): return .interrupted
    case Int(CEDIT_RECALLED): return .recalled(text)
    case Int(CEDIT_LINE): return .line(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    default: return .endOfInput
    }
  }

  /// Keeps an entry for the up arrow, and on disk without its secrets.
  public func remember(_ entry: String) {
    unsafe cedit_remember(edit, entry)
    history.append(entry)
  }

  /// What the history holds, oldest first.
  public var entries: [String] { history.entries }

  /// Takes the last entry out of the history, on disk too, and returns it.
  public func forget() -> String? {
    guard let entry = history.forget() else { return nil }
    unsafe cedit_forget(edit)
    return entry
  }

  /// Has tabs answered.
  public func complete(by answer: @escaping (_ text: String, _ again: Bool) -> LineCompletion) {
    self.answer = answer
    unsafe cedit_on_tab(
      edit,
      { context, text, count, again in
        unsafe TerminalLineReader.takeTab(context, text, count, again)
      },
      // The editor ends with this object.
      Unmanaged.passUnretained(self).toOpaque()
    )
  }

  private static func takeTab(
    _ context: UnsafeMutableRawPointer?,
    _ text: UnsafePointer<CChar>,
    _ count: Int,
    _ again: Bool
  ) {
    guard let context = unsafe context else { return }
    let reader = unsafe Unmanaged<TerminalLineReader>.fromOpaque(context).takeUnretainedValue()
    let bytes = unsafe UnsafeRawBufferPointer(start: text, count: count)
    let completion = reader.answer(unsafe String(decoding: bytes, as: UTF8.self), again)
    unsafe cedit_insert(reader.edit, completion.insertion)
    unsafe cedit_show(reader.edit, completion.list)
  }
}
