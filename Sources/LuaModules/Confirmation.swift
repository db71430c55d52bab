internal import AzureModel
internal import ClusterModel
internal import LuaRuntime
internal import WorkspaceStore

/// What is about to be destroyed, for whoever must say that it is meant.
public struct Destruction: Sendable {
  /// What would be lost, found out from the workspace.
  public let losses: String
  /// Name of what ends, to be typed by whoever means it.
  public let name: String
  /// Rule that tells why it matters.
  public let rule: String?
}

/// Asks a person whether something is meant; false: it is not.
public typealias Confirmer = (Destruction) throws -> Bool

extension LuaOptions {
  /// The option by which a script says that it means to destroy something.
  static let confirmation = LuaOption.optional(
    "confirm",
    .boolean,
    "true: go on although this cannot be undone",
    default: false,
    az: "--yes"
  )

  /// Stops a call that destroys, unless a script said `confirm = true` or a person at the prompt
  /// typed the name of what ends.
  ///
  /// Nothing is destroyed within `workspace.what_if`, so there it goes on. No one is asked while a
  /// transaction holds up every other process.
  ///
  /// - Throws: `confirm.required`, with what would be lost; `confirm.refused`.
  func confirm(
    _ losses: @autoclosure () throws -> String,
    name: String,
    rule: String? = nil,
    in session: Session
  ) throws {
    guard try !isConfirmed(in: session) else { return }
    let destruction = Destruction(losses: try losses(), name: name, rule: rule)
    guard let ask = session.confirmer, try !session.workspace.isInTransaction else {
      throw LuaError(
        code: "confirm.required",
        message: destruction.losses,
        hint: "say confirm = true to go on",
        rule: rule
      )
    }
    guard try ask(destruction) else { throw LuaError.notMeant(name) }
  }

  /// Whether nobody need be asked.
  func isConfirmed(in session: Session) throws -> Bool {
    try optionalBoolean("confirm") == true || session.workspace.isOnBranch
  }
}

extension LuaError {
  fileprivate static func notMeant(_ name: String) -> LuaError {
    LuaError(
      code: "confirm.refused",
      message: "'\(name)' was not typed: nothing is changed",
      hint: "workspace.what_if(fn) tells what would become of it"
    )
  }
}

extension Session {
  /// Asks a person at the prompt before a whole workspace is emptied; a script means what it says.
  ///
  /// - Throws: `confirm.refused`.
  func confirmReset() throws {
    guard let confirmer, try !workspace.isOnBranch, try !workspace.isInTransaction else { return }
    let clusters = try clusters.list()
    let secretCount = try clusters.flatMap { try self.clusters.secretGroups(of: $0) }
      .reduce(0) { $0 + $1.count }
    var records = try workspace.recordCounts()
    // These come with the signed-in user of each subscription, and come anew.
    let subscriptionCount = records[Subscription.kind] ?? 0
    records[Subscription.kind] = max(0, subscriptionCount - 1)
    records[RoleAssignment.kind] = max(0, (records[RoleAssignment.kind] ?? 0) - subscriptionCount)
    let told = records.filter { !Self.impliedKinds.contains($0.key) && $0.value > 0 }.losses
    guard !told.isEmpty else { return }
    let name = path.split(separator: "/").last.map { String($0) } ?? path
    let destruction = Destruction(
      losses: "emptying the workspace takes "
        + (told + (secretCount > 0 ? ["\(secretCount) × Secret"] : [])).joined(separator: ", "),
      name: name,
      rule: nil
    )
    guard try confirmer(destruction) else { throw LuaError.notMeant(name) }
  }

  /// Kinds of records that come with others.
  private static let impliedKinds: Set = [Account.kind, "directory_entry"]
}

extension [String: Int] {
  /// How many records of each kind there are, each as `3 × key version`, without what the model
  /// keeps for itself.
  var losses: [String] {
    filter { !RecordChange.bookkeepingKinds.contains($0.key) }.sorted { $0.key < $1.key }
      .map { "\($0.value) × \($0.key.replacing("_", with: " "))" }
  }
}
