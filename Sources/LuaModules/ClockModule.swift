internal import AzureModel
internal import FoundationEssentials
public import LuaRuntime
internal import WorkspaceStore

extension LuaModule {
  /// The Lua module `clock`: the workspace's time, which every rule asks.
  public static func clock(_ session: Session) -> LuaModule {
    LuaModule("clock", "The workspace's time: it can be frozen and moved.") { module in
      module.function("now", "Returns the workspace's time.", returns: "RFC 3339 string") { _ in
        .string(try session.workspace.now().rfc3339)
      }
      module.function(
        "freeze",
        "Stops the clock, at a given time or where it stands.",
        parameters: "time?",
        returns: "RFC 3339 string"
      ) { call in
        let workspace = try session.workspace
        try workspace.freeze(
          at: call.isNil(1) ? workspace.now() : Date(rfc3339: call.string(1))
        )
        return .string(try session.settledTime().rfc3339)
      }
      module.function(
        "advance",
        "Moves the clock forward by an ISO 8601 duration such as P91D.",
        parameters: "duration",
        returns: "RFC 3339 string"
      ) { call in
        let duration = try ISO8601Duration(parsing: call.string(1))
        let workspace = try session.workspace
        try workspace.advance { try duration.added(to: $0) }
        return .string(try session.settledTime().rfc3339)
      }
      module.function("real", "Follows the machine's clock again.", returns: "RFC 3339 string") {
        _ in
        try session.workspace.real()
        return .string(try session.settledTime().rfc3339)
      }
    }
  }
}

extension Session {
  /// The workspace's time after the clock was moved, once what it made due by itself is done.
  fileprivate func settledTime() throws -> Date {
    let now = try workspace.now()
    try azure.purgeDueVaults(at: now)
    return now
  }
}
