/// Why a workspace cannot be opened or written, has no such checkpoint, or cannot go back.
public struct WorkspaceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable reasons.
  public enum Code: String, CaseIterable, Sendable {
    /// The file is no workspace, or was cut short or altered.
    case damaged = "workspace.damaged"
    /// A later kmsh wrote the file.
    case newer = "workspace.newer"
    /// Another process held the file for too long.
    case busy = "workspace.busy"
    /// There is no room for what is to be written.
    case full = "workspace.full"
    /// The file or its folder cannot be written.
    case unwritable = "workspace.unwritable"
    /// The root key beside the file is gone.
    case keyMissing = "workspace.key_missing"
    /// Key material that the root key does not open.
    case materialRejected = "workspace.material_rejected"
    /// A name that no checkpoint can have.
    case checkpointName = "workspace.checkpoint_name"
    /// A checkpoint of that name is there.
    case checkpointExists = "workspace.checkpoint_exists"
    /// No checkpoint of that name is there.
    case checkpointNotFound = "workspace.checkpoint_not_found"
    /// As many checkpoints as a workspace holds.
    case checkpointLimit = "workspace.checkpoint_limit"
    /// No entry that could be taken back, or done again.
    case undoNothing = "workspace.undo_nothing"
    /// Someone else has changed the same since.
    case undoConflict = "workspace.undo_conflict"
    /// An entry changed more than the undo log keeps.
    case undoTooLarge = "workspace.undo_too_large"
  }

  /// Stable reason.
  public let code: Code
  /// What went wrong, with the file's name.
  public let message: String
  /// What to do next.
  public let hint: String?

  init(_ code: Code, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// The message.
  public var description: String { message }
}
