/// Colours by meaning, for terminals; what they say is always said in words too.
public struct Palette: Sendable {
  /// What a text means.
  public enum Meaning: String, CaseIterable, Sendable {
    /// Names a thing, or heads a table.
    case title
    /// As it should be.
    case good
    /// On its way, or to be looked at.
    case warning
    /// Wrong.
    case bad
    /// A rule.
    case reference
    /// Said beside the answer.
    case note

    /// Select Graphic Rendition of ECMA-48, section 8.3.117.
    var code: String {
      switch self {
      case .title: "1"
      case .good: "32"
      case .warning: "33"
      case .bad: "31"
      case .reference: "36"
      case .note: "2"
      }
    }
  }

  /// Whether there are any colours.
  public let isColoured: Bool

  /// Makes a palette with colours or without.
  public init(isColoured: Bool) { self.isColoured = isColoured }

  /// A text in the colour of its meaning; the colour ends before the text's last line ends.
  public func paint(_ meaning: Meaning, _ text: String) -> String {
    isColoured && !text.isEmpty ? "\u{1B}[\(meaning.code)m\(text)\u{1B}[0m" : text
  }

  /// A text without its colours.
  static func bare(_ text: String) -> String {
    text.contains("\u{1B}") ? text.replacing(/\u{1B}\[[0-9;]*m/, with: "") : text
  }

  /// Whether output to a terminal, or to none, is to have colours.
  ///
  /// `CLICOLOR_FORCE` wants them anywhere; else they are for terminals that are not `dumb`, unless
  /// `NO_COLOR` is set and not empty.
  ///
  /// Source: no-color.org; bixense.com/clicolors.
  public static func isWanted(environment: [String: String], isTerminal: Bool) -> Bool {
    if let force = environment["CLICOLOR_FORCE"], !force.isEmpty, force != "0" { return true }
    guard isTerminal, environment["TERM"] ?? "dumb" != "dumb" else { return false }
    return (environment["NO_COLOR"] ?? "").isEmpty
  }
}
