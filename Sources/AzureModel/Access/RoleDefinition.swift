/// A role: a set of actions on the control plane and of data actions on the data plane.
///
/// An action is allowed when a pattern of the role covers it and none of its exceptions does.
///
/// Source: Azure RBAC, role definitions.
public struct RoleDefinition: Hashable, Sendable {
  /// GUID.
  public let id: String
  /// Name, such as `Key Vault Crypto User`.
  public let name: String
  /// What it is for.
  public let summary: String
  /// Patterns of the control plane's actions, as the role spells them.
  public var actions: [String] { patterns.actions.map(\.description) }
  /// Exceptions to `actions`.
  public var notActions: [String] { patterns.notActions.map(\.description) }
  /// Patterns of the data plane's actions.
  public var dataActions: [String] { patterns.dataActions.map(\.description) }
  /// Exceptions to `dataActions`.
  public var notDataActions: [String] { patterns.notDataActions.map(\.description) }
  /// Names of the only roles whose assigning it allows; nil for no such condition.
  public let assignableRoles: [String]?

  private struct Patterns: Hashable, Sendable {
    let actions, notActions, dataActions, notDataActions: [ActionPattern]
  }
  private let patterns: Patterns

  init(
    _ id: String,
    _ name: String,
    _ summary: String,
    actions: [String] = [],
    notActions: [String] = [],
    dataActions: [String] = [],
    notDataActions: [String] = [],
    assignableRoles: [String]? = nil
  ) {
    self.id = id
    self.name = name
    self.summary = summary
    self.assignableRoles = assignableRoles
    patterns = Patterns(
      actions: actions.map(ActionPattern.init),
      notActions: notActions.map(ActionPattern.init),
      dataActions: dataActions.map(ActionPattern.init),
      notDataActions: notDataActions.map(ActionPattern.init)
    )
  }

  /// Which of a role's lists decides.
  enum Plane: Hashable, Sendable { case control, data }

  /// Tells whether the role allows an action, whatever its letter case.
  func allows(_ action: String, on plane: Plane) -> Bool {
    let action = Array(action.lowercased().utf8)
    func isCovered(by patterns: [ActionPattern]) -> Bool {
      patterns.contains { $0.matches(action) }
    }
    switch plane {
    case .control:
      return isCovered(by: patterns.actions) && !isCovered(by: patterns.notActions)
    case .data:
      return isCovered(by: patterns.dataActions) && !isCovered(by: patterns.notDataActions)
    }
  }

  /// Finds a built-in role by name, GUID or ARM id, ignoring letter case; nil when there is none.
  public static func find(_ text: String) -> RoleDefinition? {
    let wanted = text.lowercased()
    let id = wanted.hasPrefix("/") ? wanted.split(separator: "/").last.map { String($0) } : wanted
    return builtIn.first { $0.id == id || $0.name.lowercased() == wanted }
  }
}
