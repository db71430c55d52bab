import CryptoEngine
import Foundation

/// Key material whose every number is known, in the forms in which it is given to the shell.
struct Material {
  let rsa: RSAPrivateKey
  let ec: ECPrivateKey
  let plaintext: [UInt8]

  init() throws {
    rsa = try RSAPrivateKey.generate(bitCount: 2048)
    ec = try ECPrivateKey.generate(.p256)
    plaintext = try Random.bytes(32).map { 33 + $0 % 90 }
  }

  /// What must never be seen, by name.
  func needles() throws -> Needles {
    var needles = Needles()
    let numbers = try rsa.numbers()
    for (name, number) in [
      ("d", numbers.privateExponent), ("p", numbers.firstPrime), ("q", numbers.secondPrime),
      ("dp", numbers.firstExponent), ("dq", numbers.secondExponent), ("qi", numbers.coefficient),
    ] {
      needles.add("RSA \(name)", number.copied)
    }
    needles.add("EC d", try ec.numbers().scalar.copied)
    // The first lines hold the header and the modulus, which are public; the last are the numbers.
    for line in try Self.lines(rsa.pkcs8()).dropFirst(8) {
      needles.add("RSA PEM", text: line)
    }
    for line in try Self.lines(ec.pkcs8()).prefix(1) { needles.add("EC PEM", text: line) }
    needles.add("plaintext", plaintext)
    needles.add("plaintext", text: String(decoding: plaintext, as: UTF8.self))
    return needles
  }

  private static func lines(_ pkcs8: SecretBytes) -> [String] {
    Data(pkcs8.copied).base64EncodedString(options: .lineLength64Characters)
      .split(whereSeparator: \.isNewline).map { String($0) }
  }

  private static func pem(_ pkcs8: SecretBytes) -> String {
    "-----BEGIN PRIVATE KEY-----\n\(lines(pkcs8).joined(separator: "\n"))\n"
      + "-----END PRIVATE KEY-----\n"
  }

  /// The forms by the names that scripts know them by.
  func forms() throws -> [String: [UInt8]] {
    let numbers = try rsa.numbers()
    let privateExponent = numbers.privateExponent.copied
    func text(_ bytes: [UInt8]) -> String {
      String(decoding: Needles.write(bytes, .base64URL), as: UTF8.self)
    }
    let rsaJWK = """
      {"d":"\(text(privateExponent))","kty":"RSA","n":"\(text(numbers.modulus))",\
      "e":"\(text(numbers.exponent))","p":"\(text(numbers.firstPrime.copied))",\
      "q":"\(text(numbers.secondPrime.copied))","dp":"\(text(numbers.firstExponent.copied))",\
      "dq":"\(text(numbers.secondExponent.copied))","qi":"\(text(numbers.coefficient.copied))"}
      """
    let point = try ec.numbers()
    let ecJWK = """
      {"d":"\(text(point.scalar.copied))","kty":"EC","crv":"P-256","x":"\(text(point.x))",\
      "y":"\(text(point.y))"}
      """
    return [
      "rsa_pem": Array(try Self.pem(rsa.pkcs8()).utf8),
      "ec_pem": Array(try Self.pem(ec.pkcs8()).utf8), "rsa_jwk": Array(rsaJWK.utf8),
      "ec_jwk": Array(ecJWK.utf8), "rsa_raw": privateExponent,
      "rsa_hex": Needles.write(privateExponent, .hex),
      "rsa_base64": Needles.write(privateExponent, .base64),
      "rsa_base64url": Needles.write(privateExponent, .base64URL),
      "rsa_decimal": Needles.write(privateExponent, .decimal), "plaintext": plaintext,
    ]
  }
}

extension SecretBytes {
  var copied: [UInt8] { withUnsafeBytes { Array($0) } }
}
