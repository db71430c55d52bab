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

@Suite struct RSAPrivateKeyTests {
  static let key = Result {
    try RSAPrivateKey(pem: VectorFile.bytes("kms-test-key-1.pem"))
  }

  @Test(arguments: RSAPadding.allCases)
  func `a message comes back, up to the limit and not beyond`(padding: RSAPadding) throws {
    let key = try Self.key.get()
    for count in [0, 1, key.plaintextByteCountMax(padding)] {
      let message = try SecretBytes.random(byteCount: count)
      let sealed = try key.encrypt(message, padding: padding)
      #expect(sealed.count == 256)
      #expect(try key.decrypt(sealed, padding: padding) == message)
    }
    let long = try SecretBytes.random(byteCount: key.plaintextByteCountMax(padding) + 1)
    let error = #expect(throws: CryptoError.self) { try key.encrypt(long, padding: padding) }
    #expect(error?.code == .sizeInvalid)
  }

  @Test func `limits are those of the service's table`() throws {
    let key = try Self.key.get()
    #expect(key.plaintextByteCountMax(.oaepSHA256) == 190)
    #expect(key.plaintextByteCountMax(.oaepSHA1) == 214)
    #expect(key.plaintextByteCountMax(.pkcs1v15) == 245)
  }

  @Test func `wrong key, flipped bit and wrong length are one answer`() throws {
    let key = try Self.key.get()
    let other = try RSAPrivateKey.generate(bitCount: 2048)
    var sealed = try key.encrypt(SecretBytes(copying: [7]), padding: .oaepSHA256)
    #expect(throws: CryptoError.self) { try other.decrypt(sealed, padding: .oaepSHA256) }
    #expect(throws: CryptoError.self) { try key.decrypt(sealed, padding: .oaepSHA1) }
    sealed[10] ^= 1
    let error = #expect(throws: CryptoError.self) {
      try key.decrypt(sealed, padding: .oaepSHA256)
    }
    #expect(error?.code == .rejected)
    #expect(throws: CryptoError.self) { try key.decrypt([1, 2], padding: .oaepSHA256) }
  }

  @Test func `PKCS 8 form survives a round trip`() throws {
    let key = try Self.key.get()
    let again = try RSAPrivateKey(pkcs8: key.pkcs8())
    #expect(try again.publicNumbers() == key.publicNumbers())
  }

  @Test(arguments: [
    "", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    String(repeating: "A", count: 20_000),
  ])
  func `what is no private key is refused`(pem: String) {
    let error = #expect(throws: CryptoError.self) { try RSAPrivateKey(pem: Array(pem.utf8)) }
    #expect(error?.code == .keyInvalid)
  }

  @Test(arguments: [0, 1024, 2047, 8192])
  func `other sizes are refused`(bitCount: Int) {
    #expect(throws: CryptoError.self) { try RSAPrivateKey.generate(bitCount: bitCount) }
  }
}
