public import FoundationEssentials

extension Data {
  /// The URL alphabet of base64, unpadded, as the data plane writes bytes.
  ///
  /// Source: RFC 4648, section 5.
  public var base64URL: String {
    String(
      decoding: base64EncodedData().compactMap { byte -> UInt8? in
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        case UInt8(ascii: "="): nil
        default: byte
        }
      },
      as: UTF8.self
    )
  }

  /// Reads the URL alphabet of base64, unpadded or padded; nil for anything else.
  public init?(base64URL text: String) {
    guard !text.utf8.contains(UInt8(ascii: "+")), !text.utf8.contains(UInt8(ascii: "/")) else {
      return nil
    }
    var standard = text.utf8.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "-"): UInt8(ascii: "+")
      case UInt8(ascii: "_"): UInt8(ascii: "/")
      default: byte
      }
    }
    while standard.count % 4 != 0 { standard.append(UInt8(ascii: "=")) }
    self.init(base64Encoded: Data(standard))
  }
}
