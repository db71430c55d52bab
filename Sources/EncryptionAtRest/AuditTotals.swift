/// What an audit counted.
///
/// A snapshot of unknown origin may name any number of keys and resources: those beyond a limit are
/// counted together.
public struct AuditTotals: Sendable {
  /// Most groups, and most resources, that are told apart.
  public static let countMax = 10_000
  private static let nameByteCountMax = 1024

  /// Numbers of one group or of everything.
  public struct Counts: Hashable, Sendable {
    /// All values.
    public var values = 0
    /// Stale under the configuration.
    public var stale = 0
    /// Opened with a given key.
    public var opened = 0
    /// Damaged, or not to be opened with a key that was given for them.
    public var unreadable = 0
  }

  /// Values by provider, name and key.
  public private(set) var groups: [ValueGroup: Counts] = [:]
  /// Numbers of one resource.
  public struct ResourceCounts: Hashable, Sendable {
    /// All values.
    public var values = 0
    /// In clear.
    public var inClear = 0
  }

  /// Values by resource.
  public private(set) var resources: [String: ResourceCounts] = [:]
  /// Values of groups beyond the limit.
  public private(set) var furtherGroups = Counts()
  /// Values of resources beyond the limit.
  public private(set) var furtherResources = ResourceCounts()
  /// All values.
  public private(set) var values = 0
  /// Stale under the configuration.
  public private(set) var stale = 0
  /// Damaged, or not to be opened with a key that was given for them.
  public private(set) var unreadable = 0
  /// Opened with a given key.
  public private(set) var opened = 0
  /// Sealed, and no key was given for them.
  public private(set) var untried = 0
  /// In clear, of any resource.
  public private(set) var inClear = 0
  /// In clear although the configuration encrypts the resource; without one, Secrets in clear.
  public private(set) var exposed = 0
  /// Values that need the key that is to be retired, or may.
  public private(set) var needingRetired = 0
  /// Of these, those of which it is not known.
  public private(set) var mayNeedRetired = 0
  /// Values that name the key that is to be retired, or were unwrapped by it.
  public var namingRetired: Int { needingRetired - mayNeedRetired }

  mutating func add(_ value: AuditedValue) {
    let group = ValueGroup(
      provider: value.header.provider,
      name: value.header.name,
      keyID: value.keyID
    )
    if groups[group] != nil || groups.count < Self.countMax {
      groups[group, default: Counts()].add(value)
    } else {
      furtherGroups.add(value)
    }
    let isInClear = value.header.provider == .identity
    let resource = value.path.resource
    let isKnown = resources[resource] != nil
    if isKnown || resources.count < Self.countMax, resource.utf8.count <= Self.nameByteCountMax {
      resources[resource, default: ResourceCounts()].add(isInClear: isInClear)
    } else {
      furtherResources.add(isInClear: isInClear)
    }
    if isInClear { inClear += 1 }
    values += 1
    if value.isStale == true { stale += 1 }
    if value.problem != nil { unreadable += 1 }
    if value.isExposed { exposed += 1 }
    if value.isOpened == true { opened += 1 }
    if value.isOpened == nil, !isInClear { untried += 1 }
    switch value.needsRetired {
    case .yes: needingRetired += 1
    case .maybe:
      needingRetired += 1
      mayNeedRetired += 1
    case .no, nil: break
    }
  }
}

extension AuditTotals.Counts {
  fileprivate mutating func add(_ value: AuditedValue) {
    values += 1
    if value.isStale == true { stale += 1 }
    if value.isOpened == true { opened += 1 }
    if value.problem != nil { unreadable += 1 }
  }
}

extension AuditTotals.ResourceCounts {
  fileprivate mutating func add(isInClear: Bool) {
    values += 1
    if isInClear { self.inClear += 1 }
  }
}
