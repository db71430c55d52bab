import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

/// Every operation in every state of a key: the table of attribute semantics.
@Suite struct KeyStateTests {
  enum State: String, CaseIterable {
    case inWindow, expired, notYetValid, disabled, disabledAndExpired, deleted, purged
  }

  enum Operation: String, CaseIterable {
    case get, list, listVersions, encrypt, wrapkey, sign, decrypt, unwrapkey, verify
    case update, rotate, backup, delete, getRotationPolicy, setRotationPolicy
    case getDeleted, listDeleted, recover, purge
  }

  /// What a cell of the table says.
  enum Answer: Equatable {
    case ok
    case refused(AzureError.Code, innerCode: String?, message: String)
  }

  private static let notFound =
    "A key with (name/id) MyKeyName was not found in this key vault. If you recently deleted this "
    + "key you may be able to recover it using the correct recovery command. For help resolving "
    + "this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182"

  private static func expected(_ operation: Operation, _ state: State, _ nameAndVersion: String)
    -> Answer
  {
    func missing(_ name: String) -> Answer {
      .refused(
        .keyNotFound,
        innerCode: nil,
        message: notFound.replacing("(name/id) MyKeyName", with: "(name/id) \(name)")
      )
    }
    func forbidden(_ code: AzureError.Code, _ inner: String, _ what: String) -> Answer {
      .refused(
        code,
        innerCode: inner,
        message: "Operation \(operation.rawValue) is not allowed on \(what)."
      )
    }
    switch operation {
    case .list, .listDeleted: return .ok
    case .getDeleted, .recover, .purge:
      return state == .deleted
        ? .ok
        : .refused(.keyNotFound, innerCode: nil, message: "Deleted Key not found: MyKeyName")
    default: break
    }
    switch (state, operation) {
    case (.deleted, .listVersions), (.deleted, .rotate), (.deleted, .backup), (.deleted, .delete),
      (.deleted, .getRotationPolicy), (.deleted, .setRotationPolicy), (.purged, .listVersions),
      (.purged, .rotate), (.purged, .backup), (.purged, .delete), (.purged, .getRotationPolicy),
      (.purged, .setRotationPolicy):
      return missing("MyKeyName")
    case (.deleted, _), (.purged, _): return missing(nameAndVersion)
    case (.expired, .encrypt), (.expired, .wrapkey), (.expired, .sign):
      return forbidden(.keyExpired, "KeyExpired", "an expired key")
    case (.notYetValid, .encrypt), (.notYetValid, .wrapkey), (.notYetValid, .sign):
      return forbidden(.keyNotYetValid, "KeyNotYetValid", "a key that is not yet valid")
    case (.disabled, .get), (.disabled, .encrypt), (.disabled, .wrapkey), (.disabled, .sign),
      (.disabled, .decrypt), (.disabled, .unwrapkey), (.disabled, .verify), (.disabled, .backup),
      (.disabledAndExpired, .get), (.disabledAndExpired, .encrypt),
      (.disabledAndExpired, .wrapkey), (.disabledAndExpired, .sign),
      (.disabledAndExpired, .decrypt), (.disabledAndExpired, .unwrapkey),
      (.disabledAndExpired, .verify), (.disabledAndExpired, .backup):
      return forbidden(.keyDisabled, "KeyDisabled", "a disabled key")
    default: return .ok
    }
  }

  @Test(arguments: Operation.allCases, State.allCases)
  func `an operation in a state is answered as the table says`(
    operation: Operation,
    state: State
  ) throws {
    let world = try World()
    try world.vault()
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: world.account.signedInUser.objectID,
      keyPermissions: KeyPermission.allCases.map(\.rawValue),
      context: world.context
    )
    let kid = try world.key().kid
    let made = try Made(world, kid)
    try enter(state, world, kid)
    let before = world.store.contents
    let answer = try answer(to: operation, world, kid, made)
    #expect(answer == Self.expected(operation, state, "\(kid.name)/\(kid.version ?? "")"))
    if answer != .ok { #expect(world.store.contents == before) }
  }

  /// What was made with the key while it worked.
  private struct Made {
    let ciphertext, signature: [UInt8]
    static let digest = [UInt8](repeating: 7, count: 32)

    init(_ world: World, _ kid: KeyID) throws {
      ciphertext = try world.azure.encrypt(
        kid,
        algorithm: .rsaOAEP256,
        value: SecretBytes("seed"),
        context: world.context
      ).value
      signature = try world.azure.sign(
        kid,
        algorithm: SignatureAlgorithm(rawValue: "PS256"),
        digest: Self.digest,
        context: world.context
      ).value
    }
  }

  private func enter(_ state: State, _ world: World, _ kid: KeyID) throws {
    let (azure, context) = (world.azure, world.context)
    switch state {
    case .inWindow:
      let window = KeyChanges(expires: context.now + 1, notBefore: context.now)
      try azure.updateKey(kid, window, context: context)
    case .expired: try azure.updateKey(kid, KeyChanges(expires: context.now), context: context)
    case .notYetValid:
      try azure.updateKey(kid, KeyChanges(notBefore: context.now + 1), context: context)
    case .disabled: try azure.updateKey(kid, KeyChanges(isEnabled: false), context: context)
    case .disabledAndExpired:
      let worst = KeyChanges(isEnabled: false, expires: context.now)
      try azure.updateKey(kid, worst, context: context)
    case .deleted: try azure.deleteKey(kid, context: context)
    case .purged:
      try azure.deleteKey(kid, context: context)
      try azure.purgeKey(kid, context: context)
    }
  }

  private func answer(
    to operation: Operation,
    _ world: World,
    _ kid: KeyID,
    _ made: Made
  ) throws -> Answer {
    do {
      try perform(operation, world, kid, made)
      return .ok
    } catch let error as AzureError {
      #expect(error.status == (error.code == .keyNotFound ? 404 : 403))
      #expect(error.azureCode == (error.code == .keyNotFound ? "KeyNotFound" : "Forbidden"))
      return .refused(error.code, innerCode: error.innerCode, message: error.message)
    }
  }

  private func perform(
    _ operation: Operation,
    _ world: World,
    _ kid: KeyID,
    _ made: Made
  ) throws {
    let (azure, context) = (world.azure, world.context)
    let seed = SecretBytes("seed")
    let signing = SignatureAlgorithm(rawValue: "PS256")
    switch operation {
    case .get: #expect(try azure.key(kid, context: context).kid == kid)
    case .list:
      let listed = try azure.listKeys(vault: kid.vault, context: context)
      #expect(listed.map(\.kid) == (try azure.findKey(kid) == nil ? [] : [kid]))
    case .listVersions:
      #expect(try azure.listVersions(of: kid, context: context).map(\.kid) == [kid])
    case .encrypt:
      _ = try azure.encrypt(kid, algorithm: .rsaOAEP256, value: seed, context: context)
    case .wrapkey: _ = try azure.wrap(kid, algorithm: .rsaOAEP256, value: seed, context: context)
    case .sign:
      _ = try azure.sign(kid, algorithm: signing, digest: Made.digest, context: context)
    case .decrypt:
      let opened = try azure.decrypt(
        kid,
        algorithm: .rsaOAEP256,
        value: made.ciphertext,
        context: context
      )
      #expect(opened.value == seed)
    case .unwrapkey:
      let opened = try azure.unwrap(
        kid,
        algorithm: .rsaOAEP256,
        value: made.ciphertext,
        context: context
      )
      #expect(opened.value == seed)
    case .verify:
      let isGood = try azure.verify(
        kid,
        algorithm: signing,
        digest: Made.digest,
        signature: made.signature,
        context: context
      )
      #expect(isGood)
    case .update: try azure.updateKey(kid, KeyChanges(tags: ["a": "b"]), context: context)
    case .rotate: try azure.rotateKey(kid, context: context)
    case .backup: _ = try azure.backupKey(kid, context: context)
    case .delete: try azure.deleteKey(kid, context: context)
    case .getRotationPolicy: _ = try azure.rotationPolicy(of: kid, context: context)
    case .setRotationPolicy:
      try azure.setRotationPolicy(of: kid, actions: [], expiryTime: nil, context: context)
    case .getDeleted: _ = try azure.deletedKey(kid, context: context)
    case .listDeleted:
      let listed = try azure.listDeletedKeys(vault: kid.vault, context: context)
      let isDeleted = try azure.findDeletedKey(kid, context: context) != nil
      #expect(listed.map(\.key.kid) == (isDeleted ? [kid] : []))
    case .recover: try azure.recoverKey(kid, context: context)
    case .purge: try azure.purgeKey(kid, context: context)
    }
  }

  @Test(arguments: [("PT5M", 299.0, true), ("PT5M", 300, false), ("PT0S", 0, false)])
  func `the clock may be off by the leeway that is set`(
    leeway: String,
    late: Double,
    works: Bool
  ) throws {
    let world = try World()
    try world.vault()
    try world.azure.set("clock_skew_leeway", to: .text(leeway))
    let end = world.context.now + 1000
    let expiring = try world.key { $0.expires = end }.kid
    func encrypt(_ kid: KeyID, at time: Date) throws {
      var context = world.context
      context.now = time
      _ = try world.azure.encrypt(
        kid,
        algorithm: .rsaOAEP256,
        value: SecretBytes("seed"),
        context: context
      )
    }
    if works {
      try encrypt(expiring, at: end + late)
    } else {
      refused(.keyExpired) { try encrypt(expiring, at: end + late) }
    }
    let beginning = try world.key("later") { $0.notBefore = end }.kid
    try encrypt(beginning, at: end - (works ? late + 1 : late))
    refused(.keyNotYetValid) { try encrypt(beginning, at: end - (works ? 301 : late + 1)) }
  }
}
