public import EncryptionAtRest

/// A file of `etcdctl snapshot save`, read as it lies: a bbolt database, then its SHA-256.
///
/// The file is mapped, not loaded. Opening it checks the hash and every page of the key space, and
/// builds an index of the live keys; values are read when they are asked for. It must not be
/// shortened meanwhile: the kernel ends a process that reads past the end of a mapped file.
///
/// Source: specification §8.1.
public final class EtcdSnapshot: KeyValueStore {
  private static let hashByteCount = 32
  /// bbolt pages are multiples of this.
  private static let sizeUnit = 512

  /// What a snapshot holds as a whole.
  public struct Info: Hashable, Sendable {
    /// Length of the file, hash included.
    public let byteCount: Int
    /// Length of a page.
    public let pageSize: Int
    /// Highest revision.
    public let revision: Int64
    /// Revisions in the file, deletions included.
    public let revisionCount: Int
    /// Keys that are there.
    public let liveCount: Int
    /// Keys whose last revision is a deletion.
    public let deletedCount: Int
    /// SHA-256 of the database, lower-case hex.
    public let sha256: String
  }

  /// The file as a whole.
  public let info: Info
  private let file: MappedFile
  private let index: KeyIndex

  /// Opens a snapshot.
  ///
  /// - Throws: `SnapshotError`; the message names the offset of a damage.
  public convenience init(path: String) throws {
    let file = try MappedFile(path: path)
    do {
      try self.init(file)
    } catch let error as SnapshotError {
      throw SnapshotError(error.code, "\(path): \(error.message)", hint: error.hint)
    }
  }

  private init(_ file: MappedFile) throws {
    let byteCount = file.byteCount - Self.hashByteCount
    let database = try BoltDatabase(file, byteCount: max(byteCount, 0))
    guard byteCount > 0, file.byteCount % Self.sizeUnit == Self.hashByteCount else {
      throw SnapshotError(
        .hashMissing,
        file.byteCount % Self.sizeUnit == 0
          ? "the file is a bbolt database without the hash that a snapshot ends with"
          : "the file ends at offset \(file.byteCount), which is not after whole pages and a hash",
        hint: "take a snapshot with: etcdctl snapshot save FILE"
      )
    }
    let hash = try file.sha256(first: byteCount)
    guard file.holds(hash, at: byteCount..<file.byteCount) else {
      throw SnapshotError(
        .hashMismatch,
        "the SHA-256 at offset \(byteCount) is not that of the bytes before it",
        hint: "the file was changed or cut after it was taken; take a new snapshot"
      )
    }
    var gathering = Gathering(file)
    guard
      try database.walk(
        bucket: "key",
        { (item) throws(SnapshotError) in try gathering.add(item) }
      )
    else { throw SnapshotError.damaged("there is no bucket 'key'", at: 0) }
    gathering.index.finish()
    self.file = file
    index = gathering.index
    info = Info(
      byteCount: file.byteCount,
      pageSize: database.pageSize,
      revision: gathering.last.main,
      revisionCount: gathering.count,
      liveCount: gathering.index.count,
      deletedCount: gathering.index.deletedCount,
      sha256: hash.lowerHex
    )
  }

  /// The walk over all revisions.
  private struct Gathering {
    let file: MappedFile
    var index: KeyIndex
    var last: (main: Int64, sub: Int64) = (0, -1)
    var count = 0

    init(_ file: MappedFile) {
      self.file = file
      index = KeyIndex(file)
    }

    /// Adds an element of the bucket: `main(8) _ sub(8)`, big-endian, and `t` for a deletion.
    mutating func add(_ item: BoltDatabase.Item) throws(SnapshotError) {
      let start = item.key.lowerBound
      guard !item.isBucket, item.key.count == 17 || item.key.count == 18,
        try file.byte(at: start + 8) == UInt8(ascii: "_")
      else { throw .damaged("a key of the key space is no revision", at: start) }
      let main = Int64(bitPattern: try file.number(UInt64.self, at: start).byteSwapped)
      let sub = Int64(bitPattern: try file.number(UInt64.self, at: start + 9).byteSwapped)
      guard (last.main, last.sub) < (main, sub) else {
        throw .damaged("revision \(main) comes after \(last.main)", at: start)
      }
      last = (main, sub)
      count += 1
      try index.append(
        StoredRevision(file, item.value),
        item.value,
        isDeletion: item.key.count == 18
      )
    }
  }

  // MARK: Reading

  /// Reads one key; nil when absent.
  ///
  /// - Throws: `SnapshotError` when the file was changed meanwhile.
  public func entry(at key: String) throws -> StoredEntry? {
    let wanted = Array(key.utf8)
    let position = index.firstIndex(from: wanted, after: false)
    guard position < index.count, let entry = try entry(position), entry.key == key else {
      return nil
    }
    return entry
  }

  /// Reads entries under `prefix` in key order, those after `after` only; none at the end.
  ///
  /// A key that is no UTF-8 is left out: Kubernetes writes none.
  ///
  /// - Throws: `SnapshotError` when the file was changed meanwhile.
  public func entries(prefix: String, after: String?, limit: Int) throws -> [StoredEntry] {
    let prefix = Array(prefix.utf8)
    var position = index.firstIndex(from: prefix, after: false)
    if let after {
      position = max(position, index.firstIndex(from: Array(after.utf8), after: true))
    }
    var result: [StoredEntry] = []
    var byteCount = 0
    while position < index.count, result.count < limit, index.hasPrefix(prefix, at: position),
      byteCount < StoredEntry.pageByteCountMax
    {
      if let entry = try entry(position) {
        byteCount += entry.value.count
        result.append(entry)
      }
      position += 1
    }
    return result
  }

  private func entry(_ position: Int) throws(SnapshotError) -> StoredEntry? {
    let revision = try StoredRevision(file, index[position].message)
    guard let key = try file.text(revision.key) else { return nil }
    return StoredEntry(
      key: key,
      value: try file.copy(revision.value),
      createRevision: revision.createRevision,
      modRevision: revision.modRevision,
      version: revision.version
    )
  }

  /// Highest revision in the snapshot.
  public func revision() -> Int64 { info.revision }

  // MARK: Writing

  private static let readOnly = SnapshotError(.readOnly, "a snapshot cannot be written to")

  /// Refuses.
  ///
  /// - Throws: `snapshot.read_only`.
  public func put(_ value: [UInt8], at key: String, ifRevision: Int64?) throws -> Int64? {
    throw Self.readOnly
  }

  /// Refuses.
  ///
  /// - Throws: `snapshot.read_only`.
  public func delete(_ key: String, ifRevision: Int64?) throws -> Bool { throw Self.readOnly }

  /// Runs `body`, which can only read.
  public func transaction<Result>(_ body: () throws -> Result) throws -> Result { try body() }
}
