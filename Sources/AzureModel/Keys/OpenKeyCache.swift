import CryptoEngine
import Synchronization

/// The private keys opened last, so that a call need not unseal and parse one again.
///
/// A version's material never changes, so an entry cannot go stale; yet a rolled-back version's id
/// may be drawn again under a seed, so an entry counts only for the public half it was opened with.
final class OpenKeyCache: Sendable {
  private final class Entry {
    let key: PrivateKey
    let numbers: PublicNumbers
    var lastUse: UInt64

    init(_ key: PrivateKey, _ numbers: PublicNumbers, lastUse: UInt64) {
      (self.key, self.numbers, self.lastUse) = (key, numbers, lastUse)
    }
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var clock: UInt64 = 0
  }

  /// How many keys stay open: two slots each of many clusters, with room to spare.
  static let capacity = 64
  private let state = Mutex(State())

  var count: Int { state.withLock { $0.entries.count } }

  func find(_ id: String, _ numbers: PublicNumbers) -> PrivateKey? {
    state.withLock { state in
      guard let entry = state.entries[id], entry.numbers == numbers else { return nil }
      state.clock += 1
      entry.lastUse = state.clock
      return entry.key
    }
  }

  func keep(_ key: PrivateKey, id: String, _ numbers: PublicNumbers) {
    state.withLock { state in
      state.clock += 1
      state.entries[id] = Entry(key, numbers, lastUse: state.clock)
      guard state.entries.count > Self.capacity else { return }
      let oldest = state.entries.min { $0.value.lastUse < $1.value.lastUse }
      if let oldest { state.entries[oldest.key] = nil }
    }
  }
}
