public import CryptoEngine
import FoundationEssentials
import Synchronization

/// Records in a dictionary, for tests and throw-away models.
///
/// A transaction copies the dictionary and puts the copy back when its body throws, so it is for
/// one caller at a time; single calls are safe from anywhere.
public final class MemoryRecordStore: AzureStore {
  private struct Entry: Equatable {
    let parent: String
    let bytes: Data
  }

  private struct State {
    var records: [String: [String: Entry]] = [:]
    var audit = MemoryAuditLog()
    var rootKey: SecretBytes?
    /// How many writes there were; taking writes back counts as one.
    var revision = 0
  }

  private let state = Mutex(State())

  /// Makes an empty store.
  public init() {}

  /// Everything kept, as `kind/id` and its JSON text, to compare a store before and after.
  public var contents: [String: String] {
    let records = state.withLock { $0.records }
    var contents: [String: String] = [:]
    for (kind, entries) in records {
      for (id, entry) in entries {
        contents["\(kind)/\(id)"] = String(decoding: entry.bytes, as: UTF8.self)
      }
    }
    return contents
  }

  /// Reads a record; nil when absent.
  public func find<R: Record>(_ type: R.Type, id: String) throws -> R? {
    let entry = state.withLock { $0.records[R.kind]?[id] }
    return try entry.map { try JSONDecoder().decode(R.self, from: $0.bytes) }
  }

  /// Reads at most `limit` records in id order, those under `parent` after `after`.
  public func list<R: Record>(
    _ type: R.Type,
    parent: String?,
    after: String?,
    limit: Int
  ) throws -> [R] {
    let entries = state.withLock { $0.records[R.kind] ?? [:] }
    let chosen = entries.filter { id, entry in
      (parent == nil || entry.parent == parent) && (after.map { precedes($0, id) } ?? true)
    }
    return try chosen.sorted { precedes($0.key, $1.key) }.prefix(max(0, limit)).map {
      try JSONDecoder().decode(R.self, from: $0.value.bytes)
    }
  }

  /// Writes a record, replacing one of the same id.
  public func put<R: Record>(_ record: R) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let entry = Entry(parent: record.parent, bytes: try encoder.encode(record))
    state.withLock {
      $0.records[R.kind, default: [:]][record.id] = entry
      $0.revision += 1
    }
  }

  /// Deletes a record; absent is fine.
  public func delete<R: Record>(_ type: R.Type, id: String) throws {
    state.withLock {
      $0.records[R.kind]?[id] = nil
      $0.revision += 1
    }
  }

  /// Runs `body`; when it throws, what it wrote is gone, but for rows of the audit log.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    let before = state.withLock { $0.records }
    do {
      return try body()
    } catch {
      state.withLock {
        $0.records = before
        $0.revision += 1
      }
      throw error
    }
  }

  /// A number that is another one once anything was written, or taken back.
  public func revision<R: Record>(of type: R.Type) throws -> Int {
    state.withLock { $0.revision }
  }

  /// Seals material under a random key that lives as long as the store.
  public func sealMaterial(_ material: SecretBytes, name: String) throws -> [UInt8] {
    try AESGCM.seal(material, key: rootKey(), authenticatedData: Array(name.utf8))
  }

  /// Opens what `sealMaterial` returned for the same name.
  public func openMaterial(_ sealed: [UInt8], name: String) throws -> SecretBytes {
    try AESGCM.open(sealed, key: rootKey(), authenticatedData: Array(name.utf8))
  }

  private func rootKey() throws -> SecretBytes {
    try state.withLock { state in
      if let key = state.rootKey { return key }
      let key = try SecretBytes.random(byteCount: 32)
      state.rootKey = key
      return key
    }
  }

  /// Byte order, as the stores on disk have it.
  private func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}

extension MemoryRecordStore {
  /// Runs one call: when it throws, its changes are gone and its audit rows are not.
  public func call<Result>(_ body: () throws -> Result) throws -> Result { try transaction(body) }

  /// Runs what a user takes back as one: when it throws, its audit rows are gone as well.
  public func userTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    let before = state.withLock { $0.audit }
    do {
      return try transaction(body)
    } catch {
      state.withLock { $0.audit = before }
      throw error
    }
  }

  /// Adds a row to the audit log.
  public func append(_ event: AuditEvent) { state.withLock { $0.audit.append(event) } }

  /// Reads at most `limit` rows that pass the filter, after a row read before.
  public func auditEvents(
    _ filter: AuditFilter,
    after last: AuditEvent?,
    limit: Int
  ) -> [AuditEvent] {
    state.withLock { $0.audit }.events(filter, after: last, limit: limit)
  }
}

extension RecordStore {
  /// Reads every record under a parent, page by page.
  func all<R: Record>(_ type: R.Type, parent: String?) throws -> [R] {
    let pageLength = 500
    var records: [R] = []
    while true {
      let page = try list(type, parent: parent, after: records.last?.id, limit: pageLength)
      records += page
      if page.count < pageLength { return records }
    }
  }
}
