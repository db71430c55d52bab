public import CryptoEngine
public import FoundationEssentials
internal import Synchronization

/// What opening a KMS v2 value gave.
public struct OpenedEnvelope: Hashable, Sendable {
  /// The object in storage form.
  public let plaintext: [UInt8]
  /// What the value's data key came from.
  public let sourceType: DEKSourceType
  /// Key that wrapped the source.
  public let keyID: String
}

/// Opens KMS v2 values of either source type, and unwraps each source only once.
///
/// An API server reads through it, and so does whoever holds keys and stored bytes but no server.
///
/// Source: specification §3.2 and §3.4.
public final class KMSv2Reader: Sendable {
  private let unwrap: @Sendable (WrappedSource) throws -> SecretBytes
  private let sources: Mutex<SourceCache>

  /// Reads with whatever unwraps a source; what `unwrap` throws becomes part of the message.
  ///
  /// - Parameters:
  ///   - sourceCountMax: sources kept unwrapped at most; an API server has no limit.
  ///   - unwrap: asked once for each source that is not kept.
  public init(
    sourceCountMax: Int = .max,
    unwrap: @escaping @Sendable (WrappedSource) throws -> SecretBytes
  ) {
    sources = Mutex(SourceCache(countMax: sourceCountMax))
    self.unwrap = unwrap
  }

  /// Knows a source from now on, so that nobody need be asked for it.
  func remember(_ source: UnwrappedSource, tail: [UInt8], now: Date) {
    sources.withLock { $0.insert(source, tail: tail, now: now) }
  }

  /// Knows a source that an earlier process of the same server unwrapped.
  func restore(_ source: UnwrappedSource, expiry: Date) {
    let tail = source.wrapped.fields(source.type)
    sources.withLock { $0.insert(source, tail: tail, expiry: expiry) }
  }

  var knownCount: Int { sources.withLock { $0.count } }
  var changeCount: Int { sources.withLock { $0.changeCount } }

  /// The sources known now, in no order.
  var known: [(source: UnwrappedSource, expiry: Date)] { sources.withLock { $0.all } }

  /// Opens the envelope that begins at `start`.
  ///
  /// - Parameters:
  ///   - stored: the whole value.
  ///   - start: the length of its prefix.
  ///   - storagePath: where the value lies in etcd, which it is bound to.
  ///   - now: the server's time; a source is kept for a day.
  /// - Returns: the plaintext, and what it was sealed with.
  /// - Throws: `envelope.invalid`, `envelope.rejected`, `transform.failed`.
  public func open(
    _ stored: [UInt8],
    from start: Int,
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> OpenedEnvelope {
    if let (source, data) = sources.withLock({ $0.match(stored, from: start) }) {
      return try open(stored, data, source, storagePath)
    }
    let object = try EncryptedObject(parsing: stored, from: start)
    let tail = object.source.fields(object.sourceType)
    let source: UnwrappedSource
    if let known = sources.withLock({ $0[tail] }) {
      source = known
      sources.withLock { $0.meet(known, tail: tail) }
    } else {
      source = try unwrapped(object)
      remember(source, tail: tail, now: now)
    }
    let data = object.encryptedData
    return try open(data, 0..<data.count, source, storagePath)
  }

  private func open(
    _ bytes: [UInt8],
    _ data: Range<Int>,
    _ source: UnwrappedSource,
    _ path: String
  ) throws(AtRestError) -> OpenedEnvelope {
    let plaintext =
      switch source.type {
      case .seed: try SeedPayload.open(bytes, data, seed: source.secret, storagePath: path)
      case .key: try GCMBody.open(bytes, data, key: source.secret, storagePath: path)
      }
    return OpenedEnvelope(
      plaintext: plaintext,
      sourceType: source.type,
      keyID: source.wrapped.keyID
    )
  }

  /// Has a source unwrapped; what no key can come of is refused before anybody keeps it.
  private func unwrapped(_ object: EncryptedObject) throws(AtRestError) -> UnwrappedSource {
    let secret: SecretBytes
    do {
      secret = try unwrap(object.source)
    } catch {
      throw AtRestError(.failed, "failed to decrypt DEK, error: \(error)")
    }
    switch object.sourceType {
    case .seed: try SeedPayload.check(secret)
    case .key: try AESKey.check(secret)
    }
    return UnwrappedSource(secret: secret, type: object.sourceType, wrapped: object.source)
  }
}
