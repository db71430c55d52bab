/// One revision of a key, read off the mapping where it lies.
///
/// Source: specification §8.1; etcd `mvccpb.KeyValue`.
struct StoredRevision {
  /// The etcd key.
  var key = 0..<0
  /// What is stored, empty in a deletion.
  var value = 0..<0
  var createRevision: Int64 = 0
  var modRevision: Int64 = 0
  var version: Int64 = 0

  /// Reads a `KeyValue` message.
  init(_ file: MappedFile, _ range: Range<Int>) throws(SnapshotError) {
    var position = range.lowerBound
    while position < range.upperBound {
      let start = position
      let tag = try Self.varint(file, &position, range.upperBound)
      switch tag & 7 {
      case 0:
        let number = Int64(bitPattern: try Self.varint(file, &position, range.upperBound))
        switch tag >> 3 {
        case 2: createRevision = number
        case 3: modRevision = number
        case 4: version = number
        default: break
        }
      case 2:
        let count = try Self.varint(file, &position, range.upperBound)
        guard count <= UInt64(range.upperBound - position) else {
          throw .damaged("a field reaches past its value", at: start)
        }
        let payload = position..<position + Int(count)
        if tag >> 3 == 1 { key = payload }
        if tag >> 3 == 5 { value = payload }
        position = payload.upperBound
      case 1: position += 8
      case 5: position += 4
      default: throw .damaged("a value is no KeyValue message", at: start)
      }
    }
    guard position == range.upperBound else {
      throw .damaged("a field reaches past its value", at: range.lowerBound)
    }
  }

  private static func varint(
    _ file: MappedFile,
    _ position: inout Int,
    _ end: Int
  ) throws(SnapshotError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard position < end else { break }
      let byte = try file.byte(at: position)
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw .damaged("a number in a value does not end", at: position)
  }
}
