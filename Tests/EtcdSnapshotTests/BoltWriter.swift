import CryptoEngine
import Foundation

/// One write of an etcd, as a test makes it up.
struct Revision {
  var main: UInt64
  var sub: UInt64 = 0
  var key: String
  /// Nil for a deletion.
  var value: [UInt8]?
  var createRevision: UInt64 = 1
  var version: UInt64 = 1

  var boltKey: [UInt8] {
    func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
    return bytes(main) + [UInt8(ascii: "_")] + bytes(sub)
      + (value == nil ? [UInt8(ascii: "t")] : [])
  }

  var message: [UInt8] {
    func varint(_ number: UInt64) -> [UInt8] {
      number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7F) | 0x80] + varint(number >> 7)
    }
    let keyField = [0x0A] + varint(UInt64(key.utf8.count)) + Array(key.utf8)
    guard let value else { return keyField }
    return keyField + [0x10] + varint(createRevision) + [0x18] + varint(main) + [0x20]
      + varint(version) + [0x2A] + varint(UInt64(value.count)) + value
  }
}

/// Writes small bbolt databases of every shape, with the hash of a snapshot.
struct BoltWriter {
  var pageSize = 4096
  /// Elements in a leaf, and children of a branch.
  var fanout = 7
  /// Whether the bucket lies within its element.
  var isInline = false

  private struct Item {
    let key: [UInt8]
    let value: [UInt8]
    var flags: UInt32 = 0
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// Elements and their data, headed for a page.
  private func page(_ id: UInt64, flags: UInt16, _ items: [Item], padded: Bool = true) -> [UInt8] {
    var elements: [UInt8] = []
    var data: [UInt8] = []
    for (index, item) in items.enumerated() {
      let position = UInt32((items.count - index) * 16 + data.count)
      if flags == 1 {
        elements += Self.bytes(position) + Self.bytes(UInt32(item.key.count)) + item.value
        data += item.key
      } else {
        elements += Self.bytes(item.flags) + Self.bytes(position)
        elements += Self.bytes(UInt32(item.key.count)) + Self.bytes(UInt32(item.value.count))
        data += item.key + item.value
      }
    }
    let body = elements + data
    let pages = padded ? (16 + body.count + pageSize - 1) / pageSize : 1
    var result = Self.bytes(id) + Self.bytes(flags) + Self.bytes(UInt16(items.count))
    result += Self.bytes(UInt32(pages - 1)) + body
    if padded { result += [UInt8](repeating: 0, count: pages * pageSize - result.count) }
    return result
  }

  private func meta(_ id: UInt64, root: UInt64, pages: UInt64, transaction: UInt64) -> [UInt8] {
    var body = Self.bytes(UInt32(0xED0C_DAED)) + Self.bytes(UInt32(2))
    body += Self.bytes(UInt32(pageSize)) + Self.bytes(UInt32(0))
    for number in [root, 0, .max, pages, transaction] { body += Self.bytes(number) }
    let checksum = body.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x0100_0000_01B3
    }
    body += Self.bytes(checksum)
    let header = Self.bytes(id) + Self.bytes(UInt16(4)) + [UInt8](repeating: 0, count: 6)
    return header + body + [UInt8](repeating: 0, count: pageSize - header.count - body.count)
  }

  /// The database with its hash.
  func snapshot(_ revisions: [Revision]) -> [UInt8] {
    Self.hashed(database(revisions))
  }

  static func hashed(_ database: [UInt8]) -> [UInt8] {
    database + ((try? Digest.sha256(database)) ?? [])
  }

  func database(_ revisions: [Revision]) -> [UInt8] {
    var pages: [UInt8] = []
    func add(_ flags: UInt16, _ items: [Item]) -> UInt64 {
      let id = UInt64(2 + pages.count / pageSize)
      pages += page(id, flags: flags, items)
      return id
    }
    let items = revisions.map { Item(key: $0.boltKey, value: $0.message) }
    var bucket: [UInt8]
    if isInline {
      bucket = Self.bytes(UInt64(0)) + Self.bytes(UInt64(0))
      bucket += page(0, flags: 2, items, padded: false)
    } else {
      var level = stride(from: 0, to: max(items.count, 1), by: fanout).map { start in
        let leaf = Array(items.dropFirst(start).prefix(fanout))
        return Item(key: leaf.first?.key ?? [], value: Self.bytes(add(2, leaf)))
      }
      while level.count > 1 {
        level = stride(from: 0, to: level.count, by: fanout).map { start in
          let children = Array(level[start..<min(start + fanout, level.count)])
          return Item(key: children[0].key, value: Self.bytes(add(1, children)))
        }
      }
      bucket = level[0].value + Self.bytes(UInt64(0))
    }
    let root = add(
      2,
      [
        Item(key: Array("key".utf8), value: bucket, flags: 1),
        Item(key: Array("meta".utf8), value: [UInt8](repeating: 0, count: 16), flags: 1),
      ]
    )
    let count = UInt64(2 + pages.count / pageSize)
    return meta(0, root: root, pages: count, transaction: 4)
      + meta(1, root: root, pages: count, transaction: 3) + pages
  }
}
