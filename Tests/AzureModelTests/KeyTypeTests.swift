import AzureModel
import CryptoEngine
import Testing

/// Types and sizes of keys, row by row.
@Suite struct KeyTypeTests {
  private func create(
    _ world: World,
    _ change: (inout KeyOptions) -> Void
  ) throws -> Key {
    var options = KeyOptions(vault: "MyKeyVault", name: "k")
    change(&options)
    return try world.azure.createKey(options, context: world.context)
  }

  @Test(arguments: [nil, 2048, 3072, 4096])
  func `an RSA key has one of three sizes`(size: Int?) throws {
    let world = try World()
    try world.vault()
    let key = try create(world) { ($0.kty, $0.size) = ("RSA", size) }
    #expect(key.type == .rsa && key.bitCount == size ?? 2048)
    let ops = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"]
    #expect(key.operations.map(\.rawValue) == ops)
  }

  @Test(arguments: [(nil, 256), ("P-256", 256), ("P-384", 384), ("P-521", 521), ("P-256K", 256)])
  func `an EC key lies on one of four curves and signs`(curve: String?, bitCount: Int) throws {
    let world = try World()
    try world.vault()
    let key = try create(world) { ($0.kty, $0.curve) = ("EC", curve) }
    #expect(key.type == .ec && key.bitCount == bitCount)
    guard case .ec(let own, let x, let y) = key.publicNumbers else {
      Issue.record("no EC key")
      return
    }
    #expect(own.rawValue == curve ?? "P-256")
    #expect(x.count == own.coordinateByteCount && y.count == x.count)
    #expect(key.operations == [.sign, .verify])
  }

  @Test(arguments: ["oct", "oct-HSM", "rsa", "", "DSA"])
  func `any other type is refused as the service refuses it`(kty: String) throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents
    let error = refused(.argumentValue) { _ = try create(world) { $0.kty = kty } }
    #expect(error?.message == "Invalid kty value: \(kty)")
    #expect(error?.status == 400 && error?.azureCode == "BadParameter")
    #expect(error?.innerCode == "KeyTypeNotSupported")
    let imported = refused(.argumentValue) { try world.key { $0.kty = kty } }
    #expect(imported == error)
    #expect(world.store.contents == before)
  }

  @Test(arguments: ["RSA-HSM", "EC-HSM"])
  func `a standard vault has no hardware keys`(kty: String) throws {
    let world = try World()
    try world.vault()
    let error = refused(.argumentValue) { _ = try create(world) { $0.kty = kty } }
    #expect(error?.message == "Hardware key operation not allowed on standard vault")
    #expect(error?.status == 400 && error?.azureCode == "BadParameter")
  }

  @Test(arguments: [("RSA-HSM", "RSA"), ("EC-HSM", "EC")])
  func `a premium vault has hardware keys, which do what others do`(
    kty: String,
    software: String
  ) throws {
    let world = try World()
    let vault = try world.vault { $0.sku = .premium }
    let key = try create(world) { $0.kty = kty }
    let twin = try create(world) { $0.kty = software }
    #expect(key.type.rawValue == kty && key.type.isHSM && !twin.type.isHSM)
    #expect(key.operations == twin.operations && key.bitCount == twin.bitCount)
    let algorithm = SignatureAlgorithm(rawValue: key.type.isRSA ? "RS256" : "ES256")
    let digest = [UInt8](repeating: 1, count: 32)
    _ = try world.azure.sign(
      key.kid,
      algorithm: algorithm,
      digest: digest,
      context: world.context
    )
    guard case .object(let bundle) = key.restShape(in: vault),
      case .object(let attributes) = bundle["attributes"],
      case .object(let shown) = bundle["key"]
    else {
      Issue.record("no bundle")
      return
    }
    #expect(attributes["hsmPlatform"] == "2" && shown["kty"] == .string(kty))
    #expect(try world.azure.rotateKey(key.kid, context: world.context).type == twin.type)
  }

  @Test func `an import may ask for hardware, and only a premium vault restores it`() throws {
    let world = try World()
    try world.vault { $0.sku = .premium }
    try world.vault("standard-vault")
    let key = try world.key(on: .p256) { $0.kty = "EC-HSM" }
    #expect(key.type == .ecHSM)
    #expect(try world.azure.rotateKey(key.kid, context: world.context).type == .ecHSM)
    let blob = try world.azure.backupKey(key.kid, context: world.context)
    let before = world.store.contents
    let error = refused(.argumentValue) {
      try world.azure.restoreKey(blob, toVault: "standard-vault", context: world.context)
    }
    #expect(error?.message == "Hardware key operation not allowed on standard vault")
    #expect(world.store.contents == before)
  }

  @Test func `a size or curve that the type does not have is refused`() throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents
    let changes: [(inout KeyOptions) -> Void] = [
      { $0.size = 1024 }, { $0.size = 0 }, { $0.size = -1 }, { $0.size = 2047 },
      { $0.size = 8192 }, { $0.curve = "P-256" },
      { ($0.kty, $0.curve) = ("EC", "p-256") }, { ($0.kty, $0.curve) = ("EC", "Ed25519") },
      { ($0.kty, $0.curve) = ("EC", "") }, { ($0.kty, $0.size) = ("EC", 2048) },
      { ($0.kty, $0.curve, $0.size) = ("EC", "P-384", 256) },
    ]
    for change in changes {
      let error = refused(.argumentValue) { _ = try create(world, change) }
      #expect(error?.azureCode == "BadParameter" && error?.status == 400)
    }
    #expect(world.store.contents == before)
  }

  @Test(arguments: ["encrypt", "decrypt", "wrapKey", "unwrapKey"])
  func `a key on a curve cannot be given what only RSA does`(operation: String) throws {
    let world = try World()
    try world.vault()
    refused(.argumentValue) {
      _ = try create(world) { ($0.kty, $0.ops) = ("EC", ["sign", operation]) }
    }
    let kid = try world.key(on: .p256).kid
    let before = world.store.contents
    refused(.argumentValue) {
      try world.azure.updateKey(kid, KeyChanges(ops: [operation]), context: world.context)
    }
    #expect(world.store.contents == before)
  }

  @Test(arguments: EllipticCurve.allCases)
  func `an imported key on a curve keeps its material`(curve: EllipticCurve) throws {
    let world = try World()
    try world.vault()
    let key = try world.key(on: curve) { $0.curve = curve.rawValue }
    guard case .ec(let own) = try Material.get(curve) else {
      Issue.record("no EC key")
      return
    }
    let (x, y) = try own.publicKey.numbers()
    guard case .ec(curve, let keptX, let keptY) = key.publicNumbers else {
      Issue.record("no EC key on \(curve)")
      return
    }
    #expect(Array(keptX) == x && Array(keptY) == y)
    #expect(key.type == .ec && key.operations == [.sign, .verify])
  }

  @Test func `what an import says must be true of its material`() throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents
    refused(.argumentValue) { try world.key { $0.size = 4096 } }
    refused(.argumentValue) { try world.key { $0.curve = "P-256" } }
    refused(.argumentValue) { try world.key { $0.kty = "EC" } }
    refused(.argumentValue) { try world.key(on: .p384) { $0.kty = "RSA" } }
    refused(.argumentValue) { try world.key(on: .p384) { $0.curve = "P-256" } }
    #expect(world.store.contents == before)
    try world.key { ($0.kty, $0.size) = ("RSA", 2048) }
  }

  @Test func `a new version may be of another type`() throws {
    let world = try World()
    try world.vault()
    let first = try create(world) { $0.kty = "EC" }
    let second = try create(world) { $0.size = 3072 }
    #expect((second.type, second.number) == (.rsa, 2))
    #expect(try world.azure.key(first.kid, context: world.context) == first)
  }
}
