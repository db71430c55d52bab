internal import LuaRuntime
internal import WorkspaceStore

extension LuaOptions {
  /// The option by which a script says that it means to destroy something.
  static let confirmation = LuaOption.optional(
    "confirm",
    .boolean,
    "true: go on although this cannot be undone",
    az: "--yes"
  )

  /// Stops a call that destroys unless the script said `confirm = true`.
  ///
  /// Nothing is destroyed within `workspace.what_if`, so there it goes on.
  ///
  /// - Throws: `confirm.required`, with what would be lost.
  func confirm(
    _ losses: @autoclosure () throws -> String,
    rule: String? = nil,
    in session: Session
  ) throws {
    guard optionalBoolean("confirm") != true, try !session.workspace.isOnBranch else { return }
    throw LuaError(
      code: "confirm.required",
      message: try losses(),
      hint: "say confirm = true to go on",
      rule: rule
    )
  }
}
