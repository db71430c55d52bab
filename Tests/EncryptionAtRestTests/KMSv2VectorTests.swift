import CryptoEngine
import EncryptionAtRest
import Foundation
import Testing

/// A key service over RSA keys, as the plugin that wrote the vectors.
final class VectorKeyService: KeyService {
  let keys: [String: RSAPrivateKey]
  let current: String
  let answer: [UInt8]?

  init(keys: [String: RSAPrivateKey], current: String, answer: [UInt8]? = nil) {
    self.keys = keys
    self.current = current
    self.answer = answer
  }

  /// The keys a vector file names.
  convenience init(_ file: [String: Any], current: String, answer: [UInt8]? = nil) throws {
    var keys: [String: RSAPrivateKey] = [:]
    for key in file.list("keys") {
      keys[key.text("kid")] = try RSAPrivateKey(pem: VectorFile.bytes(key.text("pem")))
    }
    self.init(keys: keys, current: current, answer: answer)
  }

  func status() -> KeyServiceStatus {
    KeyServiceStatus(version: "v2", healthz: "ok", keyID: current)
  }

  func encrypt(_ plaintext: SecretBytes, uid: String) throws -> WrappedSource {
    guard let key = keys[current] else { throw KeyServiceError(message: "unknown key_id") }
    return WrappedSource(
      ciphertext: try key.encrypt(plaintext, padding: .oaepSHA256),
      keyID: current,
      annotations: [:]
    )
  }

  func decrypt(_ source: WrappedSource, uid: String) throws -> SecretBytes {
    if let answer { return SecretBytes(copying: answer) }
    guard let key = keys[source.keyID] else {
      throw KeyServiceError(status: "FailedPrecondition", message: "unknown key_id")
    }
    do {
      return try key.decrypt(source.ciphertext, padding: .oaepSHA256)
    } catch {
      throw KeyServiceError(status: "InvalidArgument", message: "cannot unwrap")
    }
  }
}

@Suite struct KMSv2VectorTests {
  static let time = Date(timeIntervalSince1970: 1_760_000_000)

  /// A provider named as the vectors' configuration, ready to read.
  private func provider(
    _ file: [String: Any],
    _ vector: [String: Any],
    _ fallback: String? = nil
  ) throws -> TransformerChain {
    let configuration = try #require((file["configs"] as? [String: String])?[vector.text("config")])
    let name = try #require(configuration.firstMatch(of: /name: ([a-z0-9-]+)/)?.1)
    let first = file.list("keys").first?.text("kid") ?? ""
    let current = vector["plugin_current_key_id"] as? String ?? fallback ?? first
    let answer = (vector["plugin_decrypt_answer_hex"] as? String).map { [UInt8](hex: $0) }
    let provider = KMSv2Provider(
      name: String(name),
      service: try VectorKeyService(file, current: current, answer: answer)
    )
    try provider.check(now: Self.time)
    guard configuration.contains("identity") else { return TransformerChain([provider]) }
    let plain = PlaintextTransformer()
    return TransformerChain(
      configuration.contains("providers:\n  - identity") ? [plain, provider] : [provider, plain]
    )
  }

  private func verify(
    _ chain: TransformerChain,
    _ stored: [UInt8],
    path: String,
    expect: [String: Any],
    isOld: Bool,
    _ what: Comment
  ) {
    let isOK = expect["ok"] as? Bool ?? false
    do {
      let opened = try chain.open(stored, storagePath: path, now: Self.time)
      #expect(isOK, what)
      if let plaintext = expect["plaintext_b64"] as? String {
        #expect(opened.plaintext == [UInt8](Data(base64Encoded: plaintext) ?? Data()), what)
      }
      // The vectors of source type 0 come from a server that still writes it; on a current one
      // what it wrote is stale.
      if let isStale = expect["stale"] as? Bool {
        let isOldValue = isOld && StoredProvider(classifying: stored) == .kmsV2
        #expect(opened.isStale == (isStale || isOldValue), what)
      }
    } catch {
      #expect(!isOK, "\(what): \(error)")
    }
  }

  @Test(arguments: ["kms-v2-seed.json", "kms-v2-dek.json"])
  func `values of the real writer open with the same plaintext`(name: String) throws {
    let file = try VectorFile.json(name)
    #expect(!file.list("encrypted").isEmpty)
    for vector in file.list("encrypted") {
      let parts = vector["parts"] as? [String: Any] ?? [:]
      let chain = try provider(file, vector, parts["key_id"] as? String)
      let opened = try chain.open(
        vector.base64("stored_b64"),
        storagePath: vector.text("etcd_key"),
        now: Self.time
      )
      #expect(opened.plaintext == vector.base64("plaintext_b64"), "\(vector.text("id"))")
      #expect(opened.isStale == (name == "kms-v2-dek.json"))
      #expect(throws: AtRestError.self) {
        try chain.open(vector.base64("stored_b64"), storagePath: "/elsewhere", now: Self.time)
      }
    }
  }

  @Test(arguments: ["kms-v2-seed.json", "kms-v2-dek.json"])
  func `every read has the real reader's verdict`(name: String) throws {
    let file = try VectorFile.json(name)
    #expect(!file.list("reads").isEmpty)
    for vector in file.list("reads") {
      verify(
        try provider(file, vector),
        vector.base64("stored_b64"),
        path: vector.text("etcd_key"),
        expect: vector["expect"] as? [String: Any] ?? [:],
        isOld: name == "kms-v2-dek.json",
        "\(vector.text("id")): \(vector.text("what"))"
      )
    }
  }

  @Test(arguments: ["kms-v2-seed.json", "kms-v2-dek.json"])
  func `cut short or with a bit flipped, the verdict is the real reader's`(name: String) throws {
    let file = try VectorFile.json(name)
    var count = 0
    for (group, field) in [("truncations", "length"), ("bit_flips", "offset")] {
      for vector in file.list(group) {
        let chain = try provider(file, vector)
        let stored = vector.base64("stored_b64")
        for run in vector.list("runs") {
          let first = run["from"] as? Int ?? run["from_\(field)"] as? Int ?? 0
          let last = run["to"] as? Int ?? run["to_\(field)"] as? Int ?? -1
          guard last >= first else { continue }
          for position in first...last {
            var damaged = stored
            if group == "truncations" {
              damaged = Array(stored.prefix(position))
            } else {
              damaged[position] ^= 1
            }
            var expect = run
            if let plaintexts = run["plaintexts_b64"] as? [String] {
              expect["plaintext_b64"] = plaintexts[position - first]
            }
            verify(
              chain,
              damaged,
              path: vector.text("etcd_key"),
              expect: expect,
              isOld: name == "kms-v2-dek.json",
              "\(group) at \(position)"
            )
            count += 1
          }
        }
      }
    }
    #expect(count > 100)
  }
}
