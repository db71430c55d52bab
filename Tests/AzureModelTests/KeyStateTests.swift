import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

/// Every operation in every state of a key: the table of attribute semantics.
@Suite struct KeyStateTests {
  enum State: String, CaseIterable {
    case inWindow, expired, notYetValid, disabled, disabledAndExpired, deleted, purged
  }

  /// What a cell of the table says.
  enum Answer: Equatable {
    case ok
    case refused(AzureError.Code, innerCode: String?, message: String)
  }

  private static let making: Set<KeyCall> = [.encrypt, .wrap, .sign]
  private static let undoing: Set<KeyCall> = [.decrypt, .unwrap, .verify]
  private static let onDeleted: Set<KeyCall> = [.getDeleted, .recover, .purge]
  /// Calls on the key as a whole, whatever version they are given.
  private static let onSeries: Set<KeyCall> = [
    .listVersions, .delete, .backup, .rotate, .getRotationPolicy, .setRotationPolicy,
  ]

  private static func expected(_ call: KeyCall, _ state: State, _ kid: KeyID) -> Answer {
    func forbidden(_ code: AzureError.Code, _ inner: String, _ what: String) -> Answer {
      let message = "Operation \(call.verb) is not allowed on \(what)."
      return .refused(code, innerCode: inner, message: message)
    }
    if [.list, .listDeleted].contains(call) { return .ok }
    if onDeleted.contains(call) {
      return state == .deleted
        ? .ok
        : .refused(.keyNotFound, innerCode: nil, message: "Deleted Key not found: MyKeyName")
    }
    switch state {
    case .inWindow: return .ok
    case .expired where making.contains(call):
      return forbidden(.keyExpired, "KeyExpired", "an expired key")
    case .notYetValid where making.contains(call):
      return forbidden(.keyNotYetValid, "KeyNotYetValid", "a key that is not yet valid")
    case .expired, .notYetValid: return .ok
    case .disabled, .disabledAndExpired:
      return making.union(undoing).union([.get, .backup]).contains(call)
        ? forbidden(.keyDisabled, "KeyDisabled", "a disabled key") : .ok
    case .deleted, .purged:
      let name = onSeries.contains(call) ? kid.name : "\(kid.name)/\(kid.version ?? "")"
      return .refused(
        .keyNotFound,
        innerCode: nil,
        message: "A key with (name/id) \(name) was not found in this key vault. If you recently "
          + "deleted this key you may be able to recover it using the correct recovery command. "
          + "For help resolving this issue, please see "
          + "https://go.microsoft.com/fwlink/?linkid=2125182"
      )
    }
  }

  @Test(arguments: KeyCall.withKey, State.allCases)
  func `an operation in a state is answered as the table says`(
    operation: KeyCall,
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
    let made = try MadeWithKey(world, kid)
    try enter(state, world, kid)
    let before = world.store.contents
    let answer = try answer(to: operation, world, kid, made)
    #expect(answer == Self.expected(operation, state, kid))
    if answer != .ok { #expect(world.store.contents == before) }
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
    to operation: KeyCall,
    _ world: World,
    _ kid: KeyID,
    _ made: MadeWithKey
  ) throws -> Answer {
    do {
      try operation.make(world, kid, made, world.context)
      return .ok
    } catch let error as AzureError {
      #expect(error.status == (error.code == .keyNotFound ? 404 : 403))
      #expect(error.azureCode == (error.code == .keyNotFound ? "KeyNotFound" : "Forbidden"))
      return .refused(error.code, innerCode: error.innerCode, message: error.message)
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
