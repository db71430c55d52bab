/// Which objects a list asks for by their labels, as kubectl's `--selector` has it.
///
/// Source: Kubernetes documentation, "Labels and selectors"; `labels.Parse`.
public struct LabelSelector: Sendable {
  /// What one label must be.
  private enum Requirement {
    case isIn(Set<String>)
    case isNotIn(Set<String>)
    case exists
    case isAbsent
  }

  private let requirements: [(name: String, requirement: Requirement)]

  /// Reads a selector such as `app=db,tier!=web,env in (a, b),!old`; an empty one asks for all.
  ///
  /// - Throws: `selector.invalid`.
  public init(parsing text: String) throws {
    var requirements: [(name: String, requirement: Requirement)] = []
    for part in Self.parts(text) {
      requirements.append(try Self.requirement(part))
    }
    self.requirements = requirements
  }

  /// Whether labels are what is asked for.
  public func matches(_ labels: [String: String]) -> Bool {
    requirements.allSatisfy { name, requirement in
      switch requirement {
      case .isIn(let values): labels[name].map { values.contains($0) } ?? false
      case .isNotIn(let values): labels[name].map { !values.contains($0) } ?? true
      case .exists: labels[name] != nil
      case .isAbsent: labels[name] == nil
      }
    }
  }

  /// Splits at commas that stand outside brackets.
  private static func parts(_ text: String) -> [Substring] {
    var depth = 0
    return text.split { character in
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      return character == "," && depth == 0
    }
  }

  private static func requirement(
    _ part: Substring
  ) throws -> (name: String, requirement: Requirement) {
    let name: Substring
    let requirement: Requirement
    if let match = part.wholeMatch(of: /\s*(\S+)\s+(in|notin)\s*\(([^()]*)\)\s*/) {
      let values = Set(match.3.split(separator: ",", omittingEmptySubsequences: false).map(trimmed))
      name = match.1
      requirement = match.2 == "in" ? .isIn(values) : .isNotIn(values)
    } else if let match = part.wholeMatch(of: /\s*([^\s=!]+)\s*(=|==|!=)\s*([^\s=!]*)\s*/) {
      name = match.1
      let values: Set = [String(match.3)]
      requirement = match.2 == "!=" ? .isNotIn(values) : .isIn(values)
    } else if let match = part.wholeMatch(of: /\s*(!?)\s*([^\s=!()]+)\s*/) {
      name = match.2
      requirement = match.1.isEmpty ? .exists : .isAbsent
    } else {
      throw invalid("unable to parse requirement: found '\(part)'")
    }
    var problems = NameRules.qualifiedName(String(name))
    if case .isIn(let values) = requirement { problems += values.flatMap(NameRules.labelValue) }
    if let problem = problems.first { throw invalid("unable to parse requirement: \(problem)") }
    return (String(name), requirement)
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private static func invalid(_ why: String) -> ClusterError {
    ClusterError(.selectorInvalid, why, hint: "such as app=db,tier!=web,env in (a, b),!old")
  }
}
