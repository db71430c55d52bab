public import AzureModel
public import FoundationEssentials

/// How the plugin reaches the vault.
public enum KeyVaultNetworkAccess: String, CaseIterable, Codable, Sendable {
  /// Over the vault's public address.
  case isPublic = "Public"
  /// Over a private endpoint.
  case isPrivate = "Private"
}

/// A cluster's KMS configuration with the two keys its plugin holds.
///
/// ## Design
///
/// The states are `on(current, previous?)` and `off(retained)`; a cluster that never used KMS has
/// none. Changing the key shifts the slots; the one that falls out is forgotten, which is why
/// rotating twice without a rewrite strands secrets. Setting the current key again shifts nothing.
///
/// Source: seed rules §17.
public struct KMSConfiguration: Codable, Hashable, Sendable {
  /// A key's time as the current one.
  public struct Period: Codable, Hashable, Sendable {
    /// The key.
    public let kid: KeyID
    /// When it became current.
    public let from: Date
    /// Revision of the cluster's etcd at that time; nil where an earlier kmsh made the period.
    public let revision: Int64?
    /// When it ceased to be.
    public var to: Date?
  }

  /// Whether writes are sealed.
  public private(set) var isEnabled: Bool
  /// The key that writes use, or that stays readable when KMS is off.
  public private(set) var current: KeyID
  /// The key in use before, still readable.
  public private(set) var previous: KeyID?
  /// How the plugin reaches the vault.
  public private(set) var networkAccess: KeyVaultNetworkAccess
  /// ARM id of the vault behind a private endpoint; nil when it is reached by its public address.
  public private(set) var vaultResourceID: String?
  /// All keys that were current, in order.
  public private(set) var history: [Period]

  /// Enables KMS on a cluster that never used it.
  public init(
    enabling key: KeyID,
    networkAccess: KeyVaultNetworkAccess,
    vaultResourceID: String? = nil,
    at time: Date,
    revision: Int64? = nil
  ) {
    isEnabled = true
    current = key
    previous = nil
    self.networkAccess = networkAccess
    self.vaultResourceID = vaultResourceID
    history = [Period(kid: key, from: time, revision: revision, to: nil)]
  }

  /// Enables again, or changes the key: the old key moves to the previous slot.
  public mutating func use(
    _ key: KeyID,
    networkAccess: KeyVaultNetworkAccess,
    vaultResourceID: String? = nil,
    at time: Date,
    revision: Int64? = nil
  ) {
    self.networkAccess = networkAccess
    self.vaultResourceID = vaultResourceID
    isEnabled = true
    guard key != current else {
      if let last = history.indices.last, history[last].to != nil {
        history.append(Period(kid: key, from: time, revision: revision, to: nil))
      }
      return
    }
    closeHistory(at: time)
    previous = current
    current = key
    history.append(Period(kid: key, from: time, revision: revision, to: nil))
  }

  /// Stops sealing; the current key is retained for reading, the previous one is dropped.
  ///
  /// Whether it is, the service does not say: `keepingPrevious` has it stay.
  public mutating func disable(keepingPrevious: Bool = false, at time: Date) {
    guard isEnabled else { return }
    isEnabled = false
    if !keepingPrevious { previous = nil }
    closeHistory(at: time)
  }

  private mutating func closeHistory(at time: Date) {
    if let last = history.indices.last, history[last].to == nil { history[last].to = time }
  }

  /// The key that was current when a value was written, by the etcd revision of its writing; nil
  /// where not all revisions were noted.
  func kid(atRevision revision: Int64) -> KeyID? {
    guard history.allSatisfy({ $0.revision != nil }) else { return nil }
    return history.last { ($0.revision ?? revision) < revision }?.kid
  }

  /// The keys the plugin holds, the one it encrypts with first.
  public var slots: [KeyID] { [current] + (previous.map { [$0] } ?? []) }
}
