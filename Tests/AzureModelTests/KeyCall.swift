import AzureModel
import CryptoEngine
import Testing

/// The calls that a vault takes on its keys.
enum KeyCall: String, CaseIterable {
  case create, importing, get, list, listVersions, update, delete
  case getDeleted, listDeleted, recover, purge, backup, restore, rotate
  case getRotationPolicy, setRotationPolicy
  case encrypt, decrypt, wrap, unwrap, sign, verify

  /// Those on a key that is there, or was.
  static let withKey = allCases.filter { ![.create, .importing, .restore].contains($0) }

  /// The word of the route in messages.
  var verb: String {
    switch self {
    case .wrap: "wrapkey"
    case .unwrap: "unwrapkey"
    default: rawValue
    }
  }

  /// Makes the call, and checks what it answers.
  func make(_ world: World, _ kid: KeyID, _ made: MadeWithKey, _ context: CallContext) throws {
    switch self {
    case .encrypt, .decrypt, .wrap, .unwrap, .sign, .verify:
      try work(world.azure, kid, made, context)
    default: try live(world.azure, kid, made, context)
    }
  }

  private func live(
    _ azure: Azure,
    _ kid: KeyID,
    _ made: MadeWithKey,
    _ context: CallContext
  ) throws {
    let fresh = KeyOptions(vault: kid.vault, name: "fresh", kty: "EC")
    switch self {
    case .create: try azure.createKey(fresh, context: context)
    case .importing:
      try azure.importKey(fresh, privateKey: Material.get(.p256), context: context)
    case .get: #expect(try azure.key(kid, context: context).kid == kid)
    case .list:
      let listed = try azure.listKeys(vault: kid.vault, context: context)
      #expect(listed.map(\.kid) == (try azure.findKey(kid) == nil ? [] : [kid]))
    case .listVersions:
      #expect(try azure.listVersions(of: kid, context: context).map(\.kid) == [kid])
    case .update: try azure.updateKey(kid, KeyChanges(tags: ["a": "b"]), context: context)
    case .delete: try azure.deleteKey(kid, context: context)
    case .getDeleted: _ = try azure.deletedKey(kid, context: context)
    case .listDeleted:
      let listed = try azure.listDeletedKeys(vault: kid.vault, context: context)
      let isDeleted = try azure.findDeletedKey(kid, context: context) != nil
      #expect(listed.map(\.key.kid) == (isDeleted ? [kid] : []))
    case .recover: try azure.recoverKey(kid, context: context)
    case .purge: try azure.purgeKey(kid, context: context)
    case .backup: _ = try azure.backupKey(kid, context: context)
    case .restore: try azure.restoreKey(made.backup, toVault: kid.vault, context: context)
    case .rotate: try azure.rotateKey(kid, context: context)
    case .getRotationPolicy: _ = try azure.rotationPolicy(of: kid, context: context)
    default:
      try azure.setRotationPolicy(of: kid, actions: [], expiryTime: nil, context: context)
    }
  }

  private func work(
    _ azure: Azure,
    _ kid: KeyID,
    _ made: MadeWithKey,
    _ context: CallContext
  ) throws {
    let (seed, padding) = (MadeWithKey.seed, EncryptionAlgorithm.rsaOAEP256)
    switch self {
    case .encrypt: _ = try azure.encrypt(kid, algorithm: padding, value: seed, context: context)
    case .wrap: _ = try azure.wrap(kid, algorithm: padding, value: seed, context: context)
    case .decrypt:
      let value = made.ciphertext
      let opened = try azure.decrypt(kid, algorithm: padding, value: value, context: context)
      #expect(opened.value == seed)
    case .unwrap:
      let value = made.ciphertext
      let opened = try azure.unwrap(kid, algorithm: padding, value: value, context: context)
      #expect(opened.value == seed)
    case .sign:
      let (algorithm, digest) = (MadeWithKey.algorithm, MadeWithKey.digest)
      _ = try azure.sign(kid, algorithm: algorithm, digest: digest, context: context)
    default:
      let isGood = try azure.verify(
        kid,
        algorithm: MadeWithKey.algorithm,
        digest: MadeWithKey.digest,
        signature: made.signature,
        context: context
      )
      #expect(isGood)
    }
  }
}

/// What was made with a key while it worked.
struct MadeWithKey {
  let ciphertext, signature, backup: [UInt8]
  static let seed = SecretBytes("seed")
  static let digest = [UInt8](repeating: 7, count: 32)
  static let algorithm = SignatureAlgorithm(rawValue: "PS256")

  init(_ world: World, _ kid: KeyID) throws {
    ciphertext = try world.azure.encrypt(
      kid,
      algorithm: .rsaOAEP256,
      value: Self.seed,
      context: world.context
    ).value
    signature = try world.azure.sign(
      kid,
      algorithm: Self.algorithm,
      digest: Self.digest,
      context: world.context
    ).value
    backup = try world.azure.backupKey(kid, context: world.context)
  }
}
