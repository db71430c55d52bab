import Foundation

/// Bytes that must appear nowhere, in every form in which they might be written.
struct Needles {
  /// One form of a piece of a secret.
  struct Needle {
    let secret: String
    let encoding: Encoding
    let bytes: [UInt8]
  }

  /// How bytes can be written down.
  enum Encoding: String, CaseIterable {
    case raw, reversed, hex, upperHex, colonHex, base64, base64URL, decimal, escaped, luaEscaped
    case list
    case text
  }

  private(set) var all: [Needle] = []

  /// Length of the pieces looked for: a twelfth of what a leak would show is enough to find it.
  static let pieceLength = 12

  /// Looks for a number or a key: its beginning, middle and end, in every encoding.
  mutating func add(_ secret: String, _ bytes: [UInt8]) {
    let pieces = Self.pieces(of: bytes)
    for encoding in Encoding.allCases {
      switch encoding {
      case .text: continue
      case .decimal:
        for piece in Self.pieces(of: Array(Self.decimal(bytes).utf8), length: 24) {
          all.append(Needle(secret: secret, encoding: encoding, bytes: piece))
        }
      case .base64, .base64URL:
        // A text of something longer may start with any of the three bytes of a group.
        for piece in pieces {
          for start in 0..<3 where start + 9 <= piece.count {
            let text = Self.encode(Array(piece[start..<(start + 9)]), encoding)
            all.append(Needle(secret: secret, encoding: encoding, bytes: Array(text.utf8)))
          }
        }
      default:
        for piece in pieces {
          all.append(Needle(secret: secret, encoding: encoding, bytes: Self.write(piece, encoding)))
        }
      }
    }
  }

  /// Looks for a text, such as the lines of a PEM's body.
  mutating func add(_ secret: String, text: String) {
    for piece in Self.pieces(of: Array(text.utf8), length: 24) {
      all.append(Needle(secret: secret, encoding: .text, bytes: piece))
    }
  }

  /// A needle, and what stands before it.
  struct Find {
    let needle: Needle
    let before: String
    let position: Int
  }

  /// The needles that are somewhere in a haystack, each once.
  ///
  /// All are looked for in one pass: by their first eight bytes, and of these by sixteen bits.
  func found(in haystack: Data) -> [Find] {
    // By place in `all`: some pieces are the same in both alphabets of base64.
    let byStart = Dictionary(grouping: all.indices) { index in
      all[index].bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
    var mayStart = [Bool](repeating: false, count: 1 << 16)
    for start in byStart.keys { mayStart[Self.slot(start)] = true }
    var found: [Int: Find] = [:]
    haystack.withUnsafeBytes { (hay: UnsafeRawBufferPointer) in
      mayStart.withUnsafeBufferPointer { mayStart in
        var position = 0
        while position + 8 <= hay.count {
          let start = hay.loadUnaligned(fromByteOffset: position, as: UInt64.self)
          if mayStart[Self.slot(start)] {
            for index in byStart[start] ?? []
            where hay[position...].starts(with: all[index].bytes) {
              let before = hay[max(0, position - 80)..<position]
              found[index] = Find(
                needle: all[index],
                before: String(
                  decoding: before.map { (32...126).contains($0) ? $0 : 46 },
                  as: UTF8.self
                ),
                position: position
              )
            }
          }
          position += 1
        }
      }
    }
    return found.values.sorted { $0.position < $1.position }
  }

  private static func slot(_ start: UInt64) -> Int {
    Int(truncatingIfNeeded: (start &* 0x9E37_79B9_7F4A_7C15) >> 48)
  }

  // MARK: Forms

  private static func pieces(of bytes: [UInt8], length: Int = pieceLength) -> [[UInt8]] {
    guard bytes.count > length else { return [bytes] }
    return [0, (bytes.count - length) / 2, bytes.count - length].map {
      Array(bytes[$0..<($0 + length)])
    }
  }

  /// Bytes in an encoding, as a whole.
  static func write(_ bytes: [UInt8], _ encoding: Encoding) -> [UInt8] {
    switch encoding {
    case .raw: bytes
    case .reversed: bytes.reversed()
    default: Array(encode(bytes, encoding).utf8)
    }
  }

  private static func encode(_ bytes: [UInt8], _ encoding: Encoding) -> String {
    let hex = bytes.map { String(format: "%02x", $0) }
    let base64 = Data(bytes).base64EncodedString()
    switch encoding {
    case .hex: return hex.joined()
    case .upperHex: return hex.joined().uppercased()
    case .colonHex: return hex.joined(separator: ":")
    case .base64: return base64
    case .base64URL:
      return base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    case .decimal: return decimal(bytes)
    case .escaped:
      // As the prompt writes bytes that are no text.
      return bytes.map { byte in
        switch byte {
        case UInt8(ascii: "\n"): "\\n"
        case UInt8(ascii: "\t"): "\\t"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
        case 32...126: String(UnicodeScalar(byte))
        default: String(format: "\\x%02x", byte)
        }
      }.joined()
    case .luaEscaped: return bytes.map { "\\\($0)" }.joined()
    case .list: return bytes.map(String.init).joined(separator: ", ")
    case .text: return String(decoding: bytes, as: UTF8.self)
    case .raw, .reversed: preconditionFailure("bytes are no text")
    }
  }

  /// A big-endian number in decimal digits.
  private static func decimal(_ bytes: [UInt8]) -> String {
    var digits: [UInt8] = [0]
    for byte in bytes {
      var carry = Int(byte)
      for index in digits.indices {
        carry += Int(digits[index]) << 8
        digits[index] = UInt8(carry % 10)
        carry /= 10
      }
      while carry > 0 {
        digits.append(UInt8(carry % 10))
        carry /= 10
      }
    }
    return String(decoding: digits.reversed().map { $0 + 48 }, as: UTF8.self)
  }
}
