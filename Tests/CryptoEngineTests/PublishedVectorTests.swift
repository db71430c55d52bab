import CryptoEngine
import TestData
import Testing

/// The engine against answers that others published; each list of the file names its source.
@Suite struct PublishedVectorTests {
  private static func list(_ name: String) throws -> [String: Any] {
    let lists = try VectorFile.published()
    return try #require(lists[name] as? [String: Any])
  }

  @Test(arguments: ["ecdsa_sigver", "ecdsa_rfc6979", "ecdsa_secp256k1", "ecdsa_jose"])
  func `signatures on curves verify or fail as published`(name: String) throws {
    let cases = try Self.list(name).list("cases")
    #expect(!cases.isEmpty)
    for vector in cases {
      let curve = try #require(EllipticCurve(rawValue: vector.text("crv")))
      let digest = try Digest.hash(vector.hex("msg"), curve.hash)
      // A changed key may be no point of the curve: that refuses the signature as well.
      let key = try? ECPublicKey(curve: curve, x: vector.hex("x"), y: vector.hex("y"))
      let isGood = try key?.verify(vector.hex("signature"), of: digest) ?? false
      #expect(isGood == vector.text("result").hasPrefix("P"), "\(vector)")
    }
  }

  @Test(arguments: ["ecdsa_rfc6979", "ecdsa_secp256k1", "ecdsa_jose"])
  func `published private numbers make the published points`(name: String) throws {
    for vector in try Self.list(name).list("cases") {
      let curve = try #require(EllipticCurve(rawValue: vector.text("crv")))
      let key = try ECPrivateKey(
        ECNumbers(
          curve: curve,
          x: vector.hex("x"),
          y: vector.hex("y"),
          scalar: SecretBytes(copying: vector.hex("d"))
        )
      )
      let digest = try Digest.hash(vector.hex("msg"), curve.hash)
      #expect(try key.publicKey.verify(key.sign(digest), of: digest))
      #expect(try key.publicKey.verify(vector.hex("signature"), of: digest))
    }
  }

  @Test func `PKCS 1 signatures verify or fail as NIST says`() throws {
    var verified = 0
    for group in try Self.list("rsa_sigver15").list("groups") {
      for vector in group.list("cases") {
        let key = try RSAPublicKey(modulus: group.hex("n"), exponent: vector.hex("e"))
        let hash = try #require(HashAlgorithm(rawValue: vector.text("hash")))
        let scheme = try #require(RSASignatureScheme.pkcs1(hash))
        let digest = try Digest.hash(vector.hex("msg"), hash)
        let isGood = try key.verify(vector.hex("signature"), of: digest, scheme: scheme)
        #expect(isGood == vector.text("result").hasPrefix("P"), "\(vector)")
        verified += isGood ? 1 : 0
      }
    }
    #expect(verified == 18)
  }

  @Test func `PSS signatures verify with the salt of JOSE, and with no other`() throws {
    for vector in try Self.list("rsa_jose").list("cases") {
      let key = try RSAPublicKey(modulus: vector.hex("n"), exponent: vector.hex("e"))
      let scheme = try #require(RSASignatureScheme(rawValue: vector.text("alg")))
      let digest = try Digest.hash(vector.hex("msg"), #require(scheme.hash))
      #expect(try key.verify(vector.hex("signature"), of: digest, scheme: scheme))
    }
    var refused = 0
    for group in try Self.list("rsa_sigver_pss_salt10").list("groups") {
      for vector in group.list("cases") {
        let key = try RSAPublicKey(modulus: group.hex("n"), exponent: vector.hex("e"))
        let hash = try #require(HashAlgorithm(rawValue: vector.text("hash")))
        let scheme = try #require(RSASignatureScheme.pss(hash))
        let digest = try Digest.hash(vector.hex("msg"), hash)
        #expect(try !key.verify(vector.hex("signature"), of: digest, scheme: scheme))
        refused += 1
      }
    }
    #expect(refused == 9)
  }

  @Test(arguments: RSAPadding.allCases)
  func `published ciphertexts open, and with one bit flipped do not`(padding: RSAPadding) throws {
    let lists = try VectorFile.published().list("rsa_decrypt")
    let list = try #require(lists.first { $0.text("padding") == padding.rawValue })
    let numbers = try #require(list["key"] as? [String: Any])
    func secret(_ name: String) -> SecretBytes { SecretBytes(copying: numbers.hex(name)) }
    let key = try RSAPrivateKey(
      RSANumbers(
        modulus: numbers.hex("n"),
        exponent: numbers.hex("e"),
        privateExponent: secret("d"),
        firstPrime: secret("p"),
        secondPrime: secret("q"),
        firstExponent: secret("dp"),
        secondExponent: secret("dq"),
        coefficient: secret("qi")
      )
    )
    #expect(list.list("cases").count == 6)
    for vector in list.list("cases") {
      let message = SecretBytes(copying: vector.hex("message"))
      let ciphertext = vector.hex("ciphertext")
      #expect(try key.decrypt(ciphertext, padding: padding) == message)
      // A damaged PKCS #1 text may open by luck, yet never to the message.
      let damaged = try? key.decrypt(ciphertext.flipping(9), padding: padding)
      #expect(damaged != message)
      #expect(damaged == nil || padding == .pkcs1v15)
    }
  }
}

extension RSASignatureScheme {
  static func pkcs1(_ hash: HashAlgorithm) -> RSASignatureScheme? {
    [.rs256, .rs384, .rs512].first { $0.hash == hash }
  }

  static func pss(_ hash: HashAlgorithm) -> RSASignatureScheme? {
    [.ps256, .ps384, .ps512].first { $0.hash == hash }
  }
}
