/// Lays JSON out for people, as Go's encoder does with four blanks a level.
///
/// Source: Go `encoding/json.MarshalIndent`; kubectl's JSON printer.
public enum JSONLayout {
  /// Spreads compact JSON over lines.
  ///
  /// - Parameters:
  ///   - json: a well-formed value.
  ///   - depth: the level it stands at, which its first line is not indented by.
  /// - Returns: the value, its last line without an end.
  public static func indented(_ json: [UInt8], depth: Int = 0) -> [UInt8] {
    var layout = Layout(depth: depth, capacity: json.count * 2)
    for byte in json { layout.add(byte) }
    return layout.bytes
  }

  private struct Layout {
    var bytes: [UInt8] = []
    private var depth: Int
    private var isInText = false
    private var isEscaped = false
    /// After an opening bracket, which a closing one may follow on the same line.
    private var isOpened = false

    init(depth: Int, capacity: Int) {
      self.depth = depth
      bytes.reserveCapacity(capacity)
    }

    mutating func add(_ byte: UInt8) {
      if isInText { return addText(byte) }
      switch byte {
      case 0x20, 0x0A, 0x0D, 0x09: return
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if !isOpened { breakLine() }
        isOpened = false
        bytes.append(byte)
        return
      default: break
      }
      if isOpened { breakLine() }
      isOpened = false
      bytes.append(byte)
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        isOpened = true
      case UInt8(ascii: ","): breakLine()
      case UInt8(ascii: ":"): bytes.append(0x20)
      case UInt8(ascii: "\""): isInText = true
      default: break
      }
    }

    private mutating func addText(_ byte: UInt8) {
      bytes.append(byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInText = false
      }
    }

    private mutating func breakLine() {
      bytes.append(0x0A)
      for _ in 0..<(depth * 4) { bytes.append(0x20) }
    }
  }
}
