/// A range of IPv4 addresses in CIDR notation, such as `203.0.113.0/24`; one address is a `/32`.
public struct IPv4Range: Hashable, Sendable, CustomStringConvertible {
  /// First address, as a number.
  let first: UInt32
  /// How many leading bits all addresses share, 0 to 32.
  public let prefixLength: Int

  /// Last address, as a number.
  var last: UInt32 { first | ~Self.mask(prefixLength) }

  /// Reads an address or a range; nil for anything else, and for a range with host bits set.
  ///
  /// Strict: four decimal numbers without leading zeros.
  public init?(_ text: String) {
    guard let (address, prefixLength) = Self.parts(text),
      address & ~Self.mask(prefixLength) == 0
    else { return nil }
    self.init(first: address, prefixLength: prefixLength)
  }

  private init(first: UInt32, prefixLength: Int) {
    self.first = first
    self.prefixLength = prefixLength
  }

  /// The range that a text with host bits set was probably meant to be.
  static func enclosing(_ text: String) -> IPv4Range? {
    parts(text).map { IPv4Range(first: $0.address & mask($0.prefixLength), prefixLength: $0.1) }
  }

  /// Whether all of another range lies in this one.
  public func contains(_ other: IPv4Range) -> Bool { first <= other.first && other.last <= last }

  /// Whether some address lies in both.
  public func overlaps(_ other: IPv4Range) -> Bool { first <= other.last && other.first <= last }

  /// CIDR notation, always with its length.
  public var description: String { "\(Self.text(first))/\(prefixLength)" }

  /// First and last address with a dash between them, as the service writes a range.
  var bounds: String { "\(Self.text(first))–\(Self.text(last))" }

  private static func mask(_ prefixLength: Int) -> UInt32 {
    prefixLength == 0 ? 0 : ~0 << UInt32(32 - prefixLength)
  }

  private static func text(_ address: UInt32) -> String {
    stride(from: 24, through: 0, by: -8).map { String(address >> UInt32($0) & 255) }
      .joined(separator: ".")
  }

  private static func parts(_ text: String) -> (address: UInt32, prefixLength: Int)? {
    // The longest is 255.255.255.255/32.
    guard text.utf8.count <= 18 else { return nil }
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    let octets = halves[0].split(separator: ".", omittingEmptySubsequences: false)
      .map { number($0, atMost: 255) }
    guard halves.count <= 2, octets.count == 4 else { return nil }
    var address: UInt32 = 0
    for octet in octets {
      guard let octet else { return nil }
      address = address << 8 | UInt32(octet)
    }
    guard halves.count == 2 else { return (address, 32) }
    return number(halves[1], atMost: 32).map { (address, $0) }
  }

  private static func number(_ digits: Substring, atMost max: Int) -> Int? {
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
      number <= max, String(number) == digits
    else { return nil }
    return number
  }
}

extension IPv4Range: Codable {
  /// Reads the text form.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let range = IPv4Range(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no IPv4 range")
    }
    self = range
  }

  /// Writes the text form.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
