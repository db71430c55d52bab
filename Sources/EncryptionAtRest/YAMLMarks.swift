/// Where a text might define an anchor, and where it might use a list, a mapping or an alias as a
/// key: nothing that the scanner takes so is missed, and comments and quoted texts count as well.
struct YAMLMarks {
  private(set) var hasAnchor = false
  private(set) var hasComplexKey = false

  /// Looks at each byte once.
  init(_ text: String) {
    let bytes = Array(text.utf8)
    var before = UInt8(ascii: "\n")
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      let name = index + 1..<Self.endOfName(bytes, index + 1)
      var next = index + 1
      switch byte {
      case UInt8(ascii: "&"):
        if Self.startsToken(after: before), !name.isEmpty { hasAnchor = true }
      case UInt8(ascii: "?"):
        let isAlone = next == bytes.count || Self.isSpace(bytes[next])
        if Self.startsToken(after: before), isAlone { hasComplexKey = true }
      case UInt8(ascii: "*") where Self.startsToken(after: before) && !name.isEmpty:
        next = name.upperBound
        if Self.isKey(bytes, &next) { hasComplexKey = true }
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        if Self.isKey(bytes, &next) { hasComplexKey = true }
      default: break
      }
      before = bytes[next - 1]
      index = next
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    [0x20, 0x09, 0x0A, 0x0D].contains(byte)
  }

  private static func startsToken(after byte: UInt8) -> Bool {
    isSpace(byte) || byte >= 0x80 || Array("[{,:-?\"'".utf8).contains(byte)
  }

  /// Names of anchors are of letters, digits, hyphens and underscores.
  private static func endOfName(_ bytes: [UInt8], _ start: Int) -> Int {
    guard let first = start > 0 ? bytes[start - 1] : nil, first == 0x26 || first == 0x2A else {
      return start
    }
    return bytes[start...].firstIndex {
      let scalar = UnicodeScalar($0)
      return
        !(scalar.properties.isAlphabetic && $0 < 0x80 || (0x30...0x39).contains($0)
        || $0 == 0x2D || $0 == 0x5F)
    } ?? bytes.count
  }

  /// Whether a colon follows, after any space; leaves `position` behind the space.
  private static func isKey(_ bytes: [UInt8], _ position: inout Int) -> Bool {
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    return position < bytes.count && bytes[position] == UInt8(ascii: ":")
  }
}
