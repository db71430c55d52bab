internal import AzureModel
internal import LuaRuntime
internal import WorkspaceStore

extension LuaModule {
  /// The Lua module behind what shows values: how host objects show themselves, and when it is.
  static func objects(_ session: Session, _ state: LuaState) -> LuaModule {
    LuaModule("kmsh.objects", "How host objects show themselves.") { module in
      module.function("card", "A card, nil when the object has none.", parameters: "object") {
        [unowned state] call in
        // What another library made, such as a file of io, has none.
        guard case .object(let object)? = try? call.value(1) else { return .nil }
        return try state.card(of: object) ?? .nil
      }
      module.function("row", "A row, nil when the object has none.", parameters: "object") {
        [unowned state] call in
        // What another library made, such as a file of io, has none.
        guard case .object(let object)? = try? call.value(1) else { return .nil }
        return try state.row(of: object) ?? .nil
      }
      module.function("now", "The workspace's time.", returns: "RFC 3339 string") { _ in
        .string(try session.workspace.now().rfc3339)
      }
    }
  }
}
