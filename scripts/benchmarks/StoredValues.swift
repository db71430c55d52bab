import CryptoEngine
import EncryptionAtRest
import Foundation

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

  /// The same with an object of 1 MiB, next to what `openssl speed` makes of that size.
  static func largeValues() throws {
    let now = Date()
    let provider = KMSv2Provider(
      name: "kms",
      service: LocalKeyService(key: try .generate(bitCount: 2048))
    )
    try provider.check(now: now)
    let object = [UInt8](repeating: 0x61, count: 1 << 20)
    let path = "/registry/secrets/default/large"
    let stored = try provider.seal(object, storagePath: path, now: now)
    let count = 200
    func rate(_ body: () throws -> Void) rethrows -> Double {
      let seconds = try median(of: 5) { for _ in 0..<count { try body() } }
      return Double(count * object.count) / seconds / 1e6
    }
    print("A Secret of 1 MiB, KMS v2")
    let bare = try opensslSpeed(byteCount: object.count)
    show("  openssl speed -evp aes-256-gcm", bare, "MB/s")
    let seal = try rate { _ = try provider.seal(object, storagePath: path, now: now) }
    show("  seal", seal, "MB/s", times: bare)
    let open = try rate { _ = try provider.open(stored, storagePath: path, now: now) }
    show("  open", open, "MB/s", times: bare)
  }

  /// Megabytes a second.
  private static func opensslSpeed(byteCount: Int) throws -> Double {
    let (status, output) = try run(
      "/usr/bin/openssl",
      ["speed", "-seconds", "2", "-bytes", "\(byteCount)", "-evp", "aes-256-gcm"]
    )
    // The last line: `AES-256-GCM   3912345.67k`.
    let figure = output.split(separator: "\n").last?.split(separator: " ").last?.dropLast()
    guard status == 0, let figure, let thousands = Double(figure) else {
      throw CocoaError(.featureUnsupported)
    }
    return thousands / 1e3
  }
}
