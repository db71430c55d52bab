public import AzureModel
internal import EncryptionAtRest

/// What one cluster needs a key for: its plugin holds it, or stored values are under it.
///
/// A key without a version means every version, since that is what a vault deletes.
///
/// Source: seed rules R123 and §17.
public struct KeyNeed: Sendable {
  /// A key that the plugin holds, and as what.
  public struct Slot: Hashable, Sendable {
    /// What a plugin holds a key as.
    public enum Role: String, Sendable {
      /// Writes use it.
      case current
      /// The one before, still readable.
      case previous
      /// KMS is off, and what was written before stays readable.
      case retained
    }
    /// The role.
    public let role: Role
    /// The key.
    public let kid: KeyID
  }

  /// Slots that hold the key.
  public private(set) var slots: [Slot] = []
  /// Secrets whose envelopes name it.
  public private(set) var secretCount = 0
  /// Values of other resources whose envelopes name it.
  public private(set) var otherCount = 0
  /// Values that may be under it, as they do not tell their key: KMS v1, and damaged ones.
  public private(set) var unknownCount = 0
  /// The versions that are needed.
  public private(set) var versions: Set<KeyID> = []
  /// The counts behind the numbers.
  private(set) var uses: [ValueUse] = []

  /// Whether there is any need.
  public var isNone: Bool { slots.isEmpty && secretCount + otherCount + unknownCount == 0 }

  /// Holds a key against a cluster and what its etcd counts.
  init(of key: KeyID, cluster: Cluster, uses: [ValueUse]) throws {
    func isMeant(_ kid: KeyID) -> Bool {
      key.isVersioned ? kid == key : kid.unversioned == key
    }
    guard let kms = cluster.kms else {
      // Without a history nothing but the envelopes tells.
      try count(uses, Names(key, known: [:]), mayBeUnnamed: true)
      return
    }
    if isMeant(kms.current) {
      slots.append(Slot(role: kms.isEnabled ? .current : .retained, kid: kms.current))
    }
    if let previous = kms.previous, isMeant(previous) {
      slots.append(Slot(role: .previous, kid: previous))
    }
    versions.formUnion(slots.map(\.kid))
    let kids = kms.history.map(\.kid) + kms.slots
    let known = try kms.kidsByKeyID()
    try count(uses, Names(key, known: known), mayBeUnnamed: kids.contains(where: isMeant))
  }

  /// Tells of a key id whether it is the key's.
  private struct Names {
    private let key: KeyID
    private let reference: KeyReference
    /// Keys that the plugin had, by the ids it wrote.
    private let known: [String: KeyID]

    init(_ key: KeyID, known: [String: KeyID]) {
      self.key = key
      self.known = known
      reference = KeyReference(key.description)
    }

    /// The key meant by an id, and whether it is the one asked for.
    func find(_ keyID: String) -> (kid: KeyID?, match: KeyReference.Match) {
      guard let kid = known[keyID.lowercased()] else {
        let match = reference.match(keyID)
        return (match == .yes && key.isVersioned ? key : nil, match)
      }
      return (
        kid,
        key.isVersioned
          ? (kid == key ? .yes : .no)
          : kid.unversioned == key ? .yes : .no
      )
    }
  }

  private mutating func count(
    _ uses: [ValueUse],
    _ names: Names,
    mayBeUnnamed: Bool
  ) throws {
    for use in uses {
      switch use.group.provider {
      case .identity, .aescbc, .aesgcm, .secretbox: continue
      case .kmsV1, .kmsV2, .unknown: break
      }
      guard let keyID = use.group.keyID else {
        if mayBeUnnamed { add(use, to: \.unknownCount) }
        continue
      }
      let (kid, match) = names.find(keyID)
      switch match {
      case .no: continue
      case .unknown: add(use, to: \.unknownCount)
      case .yes:
        let isSecret = use.folder.hasPrefix(KubernetesSecret.storagePrefix)
        add(use, to: isSecret ? \.secretCount : \.otherCount)
        if let kid { versions.insert(kid) }
      }
    }
  }

  private mutating func add(_ use: ValueUse, to count: WritableKeyPath<KeyNeed, Int>) {
    self[keyPath: count] += use.count
    uses.append(use)
  }
}
