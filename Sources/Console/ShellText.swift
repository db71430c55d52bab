/// Command lines for a shell, as far as the reading of entries must know them.
enum ShellText {
  /// Whether more is to come: a quote is open, or the last line goes on below.
  static func isOpen(_ text: some StringProtocol) -> Bool {
    var quote: Character?
    var isEscaped = false
    var isComment = false
    var before: Character = " "
    for character in text {
      defer { before = character }
      if isComment {
        isComment = !character.isNewline
      } else if isEscaped {
        isEscaped = false
      } else if let open = quote {
        if character == open { quote = nil }
        isEscaped = character == "\\" && open == "\""
      } else if character == "'" || character == "\"" {
        quote = character
      } else {
        isEscaped = character == "\\"
        isComment = character == "#" && before.isWhitespace
      }
    }
    return quote != nil || isEscaped || text.last { !$0.isWhitespace } == "|"
  }
}
