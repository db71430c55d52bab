/// The prompt and its continuation, which is as wide.
struct PromptText {
  /// What the line editor takes for the bounds of what is not shown.
  private static let hidden = "\u{1}"

  /// States in which output is easily misread: a moved clock, a checkpoint.
  let marks: [String]
  let isColored: Bool

  /// The prompt; a colour ends before the last blank, where the editor would lose its end.
  var text: String {
    let state = marks.isEmpty ? "" : "[\(marks.joined(separator: " "))]"
    guard isColored else { return "kmsh\(state)> " }
    let name = Self.escape("1;32") + "kmsh"
    let shown = state.isEmpty ? "" : Self.escape("0;33") + state + Self.escape("1;32")
    return "\(name)\(shown)>\(Self.escape("0")) "
  }

  /// What stands before the further lines of an entry.
  var continuation: String {
    let width = PromptText(marks: marks, isColored: false).text.count
    return String(repeating: " ", count: max(0, width - 3)) + ".. "
  }

  private static func escape(_ code: String) -> String { "\(hidden)\u{1B}[\(code)m\(hidden)" }
}
