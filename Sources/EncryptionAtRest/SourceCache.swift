internal import CryptoEngine

/// A DEK source in clear, with what a verdict needs of its envelope.
struct UnwrappedSource: Sendable {
  let secret: SecretBytes
  let type: DEKSourceType
  let keyID: String
}

/// The sources a provider instance has unwrapped, by the canonical bytes of their envelope.
///
/// The real cache has no size limit; the number of sources is the number of seeds ever made.
struct SourceCache {
  private var sources: [[UInt8]: UnwrappedSource] = [:]
  /// The source met last, with its envelope bytes: objects under one seed follow each other.
  private var last: (tail: [UInt8], source: UnwrappedSource)?

  subscript(tail: [UInt8]) -> UnwrappedSource? { sources[tail] }

  mutating func insert(_ source: UnwrappedSource, tail: [UInt8]) {
    sources[tail] = source
    last = (tail, source)
  }

  /// Recognises an envelope whose fields 2 to 5 are, byte for byte, those met last.
  ///
  /// The canonical tail holds no second field 1, so what it stands for cannot differ.
  ///
  /// - Returns: the source, and where the encrypted data lies in `stored`.
  func match(_ stored: [UInt8], from start: Int) -> (UnwrappedSource, Range<Int>)? {
    guard let last else { return nil }
    let dataEnd = stored.count - last.tail.count
    guard start < dataEnd, stored[start] == 1 << 3 | 2 else { return nil }
    var reader = ProtobufReader(stored, start..<dataEnd)
    guard let field = try? reader.next(), field.extent.upperBound == dataEnd,
      !field.payload.isEmpty,
      stored[dataEnd...].elementsEqual(last.tail)
    else { return nil }
    return (last.source, field.payload)
  }
}
