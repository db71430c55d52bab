public import LuaRuntime
internal import WorkspaceStore

extension LuaModule {
  /// The Lua module `workspace`.
  public static func workspace(_ session: Session) -> LuaModule {
    LuaModule("workspace", "The file that holds the modelled world.") { module in
      module.field("path", "File in use; `:memory:` for one that ends with the process.") {
        .string(session.path)
      }
      module.field("settings", "How the modelled services behave; each can be assigned.") {
        .object(SettingsHandle(session))
      }
      module.subscriptions(session)
      module.function(
        "transaction",
        "Runs a function so that what it changes lands together or not at all.",
        parameters: "fn",
        returns: "what fn returns"
      ) { call in
        let body = try call.function(1)
        return try session.workspace.userTransaction { try call.state.call(body).first ?? .nil }
      }
      module.function(
        "what_if",
        "Runs a function, tells what it would do, and takes it all back.",
        parameters: "fn",
        returns: "{ error?, changes, before, after, lost_secrets, lost_count, health }"
      ) { call in
        let body = try call.function(1)
        let report = try session.whatIf { _ = try call.state.call(body) }
        return try call.shown(report.luaValue(), as: report.text)
      }
      module.checkpoints(session)
      module.undoing(session)
      module.function(
        "seed",
        "Makes identifiers repeatable: GUIDs, key versions, names.",
        parameters: "n"
      ) { call in
        try session.workspace.seed(UInt64(bitPattern: call.integer(1)))
        return .nil
      }
      module.function("reset", "Empties the workspace; its checkpoints stay.") { _ in
        try session.confirmReset()
        try session.workspace.reset()
        session.checkpoint = nil
        return .nil
      }
    }
  }
}
