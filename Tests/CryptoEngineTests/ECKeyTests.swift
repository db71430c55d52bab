import CryptoEngine
import TestData
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

  /// Order n of each curve.
  ///
  /// Source: NIST SP 800-186, section 3.2.1; SEC 2, section 2.4.1.
  private static func order(_ curve: EllipticCurve) -> [UInt8] {
    let f = String(repeating: "f", count: 32)
    return switch curve {
    case .p256:
      [UInt8](hex: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    case .p384:
      [UInt8](hex: f + "ffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973")
    case .p521:
      [UInt8](hex: "01ff" + f + f.dropLast(2))
        + [UInt8](hex: "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409")
    case .p256K:
      [UInt8](hex: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
    }
  }

  /// A sum or a difference of big-endian numbers of one width.
  private static func combine(_ a: [UInt8], _ b: [UInt8], sign: Int) -> [UInt8] {
    var carry = 0
    return zip(a, b).reversed().map { a, b in
      let sum = Int(a) + sign * Int(b) + carry
      carry = sum >> 8
      return UInt8(sum & 0xFF)
    }.reversed()
  }

  @Test(arguments: EllipticCurve.allCases)
  func `each half of a signature counts from 1 to the order, and s has a twin`(
    curve: EllipticCurve
  ) throws {
    let (key, order) = (try ECPrivateKey.generate(curve), Self.order(curve))
    let digest = try Random.bytes(curve.hash.byteCount)
    let signature = try key.sign(digest)
    let (r, s) = (Array(signature.prefix(order.count)), Array(signature.suffix(order.count)))
    let zero = [UInt8](repeating: 0, count: order.count)
    let twin = Self.combine(order, s, sign: -1)
    #expect(try key.publicKey.verify(r + twin, of: digest))
    for (r, s) in [(zero, s), (r, zero), (zero, zero), (order, s), (r, order)] {
      #expect(try !key.publicKey.verify(r + s, of: digest))
    }
    guard curve == .p521 else { return }
    // Only here is there room for a number beyond the order.
    #expect(try !key.publicKey.verify(Self.combine(r, order, sign: 1) + s, of: digest))
    #expect(try !key.publicKey.verify(r + Self.combine(s, order, sign: 1), of: digest))
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
