import CryptoEngine
import EncryptionAtRest
import Foundation
import Testing

@Suite struct KMSv2FixtureTests {
  @Test func `each KMS v2 value of a real etcd opens with the key it names`() throws {
    let keys = try Fixtures.keys()
    let reader = KMSv2Reader { source in
      guard let key = keys[source.keyID] else { throw KeyServiceError(message: "unknown key_id") }
      return try key.decrypt(source.ciphertext, padding: .oaepSHA256)
    }
    var count = 0
    for entry in try Fixtures.entries() where entry.text("provider") == "kms:v2" {
      let stored = try Fixtures.value(entry)
      let name = try #require(StoredProvider.name(in: stored))
      let start = KMSv2Provider.prefix(name: name).count
      let path = entry.text("etcd_key")
      let opened = try reader.open(stored, from: start, storagePath: path, now: .now)
      let hash = try Digest.sha256(opened.plaintext).map { String(format: "%02x", $0) }.joined()
      #expect(hash == entry.text("plaintext_sha256"), "\(path)")
      #expect(opened.keyID == entry.text("key_id"))
      #expect(throws: AtRestError.self) {
        try reader.open(stored, from: start, storagePath: path + "x", now: .now)
      }
      count += 1
    }
    #expect(count == 17)
  }
}
