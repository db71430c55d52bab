import CryptoEngine
import EncryptionAtRest
import Foundation

/// Values as they lay in the etcd of a real cluster.
enum Fixtures {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")

  private static func file() throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: "entries.json"))
    return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
  }

  static func entries() throws -> [[String: Any]] { try file().list("entries") }

  static func value(_ entry: [String: Any]) throws -> [UInt8] {
    guard let name = entry["value_file"] as? String else { return entry.base64("value_b64") }
    return [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  /// The RSA keys by kid.
  static func keys() throws -> [String: RSAPrivateKey] {
    try file().list("kms_keys").reduce(into: [:]) { keys, key in
      let pem = try Data(contentsOf: folder.appending(path: key.text("pem")))
      keys[key.text("kid")] = try RSAPrivateKey(pem: [UInt8](pem))
    }
  }
}
