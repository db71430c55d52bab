internal import EncryptionAtRest

/// What a rewrite did.
public struct RewriteReport: Hashable, Sendable {
  /// A Secret that was not rewritten, and why.
  public struct Failure: Hashable, Sendable {
    /// Where it lies.
    public let namespace, name: String
    /// What the server says.
    public let message: String
  }

  /// What happened in one namespace, or in all.
  public struct Counts: Hashable, Sendable {
    /// Secrets looked at: the sum of the others.
    public var read = 0
    /// Written under the first provider.
    public var written = 0
    /// Already as a write would store them.
    public var unchanged = 0
    /// Changed or deleted by someone else meanwhile.
    public var conflicts = 0
    /// Not to be opened or sealed.
    public var failed = 0

    mutating func add(_ other: Counts) {
      read += other.read
      written += other.written
      unchanged += other.unchanged
      conflicts += other.conflicts
      failed += other.failed
    }
  }

  /// Most failures, and most conflicts, that are kept; all are counted.
  public static let failuresKeptMax = 1000
  /// Most namespaces told apart.
  public static let namespaceCountMax = 10_000

  /// Everything together.
  public private(set) var total = Counts()
  /// By namespace.
  public private(set) var namespaces: [String: Counts] = [:]
  /// Of namespaces beyond the limit.
  public private(set) var further = Counts()
  /// What could not be opened or sealed, in order.
  public private(set) var failed: [Failure] = []
  /// What someone else changed or deleted meanwhile, in order.
  public private(set) var conflicts: [Failure] = []
  /// Storage path of the last Secret looked at, for going on from there.
  public internal(set) var last: String?
  /// Whether the end was reached.
  public internal(set) var isComplete = false

  /// What became of one Secret.
  enum Outcome {
    case written, unchanged
    case conflict(String)
    case failed(String)
  }

  mutating func add(_ storagePath: String, _ outcome: Outcome) {
    let parts = storagePath.dropFirst(KubernetesSecret.storagePrefix.count)
      .split(separator: "/", maxSplits: 1)
    let namespace = parts.first.map(String.init) ?? ""
    var counts = Counts()
    counts.read = 1
    func failure(_ message: String) -> Failure {
      Failure(namespace: namespace, name: String(parts.last ?? ""), message: message)
    }
    switch outcome {
    case .written: counts.written = 1
    case .unchanged: counts.unchanged = 1
    case .conflict(let message):
      counts.conflicts = 1
      if conflicts.count < Self.failuresKeptMax { conflicts.append(failure(message)) }
    case .failed(let message):
      counts.failed = 1
      if failed.count < Self.failuresKeptMax { failed.append(failure(message)) }
    }
    last = storagePath
    total.add(counts)
    if namespaces[namespace] != nil || namespaces.count < Self.namespaceCountMax {
      namespaces[namespace, default: Counts()].add(counts)
    } else {
      further.add(counts)
    }
  }
}
