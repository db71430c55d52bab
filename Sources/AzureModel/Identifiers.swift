extension IdentifierSource {
  /// Returns a fresh random GUID, in lower case.
  public func guid() throws -> String { GUID.text(try identifierBytes()) }

  /// Returns a fresh key version: 32 lower-case hexadecimal digits.
  public func keyVersion() throws -> String { Hexadecimal.text(try identifierBytes()) }
}

/// GUIDs as the services write them.
public enum GUID {
  /// Returns the random GUID, version 4 and in lower case, that 16 bytes give.
  ///
  /// Source: RFC 9562, section 5.4.
  public static func text(_ bytes: [UInt8]) -> String {
    var bytes = bytes
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
      Hexadecimal.append(byte, to: &text)
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Bytes as lower-case hexadecimal digits.
enum Hexadecimal {
  static func text(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.count)
    for byte in bytes { append(byte, to: &text) }
    return String(decoding: text, as: UTF8.self)
  }

  fileprivate static func append(_ byte: UInt8, to text: inout [UInt8]) {
    text.append(digit(byte >> 4))
    text.append(digit(byte & 15))
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}

/// The naming rules of the services; every text here is ASCII when it passes.
enum NameRule {
  static func isGUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.allSatisfy(isHexadecimal)
  }

  static func isHexadecimal(_ text: some StringProtocol) -> Bool {
    text.utf8.allSatisfy {
      digits.contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20)
    }
  }

  /// 3 to 24 letters, digits and single hyphens, from a letter to a letter or digit.
  static func isVaultName(_ name: String) -> Bool {
    let hyphen = UInt8(ascii: "-")
    return (3...24).contains(name.utf8.count) && consists(name, of: "-")
      && !zip(name.utf8, name.utf8.dropFirst()).contains { $0 == hyphen && $1 == hyphen }
      && isLetter(name.utf8.first) && name.utf8.last != hyphen
  }

  /// 1 to 127 letters, digits and hyphens.
  static func isKeyName(_ name: String) -> Bool {
    (1...127).contains(name.utf8.count) && consists(name, of: "-")
  }

  /// 1 to 90 letters, digits, `-_.()`, not ending in a full stop.
  static func isResourceGroupName(_ name: String) -> Bool {
    (1...90).contains(name.utf8.count) && consists(name, of: "-_.()")
      && name.utf8.last != UInt8(ascii: ".")
  }

  /// 3 to 128 letters, digits, `-` and `_`, starting with a letter or digit.
  static func isIdentityName(_ name: String) -> Bool {
    (3...128).contains(name.utf8.count) && consists(name, of: "-_")
      && name.utf8.first.map { consists(String(UnicodeScalar($0)), of: "") } == true
  }

  /// A name and a domain with an at sign between, at most 113 bytes.
  static func isUserPrincipalName(_ name: String) -> Bool {
    let parts = name.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, name.utf8.count <= 113 else { return false }
    return (1...64).contains(parts[0].utf8.count) && consists(parts[0], of: "'.-_!#^~")
      && !parts[1].isEmpty && consists(parts[1], of: ".-")
  }

  /// 1 to 260 letters, digits, `-_.()`: what the name of any resource is made of.
  static func isResourceName(_ name: String) -> Bool {
    (1...260).contains(name.utf8.count) && consists(name, of: "-_.()")
  }

  private static func isLetter(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

  private static func consists(_ name: String, of marks: String) -> Bool {
    name.utf8.allSatisfy {
      isLetter($0) || digits.contains($0) || marks.utf8.contains($0)
    }
  }
}
