import CryptoEngine
import Foundation
import Peers
import Testing

/// Private keys in the forms that other programs write them, and those that are refused.
@Suite struct KeyFileTests {
  private let folder: PrivateFolder

  init() throws { folder = try PrivateFolder() }

  /// What `openssl` prints for a command line, on the output of the one before it.
  private func openssl(_ commands: String...) throws -> [UInt8] {
    try commands.reduce(into: []) { text, command in
      let words = command.split(separator: " ").map { String($0) }
      let run = try folder.run(OpenSSLPeer.program, words, input: text)
      try #require(run.status == 0, "openssl \(command)")
      text = run.output
    }
  }

  /// Name of the curve for `openssl`.
  private static func name(_ curve: EllipticCurve) -> String {
    switch curve {
    case .p256: "prime256v1"
    case .p384: "secp384r1"
    case .p521: "secp521r1"
    case .p256K: "secp256k1"
    }
  }

  @Test(arguments: EllipticCurve.allCases)
  func `an EC key is read in SEC 1 and PKCS 8, spelt out or compressed`(
    curve: EllipticCurve
  ) throws {
    let name = Self.name(curve)
    let original = try openssl("ecparam -genkey -noout -name \(name)")
    _ = try folder.write(original, to: "key.pem")
    let key = try ECPrivateKey(pem: original)
    #expect(key.curve == curve)
    let file = folder.path(of: "key.pem")
    for command in [
      "pkey -in \(file)", "ec -in \(file) -param_enc explicit",
      "ec -in \(file) -conv_form compressed",
      "ec -in \(file) -conv_form hybrid", "ec -in \(file) -no_public",
      "pkcs8 -topk8 -nocrypt -in \(file)",
    ] {
      let again = try ECPrivateKey(pem: openssl(command))
      #expect(try again.numbers() == key.numbers(), "\(command)")
      #expect(try again.pkcs8() == key.pkcs8(), "\(command)")
    }
    guard case .ec(let either) = try PrivateKey(pem: original) else {
      Issue.record("an EC key was taken for another")
      return
    }
    #expect(try either.numbers() == key.numbers())
    // With a block of parameters before it, as `openssl ecparam -genkey` prints by itself.
    #expect(try ECPrivateKey(pem: openssl("ecparam -genkey -name \(name)")).curve == curve)
    #expect(try openssl("pkey -in \(file) -pubout -outform DER") == key.publicKey.der())
  }

  @Test func `an RSA key is read in PKCS 1 and PKCS 8`() throws {
    let original = try openssl("genrsa -traditional 2048")
    let key = try RSAPrivateKey(pem: original)
    let file = try folder.write(original, to: "key.pem")
    #expect(try RSAPrivateKey(pem: openssl("pkey -in \(file)")).numbers() == key.numbers())
    #expect(try openssl("pkey -in \(file) -pubout -outform DER") == key.publicKey.der())
    guard case .rsa(let either) = try PrivateKey(pem: original) else {
      Issue.record("an RSA key was taken for another")
      return
    }
    #expect(try either.numbers() == key.numbers())
  }

  @Test(arguments: [
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1",
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp224r1",
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1 "
      + "-pkeyopt ec_param_enc:explicit",
    "genpkey -algorithm ED25519", "genpkey -algorithm X25519", "genpkey -algorithm SM2",
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024",
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3",
    "genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048",
    "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes256 -pass pass:swordfish",
    "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:swordfish",
    "ecparam -name prime256v1",
  ])
  func `keys of other kinds and curves are refused`(command: String) throws {
    let text = try openssl(command)
    for read in [
      { _ = try PrivateKey(pem: text) }, { _ = try ECPrivateKey(pem: text) },
      { _ = try RSAPrivateKey(pem: text) },
    ] as [() throws -> Void] {
      let error = #expect(throws: CryptoError.self) { try read() }
      #expect(error?.code == .keyInvalid)
    }
  }

  @Test func `a public key or a certificate alone is no private key`() throws {
    let text = try openssl("ecparam -genkey -noout -name prime256v1", "pkey -pubout")
    #expect(throws: CryptoError.self) { try PrivateKey(pem: text) }
  }
}
