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
    let type: ObjectIdentifier
    let id: String
  }

  /// What is known of a name.
  private enum Knowledge {
    /// There is a value.
    case present(any Sendable)
    /// There is none.
    case absent
    /// Nothing; what is read now is good while the number of drops is this one.
    case nothing(drops: Int)
  }

  private struct Entry {
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

  /// Returns what is kept of a type under a name, or what `read` finds, to be kept from then on.
  ///
  /// `read` returns the value, nil when there is none, and the length of its text.
  func value<Value: Sendable>(
    _ id: String,
    _ read: () throws -> (Value, byteCount: Int)?
  ) rethrows -> Value? {
    switch find(ObjectIdentifier(Value.self), id) {
    case .present(let value): return value as? Value
    case .absent: return nil
    case .nothing(let drops): return try keep(id, drops, read)
    }
  }

  private func find(_ type: ObjectIdentifier, _ id: String) -> Knowledge {
    state.withLock { state in
      guard let entry = state.find(Name(type: type, id: id)) else {
        return .nothing(drops: state.drops)
      }
      return entry.value.map { .present($0) } ?? .absent
    }
  }

  /// Apart from what is asked most, so that the types it needs are not made there each time.
  @inline(never) private func keep<Value: Sendable>(
    _ id: String,
    _ drops: Int,
    _ read: () throws -> (Value, byteCount: Int)?
  ) rethrows -> Value? {
    let found = try read()
    let byteCount = Self.entryByteCount + id.utf8.count + (found?.byteCount ?? 0)
    state.withLock { state in
      guard state.drops == drops, byteCount <= Self.byteCountMax / 2 else { return }
      let name = Name(type: ObjectIdentifier(Value.self), id: id)
      state.insert(Entry(value: found?.0, byteCount: byteCount), name)
    }
    return found?.0
  }

  /// Forgets one record of a type, whether there was one or not.
  func drop<Value>(_ type: Value.Type, _ id: String) {
    state.withLock { $0.drop(Name(type: ObjectIdentifier(type), id: id)) }
  }

  /// Forgets everything.
  func dropAll() { state.withLock { $0.dropAll() } }
}
