internal import LineEditor

/// `\history [TEXT]` and `\history forget`.
struct HistoryCommand {
  /// Entries shown at once.
  static let shownCountMax = 50
  /// Lines shown of one entry.
  static let lineCountMax = 8

  let reader: any LineReader

  /// Does what the words after the command ask for, and returns what to show.
  func run(_ argument: String) -> String {
    argument == "forget" ? forget() : list(argument)
  }

  /// The newest entries that hold a text, numbered, the newest last.
  private func list(_ text: String) -> String {
    let entries = reader.entries.enumerated().filter { text.isEmpty || $0.element.contains(text) }
    guard !entries.isEmpty else {
      return text.isEmpty ? "no entry yet\n" : "no entry holds '\(text)'\n"
    }
    let shown = entries.suffix(Self.shownCountMax)
    let width = "\(shown.last?.offset ?? 0)".count
    let lines = shown.map { index, entry in
      let number = "\(index + 1)"
      let margin = String(repeating: " ", count: max(0, width + 2 - number.count))
      return "\(margin)\(number)  \(shortened(entry, indent: width + 4))\n"
    }
    let hidden = entries.count - shown.count
    let note =
      hidden == 0 ? "" : "  … \(hidden) earlier: \\history TEXT shows those that hold TEXT\n"
    return note + lines.joined()
  }

  /// The first lines of an entry, below one another.
  private func shortened(_ entry: String, indent: Int) -> String {
    var lines = entry.split(separator: "\n", omittingEmptySubsequences: false)
    let hidden = lines.count - Self.lineCountMax
    if hidden > 1 { lines = lines.prefix(Self.lineCountMax) + ["… \(hidden) more lines"] }
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }

  /// Takes the last entry back, as one does who typed a secret.
  private func forget() -> String {
    guard let entry = reader.forget() else { return "there is no entry to forget\n" }
    let lines = entry.split(separator: "\n", omittingEmptySubsequences: false)
    let size = lines.count == 1 ? "\(entry.count) characters" : "\(lines.count) lines"
    return "forgotten: the last entry, of \(size)\n"
  }
}
