internal import LuaRuntime

/// The rules, as `help` tells them.
enum RuleHelp {
  /// Rules on a page.
  private static let countPerPage = 20
  /// Columns that text is wrapped to.
  private static let width = 96

  /// Help on `rules` and on every rule by its id.
  static var topics: LuaHelpTopics {
    LuaHelpTopics(
      ["rules"] + Rule.all.map(\.id),
      summary: "help 'rules' lists the rules of the documented procedure, help 'R76' tells one"
    ) { name, page in
      name == "rules" ? try list(page) : Rule.find(name).map(text)
    }
  }

  /// A page of all rules, each with its first column.
  private static func list(_ page: Int) throws -> String {
    let pageCount = (Rule.all.count + countPerPage - 1) / countPerPage
    guard (1...pageCount).contains(page) else {
      throw LuaError(
        code: "argument.value",
        message: "the rules have \(pageCount) pages",
        hint: "help('rules', \(pageCount)) shows the last"
      )
    }
    var lines: [String] = []
    var section = ""
    for rule in Rule.all.dropFirst((page - 1) * countPerPage).prefix(countPerPage) {
      if rule.section != section {
        section = rule.section
        lines.append(section)
      }
      lines += wrapped(rule.text, after: "  \(rule.id)", indent: 8)
    }
    let next = page < pageCount ? "; help('rules', \(page + 1)) goes on" : ""
    return (["page \(page) of \(pageCount)\(next)"] + lines).joined(separator: "\n")
  }

  /// One rule with all that is known of it.
  private static func text(_ rule: Rule) -> String {
    var rows = [("rule", rule.text), ("section", rule.section)]
    if !rule.calls.isEmpty { rows.append(("seen in", rule.calls.joined(separator: ", "))) }
    rows.append(("to do", rule.advice))
    if let reason = rule.reason { rows.append(("not modelled", reason)) }
    rows += rule.proofs.map { ("proved by", $0.replacing("/", with: ": ", maxReplacements: 1)) }
    let lines = rows.flatMap { wrapped($0.1, after: "  \($0.0)", indent: 16) }
    return ([rule.id] + lines).joined(separator: "\n")
  }

  /// Words in lines, the first of them behind a name.
  private static func wrapped(_ text: String, after name: String, indent: Int) -> [String] {
    var lines: [String] = []
    var line = name + String(repeating: " ", count: max(1, indent - name.count))
    for (index, word) in text.split(separator: " ").enumerated() {
      if line.count + word.count + 1 > width {
        lines.append(line)
        line = String(repeating: " ", count: indent) + word
      } else {
        line += (index == 0 ? "" : " ") + word
      }
    }
    return lines + [line]
  }
}
