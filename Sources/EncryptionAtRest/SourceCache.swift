public import CryptoEngine
internal import FoundationEssentials

/// A DEK source in clear, with the envelope fields it came in.
public struct UnwrappedSource: Sendable {
  /// The seed, or the key itself.
  public let secret: SecretBytes
  /// Which of the two it is.
  public let type: DEKSourceType
  /// As the key service wrapped it.
  public let wrapped: WrappedSource

  /// Puts a source together, as a workspace kept it.
  public init(secret: SecretBytes, type: DEKSourceType, wrapped: WrappedSource) {
    self.secret = secret
    self.type = type
    self.wrapped = wrapped
  }
}

/// The sources a provider instance has unwrapped, by the canonical bytes of their envelope.
///
/// The real cache has no size limit; the number of sources is the number of seeds ever made. An
/// entry lives for a day, and longer until an insertion sweeps it out. Who reads a file of unknown
/// origin sets a limit: when it is reached, all are forgotten.
///
/// Source: specification §3.4.
struct SourceCache {
  static let lifetime: TimeInterval = 24 * 3600

  private struct Entry {
    let source: UnwrappedSource
    let expiry: Date
  }
  /// Most entries.
  let countMax: Int
  private var entries: [[UInt8]: Entry] = [:]
  private var firstExpiry = Date.distantFuture
  /// Goes up with every change, so that whoever keeps the entries elsewhere need not compare them.
  private(set) var changeCount = 0
  /// The source met last, with its envelope bytes: objects under one seed follow each other.
  private var last: (tail: [UInt8], source: UnwrappedSource)?

  init(countMax: Int) { self.countMax = countMax }

  subscript(tail: [UInt8]) -> UnwrappedSource? { entries[tail]?.source }

  var count: Int { entries.count }

  /// All entries with their time, in no order.
  var all: [(source: UnwrappedSource, expiry: Date)] {
    entries.values.map { ($0.source, $0.expiry) }
  }

  /// Keeps a source for a day from `now`, and drops those whose day is over.
  mutating func insert(_ source: UnwrappedSource, tail: [UInt8], now: Date) {
    insert(source, tail: tail, expiry: now.addingTimeInterval(Self.lifetime))
    if firstExpiry <= now { sweep(now) }
    last = (tail, source)
  }

  /// Keeps a source as an earlier process left it.
  mutating func insert(_ source: UnwrappedSource, tail: [UInt8], expiry: Date) {
    changeCount += 1
    if entries.count >= countMax { entries.removeAll() }
    entries[tail] = Entry(source: source, expiry: expiry)
    firstExpiry = min(firstExpiry, expiry)
  }

  /// Notes which source was met last.
  mutating func meet(_ source: UnwrappedSource, tail: [UInt8]) { last = (tail, source) }

  private mutating func sweep(_ now: Date) {
    entries = entries.filter { $0.value.expiry > now }
    firstExpiry = entries.values.map(\.expiry).min() ?? .distantFuture
    if let last, entries[last.tail] == nil { self.last = nil }
  }

  /// Recognises an envelope under the source met last.
  ///
  /// - Returns: the source, and where the encrypted data lies in `stored`.
  func match(_ stored: [UInt8], from start: Int) -> (UnwrappedSource, Range<Int>)? {
    guard let last,
      let data = EncryptedObject.data(in: stored, from: start, before: last.tail)
    else { return nil }
    return (last.source, data)
  }
}
