internal import AzureModel
internal import EncryptionAtRest

extension APIServer {
  /// Secrets read, sealed and written together at most.
  public static let rewriteBatchCount = 500

  /// Writes every Secret again that a write would store otherwise, in the order of their paths.
  ///
  /// One batch at a time is held in memory and committed; a Secret that cannot be read or changed
  /// meanwhile is reported and never stops the others.
  ///
  /// Source: seed rules R52, R53, R74, R126.
  ///
  /// - Parameters:
  ///   - namespace: only this one.
  ///   - after: storage path to go on after.
  ///   - limit: Secrets to look at, at most.
  ///   - writesAll: whether those are written too that lie as a write would store them.
  ///   - onBatch: told the state after each batch; false stops.
  /// - Returns: what was done, and where to go on when the end was not reached.
  /// - Throws: what the store and `onBatch` throw; batches done before stay done.
  public func rewriteSecrets(
    namespace: String? = nil,
    after: String? = nil,
    limit: Int? = nil,
    writesAll: Bool = false,
    onBatch: (RewriteReport) throws -> Bool = { _ in true }
  ) throws -> RewriteReport {
    var report = RewriteReport()
    report.last = after
    var opening = PatientOpening(self)
    while true {
      let room = limit.map { $0 - report.total.read } ?? Self.rewriteBatchCount
      let count = min(Self.rewriteBatchCount, room)
      guard count > 0 else { return report }
      let batch = try etcd.entries(
        prefix: Self.prefix(namespace),
        after: report.last,
        limit: count
      )
      try rewrite(batch, all: writesAll, &opening, &report)
      report.isComplete = batch.isEmpty
      guard !batch.isEmpty, try onBatch(report) else { return report }
    }
  }

  /// Seals anew without a lock, then writes what still stands where it was read.
  private func rewrite(
    _ batch: [StoredEntry],
    all writesAll: Bool,
    _ opening: inout PatientOpening,
    _ report: inout RewriteReport
  ) throws {
    var outcomes: [RewriteReport.Outcome?] = []
    var values: [(entry: StoredEntry, value: [UInt8])] = []
    for entry in batch {
      do {
        let opened = try opening.open(entry).1.get()
        guard opened.isStale || writesAll else {
          outcomes.append(.unchanged)
          continue
        }
        let value = try chain.seal(
          canonical(opened.plaintext),
          storagePath: entry.key,
          now: context.now
        )
        values.append((entry, value))
        outcomes.append(nil)
      } catch {
        outcomes.append(.failed("Internal error occurred: \(error.message)"))
      }
    }
    try session?.keepNewSources()
    var written = try etcd.replace(values).makeIterator()
    for (entry, outcome) in zip(batch, outcomes) {
      if let outcome {
        report.add(entry.key, outcome)
      } else if written.next() == true {
        report.add(entry.key, .written)
      } else {
        report.add(entry.key, .conflict(try meanwhile(entry)))
      }
    }
  }

  /// What the server says of a Secret that was changed or deleted between reading and writing.
  private func meanwhile(_ entry: StoredEntry) throws -> String {
    let name = entry.key.split(separator: "/").last.map(String.init) ?? entry.key
    let isThere = try etcd.entry(at: entry.key) != nil
    return isThere ? Self.conflict(name).message : Self.notFound(name).message
  }

  /// The form this server writes: protobuf, whatever the object was stored as.
  private func canonical(_ plaintext: [UInt8]) throws(AtRestError) -> [UInt8] {
    guard plaintext.first == UInt8(ascii: "{") else { return plaintext }
    return try KubernetesSecret(storageBytes: plaintext).storageBytes()
  }
}
