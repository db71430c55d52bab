import CryptoEngine
import FoundationEssentials
import Testing

@testable import AzureModel

/// New versions, by hand and by policy.
@Suite struct RotationTests {
  private let day = 86_400.0
  typealias Action = RotationPolicy.LifetimeAction

  private func days(_ count: Int) -> ISO8601Duration { ISO8601Duration(days: count) }

  private func policy(
    _ world: World,
    _ kid: KeyID,
    _ actions: [Action],
    expiry: ISO8601Duration? = nil,
    _ context: CallContext? = nil
  ) throws {
    try world.azure.setRotationPolicy(
      of: kid,
      actions: actions,
      expiryTime: expiry,
      context: context ?? world.context
    )
  }

  private func versions(_ world: World, _ kid: KeyID, _ context: CallContext) throws -> [Key] {
    try world.azure.listVersions(of: kid, context: context).sorted { $0.number < $1.number }
  }

  @Test func `rotating makes a version of the same kind with fresh material`() throws {
    let world = try World()
    try world.vault()
    let first = try world.key(on: .p384) {
      ($0.ops, $0.tags, $0.isDisabled) = (["sign"], ["a": "b"], true)
      ($0.notBefore, $0.expires) = (world.context.now, world.context.now + 5)
    }
    let second = try world.azure.rotateKey(first.kid, context: world.later(10))
    #expect(second.number == 2 && second.type == first.type && second.bitCount == first.bitCount)
    #expect(second.publicNumbers != first.publicNumbers)
    #expect(second.operations == [.sign] && second.tags == ["a": "b"] && second.isEnabled)
    #expect(second.notBefore == nil && second.expires == nil)
    #expect(second.created == world.context.now + 10)
    #expect(try world.azure.findKey(first.kid) == first)
    #expect(try world.azure.findKey(first.kid.unversioned) == second)
  }

  @Test func `a key without a policy has the service's`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let policy = try world.azure.rotationPolicy(of: kid, context: world.context)
    #expect(policy.lifetimeActions == [Action(.notify, .timeBeforeExpiry(days(30)))])
    #expect(policy.expiryTime == nil && policy.created == nil && policy.updated == nil)
  }

  @Test func `a policy is kept as set, with a notice if it has none`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let rotation = Action(.rotate, .timeAfterCreate(try ISO8601Duration(parsing: "P18M")))
    let life = try ISO8601Duration(parsing: "P2Y")
    try policy(world, kid, [rotation], expiry: life)
    try policy(world, kid, [rotation], expiry: life, world.later(60))
    let kept = try world.azure.rotationPolicy(of: kid, context: world.context)
    #expect(kept.lifetimeActions == [rotation, Action(.notify, .timeBeforeExpiry(days(30)))])
    #expect(kept.expiryTime == life)
    #expect(kept.created == world.context.now && kept.updated == world.context.now + 60)
    #expect(try world.azure.findKey(kid)?.expires == nil)
  }

  @Test func `a policy outside the rules is refused and changes nothing`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key().kid
    let before = world.store.contents
    let rotate7 = Action(.rotate, .timeAfterCreate(days(7)))
    let notify = Action(.notify, .timeBeforeExpiry(days(7)))
    let wrong: [([Action], ISO8601Duration?)] = [
      ([Action(.rotate, .timeAfterCreate(days(6)))], nil),
      ([Action(.rotate, .timeAfterCreate(.none))], nil),
      ([Action(.rotate, .timeBeforeExpiry(days(30)))], nil),
      ([Action(.rotate, .timeBeforeExpiry(days(6)))], days(90)),
      ([Action(.rotate, .timeBeforeExpiry(days(84)))], days(90)),
      ([Action(.rotate, .timeAfterCreate(days(84)))], days(90)),
      ([Action(.rotate, .timeAfterCreate(days(91)))], days(90)),
      ([Action(.notify, .timeAfterCreate(days(30)))], nil),
      ([Action(.notify, .timeBeforeExpiry(days(90)))], days(90)),
      ([rotate7, rotate7], nil), ([notify, notify], nil), ([], days(27)),
      ([Action(.rotate, .timeAfterCreate(try ISO8601Duration(parsing: "P9999Y")))], nil),
    ]
    for (actions, expiry) in wrong {
      let error = refused(.argumentValue) { try policy(world, kid, actions, expiry: expiry) }
      #expect(error?.message.isEmpty == false)
      #expect(world.store.contents == before)
    }
    let right: [([Action], ISO8601Duration?)] = [
      ([rotate7], nil), ([rotate7], days(28)), ([notify], nil), ([], nil), ([], days(28)),
      ([Action(.rotate, .timeAfterCreate(days(83)))], days(90)),
      ([Action(.rotate, .timeBeforeExpiry(days(7)))], days(90)),
      ([Action(.rotate, .timeBeforeExpiry(days(83))), notify], days(90)),
    ]
    for (actions, expiry) in right { try policy(world, kid, actions, expiry: expiry) }
    refused(.keyNotFound) { try policy(world, KeyID(vaultName: "MyKeyVault", name: "x"), []) }
  }

  @Test func `a key rotates when the clock passes its time, and again`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key(on: .p256).kid
    try policy(world, kid, [Action(.rotate, .timeAfterCreate(days(30)))])
    let early = try world.azure.key(kid.unversioned, context: world.later(30 * day - 1))
    #expect(early.number == 1)
    // One move of the clock over three due times; whoever looks first sees all of it.
    let context = world.later(100 * day)
    let latest = try world.azure.key(kid.unversioned, context: context)
    #expect(latest.number == 4)
    let all = try versions(world, kid, context)
    #expect(all.map { $0.created.timeIntervalSince(world.context.now) / day } == [0, 30, 60, 90])
    #expect(Set(all.map(\.publicNumbers)).count == 4)
    #expect(all.allSatisfy { $0.expires == nil && $0.isEnabled })
    // Looking again changes nothing.
    let before = world.store.contents
    #expect(try versions(world, kid, context) == all)
    #expect(world.store.contents == before)
  }

  @Test func `a call made late works with the version that was due`() throws {
    let world = try World()
    try world.vault()
    let first = try world.key().kid
    try policy(world, first, [Action(.rotate, .timeAfterCreate(days(30)))])
    let context = world.later(31 * day)
    let sealed = try world.azure.encrypt(
      first.unversioned,
      algorithm: .rsaOAEP256,
      value: SecretBytes("seed"),
      context: context
    )
    #expect(sealed.kid != first)
    #expect(try world.azure.findKey(sealed.kid)?.created == world.context.now + 30 * day)
  }

  @Test func `a new version lives as long as the policy says, an old one as before`() throws {
    let world = try World()
    try world.vault()
    let first = try world.key(on: .p256)
    let rotation = Action(.rotate, .timeBeforeExpiry(days(10)))
    try policy(world, first.kid, [rotation], expiry: days(40))
    // The first version has no expiry, so nothing is due.
    #expect(try versions(world, first.kid, world.later(1000 * day)).count == 1)
    let second = try world.azure.rotateKey(first.kid, context: world.context)
    #expect(second.expires == world.context.now + 40 * day)
    #expect(try world.azure.findKey(first.kid)?.expires == nil)
    let all = try versions(world, first.kid, world.later(65 * day))
    #expect(all.map { $0.created.timeIntervalSince(world.context.now) / day } == [0, 0, 30, 60])
    #expect(
      all.dropFirst().map { ($0.expires?.timeIntervalSince($0.created) ?? 0) / day } == [
        40, 40, 40,
      ]
    )
    let named = try world.azure.createKey(
      KeyOptions(vault: "MyKeyVault", name: "MyCurve", expires: world.context.now + 5),
      context: world.later(65 * day)
    )
    #expect(named.expires == world.context.now + 5)
    let unnamed = try world.key(on: .p256)
    #expect(unnamed.expires == world.context.now + 40 * day)
  }

  @Test func `what was due before the policy is due at once, not earlier`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key(on: .p256).kid
    let then = world.later(100 * day)
    try policy(world, kid, [Action(.rotate, .timeAfterCreate(days(30)))], then)
    let all = try versions(world, kid, world.later(131 * day))
    #expect(all.map { $0.created.timeIntervalSince(world.context.now) / day } == [0, 100, 130])
  }

  @Test func `a changed expiry moves the rotation`() throws {
    let world = try World()
    try world.vault()
    let key = try world.key(on: .p256) { $0.expires = world.context.now + 60 * day }
    try policy(world, key.kid, [Action(.rotate, .timeBeforeExpiry(days(10)))], expiry: days(90))
    let later = KeyChanges(expires: world.context.now + 80 * day)
    try world.azure.updateKey(key.kid, later, context: world.context)
    #expect(try versions(world, key.kid, world.later(69 * day)).count == 1)
    let all = try versions(world, key.kid, world.later(70 * day))
    #expect(all.map { $0.created.timeIntervalSince(world.context.now) / day } == [0, 70])
  }

  @Test func `a policy taken back acts no more`() throws {
    let world = try World()
    try world.vault()
    let before = world.store.contents.keys
    let kid = try world.key(on: .p256).kid
    let without = Set(world.store.contents.keys)
    try policy(world, kid, [Action(.rotate, .timeAfterCreate(days(30)))])
    #expect(Set(world.store.contents.keys).count == without.count + 1)
    try policy(world, kid, [])
    #expect(Set(world.store.contents.keys) == without && before.count < without.count)
    #expect(try versions(world, kid, world.later(1000 * day)).count == 1)
  }

  @Test func `a deleted key does not rotate, a recovered one goes on from there`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key(on: .p256).kid
    try policy(world, kid, [Action(.rotate, .timeAfterCreate(days(30)))])
    try world.azure.deleteKey(kid, context: world.later(10 * day))
    let back = world.later(50 * day)
    #expect(try world.azure.recoverKey(kid, context: back).number == 1)
    let all = try versions(world, kid, back)
    #expect(all.map { $0.created.timeIntervalSince(world.context.now) / day } == [0, 50])
    #expect(try versions(world, kid, world.later(80 * day)).count == 3)
  }

  @Test func `many keys act in order of time`() throws {
    let world = try World()
    try world.vault()
    for (name, count) in [("c", 7), ("a", 9), ("b", 8)] {
      let kid = try world.key(on: .p256, name).kid
      try policy(world, kid, [Action(.rotate, .timeAfterCreate(days(count)))])
    }
    // Identifiers are drawn in the order of the acts.
    let twin = SeededIdentifiers(seed: 42)
    var context = world.later(9 * day)
    context.identifiers = SeededIdentifiers(seed: 42)
    let drawn = try (0..<3).map { _ in try twin.keyVersion() }
    let latest = try ["c", "b", "a"].map { name in
      try world.azure.key(vault: "MyKeyVault", name: name, context: context).version
    }
    #expect(latest == drawn)
  }

  @Test func `a rotation that cannot be stored is left for the next call`() throws {
    let world = try World()
    try world.vault()
    let kid = try world.key(on: .p256).kid
    try policy(world, kid, [Action(.rotate, .timeAfterCreate(days(30)))])
    struct Undone: Error {}
    #expect(throws: Undone.self) {
      try world.store.transaction {
        #expect(try versions(world, kid, world.later(30 * day)).count == 2)
        throw Undone()
      }
    }
    #expect(try world.azure.findKey(kid.unversioned)?.number == 1)
    #expect(try versions(world, kid, world.later(30 * day)).count == 2)
  }

  @Test func `a notice is due at once when it lies before all time, and never when after`() throws {
    let world = try World()
    try world.vault()
    let key = try world.key { $0.expires = world.context.now + 400 * day }
    func time(_ action: Action) -> Date? {
      RotationPolicy(lifetimeActions: [action], expiryTime: nil).time(of: action.action, for: key)
    }
    let ages = try ISO8601Duration(parsing: "P9998Y")
    #expect(time(Action(.notify, .timeBeforeExpiry(ages))) == .distantPast)
    #expect(time(Action(.rotate, .timeAfterCreate(ages))) == nil)
  }
}
