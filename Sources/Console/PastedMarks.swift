/// Takes the prompts off text that was copied from a screen.
enum PastedMarks {
  /// Lines without their prompts; nil unless the first has that of an entry.
  ///
  /// Lines without one are what an entry gave, and are left out.
  static func stripped(_ lines: [String]) -> [[String]]? {
    var entries: [[String]] = []
    for line in lines {
      let bare = line.drop { $0 == " " }
      if let text = afterPrompt(bare) {
        entries.append([text])
      } else if bare.hasPrefix(".."), !bare.hasPrefix("..."), !entries.isEmpty {
        entries[entries.count - 1].append(withoutBlank(bare.dropFirst(2)))
      } else if entries.isEmpty {
        return nil
      }
    }
    return entries.isEmpty ? nil : entries
  }

  /// What follows `kmsh>` or `kmsh[…]>`.
  private static func afterPrompt(_ line: Substring) -> String? {
    guard line.hasPrefix("kmsh") else { return nil }
    var rest = line.dropFirst(4)
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      rest = rest[rest.index(after: end)...]
    }
    return rest.first == ">" ? withoutBlank(rest.dropFirst()) : nil
  }

  private static func withoutBlank(_ text: Substring) -> String {
    String(text.first == " " ? text.dropFirst() : text)
  }
}
