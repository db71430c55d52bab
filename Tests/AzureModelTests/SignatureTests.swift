import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

@Suite struct SignatureTests {
  private func sign(
    _ world: World,
    _ kid: KeyID,
    _ algorithm: String,
    digest count: Int
  ) throws -> [UInt8] {
    try world.azure.sign(
      kid,
      algorithm: SignatureAlgorithm(rawValue: algorithm),
      digest: [UInt8](repeating: 7, count: count),
      context: world.context
    ).value
  }

  private func verify(
    _ world: World,
    _ kid: KeyID,
    _ algorithm: String,
    digest count: Int,
    _ signature: [UInt8]
  ) throws -> Bool {
    try world.azure.verify(
      kid,
      algorithm: SignatureAlgorithm(rawValue: algorithm),
      digest: [UInt8](repeating: 7, count: count),
      signature: signature,
      context: world.context
    )
  }

  /// Algorithm, curve for EC, bytes of its digest, bytes of the signature.
  static let algorithms: [(String, EllipticCurve?, Int, Int)] = [
    ("RS256", nil, 32, 256), ("RS384", nil, 48, 256), ("RS512", nil, 64, 256),
    ("PS256", nil, 32, 256), ("PS384", nil, 48, 256), ("PS512", nil, 64, 256),
    ("ES256", .p256, 32, 64), ("ES256K", .p256K, 32, 64), ("ES384", .p384, 48, 96),
    ("ES512", .p521, 64, 132),
  ]

  private func key(_ world: World, _ curve: EllipticCurve?) throws -> KeyID {
    try curve.map { try world.key(on: $0) }?.kid ?? world.key().kid
  }

  @Test(arguments: algorithms)
  func `what a key signs it verifies, and nothing else`(
    algorithm: String,
    curve: EllipticCurve?,
    digest: Int,
    signatureCount: Int
  ) throws {
    let world = try World()
    try world.vault()
    let kid = try key(world, curve)
    let signature = try sign(world, kid.unversioned, algorithm, digest: digest)
    #expect(signature.count == signatureCount)
    #expect(try verify(world, kid, algorithm, digest: digest, signature))
    var flipped = signature
    flipped[flipped.count / 2] ^= 1
    for wrong in [flipped, [], Array(signature.dropLast()), signature + [0]] {
      #expect(try !verify(world, kid, algorithm, digest: digest, wrong))
    }
    let other = try world.azure.rotateKey(kid, context: world.context).kid
    #expect(try !verify(world, other, algorithm, digest: digest, signature))
  }

  @Test(arguments: algorithms)
  func `a digest of another length is refused before the key is looked for`(
    algorithm: String,
    curve: EllipticCurve?,
    digest: Int,
    signatureCount: Int
  ) throws {
    let world = try World()
    try world.vault()
    let missing = try KeyID(vaultName: "MyKeyVault", name: "missing")
    for count in [0, 20, digest - 1, digest + 1, digest == 32 ? 64 : 32, 4096] {
      let error = refused(.argumentValue) {
        _ = try sign(world, missing, algorithm, digest: count)
      }
      #expect(error?.status == 400 && error?.azureCode == "BadParameter")
      refused(.argumentValue) { _ = try verify(world, missing, algorithm, digest: count, []) }
    }
    refused(.keyNotFound) { _ = try sign(world, missing, algorithm, digest: digest) }
  }

  @Test func `RSNULL signs any bytes that there is room for`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    for count in [1, 32, 51, 245] {
      let signature = try sign(world, kid, "RSNULL", digest: count)
      #expect(try verify(world, kid, "RSNULL", digest: count, signature))
    }
    for count in [0, 246] {
      let error = refused(.argumentValue) { _ = try sign(world, kid, "RSNULL", digest: count) }
      #expect(error?.message == "The parameter is incorrect.\r\n")
      refused(.argumentValue) { _ = try verify(world, kid, "RSNULL", digest: count, []) }
    }
  }

  @Test(arguments: ["", "ES521", "es256", "RS1", "HS256", "RSA-OAEP"])
  func `an unknown algorithm is refused before the key is looked for`(algorithm: String) throws {
    let world = try World()
    try world.vault()
    let missing = try KeyID(vaultName: "MyKeyVault", name: "missing")
    let error = refused(.argumentValue) { _ = try sign(world, missing, algorithm, digest: 32) }
    #expect(error?.status == 400 && error?.azureCode == "BadParameter")
    refused(.argumentValue) { _ = try verify(world, missing, algorithm, digest: 32, []) }
  }

  @Test(arguments: algorithms, EllipticCurve.allCases)
  func `an algorithm of another curve or type is told apart`(
    algorithm: (String, EllipticCurve?, Int, Int),
    curve: EllipticCurve
  ) throws {
    let (name, wanted, digest, _) = algorithm
    guard wanted != curve else { return }
    let world = try World()
    try world.vault()
    let kid = try world.key(on: curve).kid
    let start = "Key and signing algorithm are incompatible. Key \(kid) "
    let end =
      wanted.map {
        "uses curve '\(curve.rawValue)', and algorithm '\(name)' can only be used with curve "
          + "'\($0.rawValue)'."
      }
      ?? "is of type 'EC', and algorithm '\(name)' can only be used with a key of type 'RSA' or "
      + "'RSA-HSM'."
    let error = refused(.argumentValue) { _ = try sign(world, kid, name, digest: digest) }
    #expect(error?.message == start + end)
    #expect(error?.status == 400 && error?.azureCode == "BadParameter")
    refused(.argumentValue) { _ = try verify(world, kid, name, digest: digest, []) }
  }

  @Test(arguments: ["ES256", "ES256K"])
  func `an RSA key does not sign as a curve does`(algorithm: String) throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let error = refused(.argumentValue) { _ = try sign(world, kid, algorithm, digest: 32) }
    #expect(error?.message.contains("is of type 'RSA', and algorithm '\(algorithm)'") == true)
  }

  @Test func `checks come in the service's order`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key(on: .p256).kid
    let worst = KeyChanges(isEnabled: false, expires: world.context.now, ops: ["verify"])
    try world.azure.updateKey(kid, worst, context: world.context)
    func attempt(_ algorithm: String, _ count: Int) throws {
      _ = try sign(world, kid, algorithm, digest: count)
    }
    // Everything is wrong; each line puts right what the one before complained of.
    refused(.argumentValue) { try attempt("none", 1) }
    refused(.argumentValue) { try attempt("ES384", 1) }
    refused(.keyDisabled) { try attempt("ES384", 48) }
    try world.azure.updateKey(kid, KeyChanges(isEnabled: true), context: world.context)
    refused(.keyExpired) { try attempt("ES384", 48) }
    let open = KeyChanges(expires: world.context.now + 60)
    try world.azure.updateKey(kid, open, context: world.context)
    let error = refused(.keyForbidden) { try attempt("ES384", 48) }
    #expect(error?.message == "Operation sign is not permitted on this key.")
    try world.azure.updateKey(kid, KeyChanges(ops: ["sign"]), context: world.context)
    refused(.argumentValue) { try attempt("ES384", 48) }
    try attempt("ES256", 32)
    let verifying = refused(.keyForbidden) {
      _ = try verify(world, kid, "ES256", digest: 32, [])
    }
    #expect(verifying?.message == "Operation verify is not permitted on this key.")
  }
}
