internal import CryptoEngine
public import FoundationEssentials
internal import Synchronization

/// One `kms` v1 provider of an API server: a fresh data key, wrapped by the plugin, for each write.
///
/// No key id is stored and none is asked for: the plugin must find the key from the wrapped bytes,
/// and a changed key makes nothing stale.
///
/// Source: specification §4.
public final class KMSv1Provider: KMSProvider {
  /// Unwrapped keys kept unless the configuration says otherwise.
  public static let cacheSizeByDefault = 1000
  private static let dataKeyByteCount = 32

  /// Name in the configuration; may hold colons.
  public let name: String
  /// `k8s:enc:kms:v1:NAME:`.
  public let prefix: [UInt8]
  private let service: any KeyService
  private let state: Mutex<State>

  private struct State {
    var isVersionChecked = false
    var cache: RecentlyUsed<[UInt8], SecretBytes>
  }

  /// Makes an instance that has not asked its plugin yet.
  ///
  /// - Parameters:
  ///   - name: as configured; not empty.
  ///   - service: the plugin.
  ///   - cacheSize: unwrapped keys kept; none when negative.
  public init(name: String, service: any KeyService, cacheSize: Int = cacheSizeByDefault) {
    precondition(!name.isEmpty)
    self.name = name
    self.service = service
    prefix = Array("k8s:enc:kms:v1:\(name):".utf8)
    state = Mutex(State(cache: RecentlyUsed(limit: max(cacheSize, 0))))
  }

  /// How many unwrapped keys are kept now.
  public var cachedKeyCount: Int { state.withLock { $0.cache.count } }

  /// Encrypts the word `ping` and decrypts the answer; what comes back is not compared.
  public func probe(now: Date) -> HealthFinding {
    let sealed: [UInt8]
    do {
      sealed = try wrap(SecretBytes(copying: Array("ping".utf8)))
    } catch {
      return .unhealthy(section: "encrypt", name, error)
    }
    do {
      _ = try unwrap(sealed)
    } catch {
      return .unhealthy(section: "decrypt", name, error)
    }
    return .healthy
  }

  // MARK: The plugin

  private func wrap(_ key: SecretBytes) throws(AtRestError) -> [UInt8] {
    try checkVersion()
    do {
      return try service.encryptV1(key)
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
  }

  private func unwrap(_ wrapped: [UInt8]) throws(AtRestError) -> SecretBytes {
    try checkVersion()
    do {
      return try service.decryptV1(wrapped)
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
  }

  /// Asks for the protocol's version once, before the first other call.
  private func checkVersion() throws(AtRestError) {
    guard !state.withLock({ $0.isVersionChecked }) else { return }
    let version: String
    do {
      version = try service.versionV1()
    } catch {
      throw AtRestError(.failed, "failed get version from remote KMS provider: \(error)")
    }
    guard version == "v1beta1" else {
      throw AtRestError(
        .failed,
        "KMS provider api version \(version) is not supported, only v1beta1 is supported now"
      )
    }
    state.withLock { $0.isVersionChecked = true }
  }

  // MARK: Values

  /// Seals under a key of its own: `prefix ‖ length ‖ wrapped key ‖ nonce ‖ ciphertext ‖ tag`.
  ///
  /// - Throws: `transform.failed` with what the plugin says.
  public func seal(
    _ plaintext: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> [UInt8] {
    let key: SecretBytes
    let nonce: [UInt8]
    do {
      key = try SecretBytes.random(byteCount: Self.dataKeyByteCount)
      nonce = try Random.bytes(AESGCM.nonceByteCount)
    } catch {
      throw AtRestError(.failed, "\(error)")
    }
    let wrapped = try wrap(key)
    state.withLock { $0.cache[wrapped] = key }
    return try seal(plaintext, key: key, wrapped: wrapped, nonce: nonce, storagePath: storagePath)
  }

  /// As above under a key and a nonce from outside, which must not meet twice.
  func seal(
    _ plaintext: [UInt8],
    key: SecretBytes,
    wrapped: [UInt8],
    nonce: [UInt8],
    storagePath: String
  ) throws(AtRestError) -> [UInt8] {
    guard let count = UInt16(exactly: wrapped.count) else {
      throw AtRestError(.failed, "the plugin's answer of \(wrapped.count) bytes is too long")
    }
    return try GCMBody.seal(
      plaintext,
      key: key,
      nonce: nonce,
      storagePath: storagePath,
      header: prefix + [UInt8(count >> 8), UInt8(count & 0xFF)] + wrapped
    )
  }

  /// Opens a value; one of a server before 1.25, under AES-CBC, is stale.
  ///
  /// The two payloads cannot be told apart, so that both are tried.
  ///
  /// - Throws: `envelope.invalid`, `envelope.rejected`, `transform.failed`.
  public func open(
    _ stored: [UInt8],
    storagePath: String,
    now: Date
  ) throws(AtRestError) -> OpenedValue {
    let (wrapped, payload) = try Self.parts(stored, from: prefix.count)
    let key = try dataKey([UInt8](stored[wrapped]))
    return try Self.openPayload(stored, payload, key: key, storagePath: storagePath)
  }

  /// Opens a payload under its unwrapped key.
  static func openPayload(
    _ stored: [UInt8],
    _ payload: Range<Int>,
    key: SecretBytes,
    storagePath: String
  ) throws(AtRestError) -> OpenedValue {
    var failures = ReadFailures()
    do throws(AtRestError) {
      let plaintext = try GCMBody.open(stored, payload, key: key, storagePath: storagePath)
      return OpenedValue(plaintext: plaintext, isStale: false)
    } catch {
      failures.add(error)
    }
    do throws(AtRestError) {
      return OpenedValue(plaintext: try CBCBody.open(stored, payload, key: key), isStale: true)
    } catch {
      failures.add(error)
    }
    throw failures.error(whenNone: "")
  }

  /// Where the wrapped key and the payload of a value lie.
  static func parts(
    _ stored: [UInt8],
    from start: Int
  ) throws(AtRestError) -> (wrapped: Range<Int>, payload: Range<Int>) {
    let keyStart = start + 2
    guard stored.count >= keyStart else { throw invalid }
    let keyEnd = keyStart + (Int(stored[start]) << 8 | Int(stored[start + 1]))
    guard stored.count >= keyEnd else { throw invalid }
    return (keyStart..<keyEnd, keyEnd..<stored.count)
  }

  private static let invalid = AtRestError(
    .envelopeInvalid,
    "invalid data encountered by envelope transformer: failed to read uint16 length prefixed data"
  )

  private func dataKey(_ wrapped: [UInt8]) throws(AtRestError) -> SecretBytes {
    if let known = state.withLock({ $0.cache[wrapped] }) { return known }
    let key = try unwrap(wrapped)
    try AESKey.check(key)
    state.withLock { $0.cache[wrapped] = key }
    return key
  }
}
