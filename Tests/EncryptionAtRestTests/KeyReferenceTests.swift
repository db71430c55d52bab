import CryptoEngine
import Testing

@testable import EncryptionAtRest

/// A key by any of its names.
@Suite struct KeyReferenceTests {
  private static let version = "3f1c9a5e0b7d4c2f8a6e1d5b9c0f7a31"
  private static let kid = "https://contoso-kv.vault.azure.net/keys/etcd-kek/\(version)"

  private static func hash(_ text: String) -> String {
    (try? Digest.sha256(text.utf8).lowerHex) ?? ""
  }

  @Test(
    arguments: [
      (kid, kid, .yes), (kid + "/", kid, .yes), (kid.uppercased(), kid, .yes),
      (kid, kid.uppercased(), .yes), (kid, hash(kid), .yes), (kid + "/", hash(kid), .yes),
      ("HTTPS://Contoso-KV.vault.azure.net/keys/etcd-kek/\(version)", hash(kid), .yes),
      (hash(kid), hash(kid), .yes), (hash(kid).uppercased(), hash(kid), .yes),
      (kid, kid + "x", .no), (kid + "x", kid, .no), (kid, hash(kid + "x"), .no),
      (kid, nil, .unknown),
      (version, kid, .yes), (version, hash(kid), .unknown), (version, "other", .no),
      ("https://contoso-kv.vault.azure.net/keys/etcd-kek", kid, .yes),
      ("https://contoso-kv.vault.azure.net/keys/etcd-kek/", kid, .yes),
      ("https://contoso-kv.vault.azure.net/keys/etcd-kek", hash(kid), .unknown),
      ("https://contoso-kv.vault.azure.net/keys/etcd", kid, .no),
      ("aescbc:k", kid, .no), ("aescbc:k", nil, .no), ("", kid, .no), ("/", kid, .no),
    ] as [(String, String?, KeyReference.Match)]
  )
  func `a name means the key ids it can stand for`(
    name: String,
    keyID: String?,
    match: KeyReference.Match
  ) {
    #expect(KeyReference(name).match(keyID) == match)
  }

  @Test func `a local key goes by its cipher and its name`() {
    let local = KeyReference("secretbox:a:b").local
    #expect(local?.cipher == .secretbox && local?.name == "a:b")
    #expect(KeyReference("secretbox").local == nil && KeyReference("kms:a").local == nil)
  }
}
