import CryptoEngine
import TestData
import Testing

@Suite struct RSAKeyTests {
  static let key = Result {
    try RSAPrivateKey(pem: VectorFile.bytes("kms-test-key-1.pem"))
  }

  @Test(arguments: RSAPadding.allCases)
  func `a message comes back, up to the limit and not beyond`(padding: RSAPadding) throws {
    let key = try Self.key.get()
    for count in [0, 1, key.publicKey.plaintextByteCountMax(padding)] {
      let message = try SecretBytes.random(byteCount: count)
      let sealed = try key.publicKey.encrypt(message, padding: padding)
      #expect(sealed.count == 256)
      #expect(try key.decrypt(sealed, padding: padding) == message)
    }
    let long = try SecretBytes.random(byteCount: key.publicKey.plaintextByteCountMax(padding) + 1)
    let error = #expect(throws: CryptoError.self) {
      try key.publicKey.encrypt(long, padding: padding)
    }
    #expect(error?.code == .sizeInvalid)
  }

  @Test func `limits are those of the service's table`() throws {
    let key = try Self.key.get()
    #expect(key.publicKey.plaintextByteCountMax(.oaepSHA256) == 190)
    #expect(key.publicKey.plaintextByteCountMax(.oaepSHA1) == 214)
    #expect(key.publicKey.plaintextByteCountMax(.pkcs1v15) == 245)
  }

  @Test func `wrong key, flipped bit and wrong length are one answer`() throws {
    let key = try Self.key.get()
    let other = try RSAPrivateKey.generate(bitCount: 2048)
    var sealed = try key.publicKey.encrypt(SecretBytes(copying: [7]), padding: .oaepSHA256)
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
    #expect(try again.numbers() == key.numbers())
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

  @Test(arguments: RSASignatureScheme.allCases)
  func `a signature verifies, and with any bit flipped in it or in the digest does not`(
    scheme: RSASignatureScheme
  ) throws {
    let key = try Self.key.get()
    let digest = try Random.bytes(scheme.hash?.byteCount ?? 51)
    let signature = try key.sign(digest, scheme: scheme)
    #expect(signature.count == 256)
    let publicKey = key.publicKey
    #expect(try publicKey.verify(signature, of: digest, scheme: scheme))
    for bit in 0..<signature.count * 8 {
      #expect(try !publicKey.verify(signature.flipping(bit), of: digest, scheme: scheme))
    }
    for bit in 0..<digest.count * 8 {
      #expect(try !publicKey.verify(signature, of: digest.flipping(bit), scheme: scheme))
    }
    #expect(try !publicKey.verify(Array(signature.dropLast()), of: digest, scheme: scheme))
    #expect(try !publicKey.verify([0] + signature, of: digest, scheme: scheme))
    #expect(try !publicKey.verify([], of: digest, scheme: scheme))
    for other in RSASignatureScheme.allCases where other != scheme {
      guard other.hash == nil || other.hash == scheme.hash else { continue }
      #expect(try !publicKey.verify(signature, of: digest, scheme: other), "\(other)")
    }
  }

  @Test func `RSNULL pads the bytes as they are, so that a DigestInfo makes it RS256`() throws {
    let key = try Self.key.get()
    let digest = try Digest.sha256([1, 2, 3])
    // RFC 8017, section 9.2, note 1: the DER of a SHA-256 DigestInfo before its digest.
    let prefix = [UInt8](hex: "3031300d060960864801650304020105000420")
    #expect(
      try key.sign(prefix + digest, scheme: .rsNull) == key.sign(digest, scheme: .rs256)
    )
  }

  @Test(arguments: RSASignatureScheme.allCases)
  func `a digest of another length is refused`(scheme: RSASignatureScheme) throws {
    let key = try Self.key.get()
    let signature = [UInt8](repeating: 1, count: 256)
    let counts = scheme.hash.map { [0, 20, $0.byteCount - 1, $0.byteCount + 1] } ?? [0, 246]
    for count in counts {
      let digest = [UInt8](repeating: 1, count: count)
      let signing = #expect(throws: CryptoError.self) { try key.sign(digest, scheme: scheme) }
      #expect(signing?.code == .sizeInvalid)
      let verifying = #expect(throws: CryptoError.self) {
        try key.publicKey.verify(signature, of: digest, scheme: scheme)
      }
      #expect(verifying?.code == .sizeInvalid)
    }
  }

  @Test func `a key is its numbers, and its public half works without the private one`() throws {
    let key = try Self.key.get()
    let numbers = try key.numbers()
    #expect(try RSAPrivateKey(numbers).numbers() == numbers)
    let publicKey = try RSAPublicKey(modulus: numbers.modulus, exponent: numbers.exponent)
    #expect(try publicKey.der() == key.publicKey.der())
    let message = try SecretBytes.random(byteCount: 32)
    let sealed = try publicKey.encrypt(message, padding: .oaepSHA256)
    #expect(try key.decrypt(sealed, padding: .oaepSHA256) == message)
    let digest = try Random.bytes(32)
    #expect(
      try publicKey.verify(key.sign(digest, scheme: .ps256), of: digest, scheme: .ps256)
    )
  }

  @Test func `numbers that do not belong together are refused`() throws {
    let one = try Self.key.get().numbers()
    let other = try RSAPrivateKey.generate(bitCount: 2048).numbers()
    func changed(
      modulus: [UInt8]? = nil,
      exponent: [UInt8]? = nil,
      privateExponent: SecretBytes? = nil,
      firstPrime: SecretBytes? = nil,
      coefficient: SecretBytes? = nil
    ) -> RSANumbers {
      RSANumbers(
        modulus: modulus ?? one.modulus,
        exponent: exponent ?? one.exponent,
        privateExponent: privateExponent ?? one.privateExponent,
        firstPrime: firstPrime ?? one.firstPrime,
        secondPrime: one.secondPrime,
        firstExponent: one.firstExponent,
        secondExponent: one.secondExponent,
        coefficient: coefficient ?? one.coefficient
      )
    }
    let bad = [
      changed(modulus: other.modulus), changed(exponent: [3]), changed(exponent: []),
      changed(privateExponent: other.privateExponent), changed(firstPrime: other.firstPrime),
      changed(coefficient: other.coefficient), changed(coefficient: SecretBytes(copying: [])),
      changed(modulus: [UInt8](repeating: 1, count: 1025)),
    ]
    for numbers in bad {
      let error = #expect(throws: CryptoError.self) { try RSAPrivateKey(numbers) }
      #expect(error?.code == .keyInvalid)
    }
  }

  @Test(arguments: [
    ([UInt8](repeating: 0xFF, count: 256), []), ([UInt8](repeating: 0xFF, count: 256), [1]),
    ([UInt8](repeating: 0xFF, count: 256), [2]), ([UInt8](repeating: 0xFE, count: 256), [3]),
    ([UInt8](repeating: 0xFF, count: 128), [3]), ([UInt8](repeating: 0xFF, count: 1024), [3]),
    ([UInt8](repeating: 0xFF, count: 1025), [3]), ([], [3]),
  ])
  func `what is no public key is refused`(modulus: [UInt8], exponent: [UInt8]) {
    let error = #expect(throws: CryptoError.self) {
      try RSAPublicKey(modulus: modulus, exponent: exponent)
    }
    #expect(error?.code == .keyInvalid)
  }
}
