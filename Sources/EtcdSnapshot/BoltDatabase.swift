/// A bbolt database: its meta page, and the walk over a bucket's tree.
///
/// Source: specification §8.1; bbolt, "Database format".
struct BoltDatabase {
  /// Deepest tree; one of this depth would hold more than any disk.
  static let depthMax = 64
  private static let headerByteCount = 16
  private static let elementByteCount = 16
  private static let magic: UInt32 = 0xED0C_DAED

  private enum Flag {
    static let branch: UInt16 = 1
    static let leaf: UInt16 = 2
    static let bucket: UInt32 = 1
  }

  let file: MappedFile
  let pageSize: Int
  /// Pages before the hash.
  private let pageCount: Int
  private let rootPage: UInt64

  /// Finds the valid meta page of the latest transaction.
  init(_ file: MappedFile, byteCount: Int) throws(SnapshotError) {
    let sizes = (9...16).map { 1 << $0 }
    var metas: [Meta] = []
    if let first = Meta(file, at: 0) { metas.append(first) }
    for size in metas.first.map({ [$0.pageSize] }) ?? sizes {
      if let second = Meta(file, at: size), second.pageSize == size { metas.append(second) }
    }
    guard let meta = metas.max(by: { $0.transaction < $1.transaction }) else {
      // A file too short for a number has another one there.
      guard (try? file.number(UInt32.self, at: Self.headerByteCount)) == Self.magic else {
        let isCompressed = file.holds([0x1F, 0x8B], at: 0..<2)
        throw SnapshotError(
          .notBolt,
          "the file is no bbolt database: no meta page at offset 0",
          hint: isCompressed
            ? "it is compressed; unpack it with gunzip first"
            : "a snapshot is what `etcdctl snapshot save FILE` writes"
        )
      }
      throw .damaged("neither meta page is valid", at: 0)
    }
    self.file = file
    pageSize = meta.pageSize
    pageCount = byteCount / meta.pageSize
    rootPage = meta.rootPage
  }

  private struct Meta {
    let pageSize: Int
    let rootPage: UInt64
    let transaction: UInt64

    /// Reads the meta page at an offset; nil unless magic, version and checksum are right.
    init?(_ file: MappedFile, at offset: Int) {
      let start = offset + BoltDatabase.headerByteCount
      // What lies past the end of the file is no page, and all that is read here.
      func number(_ position: Int) -> UInt64? {
        try? file.number(UInt64.self, at: start + position)
      }
      guard let magic = try? file.number(UInt32.self, at: start), magic == BoltDatabase.magic,
        (try? file.number(UInt32.self, at: start + 4)) == 2,
        let size = try? file.number(UInt32.self, at: start + 8),
        (512...65536).contains(size), size.nonzeroBitCount == 1,
        let rootPage = number(16), let transaction = number(48), let checksum = number(56),
        let body = try? file.copy(start..<start + 56), Self.checksum(body) == checksum
      else { return nil }
      pageSize = Int(size)
      self.rootPage = rootPage
      self.transaction = transaction
    }

    /// FNV-1a, 64 bits.
    private static func checksum(_ bytes: [UInt8]) -> UInt64 {
      bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
    }
  }

  /// A page: where it lies, and what its header says.
  private struct Page {
    let extent: Range<Int>
    let flags: UInt16
    let count: Int

    func element(_ index: Int) -> Int {
      extent.lowerBound + BoltDatabase.headerByteCount + index * BoltDatabase.elementByteCount
    }
  }

  /// Where a bucket's tree begins.
  private enum Root {
    case page(UInt64)
    /// A small bucket lies within the element that names it.
    case inline(Range<Int>)
  }

  /// A key with its value, as ranges of the file.
  struct Item {
    let key: Range<Int>
    let value: Range<Int>
    let isBucket: Bool
  }

  /// Walks a bucket of the root in key order; nil when there is none.
  func walk(
    bucket name: String,
    _ visit: (Item) throws(SnapshotError) -> Void
  ) throws(SnapshotError) -> Bool {
    var visited = PageSet(count: pageCount)
    var root: Root?
    let wanted = Array(name.utf8)
    try walk(.page(rootPage), &visited) { (item) throws(SnapshotError) in
      guard item.isBucket, file.holds(wanted, at: item.key) else { return }
      let start = item.value.lowerBound
      let inlineStart = start + 16
      guard inlineStart <= item.value.upperBound else {
        throw .damaged("the bucket '\(name)' has no header", at: start)
      }
      let page = try file.number(UInt64.self, at: start)
      root = page == 0 ? .inline(inlineStart..<item.value.upperBound) : .page(page)
    }
    guard let root else { return false }
    try walk(root, &visited, visit)
    return true
  }

  /// Walks a tree with a stack of its own; no page is met twice.
  private func walk(
    _ root: Root,
    _ visited: inout PageSet,
    _ visit: (Item) throws(SnapshotError) -> Void
  ) throws(SnapshotError) {
    var stack: [(page: Page, next: Int, dataEnd: Int)] = []
    func push(_ page: Page) { stack.append((page, 0, page.element(page.count))) }
    switch root {
    case .page(let number): push(try page(number, &visited))
    case .inline(let range): push(try header(range))
    }
    while let (page, index, dataEnd) = stack.last {
      guard index < page.count else {
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].next += 1
      if page.flags & Flag.leaf != 0 {
        let item = try item(page, index, from: dataEnd)
        stack[stack.count - 1].dataEnd = item.value.upperBound
        try visit(item)
      } else {
        guard stack.count < Self.depthMax else {
          throw .damaged(
            "the tree is deeper than \(Self.depthMax) levels",
            at: page.extent.lowerBound
          )
        }
        let child = try file.number(UInt64.self, at: page.element(index) + 8)
        push(try self.page(child, &visited))
      }
    }
  }

  private func page(
    _ number: UInt64,
    _ visited: inout PageSet
  ) throws(SnapshotError) -> Page {
    guard let index = Int(exactly: number), index < pageCount else {
      throw .damaged(
        "page \(number) lies past the last one, \(pageCount - 1)",
        at: file.byteCount
      )
    }
    let start = index * pageSize
    let overflow = Int(try file.number(UInt32.self, at: start + 12))
    guard overflow < pageCount - index else {
      throw .damaged("page \(number) overflows the file", at: start)
    }
    guard try file.number(UInt64.self, at: start) == number else {
      throw .damaged("page \(number) says that it is another page", at: start)
    }
    for page in index...index + overflow where !visited.insert(page) {
      throw .damaged("page \(page) is reached twice", at: page * pageSize)
    }
    return try header(start..<start + (overflow + 1) * pageSize)
  }

  private func header(_ extent: Range<Int>) throws(SnapshotError) -> Page {
    let start = extent.lowerBound
    let flags = try file.number(UInt16.self, at: start + 8)
    let count = Int(try file.number(UInt16.self, at: start + 10))
    guard flags == Flag.branch || flags == Flag.leaf else {
      throw .damaged("a page of kind \(flags) stands where a branch or a leaf must", at: start)
    }
    let page = Page(extent: extent, flags: flags, count: count)
    guard page.element(count) <= extent.upperBound else {
      throw .damaged("\(count) elements do not fit into their page", at: start)
    }
    return page
  }

  /// Reads an element; the data of a page lies in the order of its elements and never twice, so
  /// that all items together are no longer than the file.
  private func item(_ page: Page, _ index: Int, from dataEnd: Int) throws(SnapshotError) -> Item {
    let element = page.element(index)
    let flags = try file.number(UInt32.self, at: element)
    let position = Int(try file.number(UInt32.self, at: element + 4))
    let keySize = Int(try file.number(UInt32.self, at: element + 8))
    let valueSize = Int(try file.number(UInt32.self, at: element + 12))
    // Three numbers of 32 bits and an offset do not overflow 64 bits.
    let keyStart = element + position
    let valueStart = keyStart + keySize
    guard keyStart >= dataEnd else {
      throw .damaged("an element lies over the one before", at: element)
    }
    guard valueStart + valueSize <= page.extent.upperBound else {
      throw .damaged("an element reaches past its page", at: element)
    }
    return Item(
      key: keyStart..<valueStart,
      value: valueStart..<valueStart + valueSize,
      isBucket: flags & Flag.bucket != 0
    )
  }
}

/// The pages met on a walk, a bit for each.
private struct PageSet {
  private var words: [UInt64]

  init(count: Int) { words = [UInt64](repeating: 0, count: count / 64 + 1) }

  /// Adds a page of the file; false when it was there.
  mutating func insert(_ page: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(page % 64)
    defer { words[page / 64] |= bit }
    return words[page / 64] & bit == 0
  }
}
