internal import AzureModel
internal import EncryptionAtRest

/// What a rewrite did.
public struct RewriteReport: Hashable, Sendable {
  /// A Secret that could not be rewritten.
  public struct Failure: Hashable, Sendable {
    /// Where it lies.
    public let namespace, name: String
    /// What the server says.
    public let message: String
  }
  /// What happened in one namespace.
  public struct Counts: Hashable, Sendable {
    /// Secrets read, written, left as they were.
    public var read = 0
    /// Written under the first provider.
    public var written = 0
    /// Already as a write would store them.
    public var unchanged = 0
    /// Changed by someone else meanwhile.
    public var conflicts = 0
  }
  /// Everything together.
  public var total = Counts()
  /// By namespace.
  public var namespaces: [String: Counts] = [:]
  /// What could not be rewritten, in order; at most 1,000 are kept.
  public var failed: [Failure] = []
  /// All that could not be rewritten.
  public var failedCount = 0
  /// Storage path of the last Secret looked at, for going on from there.
  public var last: String?
  /// Whether the end was reached.
  public var isComplete = false
}

extension APIServer {
  /// Secrets rewritten in one transaction.
  public static let rewriteBatchCount = 500
  private static let failuresKeptMax = 1000

  /// Writes every Secret again that a write would store otherwise, in the order of their paths.
  ///
  /// One batch at a time is held in memory and committed; a Secret that cannot be read or changed
  /// meanwhile is reported and never stops the others.
  ///
  /// - Parameters:
  ///   - namespace: only this one.
  ///   - after: storage path to go on after.
  ///   - limit: Secrets to look at, at most.
  ///   - onBatch: told the state after each batch; false stops.
  /// - Returns: what was done, and where to go on when the end was not reached.
  /// - Throws: what the store and `onBatch` throw; batches done before stay done.
  public func rewriteSecrets(
    namespace: String? = nil,
    after: String? = nil,
    limit: Int? = nil,
    onBatch: (RewriteReport) throws -> Bool = { _ in true }
  ) throws -> RewriteReport {
    var report = RewriteReport()
    report.last = after
    while true {
      let room = limit.map { $0 - report.total.read } ?? Self.rewriteBatchCount
      let count = min(Self.rewriteBatchCount, room)
      guard count > 0 else { return report }
      let batch = try etcd.entries(
        prefix: Self.prefix(namespace),
        after: report.last,
        limit: count
      )
      var next = report
      try etcd.transaction {
        for entry in batch { try rewrite(entry, &next) }
      }
      report = next
      report.isComplete = batch.isEmpty
      guard !batch.isEmpty, try onBatch(report) else { return report }
    }
  }

  private func rewrite(_ entry: StoredEntry, _ report: inout RewriteReport) throws {
    let parts = entry.key.dropFirst(KubernetesSecret.storagePrefix.count).split(separator: "/")
    let namespace = parts.first.map(String.init) ?? ""
    var counts = RewriteReport.Counts()
    counts.read = 1
    do {
      let opened = try open(entry)
      if opened.isStale {
        let value = try chain.seal(
          canonical(opened.plaintext),
          storagePath: entry.key,
          now: context.now
        )
        let isWritten = try etcd.put(value, at: entry.key, ifRevision: entry.modRevision) != nil
        counts.written = isWritten ? 1 : 0
        counts.conflicts = isWritten ? 0 : 1
      } else {
        counts.unchanged = 1
      }
    } catch let error as AtRestError {
      report.failedCount += 1
      if report.failed.count < Self.failuresKeptMax {
        report.failed.append(
          RewriteReport.Failure(
            namespace: namespace,
            name: parts.dropFirst().joined(separator: "/"),
            message: "Internal error occurred: \(error.message)"
          )
        )
      }
    }
    report.last = entry.key
    report.total.add(counts)
    report.namespaces[namespace, default: RewriteReport.Counts()].add(counts)
  }

  /// The form this server writes: protobuf, whatever the object was stored as.
  private func canonical(_ plaintext: [UInt8]) throws -> [UInt8] {
    guard plaintext.first == UInt8(ascii: "{") else { return plaintext }
    return try KubernetesSecret(storageBytes: plaintext).storageBytes()
  }
}

extension RewriteReport.Counts {
  mutating func add(_ other: RewriteReport.Counts) {
    read += other.read
    written += other.written
    unchanged += other.unchanged
    conflicts += other.conflicts
  }
}
