/// Something that can stand at the cursor.
struct Candidate {
  /// What it is typed as.
  let text: String
  /// What the list shows, such as `create{name, resource_group, …}`.
  var label: String
  /// What it is, in a few words.
  var detail = ""
  /// What follows when it is the only one, such as `(`.
  var suffix = ""

  init(_ text: String, label: String? = nil, detail: String = "", suffix: String = "") {
    self.text = text
    self.label = label ?? text
    self.detail = detail
    self.suffix = suffix
  }
}

/// What can stand at the cursor, and what is typed of it.
struct Candidates {
  static let none = Candidates("", [])
  let prefix: String
  /// Whether there are more, which may have less in common.
  let isCut: Bool
  /// Those that begin with the prefix, each once, in the order in which they are listed.
  let all: [Candidate]

  init(_ prefix: String, _ all: [Candidate], isCut: Bool = false) {
    var seen: Set<String> = []
    self.prefix = prefix
    self.isCut = isCut
    self.all = all.filter { $0.text.hasPrefix(prefix) && seen.insert($0.text).inserted }
  }

  /// What all have in common after the prefix; of the only one, all of it.
  var insertion: String {
    guard let first = all.first, !isCut else { return "" }
    if all.count == 1 { return String(first.text.dropFirst(prefix.count)) + first.suffix }
    var common = first.text[...]
    for candidate in all.dropFirst() {
      while !candidate.text.hasPrefix(common) { common.removeLast() }
    }
    return String(common.dropFirst(prefix.count))
  }

  /// Lines to choose from: one each where there is something to tell, columns where not.
  func list(columnCount: Int) -> String {
    all.contains { !$0.detail.isEmpty } ? rows(columnCount) : columns(columnCount)
  }

  private static let rowCountMax = 100

  private func rows(_ columnCount: Int) -> String {
    let width = min(52, all.map(\.label.count).max() ?? 0)
    return lines(
      all.map { candidate in
        let space = String(repeating: " ", count: max(0, width - candidate.label.count))
        let line = "  \(candidate.label)\(space)  \(candidate.detail)"
        return line.count < columnCount ? line : line.prefix(max(1, columnCount - 2)) + "…"
      }
    )
  }

  private func columns(_ columnCount: Int) -> String {
    let width = (all.map(\.label.count).max() ?? 0) + 2
    let perRow = max(1, (columnCount - 2) / width)
    let rowCount = (all.count + perRow - 1) / perRow
    return lines(
      (0..<rowCount).map { row in
        // Downwards, as ls does.
        let cells = stride(from: row, to: all.count, by: rowCount).map { index in
          all[index].label + String(repeating: " ", count: width - all[index].label.count)
        }
        let line = "  " + cells.joined()
        return String(
          line.prefix(
            line.lastIndex { $0 != " " }.map { line.distance(from: line.startIndex, to: $0) + 1 }
              ?? 0
          )
        )
      }
    )
  }

  private func lines(_ lines: [String]) -> String {
    let hidden = lines.count - Self.rowCountMax
    let note = hidden > 0 ? ["  … \(hidden) more"] : isCut ? ["  … and more"] : []
    return (lines.prefix(Self.rowCountMax) + note).map { $0 + "\n" }.joined()
  }
}
