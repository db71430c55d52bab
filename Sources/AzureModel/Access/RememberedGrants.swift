import Synchronization

/// What callers were found to be granted, kept until some role assignment may have changed.
///
/// A check never sees an answer that is out of date, since each use names the revision of the
/// assignments.
final class RememberedGrants: Sendable {
  private struct State {
    var revision: Int?
    var answers: [GrantQuestion: [Grant]] = [:]
  }

  /// How many answers are kept; more start anew.
  static let countMax = 4096
  private let state = Mutex(State())

  /// How many answers are kept now.
  var count: Int { state.withLock { $0.answers.count } }

  /// Returns the answer to a question, finding it when none was kept at this revision.
  func answer(
    _ question: GrantQuestion,
    at revision: Int,
    _ find: () throws -> [Grant]
  ) rethrows -> [Grant] {
    let kept = state.withLock { $0.revision == revision ? $0.answers[question] : nil }
    if let kept { return kept }
    let answer = try find()
    state.withLock { state in
      if state.revision != revision || state.answers.count >= Self.countMax { state.answers = [:] }
      state.revision = revision
      state.answers[question] = answer
    }
    return answer
  }
}
