/// The newest revision of each key, in key order: 24 bytes a key, whatever their lengths.
///
/// Revisions come in their own order, so that the last of a key is its newest. They are gathered
/// and, each time twice as many are there as after the last time, sorted and thinned out: memory
/// is bounded by the number of different keys, not of revisions.
struct KeyIndex {
  /// Where a revision lies.
  struct Entry {
    fileprivate let keyStart: UInt64
    fileprivate let keyCount: UInt32
    /// From the message's start to the key's.
    fileprivate let lead: UInt32
    fileprivate let messageCount: UInt32
    fileprivate let isDeletion: Bool

    fileprivate var key: Range<Int> { Int(keyStart)..<Int(keyStart) + Int(keyCount) }

    /// The whole message.
    var message: Range<Int> {
      let start = Int(keyStart) - Int(lead)
      return start..<start + Int(messageCount)
    }
  }

  private static let roomMin = 1 << 18

  private let file: MappedFile
  private var entries: [Entry] = []
  private var room = roomMin
  /// Keys whose newest revision is a deletion.
  private(set) var deletedCount = 0

  init(_ file: MappedFile) { self.file = file }

  var count: Int { entries.count }
  subscript(index: Int) -> Entry { entries[index] }

  /// Adds the next revision.
  mutating func append(
    _ revision: StoredRevision,
    _ message: Range<Int>,
    isDeletion: Bool
  ) throws(SnapshotError) {
    guard let keyCount = UInt32(exactly: revision.key.count), keyCount > 0,
      let lead = UInt32(exactly: revision.key.lowerBound - message.lowerBound),
      let messageCount = UInt32(exactly: message.count)
    else { throw .damaged("a revision has no key", at: message.lowerBound) }
    if entries.count == room { thin() }
    entries.append(
      Entry(
        keyStart: UInt64(revision.key.lowerBound),
        keyCount: keyCount,
        lead: lead,
        messageCount: messageCount,
        isDeletion: isDeletion
      )
    )
  }

  /// Ends the gathering: what is deleted goes.
  mutating func finish() {
    thin()
    let all = entries.count
    entries.removeAll(where: \.isDeletion)
    deletedCount = all - entries.count
  }

  /// Sorts by key, the sort being stable, and keeps the last of each.
  private mutating func thin() {
    let file = file
    entries.sort { file.compare($0.key, $1.key) < 0 }
    var kept = 0
    for index in entries.indices {
      let isLast =
        index + 1 == entries.count
        || file.compare(entries[index].key, entries[index + 1].key) != 0
      guard isLast else { continue }
      entries[kept] = entries[index]
      kept += 1
    }
    entries.removeSubrange(kept...)
    room = max(Self.roomMin, 2 * kept)
  }

  /// The first entry whose key is not before `key`, or with `after` the first past it.
  func firstIndex(from key: [UInt8], after: Bool) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      let order = file.compare(entries[middle].key, with: key)
      if order < 0 || (after && order == 0) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether the key of an entry starts with a prefix.
  func hasPrefix(_ prefix: [UInt8], at index: Int) -> Bool {
    let key = entries[index].key
    return key.count >= prefix.count
      && file.holds(prefix, at: key.lowerBound..<key.lowerBound + prefix.count)
  }
}
