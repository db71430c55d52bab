import CryptoEngine
import EncryptionAtRest
import Foundation

/// A plugin whose key lies beside it.
private struct LocalKeyService: KeyService {
  let key: RSAPrivateKey

  func status() -> KeyServiceStatus {
    KeyServiceStatus(version: "v2", healthz: "ok", keyID: "key")
  }

  func encrypt(_ plaintext: SecretBytes, uid: String) throws -> WrappedSource {
    WrappedSource(
      ciphertext: try key.encrypt(plaintext, padding: .oaepSHA256),
      keyID: "key",
      annotations: [:]
    )
  }

  func decrypt(_ source: WrappedSource, uid: String) throws -> SecretBytes {
    try key.decrypt(source.ciphertext, padding: .oaepSHA256)
  }
}

extension Benchmarks {
  /// Sealing and opening 1 KiB as an API server does, next to the bare cipher.
  static func storedValues() throws {
    let count = 20_000
    let now = Date()
    let provider = KMSv2Provider(
      name: "kms",
      service: LocalKeyService(key: try .generate(bitCount: 2048))
    )
    try provider.check(now: now)
    let chain = TransformerChain([provider, PlaintextTransformer()])
    let object = [UInt8](repeating: 0x61, count: 1024)
    let path = "/registry/secrets/default/db-1"
    let stored = try chain.seal(object, storagePath: path, now: now)
    let key = try SecretBytes.random(byteCount: 32)
    let plaintext = SecretBytes(copying: object)
    func each(_ body: () throws -> Void) rethrows -> Double {
      try median(of: 5) { for _ in 0..<count { try body() } } / Double(count) * 1e6
    }
    print("A Secret of 1 KiB, KMS v2")
    let bare = try each {
      _ = try AESGCM.seal(plaintext, key: key, authenticatedData: Array(path.utf8))
    }
    show("  bare AES-256-GCM seal", bare, "µs")
    let seal = try each { _ = try chain.seal(object, storagePath: path, now: now) }
    show("  seal through the transformers", seal, "µs", times: bare)
    let open = try each { _ = try chain.open(stored, storagePath: path, now: now) }
    show("  open through the transformers", open, "µs", times: bare)
  }
}
