internal import LuaRuntime

/// Points at the place where a text stops being Lua.
struct SyntaxCaret {
  private let chunks: ChunkReader

  init(_ chunks: ChunkReader) { self.chunks = chunks }

  /// The line at fault with a caret below; nil when the place is not to be found.
  ///
  /// The message has a line and a word. Of the places where the word stands in that line, it is the
  /// first at which the text before could have gone on and the text with it cannot.
  func lines(_ message: String, in text: String) -> String? {
    guard let match = message.firstMatch(of: /^[^\n]*?:(\d+): .* near (?:'(.*)'|<eof>)$/),
      let number = Int(match.output.1)
    else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.indices.contains(number - 1) else { return nil }
    let line = lines[number - 1]
    guard line.utf8.count <= 1000 else { return nil }
    let before = lines[..<(number - 1)].map { $0 + "\n" }.joined()
    guard let word = match.output.2, !word.isEmpty else { return Self.point(line, line.count) }
    for range in line.ranges(of: word) {
      let (start, end) = (before + line[..<range.lowerBound], before + line[..<range.upperBound])
      guard !isBroken(start), isBroken(end) else { continue }
      return Self.point(line, line.distance(from: line.startIndex, to: range.lowerBound))
    }
    return nil
  }

  private func isBroken(_ text: String) -> Bool {
    // What cannot be compiled for another reason is not where the error is.
    if case .broken = try? chunks.read(text) { true } else { false }
  }

  private static func point(_ line: Substring, _ column: Int) -> String {
    // Tabs stay tabs, so that the caret stands below whatever they are shown as.
    let indent = line.prefix(column).map { $0 == "\t" ? "\t" : " " }.joined()
    return "  \(line)\n  \(indent)^"
  }
}
