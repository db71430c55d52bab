import CryptoEngine
import Foundation
import Synchronization
import Testing

@testable import EncryptionAtRest

/// A plugin whose answers a test changes, and which counts what it is asked.
private final class Plugin: KeyService {
  struct State {
    var version = "v2"
    var healthz = "ok"
    var keyID = "a"
    /// What Encrypt names, when it is not what Status names.
    var encryptKeyID: String?
    var versionV1 = "v1beta1"
    var failure: String?
    /// What Decrypt answers instead of the truth.
    var decrypted: [UInt8]?
    var calls: [String: Int] = [:]
    var secrets: [[UInt8]: SecretBytes] = [:]
  }
  let state = Mutex(State())

  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
  func count(_ call: String) -> Int { state.withLock { $0.calls[call] ?? 0 } }

  private func called(_ call: String) throws -> State {
    try state.withLock { state in
      state.calls[call, default: 0] += 1
      if let failure = state.failure { throw KeyServiceError(message: failure) }
      return state
    }
  }

  private func keep(_ secret: SecretBytes) -> [UInt8] {
    state.withLock { state in
      let ciphertext = Array("wrapped \(state.secrets.count)".utf8)
      state.secrets[ciphertext] = secret
      return ciphertext
    }
  }

  private func open(_ ciphertext: [UInt8]) throws -> SecretBytes {
    let state = try called("Decrypt")
    if let bytes = state.decrypted { return SecretBytes(copying: bytes) }
    guard let secret = state.secrets[ciphertext] else {
      throw KeyServiceError(message: "cannot unwrap")
    }
    return secret
  }

  func status() throws -> KeyServiceStatus {
    let state = try called("Status")
    return KeyServiceStatus(version: state.version, healthz: state.healthz, keyID: state.keyID)
  }
  func encrypt(_ plaintext: SecretBytes, uid: String) throws -> WrappedSource {
    let state = try called("Encrypt")
    return WrappedSource(
      ciphertext: keep(plaintext),
      keyID: state.encryptKeyID ?? state.keyID,
      annotations: [:]
    )
  }
  func decrypt(_ source: WrappedSource, uid: String) throws -> SecretBytes {
    try open(source.ciphertext)
  }
  func versionV1() throws -> String { try called("Version").versionV1 }
  func encryptV1(_ plaintext: SecretBytes) throws -> [UInt8] {
    _ = try called("Encrypt")
    return keep(plaintext)
  }
  func decryptV1(_ ciphertext: [UInt8]) throws -> SecretBytes { try open(ciphertext) }
}

private let start = Date(timeIntervalSince1970: 1_760_000_000)

/// The v2 client: when it asks, what it keeps, and what a failure leaves as it was.
@Suite struct KMSv2ClientTests {
  private static let path = "/registry/secrets/a/b"

  private func seal(_ provider: KMSv2Provider, at time: Date = start) throws -> [UInt8] {
    try provider.seal([7], storagePath: Self.path, now: time)
  }

  private func open(_ provider: KMSv2Provider, _ stored: [UInt8], at time: Date) throws -> Bool {
    try provider.open(stored, storagePath: Self.path, now: time).isStale
  }

  private func problem(_ provider: KMSv2Provider, at time: Date) -> String {
    do throws(AtRestError) {
      try provider.check(now: time)
      return ""
    } catch {
      return error.message
    }
  }

  @Test func `a confirmed key pushes the expiry without an Encrypt`() throws {
    let plugin = Plugin()
    let provider = KMSv2Provider(name: "p", service: plugin)
    try provider.check(now: start)
    let uid = provider.seedState?.uid
    plugin.change { $0.failure = "gone" }
    for seconds in [60.0, 120, 170] { #expect(!problem(provider, at: start + seconds).isEmpty) }
    _ = try seal(provider, at: start + 179)
    let error = #expect(throws: AtRestError.self) { try seal(provider, at: start + 180) }
    #expect(error?.code == .seedExpired)
    plugin.change { $0.failure = nil }
    try provider.check(now: start + 600)
    _ = try seal(provider, at: start + 779)
    #expect(plugin.count("Encrypt") == 1 && provider.seedState?.uid == uid)
  }

  @Test func `a rotation that fails leaves seed and expiry as they were`() throws {
    let plugin = Plugin()
    let provider = KMSv2Provider(name: "p", service: plugin)
    try provider.check(now: start)
    let before = try #require(provider.seedState)
    plugin.change {
      $0.keyID = "b"
      $0.encryptKeyID = "a"
    }
    let text = problem(provider, at: start + 60)
    #expect(text.contains("failed to rotate DEK uid="))
    #expect(text.contains("statusKeyIDHash=\"\(KeyIdentifier.hash("b"))\""))
    #expect(text.contains("encryptKeyIDHash=\"\(KeyIdentifier.hash("a"))\""))
    #expect(provider.seedState?.uid == before.uid && provider.seedState?.expiry == before.expiry)
    plugin.change { $0.encryptKeyID = nil }
    try provider.check(now: start + 70)
    #expect(provider.seedState?.wrapped.keyID == "b")
  }

  @Test func `what was written before a rotation is stale after it`() throws {
    let plugin = Plugin()
    let provider = KMSv2Provider(name: "p", service: plugin)
    try provider.check(now: start)
    let stored = try seal(provider)
    #expect(try open(provider, stored, at: start) == false)
    plugin.change { $0.keyID = "b" }
    try provider.check(now: start + 60)
    #expect(try open(provider, stored, at: start + 60))
    #expect(plugin.count("Decrypt") == 0)
    // Another seed under the same key makes nothing stale.
    let restarted = KMSv2Provider(name: "p", service: plugin)
    try restarted.check(now: start + 60)
    let again = try seal(provider, at: start + 60)
    #expect(try open(restarted, again, at: start + 60) == false)
    #expect(plugin.count("Decrypt") == 1)
  }

  @Test func `a plugin that calls itself otherwise later is unhealthy, and writes go on`() throws {
    let plugin = Plugin()
    let provider = KMSv2Provider(name: "p", service: plugin)
    try provider.check(now: start)
    plugin.change { $0.version = "v2beta1" }
    #expect(
      problem(provider, at: start + 60).hasSuffix(
        "KMSv2 API version should not change after the initial status response version v2, "
          + "got v2beta1"
      )
    )
    plugin.change { $0.healthz = "degraded" }
    #expect(problem(provider, at: start + 120).contains("[got unexpected healthz status: degraded"))
    _ = try seal(provider, at: start + 299)
  }

  @Test func `an unwrapped source serves beyond its day, until another one comes`() throws {
    let plugin = Plugin()
    let writer = KMSv2Provider(name: "p", service: plugin)
    try writer.check(now: start)
    let stored = try seal(writer)
    let reader = KMSv2Provider(name: "p", service: plugin)
    try reader.check(now: start)
    _ = try open(reader, stored, at: start)
    plugin.change { $0.failure = "gone" }
    _ = try open(reader, stored, at: start + 3 * 86_400)
    plugin.change { $0.failure = nil }
    let other = KMSv2Provider(name: "p", service: plugin)
    try other.check(now: start + 3 * 86_400)
    _ = try open(reader, seal(other, at: start + 3 * 86_400), at: start + 3 * 86_400)
    #expect(reader.cachedSources.count == 1)
    _ = try open(reader, stored, at: start + 3 * 86_400)
    #expect(plugin.count("Decrypt") == 3)
  }

  @Test func `a failure is not kept, nor a source that no key can come of`() throws {
    let plugin = Plugin()
    let writer = KMSv2Provider(name: "p", service: plugin)
    try writer.check(now: start)
    let stored = try seal(writer)
    let reader = KMSv2Provider(name: "p", service: plugin)
    try reader.check(now: start)
    plugin.change { $0.failure = "gone" }
    #expect(throws: AtRestError.self) { try open(reader, stored, at: start) }
    plugin.change {
      $0.failure = nil
      $0.decrypted = [1, 2, 3]
    }
    let error = #expect(throws: AtRestError.self) { try open(reader, stored, at: start) }
    #expect(error?.message == "invalid seed length 3 used for key generation")
    plugin.change { $0.decrypted = nil }
    #expect(try open(reader, stored, at: start) == false)
  }

  @Test func `without a first seed nothing is read either`() throws {
    let plugin = Plugin()
    let writer = KMSv2Provider(name: "p", service: plugin)
    try writer.check(now: start)
    let stored = try seal(writer)
    let blind = KMSv2Provider(name: "p", service: plugin)
    plugin.change { $0.failure = "gone" }
    #expect(problem(blind, at: start).hasPrefix("failed to perform status section of the healthz"))
    let error = #expect(throws: AtRestError.self) { try open(blind, stored, at: start) }
    #expect(error?.message == "got unexpected nil transformer")
  }
}

/// The v1 client: a key a write, a cache of a size, one question for the version.
@Suite struct KMSv1ClientTests {
  private func seal(_ provider: KMSv1Provider, _ text: UInt8) throws -> [UInt8] {
    try provider.seal([text], storagePath: "/x", now: start)
  }

  private func open(_ provider: KMSv1Provider, _ stored: [UInt8]) throws -> [UInt8] {
    try provider.open(stored, storagePath: "/x", now: start).plaintext
  }

  @Test(arguments: [(1000, 0, 0), (2, 1, 2), (-1, 3, 6)])
  func `keys are unwrapped once as long as the cache has room`(
    size: Int,
    firstRound: Int,
    bothRounds: Int
  ) throws {
    let plugin = Plugin()
    let provider = KMSv1Provider(name: "p", service: plugin, cacheSize: size)
    let stored = try [1, 2, 3].map { try seal(provider, $0) }
    #expect(plugin.count("Encrypt") == 3 && plugin.count("Version") == 1)
    #expect(provider.cachedKeyCount == min(max(size, 0), 3))
    // The newest first, so that what a small cache kept is found.
    for (round, expected) in [firstRound, bothRounds].enumerated() {
      for (text, value) in zip([3, 2, 1], stored.reversed()) {
        #expect(try open(provider, value) == [UInt8(text)])
      }
      if round == 0 || size != 2 { #expect(plugin.count("Decrypt") == expected) }
    }
    #expect(plugin.count("Version") == 1)
  }

  @Test func `what was used last is forgotten last`() {
    var cache = RecentlyUsed<Int, Int>(limit: 3)
    for key in 1...3 { cache[key] = key }
    #expect(cache[1] == 1)
    cache[4] = 4
    #expect(cache[2] == nil && cache[1] == 1 && cache[3] == 3 && cache[4] == 4)
    for key in 0..<10_000 { cache[key % 7] = key }
    #expect(cache.count == 3)
    for round in 0..<10_000 { #expect(cache[(9_999 - round % 3) % 7] != nil) }
    var none = RecentlyUsed<Int, Int>(limit: 0)
    none[1] = 1
    #expect(none[1] == nil && none.count == 0)
  }

  @Test func `another version is refused before the first call, and asked for again`() throws {
    let plugin = Plugin()
    plugin.change { $0.versionV1 = "v9" }
    let provider = KMSv1Provider(name: "p", service: plugin)
    for _ in 1...2 {
      let error = #expect(throws: AtRestError.self) { try seal(provider, 1) }
      #expect(
        error?.message
          == "KMS provider api version v9 is not supported, only v1beta1 is supported now"
      )
    }
    #expect(plugin.count("Version") == 2 && plugin.count("Encrypt") == 0)
    plugin.change { $0.versionV1 = "v1beta1" }
    _ = try seal(provider, 1)
  }

  @Test func `the health check encrypts and decrypts a word`() {
    let plugin = Plugin()
    let provider = KMSv1Provider(name: "p", service: plugin)
    #expect(provider.probe(now: start) == .healthy)
    #expect(plugin.count("Encrypt") == 1 && plugin.count("Decrypt") == 1)
    plugin.change { $0.failure = "gone" }
    let (verdict, text) = HealthVerdict.of(provider, last: nil, now: start)
    #expect(verdict.problem == "rpc error: code = Unknown desc = gone")
    #expect(
      text == "failed to perform encrypt section of the healthz check for KMS Provider p, error: "
        + "rpc error: code = Unknown desc = gone"
    )
    // While the verdict is reused, the bare failure is shown.
    #expect(HealthVerdict.of(provider, last: verdict, now: start + 2).problem == verdict.problem)
    #expect(plugin.count("Encrypt") == 2)
    _ = HealthVerdict.of(provider, last: verdict, now: start + 3)
    #expect(plugin.count("Encrypt") == 3)
  }
}
