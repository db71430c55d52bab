/// One live key of etcd with its revisions.
public struct StoredEntry: Hashable, Sendable {
  /// Once so many bytes of values are read, a store ends its answer.
  ///
  /// A Secret may hold 1 MiB: pages go by bytes, or a thousand of them would fill the memory.
  public static let pageByteCountMax = 4 << 20

  /// Full storage path, such as `/registry/secrets/default/db`.
  public let key: String
  /// The bytes as they lie in the store, sealed or plain.
  public let value: [UInt8]
  /// Store revision of the write that created the key.
  public let createRevision: Int64
  /// Store revision of the last write.
  public let modRevision: Int64
  /// Writes since creation, counted from 1.
  public let version: Int64

  /// Makes an entry as a store read it.
  public init(
    key: String,
    value: [UInt8],
    createRevision: Int64,
    modRevision: Int64,
    version: Int64
  ) {
    self.key = key
    self.value = value
    self.createRevision = createRevision
    self.modRevision = modRevision
    self.version = version
  }
}

/// etcd's face: what an API server needs of the store under it.
///
/// Keys are ordered by their UTF-8 bytes. Every write raises the store's revision by one.
public protocol KeyValueStore: Sendable {
  /// Reads one key; nil when absent.
  func entry(at key: String) throws -> StoredEntry?
  /// Reads entries under `prefix` in key order, those after `after` only; none at the end.
  ///
  /// They are at most `limit`, and fewer when their values are large.
  func entries(prefix: String, after: String?, limit: Int) throws -> [StoredEntry]
  /// Writes a key if it stands at `ifRevision` (0: absent, nil: whatever it is).
  ///
  /// - Returns: the new revision; nil when the key stands elsewhere and nothing was written.
  func put(_ value: [UInt8], at key: String, ifRevision: Int64?) throws -> Int64?
  /// Writes values over entries that still stand where they were read, in one transaction.
  ///
  /// - Returns: of each whether it was written; one that was changed or deleted meanwhile is not.
  func replace(_ values: [(entry: StoredEntry, value: [UInt8])]) throws -> [Bool]
  /// Deletes a key if it stands at `ifRevision` (nil: whatever it is); false when it does not.
  func delete(_ key: String, ifRevision: Int64?) throws -> Bool
  /// Counts the values in a folder and below it by what they are under, in order.
  ///
  /// A folder ends with a slash.
  func uses(inFolder folder: String) throws -> [ValueUse]
  /// Returns the keys of at most `limit` values that a use counts, in no order.
  func keys(of use: ValueUse, limit: Int) throws -> [String]
  /// Revision of the last write, 0 when nothing was ever written.
  func revision() throws -> Int64
  /// Runs `body` so that its writes land together or not at all; may nest.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result
}

extension KeyValueStore {
  /// Puts one value after the other, unless a store knows better.
  public func replace(_ values: [(entry: StoredEntry, value: [UInt8])]) throws -> [Bool] {
    try transaction {
      try values.map { entry, value in
        try put(value, at: entry.key, ifRevision: entry.modRevision) != nil
      }
    }
  }
}
