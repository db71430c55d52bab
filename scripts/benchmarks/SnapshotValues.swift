import CryptoEngine
import EncryptionAtRest
import Foundation

/// A plugin whose key lies beside it.
struct LocalKeyService: KeyService {
  let key: RSAPrivateKey
  var keyID = "key"

  func status() -> KeyServiceStatus {
    KeyServiceStatus(version: "v2", healthz: "ok", keyID: keyID)
  }

  func encrypt(_ plaintext: SecretBytes, uid: String) throws -> WrappedSource {
    WrappedSource(
      ciphertext: try key.publicKey.encrypt(plaintext, padding: .oaepSHA256),
      keyID: keyID,
      annotations: [:]
    )
  }

  func decrypt(_ source: WrappedSource, uid: String) throws -> SecretBytes {
    try key.decrypt(source.ciphertext, padding: .oaepSHA256)
  }
}

/// Secrets for a snapshot, as input of `etcdctl txn`: scripts/make_snapshot runs it.
enum SnapshotValues {
  /// Key id of the values; the key itself is given.
  static let keyID =
    "https://contoso-kv.vault.azure.net/keys/etcd-kek/3f1c9a5e0b7d4c2f8a6e1d5b9c0f7a31"

  /// Prints the puts of one transaction.
  ///
  /// Arguments: number of the first Secret, number of Secrets, bytes of data each, file of the key.
  static func emit(_ arguments: [String]) throws {
    guard arguments.count == 4, let first = Int(arguments[0]), let count = Int(arguments[1]),
      let byteCount = Int(arguments[2])
    else { throw CocoaError(.featureUnsupported) }
    let pem = [UInt8](try Data(contentsOf: URL(filePath: arguments[3])))
    let service = LocalKeyService(key: try RSAPrivateKey(pem: pem), keyID: keyID)
    let provider = KMSv2Provider(name: "kms", service: service)
    try provider.check(now: .now)
    var text = Array("\n".utf8)
    for number in first..<first + count {
      let namespace = "team-\(number / 1000)"
      let secret = KubernetesSecret(
        name: "secret-\(number)",
        namespace: namespace,
        data: ["value": [UInt8](repeating: 0x61, count: byteCount)],
        uid: UUID().uuidString.lowercased(),
        creationTimestamp: .now
      )
      let path = secret.storagePath
      let stored = try provider.seal(try secret.storageBytes(), storagePath: path, now: .now)
      text += Array("put \"\(path)\" ".utf8) + quoted(stored) + [0x0A]
    }
    text += Array("\n\n".utf8)
    FileHandle.standardOutput.write(Data(text))
  }

  /// Bytes in double quotes, as Go's `%q` reads them.
  private static func quoted(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = [0x22]
    for byte in bytes {
      if byte >= 0x20, byte < 0x7F, byte != 0x22, byte != 0x5C {
        text.append(byte)
      } else {
        text += [0x5C, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return text + [0x22]
  }
}
