public import CryptoEngine
public import FoundationEssentials
internal import Synchronization

/// The write seed of a provider instance: a source with its wrapping, and how long it may write.
///
/// Source: specification §3.3.
public struct SeedState: Sendable {
  /// Of the wrap that made it; for logs.
  public let uid: String
  /// The source in clear.
  public let seed: SecretBytes
  /// The source as the key service wrapped it.
  public let wrapped: WrappedSource
  /// Writes are refused from this time on unless a Status confirms the key again.
  public var expiry: Date

  /// Puts a state together, as a workspace kept it.
  public init(uid: String, seed: SecretBytes, wrapped: WrappedSource, expiry: Date) {
    self.uid = uid
    self.seed = seed
    self.wrapped = wrapped
    self.expiry = expiry
  }
}

/// One `kms` v2 provider of an API server: a plugin, the seed in use, the sources unwrapped so far.
///
/// ## Design
///
/// The seed is wrapped once and used for all writes until Status names another key. What a write
/// adds to an envelope is therefore the same bytes each time; they are encoded once per seed, and
/// a reader recognises them by comparison instead of parsing. Both keep a 1 KiB object within a
/// few microseconds; the cryptography itself is one HMAC and one AES-GCM pass.
///
/// Source: specification §3.2 to §3.4.
public final class KMSv2Provider: KMSProvider {
  /// How long a write seed lives after the last acceptable Status.
  public static let seedValidity: TimeInterval = 180
  /// Shortest seed a reader accepts.
  public static let seedByteCountMin = 32
  static let infoByteCount = 32
  /// The first write under a key counts one more than this.
  static let nonceCounterStart: UInt64 = 1_000_000_000
  static let overheadByteCount = infoByteCount + AESGCM.nonceByteCount + AESGCM.tagByteCount

  /// Name in the configuration; holds no colon.
  public let name: String
  /// `k8s:enc:kms:v2:NAME:`.
  public let prefix: [UInt8]
  /// What values are written with: seeds since 1.29, keys by default in 1.27 and 1.28.
  public let sourceType: DEKSourceType
  private let service: any KeyService
  private let reader: KMSv2Reader
  private let state = Mutex(State())

  private struct State {
    var write: SeedState?
    /// Fields 2 to 5 of every envelope that `write` produces.
    var writeTail: [UInt8] = []
    var versionSeen: String?
    /// When writing last prolonged the life of the write source in the cache.
    var renewed = Date.distantPast
    /// Second half of the last nonce, when the source is the key itself.
    var nonceCounter: UInt64 = 0
  }

  /// Makes an instance that has not asked its plugin yet.
  public init(name: String, service: any KeyService, writing sourceType: DEKSourceType = .seed) {
    precondition(!name.isEmpty && !name.contains(":"))
    self.name = name
    self.service = service
    self.sourceType = sourceType
    prefix = Self.prefix(name: name)
    reader = KMSv2Reader { source in
      try service.decrypt(source, uid: UUID().uuidString.lowercased())
    }
  }

  /// What every value of a provider of that name starts with.
  public static func prefix(name: String) -> [UInt8] { Array("k8s:enc:kms:v2:\(name):".utf8) }

  /// The write seed in use, nil before the first acceptable Status.
  public var seedState: SeedState? { state.withLock { $0.write } }

  /// The version that the first acceptable Status named, which must not change.
  public var versionSeen: String? { state.withLock { $0.versionSeen } }

  /// The sources unwrapped so far, each with the time from which it may be dropped.
  public var cachedSources: [(source: UnwrappedSource, expiry: Date)] { reader.known }

  /// Goes up whenever `cachedSources` changes.
  public var cacheChangeCount: Int { reader.changeCount }

  /// Goes on with what an earlier process of the same server had in memory.
  ///
  /// A provider that writes with keys makes one of its own: what counts its nonces must not be
  /// lost between two processes.
  ///
  /// - Parameters:
  ///   - seed: the write seed, if there was one.
  ///   - sources: what was unwrapped, with the times of expiry.
  ///   - versionSeen: what the first Status named.
  public func restore(
    _ seed: SeedState?,
    sources: [(source: UnwrappedSource, expiry: Date)],
    versionSeen: String?
  ) {
    for (source, expiry) in sources { reader.restore(source, expiry: expiry) }
    state.withLock {
      $0.versionSeen = versionSeen
      guard let seed, sourceType == .seed else { return }
      $0.write = seed
      $0.writeTail = seed.wrapped.fields(.seed)
    }
  }

  // MARK: Checks

  /// Asks the plugin's Status; makes a new seed when it names another key.
  public func probe(now: Date) -> HealthFinding {
    let status: KeyServiceStatus
    do {
      status = try service.status()
    } catch {
      return .unhealthy(section: "status", name, error)
    }
    guard let problem = problem(status, now: now) else { return .healthy }
    let error = AtRestError(
      .kmsUnavailable,
      "kmsv2 Provider \(name) is not healthy, error: \(problem)"
    )
    return .unhealthy(first: error, repeated: error)
  }

  /// All that is wrong with a Status, and with the rotation it asks for.
  private func problem(_ status: KeyServiceStatus, now: Date) -> String? {
    var problems: [String] = []
    if status.healthz != "ok" {
      problems.append("got unexpected healthz status: \(status.healthz)")
    }
    if let problem = versionProblem(status.version) { problems.append(problem) }
    if let problem = KeyIdentifier.problem(status.keyID) {
      problems.append(
        "got invalid KMSv2 KeyID hash \"\(KeyIdentifier.hash(status.keyID))\": \(problem)"
      )
    } else {
      do {
        try confirm(keyID: status.keyID, now: now)
      } catch {
        problems.append(error.message)
      }
    }
    return problems.count > 1 ? "[" + problems.joined(separator: ", ") + "]" : problems.first
  }

  private func versionProblem(_ version: String) -> String? {
    guard version == "v2" || version == "v2beta1" else {
      return "expected KMSv2 API version v2, got \(version)"
    }
    return state.withLock { state in
      guard let seen = state.versionSeen else {
        state.versionSeen = version
        return nil
      }
      return seen == version
        ? nil
        : "KMSv2 API version should not change after the initial status response "
          + "version \(seen), got \(version)"
    }
  }

  /// Pushes the expiry when the key is that of the seed, else makes a new seed.
  private func confirm(keyID: String, now: Date) throws(AtRestError) {
    let expiry = now.addingTimeInterval(Self.seedValidity)
    let isCurrent = state.withLock { state in
      guard state.write?.wrapped.keyID == keyID else { return false }
      state.write?.expiry = expiry
      return true
    }
    if isCurrent { return }
    let uid = UUID().uuidString.lowercased()
    var encryptKeyID = ""
    do {
      let seed = try SecretBytes.random(byteCount: Self.seedByteCountMin)
      let wrapped = try wrap(seed, uid: uid)
      encryptKeyID = wrapped.keyID
      guard encryptKeyID == keyID else {
        throw rotationFailure(uid, "<nil>", keyID, encryptKeyID)
      }
      adopt(SeedState(uid: uid, seed: seed, wrapped: wrapped, expiry: expiry), now: now)
    } catch let error as AtRestError where error.code == .kmsUnavailable {
      throw error
    } catch {
      throw rotationFailure(uid, "\(error)", keyID, encryptKeyID)
    }
  }

  private func wrap(_ seed: SecretBytes, uid: String) throws -> WrappedSource {
    let wrapped: WrappedSource
    do {
      wrapped = try service.encrypt(seed, uid: uid)
    } catch {
      throw AtRestError(.failed, "failed to encrypt DEK, error: \(error)")
    }
    try wrapped.check()
    return wrapped
  }

  private func rotationFailure(
    _ uid: String,
    _ cause: String,
    _ statusKeyID: String,
    _ encryptKeyID: String
  ) -> AtRestError {
    let write = seedState
    let expiry = write?.expiry.formatted(.iso8601) ?? "0001-01-01T00:00:00Z"
    return AtRestError(
      .kmsUnavailable,
      "failed to rotate DEK uid=\"\(uid)\", useSeed=\(sourceType == .seed), "
        + "errState=\(write == nil ? Self.noSeed.message : "<nil>"), errGen=\(cause), "
        + "statusKeyIDHash=\"\(KeyIdentifier.hash(statusKeyID))\", "
        + "encryptKeyIDHash=\"\(KeyIdentifier.hash(encryptKeyID))\", "
        + "stateKeyIDHash=\"\(KeyIdentifier.hash(write?.wrapped.keyID ?? ""))\", "
        + "expirationTimestamp=\(expiry)"
    )
  }

  private static let noSeed = AtRestError(.kmsUnavailable, "got unexpected nil transformer")

  // MARK: Values

  /// Seals under the write seed: `prefix ‖ EncryptedObject`.
  ///
  /// - Throws: `kms.unavailable` before the first seed, `seed.expired` three minutes after the
  ///   last acceptable Status.
  public func seal(
    _ plaintext: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> [UInt8] {
    let (write, tail, counter) = try writeSource(now: now)
    let overhead =
      sourceType == .seed
      ? Self.overheadByteCount : AESGCM.nonceByteCount + AESGCM.tagByteCount
    var header = ProtobufWriter()
    header.raw(prefix)
    header.varint(1 << 3 | 2)
    header.varint(UInt64(plaintext.count + overhead))
    guard sourceType == .key else {
      return try SeedPayload.seal(
        plaintext,
        seed: write.seed,
        storagePath: storagePath,
        header: header.bytes,
        tail: tail
      )
    }
    return try GCMBody.seal(
      plaintext,
      key: write.seed,
      nonce: Self.nonce(counter: counter),
      storagePath: storagePath,
      header: header.bytes,
      tail: tail
    )
  }

  /// The source for one write, with the tail of its envelopes and a number never used before.
  private func writeSource(now: Date) throws(AtRestError) -> (SeedState, [UInt8], UInt64) {
    let (write, tail, counter, isToRenew) = state.withLock { state in
      state.nonceCounter &+= 1
      let isToRenew = now.timeIntervalSince(state.renewed) >= 1
      if isToRenew { state.renewed = now }
      return (state.write, state.writeTail, state.nonceCounter, isToRenew)
    }
    guard let write else { throw Self.noSeed }
    guard now < write.expiry else {
      throw AtRestError(
        .seedExpired,
        "encryptedDEKSource with keyID hash \"\(KeyIdentifier.hash(write.wrapped.keyID))\" expired at "
          + "\(write.expiry.formatted(.iso8601)) (current time is \(now.formatted(.iso8601)))"
      )
    }
    if isToRenew { remember(write, tail: tail, now: now) }
    return (write, tail, counter)
  }

  /// Four random bytes and a counter: it never repeats under one key, which no other process has.
  ///
  /// Source: specification §3.2, type 0.
  private static func nonce(counter: UInt64) throws(AtRestError) -> [UInt8] {
    do {
      return try Random.bytes(4) + (0..<8).map { UInt8(truncatingIfNeeded: counter >> ($0 * 8)) }
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
  }

  /// Opens a value of either source type; stale unless it is under the current key, by the type
  /// that is written.
  ///
  /// - Throws: `kms.unavailable`, `envelope.invalid`, `envelope.rejected`, `transform.failed`.
  public func open(
    _ stored: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> OpenedValue {
    guard let write = seedState else { throw Self.noSeed }
    let opened = try reader.open(stored, from: prefix.count, storagePath: storagePath, now: now)
    let isStale = opened.sourceType != sourceType || opened.keyID != write.wrapped.keyID
    return OpenedValue(plaintext: opened.plaintext, isStale: isStale)
  }

  /// Writes under a seed from now on, and can read what it wrote without the plugin.
  private func adopt(_ seed: SeedState, now: Date) {
    let tail = seed.wrapped.fields(sourceType)
    remember(seed, tail: tail, now: now)
    state.withLock {
      $0.write = seed
      $0.writeTail = tail
      $0.renewed = now
      $0.nonceCounter = Self.nonceCounterStart
    }
  }

  private func remember(_ seed: SeedState, tail: [UInt8], now: Date) {
    let source = UnwrappedSource(secret: seed.seed, type: sourceType, wrapped: seed.wrapped)
    reader.remember(source, tail: tail, now: now)
  }
}
