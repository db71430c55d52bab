import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

@Suite struct KeyOperationTests {
  private func encrypt(
    _ world: World,
    _ kid: KeyID,
    algorithm: EncryptionAlgorithm = .rsaOAEP256,
    context: CallContext? = nil
  ) throws -> [UInt8] {
    try world.azure.encrypt(
      kid,
      algorithm: algorithm,
      value: SecretBytes("seed"),
      context: context ?? world.context
    ).value
  }

  private func decrypt(
    _ world: World,
    _ kid: KeyID,
    _ value: [UInt8],
    algorithm: EncryptionAlgorithm = .rsaOAEP256,
    context: CallContext? = nil
  ) throws -> SecretBytes {
    try world.azure.decrypt(
      kid,
      algorithm: algorithm,
      value: value,
      context: context ?? world.context
    ).value
  }

  @Test(arguments: [EncryptionAlgorithm.rsaOAEP256, .rsaOAEP, .rsa15])
  func `what a key encrypts it decrypts`(algorithm: EncryptionAlgorithm) throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let sealed = try world.azure.encrypt(
      kid.unversioned,
      algorithm: algorithm,
      value: SecretBytes("seed"),
      context: world.context
    )
    #expect(sealed.kid == kid && sealed.value.count == 256)
    #expect(try decrypt(world, kid, sealed.value, algorithm: algorithm) == SecretBytes("seed"))
  }

  @Test func `another store on the same records opens the sealed key`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let sealed = try encrypt(world, kid)
    let opened = try Azure(store: world.store).decrypt(
      kid,
      algorithm: .rsaOAEP256,
      value: sealed,
      context: world.context
    )
    #expect(opened.value == SecretBytes("seed"))
  }

  /// Bits of the key, algorithm, longest plaintext: the table of limits.
  static let limits: [(Int, EncryptionAlgorithm, Int)] = [
    (2048, .rsa15, 245), (2048, .rsaOAEP, 214), (2048, .rsaOAEP256, 190),
    (3072, .rsa15, 373), (3072, .rsaOAEP, 342), (3072, .rsaOAEP256, 318),
    (4096, .rsa15, 501), (4096, .rsaOAEP, 470), (4096, .rsaOAEP256, 446),
  ]

  @Test(arguments: limits)
  func `a plaintext has room to the byte, a ciphertext has the modulus's length`(
    bitCount: Int,
    algorithm: EncryptionAlgorithm,
    room: Int
  ) throws {
    let world = try World()
    try world.vault()
    let kid = try world.azure.importKey(
      KeyOptions(vault: "MyKeyVault", name: "k"),
      privateKey: Material.get(bitCount: bitCount),
      context: world.context
    ).kid
    for count in [0, 1, room] {
      let full = try SecretBytes.random(byteCount: count)
      let sealed = try [
        world.azure.encrypt(kid, algorithm: algorithm, value: full, context: world.context),
        world.azure.wrap(kid, algorithm: algorithm, value: full, context: world.context),
      ].map(\.value)
      #expect(sealed.allSatisfy { $0.count == bitCount / 8 })
      // Wrapping is encrypting under another name.
      let opened = try [
        world.azure.unwrap(kid, algorithm: algorithm, value: sealed[0], context: world.context),
        world.azure.decrypt(kid, algorithm: algorithm, value: sealed[1], context: world.context),
      ]
      #expect(opened.allSatisfy { $0.value == full && $0.kid == kid })
    }
    let long = try SecretBytes.random(byteCount: room + 1)
    for error in [
      refused(.argumentValue) {
        _ = try world.azure.encrypt(
          kid,
          algorithm: algorithm,
          value: long,
          context: world.context
        )
      },
      refused(.argumentValue) {
        _ = try world.azure.wrap(kid, algorithm: algorithm, value: long, context: world.context)
      },
    ] {
      #expect(error?.status == 400 && error?.azureCode == "BadParameter")
    }
    for count in [0, bitCount / 8 - 1, bitCount / 8 + 1] {
      let error = refused(.argumentValue) {
        _ = try decrypt(world, kid, [UInt8](repeating: 1, count: count), algorithm: algorithm)
      }
      #expect(error?.message == "The parameter is incorrect.\r\n")
    }
  }

  @Test(arguments: ["", "RSA-OAEP-512", "rsa-oaep", "A256GCM"])
  func `an unknown algorithm is refused`(name: String) throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let algorithm = EncryptionAlgorithm(rawValue: name)
    let error = refused(.argumentValue) { _ = try encrypt(world, kid, algorithm: algorithm) }
    #expect(error?.azureCode == "BadParameter")
    refused(.argumentValue) { _ = try decrypt(world, kid, [], algorithm: algorithm) }
  }

  @Test func `whatever is wrong with a ciphertext, the answer is the same`() throws {
    let world = try World()
    try world.vault()
    let first = try world.key().kid
    let second = try world.azure.createKey(
      KeyOptions(vault: "MyKeyVault", name: "MyKeyName"),
      context: world.context
    ).kid
    let sealed = try encrypt(world, first)
    var flipped = sealed
    flipped[200] ^= 1
    let answers = try [
      #require(refused(.argumentValue) { _ = try decrypt(world, second, sealed) }),
      #require(refused(.argumentValue) { _ = try decrypt(world, first, flipped) }),
      #require(refused(.argumentValue) { _ = try decrypt(world, first, []) }),
      #require(
        refused(.argumentValue) { _ = try decrypt(world, first, sealed, algorithm: .rsaOAEP) }
      ),
    ]
    #expect(Set(answers).count == 1)
    #expect(answers.first?.message == "The parameter is incorrect.\r\n")
  }

  @Test func `an expired key decrypts but does not encrypt`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key { $0.expires = world.context.now + 100 }.kid
    let sealed = try encrypt(world, kid, context: world.later(99.9))
    let then = world.later(100)
    let error = refused(.keyExpired) { _ = try encrypt(world, kid, context: then) }
    #expect(error?.message == "Operation encrypt is not allowed on an expired key.")
    #expect(error?.azureCode == "Forbidden" && error?.innerCode == "KeyExpired")
    #expect(error?.status == 403)
    #expect(try decrypt(world, kid, sealed, context: then) == SecretBytes("seed"))
    #expect(try world.azure.key(kid, context: then).isExpired(at: then.now))
    let later = KeyChanges(expires: then.now + 10)
    try world.azure.updateKey(kid, later, context: then)
    _ = try encrypt(world, kid, context: then)
  }

  @Test func `a key whose time has not begun decrypts but does not encrypt`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let sealed = try encrypt(world, kid)
    let begin = KeyChanges(notBefore: world.context.now + 100)
    try world.azure.updateKey(kid, begin, context: world.context)
    let error = refused(.keyNotYetValid) { _ = try encrypt(world, kid) }
    #expect(error?.innerCode == "KeyNotYetValid")
    #expect(try decrypt(world, kid, sealed) == SecretBytes("seed"))
    _ = try encrypt(world, kid, context: world.later(100))
  }

  @Test func `disabling one version leaves the others`() throws {
    let world = try World()
    try world.vault()
    let first = try world.key().kid
    let second = try world.key().kid
    try world.azure.updateKey(first, KeyChanges(isEnabled: false), context: world.context)
    _ = try encrypt(world, second)
    refused(.keyDisabled) { _ = try encrypt(world, first) }
  }

  @Test(arguments: ["encrypt", "decrypt", "wrapKey", "unwrapKey", "sign", "verify"])
  func `an operation that key_ops lacks is refused, whatever else it has`(name: String) throws {
    let world = try World()
    try world.vault()
    let all = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"]
    let kid = try world.key { $0.ops = all.filter { $0 != name } }.kid
    let seed = SecretBytes("seed")
    let digest = [UInt8](repeating: 1, count: 32)
    let signing = SignatureAlgorithm(rawValue: "RS256")
    let error = refused(.keyForbidden) {
      switch name {
      case "encrypt":
        _ = try world.azure.encrypt(
          kid,
          algorithm: .rsaOAEP,
          value: seed,
          context: world.context
        )
      case "decrypt": _ = try decrypt(world, kid, [])
      case "wrapKey":
        _ = try world.azure.wrap(kid, algorithm: .rsaOAEP, value: seed, context: world.context)
      case "unwrapKey":
        _ = try world.azure.unwrap(kid, algorithm: .rsaOAEP, value: [], context: world.context)
      case "sign":
        _ = try world.azure.sign(
          kid,
          algorithm: signing,
          digest: digest,
          context: world.context
        )
      default:
        _ = try world.azure.verify(
          kid,
          algorithm: signing,
          digest: digest,
          signature: [],
          context: world.context
        )
      }
    }
    #expect(
      error?.message == "Operation \(name.lowercased()) is not permitted on this key."
    )
    #expect(error?.innerCode == "KeyOperationForbidden" && error?.status == 403)
  }

  @Test func `a version drawn again under a seed is not served by the key before`() throws {
    let world = try World()
    try world.vault()
    struct Undone: Error {}
    let options = KeyOptions(vault: "MyKeyVault", name: "k")
    var kids: [KeyID] = []
    for _ in 0..<2 {
      _ = try? world.store.transaction {
        var context = world.context
        context.identifiers = SeededIdentifiers(seed: 99)
        let kid = try world.azure.createKey(options, context: context).kid
        let sealed = try encrypt(world, kid)
        #expect(try decrypt(world, kid, sealed) == SecretBytes("seed"))
        kids.append(kid)
        throw Undone()
      }
    }
    #expect(kids.count == 2 && Set(kids).count == 1)
    #expect(try world.azure.findKey(try #require(kids.first)) == nil)
  }
}
