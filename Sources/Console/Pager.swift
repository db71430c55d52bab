/// Shows long output a screen at a time: what does not fit waits until it is asked for.
struct Pager {
  private var rest: ArraySlice<Substring> = []
  /// Least rows of a terminal on which output stops.
  private static let rowCountMin = 6

  /// Whether something waits.
  var isEmpty: Bool { rest.isEmpty }

  /// Takes a text, and returns what is shown of it at once.
  ///
  /// - Parameters:
  ///   - text: lines, the last without its end.
  ///   - rows: of the terminal; nil shows everything.
  ///   - columns: of the terminal, in which long lines wrap.
  /// - Returns: lines, the last without its end; a hint is among them when more waits.
  mutating func show(_ text: String, rows: Int?, columns: Int) -> String {
    rest = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
    return next(rows: rows, columns: columns)
  }

  /// The next screen of what waits.
  mutating func next(rows: Int?, columns: Int) -> String {
    guard let rows, rows >= Self.rowCountMin else {
      defer { rest = [] }
      return rest.joined(separator: "\n")
    }
    // A row is for the hint, one for the prompt.
    var (room, count) = (rows - 2, 0)
    for line in rest {
      room -= max(1, (Self.width(line) + columns - 1) / columns)
      // One line of any length is shown, so that it goes on.
      guard room >= 0 || count == 0 else { break }
      count += 1
    }
    // What fits once there is no hint is not left out for it.
    if count == rest.count - 1, room == -1 { count += 1 }
    let shown = rest.prefix(count).joined(separator: "\n")
    rest = rest.dropFirst(count)
    guard !rest.isEmpty else { return shown }
    let hint = "… \(rest.count) more line\(rest.count == 1 ? "" : "s") (\\more or more() goes on)"
    return shown + "\n" + hint
  }

  /// Columns that a line takes, colours left out.
  private static func width(_ line: Substring) -> Int {
    Palette.bare(String(line)).count
  }
}
