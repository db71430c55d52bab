public import FoundationEssentials

/// When a key gets new versions by itself, and how long those live.
///
/// Source: Key Vault `KeyRotationPolicy`.
public struct RotationPolicy: Hashable, Codable, Sendable {
  /// What happens in a version's life.
  public enum ActionType: String, CaseIterable, Codable, Sendable {
    /// A new version is made.
    case rotate = "Rotate"
    /// The near expiry is told.
    case notify = "Notify"
  }

  /// When it happens.
  public enum Trigger: Hashable, Codable, Sendable {
    /// So long after the version was made.
    case timeAfterCreate(ISO8601Duration)
    /// So long before the version expires.
    case timeBeforeExpiry(ISO8601Duration)
  }

  /// One thing that happens, and when.
  public struct LifetimeAction: Hashable, Codable, Sendable {
    /// When.
    public let trigger: Trigger
    /// What.
    public let action: ActionType

    /// Puts an action together.
    public init(_ action: ActionType, _ trigger: Trigger) {
      self.trigger = trigger
      self.action = action
    }
  }

  /// What happens: at most one rotation and one notice.
  public let lifetimeActions: [LifetimeAction]
  /// How long a new version lives; those there already stay as they are.
  public let expiryTime: ISO8601Duration?
  /// When a policy was first set, whole seconds; nil for the service's default.
  public private(set) var created: Date?
  /// When it was last set, whole seconds.
  public private(set) var updated: Date?

  /// Thirty days before expiry: what the service tells unless told otherwise.
  static let noticeByDefault = LifetimeAction(
    .notify,
    .timeBeforeExpiry(ISO8601Duration(days: 30))
  )
  /// What a key has before a policy is set.
  static let byDefault = RotationPolicy(lifetimeActions: [noticeByDefault], expiryTime: nil)
  /// Shortest time from creation to rotation, and from rotation to expiry.
  static let marginMin = ISO8601Duration(days: 7)
  /// Shortest life of a new version.
  static let expiryTimeMin = ISO8601Duration(days: 28)

  /// When an action's trigger falls for a version; nil when it never does.
  func time(of action: ActionType, for key: Key) -> Date? {
    switch lifetimeActions.first(where: { $0.action == action })?.trigger {
    case .timeAfterCreate(let duration):
      // A time past the year 9999 never comes.
      try? duration.added(to: key.created)
    case .timeBeforeExpiry(let duration):
      // A time before the year 1 is long over.
      key.expires.map { (try? duration.subtracted(from: $0)) ?? .distantPast }
    case nil: nil
    }
  }

  /// When a version made at a time is to expire; nil for never.
  func expiry(ofVersionMadeAt time: Date) -> Date? {
    // A time past the year 9999 never comes.
    expiryTime.flatMap { try? $0.added(to: time) }?.wholeSeconds
  }
}

extension RotationPolicy {
  /// Checks what a request sets, by the calendar from `now` on.
  ///
  /// A policy without a notice gets the service's own.
  ///
  /// - Throws: `argument.value`.
  init(_ actions: [LifetimeAction], expiryTime: ISO8601Duration?, at now: Date) throws {
    let end = try expiryTime.map { try $0.added(to: now) }
    guard try end.map({ try $0 >= Self.expiryTimeMin.added(to: now) }) ?? true else {
      throw Self.invalid("expiryTime must be at least \(Self.expiryTimeMin)")
    }
    let rotations = actions.filter { $0.action == .rotate }
    let notices = actions.filter { $0.action == .notify }
    guard rotations.count <= 1, notices.count <= 1 else {
      throw Self.invalid("it has more than one action of a type")
    }
    for rotation in rotations { try Self.checkRotation(rotation.trigger, end: end, now: now) }
    for notice in notices { try Self.checkNotice(notice.trigger, end: end, now: now) }
    self.init(
      lifetimeActions: rotations + (notices.isEmpty ? [Self.noticeByDefault] : notices),
      expiryTime: expiryTime,
      created: now.wholeSeconds,
      updated: now.wholeSeconds
    )
  }

  /// The policy as set in place of another.
  func replacing(_ before: RotationPolicy?) -> RotationPolicy {
    var policy = self
    policy.created = before?.created ?? created
    return policy
  }

  /// A week from creation and a week before expiry at the least.
  private static func checkRotation(_ trigger: Trigger, end: Date?, now: Date) throws {
    let time: Date
    switch trigger {
    case .timeAfterCreate(let duration): time = try duration.added(to: now)
    case .timeBeforeExpiry(let duration):
      guard let end else {
        throw invalid("a Rotate action by timeBeforeExpiry needs expiryTime")
      }
      time = try duration.subtracted(from: end)
    }
    guard try time >= marginMin.added(to: now) else {
      throw invalid("Rotate must lie at least \(marginMin) after creation")
    }
    guard try end.map({ try marginMin.added(to: time) <= $0 }) ?? true else {
      throw invalid("Rotate must lie at least \(marginMin) before expiry")
    }
  }

  private static func checkNotice(_ trigger: Trigger, end: Date?, now: Date) throws {
    guard case .timeBeforeExpiry(let duration) = trigger else {
      throw invalid("a Notify action is triggered by timeBeforeExpiry only")
    }
    guard try end.map({ try duration.added(to: now) < $0 }) ?? true else {
      throw invalid("timeBeforeExpiry \(duration) of Notify is not within expiryTime")
    }
  }

  static func invalid(_ why: String) -> AzureError {
    AzureError.badParameter(
      "The key rotation policy is invalid: \(why).",
      hint: "rotate by timeAfterCreate = 'P18M', or by timeBeforeExpiry = 'P30D' with expiryTime"
    )
  }
}
