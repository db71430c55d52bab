/// Something about a workspace that its owner should know.
public struct WorkspaceFinding: Hashable, Sendable, Encodable {
  /// How bad it is.
  public enum Severity: String, Sendable, Encodable {
    /// Something is wrong.
    case problem
    /// Nothing is wrong, but it is good to know.
    case note
  }

  /// Stable name, such as `file.damaged`.
  public let id: String
  /// How bad it is.
  public let severity: Severity
  /// What is wrong.
  public let message: String
  /// What can be done, nil when there is nothing to do.
  public let cure: String?
  /// Whether a repair cures it.
  public let isRepairable: Bool

  /// Tells of a problem, or of a note.
  public init(
    _ id: String,
    _ message: String,
    cure: String? = nil,
    severity: Severity = .problem,
    isRepairable: Bool = false
  ) {
    self.id = id
    self.severity = severity
    self.message = message
    self.cure = cure
    self.isRepairable = isRepairable
  }

  private enum CodingKeys: String, CodingKey {
    case id, severity, message, cure
    case isRepairable = "repairable"
  }
}
