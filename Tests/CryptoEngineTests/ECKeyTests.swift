import CryptoEngine
import Testing

@Suite struct ECKeyTests {
  @Test(arguments: EllipticCurve.allCases)
  func `a signature verifies, and with any bit flipped in it or in the digest does not`(
    curve: EllipticCurve
  ) throws {
    let key = try ECPrivateKey.generate(curve)
    let digest = try Random.bytes(curve.hash.byteCount)
    let signature = try key.sign(digest)
    #expect(signature.count == curve.signatureByteCount)
    #expect(try key.publicKey.verify(signature, of: digest))
    for bit in 0..<signature.count * 8 {
      #expect(try !key.publicKey.verify(signature.flipping(bit), of: digest), "bit \(bit)")
    }
    for bit in 0..<digest.count * 8 {
      #expect(try !key.publicKey.verify(signature, of: digest.flipping(bit)), "bit \(bit)")
    }
    #expect(try !ECPrivateKey.generate(curve).publicKey.verify(signature, of: digest))
  }

  @Test(arguments: EllipticCurve.allCases)
  func `signatures outside the range of the curve's order verify nothing`(
    curve: EllipticCurve
  ) throws {
    let key = try ECPrivateKey.generate(curve).publicKey
    let digest = try Random.bytes(curve.hash.byteCount)
    for byte in [UInt8(0), 0xFF] {
      let signature = [UInt8](repeating: byte, count: curve.signatureByteCount)
      #expect(try !key.verify(signature, of: digest))
      #expect(try !key.verify(signature + [0], of: digest))
      #expect(try !key.verify(Array(signature.dropLast()), of: digest))
    }
    #expect(try !key.verify([], of: digest))
  }

  @Test(arguments: EllipticCurve.allCases)
  func `a digest of another hash is refused`(curve: EllipticCurve) throws {
    let key = try ECPrivateKey.generate(curve)
    let signature = [UInt8](repeating: 1, count: curve.signatureByteCount)
    for count in [0, 1, 20, 31, 32, 33, 48, 64, 65] where count != curve.hash.byteCount {
      let digest = [UInt8](repeating: 1, count: count)
      let signing = #expect(throws: CryptoError.self) { try key.sign(digest) }
      #expect(signing?.code == .sizeInvalid)
      let verifying = #expect(throws: CryptoError.self) {
        try key.publicKey.verify(signature, of: digest)
      }
      #expect(verifying?.code == .sizeInvalid)
    }
  }

  @Test(arguments: EllipticCurve.allCases)
  func `a key survives PKCS 8 and its numbers, which are as wide as the field`(
    curve: EllipticCurve
  ) throws {
    // Looks for a number that starts with a zero byte, which one key in about 128 has.
    for _ in 0..<1000 {
      let key = try ECPrivateKey.generate(curve)
      let numbers = try key.numbers()
      #expect(numbers.x.count == curve.coordinateByteCount)
      #expect(numbers.y.count == curve.coordinateByteCount)
      #expect(numbers.scalar.byteCount == curve.coordinateByteCount)
      guard numbers.x[0] == 0 || numbers.y[0] == 0 else { continue }
      #expect(try ECPrivateKey(pkcs8: key.pkcs8()).numbers() == numbers)
      #expect(try ECPrivateKey(numbers).pkcs8() == key.pkcs8())
      let trimmed = (numbers.x.drop { $0 == 0 }, numbers.y.drop { $0 == 0 })
      let publicKey = try ECPublicKey(curve: curve, x: Array(trimmed.0), y: Array(trimmed.1))
      #expect(try publicKey.numbers() == (numbers.x, numbers.y))
      #expect(try publicKey.der() == key.publicKey.der())
      break
    }
    let key = try ECPrivateKey.generate(curve)
    let digest = try Random.bytes(curve.hash.byteCount)
    guard case .ec(let again) = try PrivateKey(pkcs8: key.pkcs8()) else {
      Issue.record("the type changed")
      return
    }
    #expect(again.curve == curve)
    #expect(try key.publicKey.verify(again.sign(digest), of: digest))
  }

  @Test(arguments: EllipticCurve.allCases)
  func `numbers that do not belong together are refused`(curve: EllipticCurve) throws {
    let (one, other) = (
      try ECPrivateKey.generate(curve).numbers(), try ECPrivateKey.generate(curve).numbers()
    )
    let width = curve.coordinateByteCount
    let zero = SecretBytes(copying: [UInt8](repeating: 0, count: width))
    let huge = SecretBytes(copying: [UInt8](repeating: 0xFF, count: width))
    let wide = SecretBytes(copying: [UInt8](repeating: 0, count: width) + [1])
    let bad: [([UInt8], [UInt8], SecretBytes)] = [
      (one.x, one.y, other.scalar), (other.x, one.y, one.scalar), (one.x, other.y, one.scalar),
      (one.y, one.x, one.scalar), (one.x.flipping(7), one.y, one.scalar),
      (one.x, one.y, zero), (one.x, one.y, huge), (one.x, one.y, wide),
      ([], one.y, one.scalar), (one.x, [], one.scalar), (one.x, one.y, SecretBytes(copying: [])),
      ([0] + one.x, one.y, one.scalar), (one.x, [0] + one.y, one.scalar),
      ([0], [0], one.scalar),
    ]
    for (x, y, scalar) in bad {
      let error = #expect(throws: CryptoError.self) {
        try ECPrivateKey(ECNumbers(curve: curve, x: x, y: y, scalar: scalar))
      }
      #expect(error?.code == .keyInvalid)
    }
    #expect(throws: CryptoError.self) { try ECPublicKey(curve: curve, x: one.x, y: other.y) }
    #expect(throws: CryptoError.self) { try ECPublicKey(curve: curve, x: [0], y: [0]) }
  }

  @Test func `a point on one curve is none on the other of its width`() throws {
    let numbers = try ECPrivateKey.generate(.p256).numbers()
    let error = #expect(throws: CryptoError.self) {
      try ECPublicKey(curve: .p256K, x: numbers.x, y: numbers.y)
    }
    #expect(error?.code == .keyInvalid)
  }

  @Test func `an RSA key is no EC key, nor the other way round`() throws {
    let rsa = try RSAPrivateKey.generate(bitCount: 2048).pkcs8()
    let ec = try ECPrivateKey.generate(.p256).pkcs8()
    #expect(throws: CryptoError.self) { try ECPrivateKey(pkcs8: rsa) }
    #expect(throws: CryptoError.self) { try RSAPrivateKey(pkcs8: ec) }
    guard case .rsa = try PrivateKey(pkcs8: rsa), case .ec = try PrivateKey(pkcs8: ec) else {
      Issue.record("a key was taken for one of another type")
      return
    }
  }

  @Test(arguments: EllipticCurve.allCases)
  func `a damaged PKCS 8 form makes no key that signs in the name of the old one`(
    curve: EllipticCurve
  ) throws {
    let key = try ECPrivateKey.generate(curve)
    let digest = try Random.bytes(curve.hash.byteCount)
    let whole = try key.pkcs8().withUnsafeBytes { [UInt8]($0) }
    for index in whole.indices {
      #expect(throws: CryptoError.self) {
        try ECPrivateKey(pkcs8: SecretBytes(copying: whole.prefix(index)))
      }
      guard
        let damaged = try? ECPrivateKey(pkcs8: SecretBytes(copying: whole.flipping(index * 8))),
        try damaged.numbers().scalar != key.numbers().scalar,
        let signature = try? damaged.sign(digest)
      else { continue }
      #expect(try !key.publicKey.verify(signature, of: digest))
    }
  }
}

extension [UInt8] {
  /// The bytes with one bit turned over.
  func flipping(_ bit: Int) -> [UInt8] {
    var bytes = self
    bytes[bit / 8] ^= 1 << (bit % 8)
    return bytes
  }
}
