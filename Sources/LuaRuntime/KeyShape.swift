/// Tells key material by its looks.
enum KeyShape {
  /// Shortest run that may be a key: 32 bytes in base64 have 43 digits.
  static let runLengthMin = 43

  /// A digit of base64, of either alphabet.
  static func isDigit(_ byte: UInt8) -> Bool {
    isLower(byte) || isUpper(byte) || isDecimal(byte)
      || [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
  }

  private static func isLower(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
  private static func isUpper(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
  private static func isDecimal(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// Long enough, and of every kind of character as base64 is, or of hexadecimal digits alone.
  static func mayBeKey(_ run: ArraySlice<UInt8>) -> Bool {
    guard run.count >= runLengthMin else { return false }
    let isHexadecimal = run.allSatisfy { isDecimal($0) || (97...102).contains($0 | 0x20) }
    return isHexadecimal
      || (run.contains(where: isLower) && run.contains(where: isUpper)
        && run.contains(where: isDecimal))
  }

  /// Whether a text is an address or a path, whose slashes are none of base64's.
  static func isPath(_ text: ArraySlice<UInt8>) -> Bool {
    text.first == UInt8(ascii: "/") || text.starts(with: "https://".utf8)
  }

  /// Whether a text holds a run that may be a key.
  static func holdsKey(_ text: ArraySlice<UInt8>) -> Bool {
    let isPath = isPath(text)
    return text.split { !isDigit($0) || (isPath && $0 == UInt8(ascii: "/")) }
      .contains(where: mayBeKey)
  }

  /// Whether a text is a JSON web token, whose parts may be short.
  ///
  /// Source: RFC 7519; `eyJ` is how base64 spells the beginning of a JSON object.
  static func holdsToken(_ text: ArraySlice<UInt8>) -> Bool {
    let words = text.split { !isDigit($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "=") }
    return words.contains { word in
      let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      return parts.count >= 3 && parts[0].count >= 10 && parts[0].starts(with: "eyJ".utf8)
        && parts[1].starts(with: "eyJ".utf8)
    }
  }
}
