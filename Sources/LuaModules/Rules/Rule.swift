/// One rule of the documented procedure: what must be so, who sees to it, and what proves that.
///
/// ## Design
///
/// Errors, findings and plans name the rule they rest on by its id, and people ask what an id
/// means. All the answers stand in one table. It is written in Swift and not in Lua: it is there
/// without the folder of the library, its cost is that of the first question, and one test reads
/// it beside the sources that mention rules and the tests that prove them. Lua sees it as
/// `kms.rules`.
public struct Rule: Sendable {
  /// `R01` to `R127`.
  public let id: String
  /// What must be so, one sentence.
  public let text: String
  /// The Lua functions that check it or show it; none where nothing can.
  public let calls: [String]
  /// What to do about it.
  public let advice: String
  /// Tests that prove it, each `Suite/name`.
  public let proofs: [String]
  /// Why no test proves it; nil when one does.
  public let reason: String?

  /// A rule that tests prove.
  init(_ number: Int, _ text: String, calls: String, advice: String, proofs: [String]) {
    self.init(number, text, calls, advice, proofs, reason: nil)
  }

  /// A rule that lies outside of what is modelled.
  init(_ number: Int, _ text: String, calls: String = "", advice: String, outside reason: String) {
    self.init(number, text, calls, advice, [], reason: reason)
  }

  private init(
    _ number: Int,
    _ text: String,
    _ calls: String,
    _ advice: String,
    _ proofs: [String],
    reason: String?
  ) {
    id = number < 10 ? "R0\(number)" : "R\(number)"
    self.text = text
    self.calls = calls.split(separator: " ").map { String($0) }
    self.advice = advice
    self.proofs = proofs
    self.reason = reason
  }
}

/// A part of the documented procedure, with its rules in order.
public struct RuleSection: Sendable {
  /// What it is about.
  public let title: String
  /// Its rules.
  public let rules: [Rule]

  init(_ title: String, _ rules: [Rule]) {
    self.title = title
    self.rules = rules
  }

  /// All of them, in the order of the procedure.
  public static let all: [RuleSection] = [
    purpose, prerequisites, tunnel, limits, publicVault, rbacVault, identity, enabling,
    privateVault, rotation, mode, disabling, versions, monitoring, readings,
  ]
}

extension Rule {
  /// All rules, in order of their ids.
  public static let all: [Rule] = RuleSection.all.flatMap(\.rules)

  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
  private static let sectionByID = Dictionary(
    uniqueKeysWithValues: RuleSection.all.flatMap { section in
      section.rules.map { ($0.id, section.title) }
    }
  )

  /// Finds a rule by id, in any letter case.
  public static func find(_ id: String) -> Rule? { byID[id.uppercased()] }

  /// Title of the section it belongs to.
  public var section: String {
    // Rules are made in sections only.
    Self.sectionByID[id] ?? ""
  }
}
