internal import AzureModel
internal import EncryptionAtRest
internal import FoundationEssentials

/// What differs between two moments of a forecast, told to what happened in between.
struct OccasionReport {
  private let occasions: [ForecastOccasion]
  private let before, after: ForecastOutlook
  private let losses: [LostSecrets]
  /// What is wrong now and was not.
  private let ailments: [Ailment]

  /// Compares the moments before and at some occasions, of which there is at least one.
  init(_ occasions: [ForecastOccasion], before: ForecastOutlook, after: ForecastOutlook) {
    self.occasions = occasions
    self.before = before
    self.after = after
    losses = ManagedClusters.losses(from: [before.standing], to: [after.standing])
    let known = before.health.reasons
    ailments = after.health.reasons.filter { new in
      !known.contains { $0.id == new.id && $0.kid == new.kid }
    }
  }

  /// The events; `isGone` tells whether what was purged is out of reach.
  func events(_ isGone: (ComingChange) throws -> Bool) rethrows -> [ForecastEvent] {
    try occasions.enumerated().map { index, occasion in
      let words = occasion.words(after.cluster, after.health)
      let isMended =
        index == 0 && before.health.state != .healthy && after.health.state == .healthy
      return ForecastEvent(
        time: occasion.time,
        what: occasion.what,
        subject: words.subject,
        message: words.message + (isMended ? "; the API server is healthy from then on" : ""),
        breakage: try breakage(at: index, isGone),
        rule: words.rule,
        remedy: words.remedy
      )
    }
  }

  /// Which occasion something that went wrong belongs to: the one it is about, else the first.
  private func owner(of ailment: Ailment) -> Int {
    occasions.firstIndex { $0.concerns(ailment) } ?? 0
  }

  private func breakage(
    at index: Int,
    _ isGone: (ComingChange) throws -> Bool
  ) rethrows -> ForecastEvent.Breakage? {
    let occasion = occasions[index]
    var lostCount = 0
    var parts: [String] = []
    let ownAilments = ailments.filter { owner(of: $0) == index }
    if before.health.state != after.health.state, !ownAilments.isEmpty {
      parts.append("API server \(before.health.state.rawValue) → \(after.health.state.rawValue)")
    }
    parts += ownAilments.map(\.sentence)
    for loss in losses where owner(of: loss.problem) == index {
      lostCount += loss.count
      parts.append(Self.count(loss.count, "cannot be read any more"))
    }
    if case .change(let change) = occasion, let count = stockCount(purgedBy: change),
      try isGone(change)
    {
      lostCount += count
      parts.append(
        "nothing brings \(change.kid?.description ?? "vault \(change.vault)") back; "
          + Self.count(count, "can never be read again")
      )
    }
    if before.writeProblem == nil, let problem = after.writeProblem,
      index == (occasions.firstIndex(of: .writesStop(occasion.time)) ?? breakingIndex)
    {
      parts.append("writes are refused: \(problem.oneLine)")
    }
    if before.tunnelProblem == nil, let problem = after.tunnelProblem, occasion.isOfTunnel {
      parts.append("the service takes no other key any more: \(problem)")
    }
    guard !parts.isEmpty else { return nil }
    return ForecastEvent.Breakage(
      health: after.health.state,
      lostSecretCount: lostCount,
      message: parts.joined(separator: "; ")
    )
  }

  /// The first occasion that something new is wrong with.
  private var breakingIndex: Int { ailments.map(owner).min() ?? 0 }

  /// How many unreadable Secrets need what is purged; nil when the cluster does not.
  private func stockCount(purgedBy change: ComingChange) -> Int? {
    guard [.keyPurged, .vaultPurged].contains(change.kind) else { return nil }
    func isPurged(_ kid: KeyID) -> Bool {
      change.kid.map { kid.unversioned == $0 } ?? (kid.vault == change.vault.lowercased())
    }
    let isHeld = after.cluster.kms?.slots.contains(where: isPurged) == true
    let stocks = after.standing.stocks.filter { stock in
      guard stock.problem != nil else { return false }
      // An envelope of v1 does not tell its key: it may be any that the plugin holds.
      return stock.group.kid.map(isPurged) ?? (stock.group.provider == .kmsV1 && isHeld)
    }
    return isHeld || !stocks.isEmpty ? stocks.reduce(0) { $0 + $1.group.count } : nil
  }

  private static func count(_ number: Int, _ rest: String) -> String {
    "\(number) Secret\(number == 1 ? "" : "s") \(rest)"
  }
}

extension Ailment {
  fileprivate var sentence: String { "\(id): \(message.oneLine)" }
}

extension String {
  fileprivate var oneLine: String {
    split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
