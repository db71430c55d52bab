import CryptoEngine
import Foundation
import TestData
import Testing

@Suite struct KnownAnswerTests {
  @Test func `HKDF-Expand agrees with kube-apiserver's`() throws {
    let cases = try VectorFile.json("primitives.json").list("hkdf_expand_sha256_32")
    #expect(!cases.isEmpty)
    for vector in cases {
      let key = try HKDF.expandSHA256(
        key: SecretBytes(copying: vector.hex("seed_hex")),
        info: vector.hex("info_hex"),
        byteCount: 32
      )
      #expect(key == SecretBytes(copying: vector.hex("derived_key_hex")))
    }
  }

  @Test func `AES-GCM opens what kube-apiserver sealed, and no flipped bit of it`() throws {
    let cases = try VectorFile.json("primitives.json").list("gcm")
    #expect(!cases.isEmpty)
    for vector in cases {
      let key = SecretBytes(copying: vector.hex("key_hex"))
      let data = Array(vector.text("aad").utf8)
      let sealed = vector.hex("data_hex")
      let opened = try AESGCM.open(sealed, key: key, authenticatedData: data)
      #expect(opened == SecretBytes(copying: vector.base64("plaintext_b64")))
      for index in sealed.indices.prefix(80) {
        var flipped = sealed
        flipped[index] ^= 1
        #expect(throws: CryptoError.self) {
          try AESGCM.open(flipped, key: key, authenticatedData: data)
        }
      }
    }
  }

  /// Source: FIPS 180-4 example values of NIST for the message "abc".
  @Test(arguments: [
    (
      HashAlgorithm.sha256,
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    (
      .sha384,
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
        + "8086072ba1e7cc2358baeca134c825a7"
    ),
    (
      .sha512,
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ),
  ])
  func `hashes agree with the examples of NIST`(algorithm: HashAlgorithm, hex: String) throws {
    #expect(try Digest.hash(Array("abc".utf8), algorithm) == [UInt8](hex: hex))
  }

  @Test func `HMAC agrees with RFC 4231, case 2`() throws {
    let code = try HMAC.sha256(
      key: SecretBytes(copying: Array("Jefe".utf8)),
      message: Array("what do ya want for nothing?".utf8)
    )
    #expect(
      code
        == [UInt8](hex: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    )
  }
}

@Suite struct SecretBytesTests {
  @Test func `a description tells the length only`() {
    let secret = SecretBytes(copying: Array("swordfish".utf8))
    #expect("\(secret)" == "SecretBytes(9 bytes)")
    #expect(!String(reflecting: secret).contains("sword"))
    var dumped = ""
    dump(secret, to: &dumped)
    #expect(!dumped.contains("115"))
  }

  @Test func `equality looks at every byte and the length`() {
    let one = SecretBytes(copying: [1, 2, 3])
    #expect(one == SecretBytes(copying: [1, 2, 3]))
    #expect(one != SecretBytes(copying: [1, 2, 4]))
    #expect(one != SecretBytes(copying: [1, 2]))
    #expect(SecretBytes(copying: []) == SecretBytes(copying: []))
  }
}
