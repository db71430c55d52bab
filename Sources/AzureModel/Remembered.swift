import Synchronization

/// Answers found in records of one kind, kept until a record of that kind may have changed.
///
/// For what every call asks: who is signed in, what a caller was granted. A rule never sees an
/// answer that is out of date, since each use names the kind's revision.
final class Remembered<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
  private struct State {
    var revision: Int?
    var answers: [Key: Answer] = [:]
  }

  /// How many answers are kept; more start anew.
  static var countMax: Int { 4096 }
  private let state = Mutex(State())

  /// Returns the answer for a key, finding it when none was kept at this revision.
  func answer(_ key: Key, at revision: Int, _ find: () throws -> Answer) rethrows -> Answer {
    let kept = state.withLock { $0.revision == revision ? $0.answers[key] : nil }
    if let kept { return kept }
    let answer = try find()
    state.withLock { state in
      if state.revision != revision || state.answers.count >= Self.countMax { state.answers = [:] }
      state.revision = revision
      state.answers[key] = answer
    }
    return answer
  }
}
