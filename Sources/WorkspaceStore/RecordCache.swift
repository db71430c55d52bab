internal import Synchronization

/// What was read from the file and decoded, kept until it may have changed.
///
/// ## Design
///
/// Every call asks for the same few records: who is signed in, the vault, the key. A query and the
/// decoding of its text cost more than the public RSA operation that follows. Kept is what was
/// read, and that there was nothing to read.
///
/// An entry is dropped by a write of its record. All are dropped when a transaction or a savepoint
/// is rolled back, and when another connection committed. A write drops its entry instead of
/// replacing it, so that what comes out of the store is always what lies in it; and what was read
/// while anything was dropped is not kept, so that no thread puts back what another took away.
///
/// Two generations bound the memory: when the younger one is full it becomes the older one, whose
/// entries move over when they are asked for again, and are gone if they are not.
final class RecordCache: Sendable {
  private struct Name: Hashable {
    let kind: String
    let id: String
  }

  private struct Entry: Sendable {
    /// Nil: there is no such record.
    let value: (any Sendable)?
    let byteCount: Int
  }

  private struct State {
    var younger: [Name: Entry] = [:]
    var older: [Name: Entry] = [:]
    var youngerByteCount = 0
    /// How often something was dropped.
    var drops = 0

    mutating func find(_ name: Name) -> Entry? {
      if let entry = younger[name] { return entry }
      guard let entry = older.removeValue(forKey: name) else { return nil }
      insert(entry, name)
      return entry
    }

    mutating func insert(_ entry: Entry, _ name: Name) {
      if youngerByteCount + entry.byteCount > RecordCache.byteCountMax / 2 {
        (older, younger, youngerByteCount) = (younger, [:], 0)
      }
      let before = younger.updateValue(entry, forKey: name)
      youngerByteCount += entry.byteCount - (before?.byteCount ?? 0)
    }

    mutating func drop(_ name: Name) {
      drops += 1
      older[name] = nil
      if let entry = younger.removeValue(forKey: name) { youngerByteCount -= entry.byteCount }
    }

    mutating func dropAll() { self = State(drops: drops + 1) }
  }

  /// Memory that all entries take together at most, estimated by the length of their texts.
  static let byteCountMax = 16 << 20
  /// What an entry takes beside its text.
  private static let entryByteCount = 256

  private let state = Mutex(State())

  /// How many entries are kept.
  var count: Int { state.withLock { $0.younger.count + $0.older.count } }

  /// Returns what is kept under a name, or what `read` finds, to be kept from then on.
  ///
  /// `read` returns the value, nil when there is none, and the length of its text.
  func value<Value: Sendable>(
    _ kind: String,
    _ id: String,
    _ read: () throws -> (Value, byteCount: Int)?
  ) rethrows -> Value? {
    let name = Name(kind: kind, id: id)
    let (kept, drops) = state.withLock { ($0.find(name), $0.drops) }
    if let kept {
      guard let value = kept.value else { return nil }
      if let value = value as? Value { return value }
    }
    let found = try read()
    let byteCount = Self.entryByteCount + id.utf8.count + (found?.byteCount ?? 0)
    state.withLock { state in
      guard state.drops == drops, byteCount <= Self.byteCountMax / 2 else { return }
      state.insert(Entry(value: found?.0, byteCount: byteCount), name)
    }
    return found?.0
  }

  /// Forgets one record, whether there was one or not.
  func drop(_ kind: String, _ id: String) {
    state.withLock { $0.drop(Name(kind: kind, id: id)) }
  }

  /// Forgets everything.
  func dropAll() { state.withLock { $0.dropAll() } }
}
