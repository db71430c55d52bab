/// Reads protobuf fields off a byte range, bounds-checked.
///
/// Written by hand because Kubernetes writes what the protobuf runtime does not: empty scalars,
/// sorted maps, and unknown fields that must survive unchanged.
///
/// Source: Protocol Buffers encoding, "Message structure".
struct ProtobufReader {
  /// One field: its number, wire type and where it lies.
  struct Field {
    let number: UInt64
    let wireType: UInt8
    /// Value of a varint or fixed field.
    let scalar: UInt64
    /// Payload of a length-delimited field.
    let payload: Range<Int>
    /// Whole field, tag included.
    let extent: Range<Int>
  }

  /// Groups may nest this deep; the protobuf libraries stop at 100 too.
  private static let groupDepthMax = 100

  let bytes: [UInt8]
  private(set) var position: Int
  let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
    self.bytes = bytes
    position = range?.lowerBound ?? 0
    end = range?.upperBound ?? bytes.count
  }

  static let malformed = AtRestError(
    .envelopeInvalid,
    "proto: cannot parse invalid wire-format data"
  )

  static let notText = AtRestError(.envelopeInvalid, "string field contains invalid UTF-8")

  /// Returns the next field, nil at the end; groups come as one opaque field.
  mutating func next() throws(AtRestError) -> Field? {
    guard position < end else { return nil }
    return try field(depth: 0)
  }

  private mutating func field(depth: Int) throws(AtRestError) -> Field {
    let start = position
    let tag = try varint()
    let number = tag >> 3
    guard number >= 1, number <= 0x1FFF_FFFF else { throw Self.malformed }
    let wireType = UInt8(tag & 7)
    var scalar: UInt64 = 0
    var payload = position..<position
    switch wireType {
    case 0: scalar = try varint()
    case 1: payload = try take(8)
    case 2:
      let count = try varint()
      guard count <= UInt64(end - position) else { throw Self.malformed }
      payload = try take(Int(count))
    case 3: try skipGroup(number, depth: depth + 1)
    case 5: payload = try take(4)
    default: throw Self.malformed
    }
    return Field(
      number: number,
      wireType: wireType,
      scalar: scalar,
      payload: payload,
      extent: start..<position
    )
  }

  private mutating func skipGroup(_ number: UInt64, depth: Int) throws(AtRestError) {
    guard depth <= Self.groupDepthMax else { throw Self.malformed }
    while true {
      let start = position
      let tag = try varint()
      if tag & 7 == 4 {
        guard tag >> 3 == number else { throw Self.malformed }
        return
      }
      position = start
      _ = try field(depth: depth)
    }
  }

  private mutating func take(_ count: Int) throws(AtRestError) -> Range<Int> {
    guard end - position >= count else { throw Self.malformed }
    defer { position += count }
    return position..<position + count
  }

  private mutating func varint() throws(AtRestError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), through: 63, by: 7) {
      guard position < end else { throw Self.malformed }
      let byte = bytes[position]
      position += 1
      if shift == 63, byte > 1 { throw Self.malformed }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Self.malformed
  }

  /// The payload as UTF-8 text.
  func text(_ range: Range<Int>) throws(AtRestError) -> String {
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw Self.notText
    }
    return text
  }

  /// Reads a map entry of two texts.
  func textEntry(
    _ range: Range<Int>,
    into map: inout [String: String]
  ) throws(AtRestError) {
    let (key, value) = try mapEntry(range)
    guard let text = String(validating: value, as: UTF8.self) else { throw Self.notText }
    map[key] = text
  }

  /// The last length-delimited field of a number in a message.
  func lastBytes(_ number: UInt64, in range: Range<Int>) throws(AtRestError) -> [UInt8]? {
    var message = ProtobufReader(bytes, range)
    var result: [UInt8]?
    while let field = try message.next() {
      if field.number == number, field.wireType == 2 { result = [UInt8](bytes[field.payload]) }
    }
    return result
  }

  /// A map entry: key (1) as text and value (2) as bytes.
  func mapEntry(_ range: Range<Int>) throws(AtRestError) -> (String, [UInt8]) {
    var entry = ProtobufReader(bytes, range)
    var key = ""
    var value: [UInt8] = []
    while let field = try entry.next() {
      guard field.wireType == 2 else { continue }
      if field.number == 1 { key = try text(field.payload) }
      if field.number == 2 { value = [UInt8](bytes[field.payload]) }
    }
    return (key, value)
  }
}

/// Appends protobuf fields.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func raw(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

  mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func varint(_ number: UInt64, _ value: UInt64) {
    varint(number << 3)
    varint(value)
  }

  mutating func field(_ number: UInt64, _ payload: some Collection<UInt8>) {
    varint(number << 3 | 2)
    varint(UInt64(payload.count))
    bytes.append(contentsOf: payload)
  }

  mutating func field(_ number: UInt64, _ text: String) { field(number, text.utf8) }

  mutating func flag(_ number: UInt64, _ value: Bool?) {
    if let value { varint(number, value ? 1 : 0) }
  }

  mutating func mapEntry(_ number: UInt64, _ key: String, _ value: some Collection<UInt8>) {
    var entry = ProtobufWriter()
    entry.field(1, key)
    entry.field(2, value)
    field(number, entry.bytes)
  }
}

/// Puts fields that were kept between those that are written anew, by their numbers.
struct ProtobufMerger {
  private var kept: ArraySlice<ProtobufField>
  private var writer = ProtobufWriter()

  init(_ kept: KeptFields) { self.kept = kept.protobuf.sorted { $0.number < $1.number }[...] }

  /// Writes a field, after the kept ones of lower numbers.
  mutating func at(_ number: UInt64, _ write: (inout ProtobufWriter) -> Void) {
    while let first = kept.first, first.number < number {
      writer.raw(first.bytes)
      kept.removeFirst()
    }
    write(&writer)
  }

  /// All of it, the kept ones of the highest numbers last.
  consuming func bytes() -> [UInt8] {
    at(.max) { _ in }
    return writer.bytes
  }
}

extension Dictionary where Key == String {
  /// Entries by the byte order of their keys, as Kubernetes writes maps.
  var inByteOrder: [(key: String, value: Value)] {
    sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}
