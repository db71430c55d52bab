/// Reads Kubernetes objects out of JSON text as it comes in, one at a time.
///
/// The text holds objects one after the other. Of a list only one element is in memory at a time,
/// so that a list of any length passes; what follows a list's items is checked at its end.
///
/// Source: RFC 8259; Kubernetes API conventions, "Lists and simple kinds".
public struct ObjectStream {
  /// Longest object, in bytes: a Secret of 1 MiB in base64, and as much of other members.
  public static let byteCountMax = 4 << 20
  /// Deepest nesting of an object.
  static let depthMax = 200

  private enum Place {
    case betweenObjects
    case inObject(hasMembers: Bool)
    case inItems(isFirst: Bool)
  }

  private let read: () throws -> [UInt8]
  private var bytes: [UInt8] = []
  private var position = 0
  private var isAtEnd = false
  private var place = Place.betweenObjects
  /// Members read so far of the object that is under way, `items` left out.
  private var members: [UInt8] = []
  private var isList = false

  /// Takes the text from a function that returns some bytes of it, none at the end.
  public init(_ read: @escaping () throws -> [UInt8]) { self.read = read }

  /// Returns the next object, or the next element of a list, as it is written; nil at the end.
  ///
  /// - Throws: `objects.invalid`, and what reading throws.
  public mutating func next() throws -> [UInt8]? {
    while true {
      switch place {
      case .betweenObjects:
        guard try peek() != nil else { return nil }
        try expect("{")
        (members, isList) = ([], false)
        place = .inObject(hasMembers: false)
      case .inObject(let hasMembers):
        if let object = try member(hasMembers) { return object }
      case .inItems(let isFirst):
        guard try take("]") else {
          if !isFirst { try expect(",") }
          place = .inItems(isFirst: false)
          return try value()
        }
        place = .inObject(hasMembers: true)
      }
    }
  }

  /// Reads one member; returns the object when that was its end and it is no list.
  private mutating func member(_ hasMembers: Bool) throws -> [UInt8]? {
    if try take("}") {
      place = .betweenObjects
      let object = [UInt8(ascii: "{")] + members + [UInt8(ascii: "}")]
      guard isList else { return object }
      try checkList(object)
      return nil
    }
    if hasMembers { try expect(",") }
    let name = try value()
    guard name.first == UInt8(ascii: "\"") else { throw Self.malformed("a member has no name") }
    try expect(":")
    place = .inObject(hasMembers: true)
    if name.elementsEqual("\"items\"".utf8), try peek() == UInt8(ascii: "[") {
      position += 1
      isList = true
      place = .inItems(isFirst: true)
      return nil
    }
    let value = try value()
    guard members.count + name.count + value.count < Self.byteCountMax else { throw Self.tooLong }
    if !members.isEmpty { members.append(UInt8(ascii: ",")) }
    members += name + [UInt8(ascii: ":")] + value
    return nil
  }

  /// Only what calls itself a list has items.
  private func checkList(_ object: [UInt8]) throws {
    let kind = try JSONText(object).members().first { $0.name == "kind" }?.value
    guard try kind?.decoded(String.self)?.hasSuffix("List") == true else {
      throw Self.malformed("what has items is no List")
    }
  }

  // MARK: Bytes

  private static func malformed(_ why: String) -> AtRestError { AtRestError(.objectsInvalid, why) }
  private static let cutShort = malformed("unexpected EOF")
  private static let tooLong = malformed("an object is longer than \(byteCountMax >> 20) MiB")

  /// Makes sure that more bytes are there; false at the end of the text.
  private mutating func fill() throws -> Bool {
    guard !isAtEnd else { return false }
    let more = try read()
    isAtEnd = more.isEmpty
    bytes += more
    return !isAtEnd
  }

  /// The next byte that is no space; nil at the end.
  private mutating func peek() throws -> UInt8? {
    while true {
      while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
      if position < bytes.count { return bytes[position] }
      (bytes, position) = ([], 0)
      guard try fill() else { return nil }
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private mutating func take(_ sign: UnicodeScalar) throws -> Bool {
    guard let byte = try peek() else { throw Self.cutShort }
    guard byte == UInt8(ascii: sign) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ sign: UnicodeScalar) throws {
    guard try !take(sign) else { return }
    let found = UnicodeScalar(bytes[position])
    throw Self.malformed("invalid character \(found.debugDescription), wanted '\(sign)'")
  }

  /// Takes a value as it is written; what is within it is the decoder's to check.
  private mutating func value() throws -> [UInt8] {
    guard try peek() != nil else { throw Self.cutShort }
    var start = position
    var scan = ValueScan()
    while true {
      position = scan.end(bytes, from: position)
      guard scan.depth <= Self.depthMax else { throw Self.malformed("objects nest too deeply") }
      if scan.isDone { break }
      // What was taken before goes only now: once a read, not once a value.
      bytes.removeFirst(start)
      (start, position) = (0, position - start)
      guard bytes.count < Self.byteCountMax else { throw Self.tooLong }
      guard try fill() else {
        guard scan.isPlain else { throw Self.cutShort }
        break
      }
    }
    guard position > start else { throw Self.malformed("a value is missing") }
    return Array(bytes[start..<position])
  }
}

/// Where a value ends, by its quotes and brackets alone; goes on where the bytes ended.
private struct ValueScan {
  private(set) var depth = 0
  private(set) var isDone = false
  private var isInText = false
  private var isEscaped = false
  private var hasBegun = false

  /// Whether it is a number or a word, which only what follows ends.
  var isPlain: Bool { hasBegun && depth == 0 && !isInText }

  /// Looks at bytes from `position`; returns the place behind the last one that belongs to it.
  mutating func end(_ bytes: [UInt8], from position: Int) -> Int {
    var position = position
    while position < bytes.count {
      let byte = bytes[position]
      if isInText {
        takeText(byte)
      } else {
        switch byte {
        case UInt8(ascii: "\""):
          guard depth > 0 || !hasBegun else { return finish(position) }
          isInText = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          guard depth > 0 || !hasBegun else { return finish(position) }
          depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          guard depth > 0 else { return finish(position) }
          depth -= 1
          isDone = depth == 0
        case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x0A, 0x0D, 0x09:
          guard depth > 0 else { return finish(position) }
        default: break
        }
      }
      hasBegun = true
      position += 1
      if isDone { return position }
    }
    return position
  }

  private mutating func takeText(_ byte: UInt8) {
    if isEscaped {
      isEscaped = false
    } else if byte == UInt8(ascii: "\\") {
      isEscaped = true
    } else if byte == UInt8(ascii: "\"") {
      isInText = false
      isDone = depth == 0
    }
  }

  private mutating func finish(_ position: Int) -> Int {
    isDone = true
    return position
  }
}
