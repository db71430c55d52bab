internal import AzureModel
internal import ClusterModel
internal import LuaRuntime
internal import WorkspaceStore

/// A live handle to a checkpoint of the workspace.
final class CheckpointHandle: LuaObject {
  let session: Session
  /// Name it was given.
  let name: String

  init(_ checkpoint: Checkpoint, _ session: Session) {
    name = checkpoint.name
    self.session = session
  }

  /// What the handle stands for.
  ///
  /// - Throws: `workspace.checkpoint_not_found` once it is dropped.
  func checkpoint() throws -> Checkpoint { try session.workspace.checkpoint(name) }
}

extension LuaClass<CheckpointHandle> {
  /// The class of handles to checkpoints.
  static func checkpoint() -> LuaClass<CheckpointHandle> {
    LuaClass("checkpoint", "A named state of the whole workspace.") { type in
      type.describe = { "checkpoint \($0.name)" }
      type.isEqual = { $0.name == $1.name }
      type.card = { .card("checkpoint \($0.name)", Array(try $0.checkpoint().cells.dropFirst())) }
      type.row = { .row(try $0.checkpoint().cells) }
      type.field("name", "Name it was given.") { .string(try $0.checkpoint().name) }
      type.field("created", "When it was taken, by the workspace's clock.") {
        .string(try $0.checkpoint().created.rfc3339)
      }
      type.field("records", "How many records it holds.") {
        .integer(Int64(try $0.checkpoint().recordCount))
      }
      type.field("values", "How many values the etcds of its clusters hold.") {
        .integer(Int64(try $0.checkpoint().valueCount))
      }
      type.method(
        "restore",
        "Makes the workspace what it was then.",
        options: [LuaOptions.confirmation]
      ) { handle, call in
        try handle.session.restore(handle.name, call.options())
        return .nil
      }
      type.method("drop", "Forgets it.") { handle, _ in
        try handle.session.drop(handle.name)
        return .nil
      }
    }
  }
}

extension Checkpoint {
  fileprivate var cells: [(String, LuaValue)] {
    [
      ("name", .string(name)), ("created", .string(created.rfc3339)),
      ("records", .integer(Int64(recordCount))), ("values", .integer(Int64(valueCount))),
    ]
  }
}

extension LuaModule {
  /// What `workspace` offers for checkpoints.
  func checkpoints(_ session: Session) {
    function(
      "checkpoint",
      "Keeps the state of the whole workspace under a name, in its file.",
      parameters: "name",
      returns: "checkpoint"
    ) { call in
      let taken = try session.workspace.takeCheckpoint(call.string(1))
      session.checkpoint = taken.name
      return .object(CheckpointHandle(taken, session))
    }
    function(
      "checkpoints",
      "Returns the checkpoints in the order in which they were taken.",
      returns: "array of checkpoints"
    ) { _ in
      .array(try session.workspace.checkpoints().map { .object(CheckpointHandle($0, session)) })
    }
    function(
      "restore",
      "Makes the workspace what it was when a checkpoint was taken; all checkpoints stay.",
      parameters: "name, {confirm}"
    ) { call in
      let options = try LuaOptions.checked(
        call.value(2),
        for: call.description.name,
        [LuaOptions.confirmation]
      )
      try session.restore(call.string(1), options)
      return .nil
    }
    function("drop", "Forgets a checkpoint.", parameters: "name") { call in
      try session.drop(call.string(1))
      return .nil
    }
    takes(.checkpoints, "restore", "drop")
    takes([LuaOptions.confirmation], "restore")
  }
}

extension Session {
  /// Goes back to a checkpoint once it is said that what came after it is meant to be lost.
  fileprivate func restore(_ name: String, _ options: LuaOptions) throws {
    let world = try world()
    var said: String?
    // What another process does while a person thinks is told too.
    while let losses = try restore(name, options, world, afterSaying: said) {
      try options.confirm(losses, name: name, in: self)
      said = losses
    }
    checkpoint = name
    world.clusters.forgetServers()
  }

  fileprivate func drop(_ name: String) throws {
    try workspace.dropCheckpoint(name)
    if checkpoint == name { checkpoint = nil }
  }

  /// Goes back if what is lost by it is nothing, or was said; else tells what that is.
  private func restore(
    _ name: String,
    _ options: LuaOptions,
    _ world: World,
    afterSaying said: String?
  ) throws -> String? {
    try world.workspace.transaction {
      if try !options.isConfirmed(in: self), let losses = try losses(byRestoring: name),
        losses != said
      {
        return losses
      }
      try world.workspace.restore(name)
      return nil
    }
  }

  private func losses(byRestoring name: String) throws -> String? {
    let losses = try workspace.difference(from: name).losses
    guard !losses.isEmpty else { return nil }
    let checkpoint = try workspace.checkpoint(name)
    return "restoring checkpoint \(name) of \(checkpoint.created.rfc3339) takes back what came "
      + "after it: \(losses.joined(separator: ", "))"
  }
}

extension CheckpointDifference {
  /// What a restore takes back, each as `3 key version`; clusters of etcds by their names.
  fileprivate var losses: [String] {
    let values = values.sorted { $0.key < $1.key }.map { id, count in
      "\(count) × value in etcd of \(id.split(separator: "/").last ?? "")"
    }
    return records.losses + values
      + (auditCount > 0 ? ["\(auditCount) × row of the audit log"] : [])
  }
}
