internal import Synchronization

/// When each kind of record changed last, as far as this process can tell.
///
/// ## Design
///
/// What is found out from many records, such as a caller's grants, is remembered by those who found
/// it. They must notice any change: own writes are counted by kind, a rollback and a commit of
/// another process (SQLite's `data_version`) count for all kinds.
final class Revisions: Sendable {
  private struct State {
    var last = 0
    var kinds: [String: Int] = [:]
    /// Revision of every kind that did not change since.
    var floor = 0
    var dataVersion: Int?
  }

  private let state = Mutex(State())

  func revision(of kind: String) -> Int { state.withLock { $0.kinds[kind] ?? $0.floor } }

  /// Count of all changes seen so far.
  var last: Int { state.withLock { $0.last } }

  func changed(_ kind: String) {
    state.withLock { state in
      state.last += 1
      state.kinds[kind] = state.last
    }
  }

  func everythingChanged() {
    state.withLock { state in
      state.last += 1
      state.floor = state.last
      state.kinds = [:]
    }
  }

  /// Takes note of SQLite's count of what other connections committed.
  ///
  /// - Returns: whether it is another than the last one.
  func saw(dataVersion: Int) -> Bool {
    state.withLock { state in
      defer { state.dataVersion = dataVersion }
      return state.dataVersion != dataVersion
    }
  }
}
