public import FoundationEssentials

/// What one entry at the prompt changed, as the undo log has it.
public struct UndoEntry: Hashable, Sendable {
  /// Most entries that are kept.
  public static let countMax = 50
  /// Most rows of one entry: one that changes more cannot be taken back.
  public static let rowCountMax = 50_000
  /// Most bytes of one entry, before and after together.
  static let byteCountMax = 64 << 20
  /// Most bytes of all entries; the oldest go first.
  static let totalByteCountMax = 256 << 20
  /// Most changes of records that are named.
  public static let namedMax = 1000

  /// A change of a record or a setting.
  public struct Change: Hashable, Sendable {
    /// What was done to it.
    public enum Action: String, Sendable { case created, changed, deleted }

    /// Kind in the store; `setting` for a setting.
    public let kind: String
    /// Id in the store.
    public let id: String
    /// Its name, where the id is not made of it; for a user-assigned identity its ARM id.
    public let name: String?
    /// What was done.
    public let action: Action
  }

  /// Values of one cluster's etcd to which the same was done.
  public struct ValueChange: Hashable, Sendable {
    /// Id of the cluster.
    public let cluster: String
    /// Whether they are Secrets; else none of them is.
    public let areSecrets: Bool
    /// What was done.
    public let action: Change.Action
    /// How many there are.
    public let count: Int
    /// Where they lie in etcd, if it is one or two.
    public let keys: [String]
  }

  /// Counted from 1 in the workspace's life.
  public let number: Int
  /// When it began, by the workspace's clock.
  public let time: Date
  /// Whether it was entered by the one who asks, not by an earlier prompt or another one.
  public let isOwn: Bool
  /// Whether it was taken back, and can be done again.
  public let isUndone: Bool
  /// Whether all that it changed is kept; else it cannot be taken back.
  public let isWhole: Bool
  /// Records and settings, at most `namedMax`; what the model keeps for itself is left out.
  public let changes: [Change]
  /// How many records and settings there are, named or not.
  public let changeCount: Int
  /// How many values of each cluster's etcd it wrote or deleted, by cluster id.
  public let values: [String: Int]
  /// What was done to those that it did not leave as they were, absent.
  public let valueChanges: [ValueChange]
}

extension WorkspaceError {
  static let nothingToUndo = WorkspaceError(
    .undoNothing,
    "there is nothing to take back",
    hint: "only what was entered at the prompt, or run by workspace.undoable(fn), is kept"
  )

  static let nothingToRedo = WorkspaceError(
    .undoNothing,
    "there is nothing to do again",
    hint: "workspace.redo() brings back what the last workspace.undo() took, until something new "
      + "is written"
  )

  static let undoTooLarge = WorkspaceError(
    .undoTooLarge,
    "the last entry changed more than \(UndoEntry.rowCountMax) things or "
      + "\(UndoEntry.byteCountMax >> 20) MiB, which is more than the undo log keeps",
    hint: "workspace.checkpoint(name) before such an entry, and workspace.restore(name) after it"
  )

  static func damagedUndo(_ path: String, _ number: Int) -> WorkspaceError {
    WorkspaceError(
      .damaged,
      "\(path): entry \(number) of the undo log is not whole any more",
      hint: "nothing was changed; kmsh doctor --repair takes it out of the log"
    )
  }

  static func undoConflict(_ things: [String]) -> WorkspaceError {
    WorkspaceError(
      .undoConflict,
      "changed since, by another process or a script: \(things.joined(separator: ", "))",
      hint: "nothing was taken back; workspace.undo_log() tells what the entry changed"
    )
  }
}
