/// What is typed after one or two question marks, with which no chunk of Lua begins.
enum HelpQuestion {
  /// The chunk that answers a question: `?vault.create` shows a page, `??text` searches all; nil
  /// for what is no question.
  static func chunk(_ text: String) -> String? {
    guard text.hasPrefix("?") else { return nil }
    let isSearch = text.hasPrefix("??")
    let subject = text.drop { $0 == "?" }.split(whereSeparator: \.isWhitespace)
      .joined(separator: " ")
    guard !subject.isEmpty else { return "help()" }
    return (isSearch ? "help.search" : "help") + "(\(literal(subject)))"
  }

  /// A text as Lua writes it.
  private static func literal(_ text: String) -> String {
    "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
  }
}
