/// Why a file cannot be read as an etcd snapshot.
public struct SnapshotError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable reasons.
  public enum Code: String, CaseIterable, Sendable {
    /// No file lies there.
    case notFound = "snapshot.not_found"
    /// It cannot be opened, or is no file.
    case unreadable = "snapshot.unreadable"
    /// It is no bbolt database.
    case notBolt = "snapshot.not_bbolt"
    /// It is one, without the hash that a snapshot ends with.
    case hashMissing = "snapshot.hash_missing"
    /// Its hash is that of other bytes.
    case hashMismatch = "snapshot.hash_mismatch"
    /// Its pages do not fit together.
    case damaged = "snapshot.damaged"
    /// It is over a limit.
    case tooLarge = "snapshot.too_large"
    /// A write was asked for.
    case readOnly = "snapshot.read_only"
  }

  /// Stable reason.
  public let code: Code
  /// What is wrong, with the offset in the file where there is one.
  public let message: String
  /// What to do, if anything can be done.
  public let hint: String?

  init(_ code: Code, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// A damage at an offset.
  static func damaged(_ what: String, at offset: Int) -> SnapshotError {
    SnapshotError(
      .damaged,
      "the snapshot is damaged at offset \(offset): \(what)",
      hint: "take a new one with: etcdctl snapshot save FILE"
    )
  }

  /// The message.
  public var description: String { message }
}
