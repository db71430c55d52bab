public import FoundationEssentials
internal import GRDB

/// A named state of a workspace that can be brought back.
public struct Checkpoint: Hashable, Sendable {
  /// Most checkpoints of a workspace.
  public static let countMax = 100

  /// Name it was given.
  public let name: String
  /// When it was taken, by the workspace's clock.
  public let created: Date
  /// How many records it holds: vaults, keys, clusters, and what the model keeps beside them.
  public let recordCount: Int
  /// How many values the etcds of its clusters hold.
  public let valueCount: Int

  /// Whether a name is from 1 to 63 letters, digits, `-`, `_` and `.`, of which the first is a
  /// letter or a digit.
  static func isName(_ name: String) -> Bool {
    name.utf8.count <= 63 && name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) != nil
  }

  static let columns = "name, created, records, stored_values"

  /// Reads `columns`.
  init(_ row: Row) throws {
    name = try row.value(0)
    created = Date(timeIntervalSince1970: try row.value(1))
    recordCount = try row.value(2)
    valueCount = try row.value(3)
  }
}

/// What of a workspace is not as a checkpoint has it.
public struct CheckpointDifference: Hashable, Sendable {
  /// How many records of each kind were made, changed or deleted since.
  public let records: [String: Int]
  /// How many values of each cluster's etcd were made, changed or deleted since, by cluster id.
  public let values: [String: Int]
  /// How many rows the audit log has that the checkpoint has not.
  public let auditCount: Int
}

extension WorkspaceError {
  static let checkpointName = WorkspaceError(
    .checkpointName,
    "a checkpoint's name has 1 to 63 letters, digits, '-', '_' and '.', and begins with a letter "
      + "or a digit"
  )

  static let tooManyCheckpoints = WorkspaceError(
    .checkpointLimit,
    "a workspace holds at most \(Checkpoint.countMax) checkpoints",
    hint: "workspace.drop(name) makes room"
  )

  static func checkpointExists(_ name: String) -> WorkspaceError {
    WorkspaceError(
      .checkpointExists,
      "there is a checkpoint '\(name)' already",
      hint: "take another name, or workspace.drop('\(name)') before"
    )
  }

  static func noCheckpoint(_ name: String) -> WorkspaceError {
    WorkspaceError(
      .checkpointNotFound,
      "there is no checkpoint '\(name)'",
      hint: "workspace.checkpoints() lists those there are"
    )
  }
}
