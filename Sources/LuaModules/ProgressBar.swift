internal import ClusterModel
internal import EncryptionAtRest

/// How far a rewrite is.
///
/// In a log, one that takes less than two seconds is not told of.
struct ProgressBar {
  private var line: ProgressLine
  /// Secrets there are by namespace, when they are known.
  private let counts: [String: Int]

  init(title: String, counts: [String: Int], limit: Int64?, manner: ProgressLine.Manner) {
    self.counts = counts
    let known = counts.isEmpty ? nil : counts.values.reduce(0, +)
    line = ProgressLine(
      title: title,
      total: known.map { min($0, limit.map { Int(clamping: $0) } ?? .max) },
      manner: manner,
      patience: .seconds(2)
    )
  }

  /// Tells how far it is, unless it was just told.
  mutating func show(_ report: RewriteReport) {
    let counts = counts
    line.show(report.total.read) { Self.details(report, counts) }
  }

  /// Takes the line of a terminal away.
  mutating func clear() { line.end() }

  private static func details(_ report: RewriteReport, _ counts: [String: Int]) -> [String] {
    var details: [String] = []
    let failures = report.total.failed + report.total.conflicts
    if failures > 0 { details.append("\(failures) not rewritten") }
    if let namespace = report.namespace {
      let read = report.namespaces[namespace]?.read ?? 0
      details.append("\(namespace) \(read)" + (counts[namespace].map { " of \($0)" } ?? ""))
    }
    return details
  }
}

extension RewriteReport {
  /// Namespace of the Secret looked at last.
  fileprivate var namespace: String? {
    last.map(ValueUse.folder).map {
      String($0.dropFirst(KubernetesSecret.storagePrefix.count).dropLast())
    }
  }
}

extension APIServer {
  /// How many Secrets there are, by namespace; nothing is scanned.
  func secretCounts(namespace: String?) throws -> [String: Int] {
    let folder = KubernetesSecret.storagePrefix + (namespace.map { "\($0)/" } ?? "")
    return try etcd.uses(inFolder: folder).reduce(into: [:]) { counts, use in
      let name = use.folder.dropFirst(KubernetesSecret.storagePrefix.count).dropLast()
      counts[String(name), default: 0] += use.count
    }
  }
}
