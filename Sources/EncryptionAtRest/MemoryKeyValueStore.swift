internal import Synchronization

/// A store in memory, for tests and for worlds that end with the process.
public final class MemoryKeyValueStore: KeyValueStore {
  private struct Contents {
    var entries: [String: StoredEntry] = [:]
    var revision: Int64 = 0
  }
  private let contents = Mutex(Contents())

  /// Makes an empty store.
  public init() {}

  /// Reads one key; nil when absent.
  public func entry(at key: String) -> StoredEntry? { contents.withLock { $0.entries[key] } }

  /// Reads entries under `prefix` in key order, those after `after` only; none at the end.
  public func entries(prefix: String, after: String?, limit: Int) -> [StoredEntry] {
    let all = contents.withLock { $0.entries.values.filter { $0.key.hasPrefix(prefix) } }
    let sorted = all.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let rest = after.map { after in
      sorted.drop { !after.utf8.lexicographicallyPrecedes($0.key.utf8) }
    }
    var byteCount = 0
    return (rest ?? sorted[...]).prefix(limit).prefix { entry in
      defer { byteCount += entry.value.count }
      return byteCount < StoredEntry.pageByteCountMax
    }
  }

  /// Writes a key if it stands at `ifRevision` (0: absent, nil: whatever it is).
  public func put(_ value: [UInt8], at key: String, ifRevision: Int64?) -> Int64? {
    contents.withLock { contents in
      let old = contents.entries[key]
      if let ifRevision, ifRevision != (old?.modRevision ?? 0) { return nil }
      contents.revision += 1
      contents.entries[key] = StoredEntry(
        key: key,
        value: value,
        createRevision: old?.createRevision ?? contents.revision,
        modRevision: contents.revision,
        version: (old?.version ?? 0) + 1
      )
      return contents.revision
    }
  }

  /// Deletes a key if it stands at `ifRevision` (nil: whatever it is).
  public func delete(_ key: String, ifRevision: Int64?) -> Bool {
    contents.withLock { contents in
      guard let old = contents.entries[key], ifRevision ?? old.modRevision == old.modRevision
      else { return false }
      contents.entries[key] = nil
      contents.revision += 1
      return true
    }
  }

  /// Revision of the last write.
  public func revision() -> Int64 { contents.withLock { $0.revision } }

  /// Puts everything back when `body` throws.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    let before = contents.withLock { $0 }
    do {
      return try body()
    } catch {
      contents.withLock { $0 = before }
      throw error
    }
  }
}
