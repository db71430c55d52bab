import AzureModel
import ClusterModel
import EncryptionAtRest
import FoundationEssentials
import Testing

/// What an API server has done by itself by the time somebody looks.
@Suite struct PollingTests {
  private static let start = Date(timeIntervalSince1970: 1_767_225_600)

  /// A cluster under a key that expires `after` so many seconds, or never.
  private static func world(expiring after: TimeInterval? = nil) throws -> (World, Key) {
    let world = try World()
    let key = try world.key()
    _ = try world.cluster(key)
    if let after {
      var changes = KeyChanges()
      changes.expires = start + after
      _ = try world.azure.updateKey(key.kid, changes, context: world.context)
    }
    return (world, key)
  }

  private static func seedExpiry(_ world: World) throws -> TimeInterval? {
    let cluster = try world.clusters.cluster(named: "c1")
    let seed = try world.clusters.kmsClient(of: cluster, world.context)?.seed
    return seed?.expiry.timeIntervalSince(start)
  }

  /// Seconds moved at once, seconds until the key expires, and how long the seed must live: three
  /// minutes from the last whole minute at which the key still worked.
  @Test(
    arguments: [
      (30, nil, 180), (600, nil, 780), (659, nil, 780), (3_600_000, nil, 3_600_180),
      (300, 90, 240), (300, 60, 180), (300, 61, 240), (86_400, 7200, 7320), (86_400, 1, 180),
      (120, 1000, 300), (4_000_000, 3_000_001, 3_000_180),
    ] as [(TimeInterval, TimeInterval?, TimeInterval)]
  )
  func `the write seed lives three minutes from the last poll that worked`(
    moved: TimeInterval,
    expires: TimeInterval?,
    lives: TimeInterval
  ) throws {
    var (world, _) = try Self.world(expiring: expires)
    world.context.now += moved
    #expect(try Self.seedExpiry(world) == lives)
  }

  @Test func `moved at once or second by second, the server ends in one state`() throws {
    for expires in [95, 120, 301, 599] as [TimeInterval] {
      var (stepped, _) = try Self.world(expiring: expires)
      for _ in 0..<700 {
        stepped.context.now += 1
        try stepped.clusters.catchUp(stepped.context)
      }
      var (jumped, _) = try Self.world(expiring: expires)
      jumped.context.now += 700
      #expect(try Self.seedExpiry(stepped) == Self.seedExpiry(jumped), "\(expires)")
      let cluster = try stepped.clusters.cluster(named: "c1")
      let views = try [stepped, jumped].map {
        try $0.clusters.kmsClient(of: cluster, $0.context)?.verdict
      }
      #expect(views[0]?.problem == views[1]?.problem)
    }
  }

  @Test func `a key that is switched off leaves three minutes to write in`() throws {
    var (world, key) = try Self.world()
    world.context.now += 600
    try world.clusters.catchUp(world.context)
    var changes = KeyChanges()
    changes.isEnabled = false
    _ = try world.azure.updateKey(key.kid, changes, context: world.context)
    world.context.now += 179
    try world.secret("in-time")
    world.context.now += 1
    let error = #expect(throws: ClusterError.self) { try world.secret("too-late") }
    #expect(error?.code == .secretUnwritable)
    #expect(error?.message.contains("expired at 2026-01-01T00:13:00Z") == true)
    // What was unwrapped before stays readable.
    #expect(
      try world.server().secret(namespace: "default", name: "in-time").object.name == "in-time"
    )
  }

  @Test func `switched on again, the seed lives on with the next poll`() throws {
    var (world, key) = try Self.world()
    for isEnabled in [false, true] {
      world.context.now += 600
      try world.clusters.catchUp(world.context)
      var changes = KeyChanges()
      changes.isEnabled = isEnabled
      _ = try world.azure.updateKey(key.kid, changes, context: world.context)
    }
    #expect(throws: ClusterError.self) { try world.secret("not-yet") }
    world.context.now += 10
    try world.secret("again")
  }

  @Test func `the health endpoint asks the plugin anew after 20 seconds, after 3 when it failed`()
    throws
  {
    var (world, key) = try Self.world()
    let cluster = try world.clusters.cluster(named: "c1")
    func status() throws -> Int? { try world.clusters.readyz(of: cluster, world.context)?.status }
    var changes = KeyChanges()
    for (isEnabled, delay) in [(false, 20), (true, 3)] as [(Bool, TimeInterval)] {
      let before = try status()
      changes.isEnabled = isEnabled
      _ = try world.azure.updateKey(key.kid, changes, context: world.context)
      world.context.now += delay - 1
      #expect(try status() == before)
      world.context.now += 1
      let answer = try #require(try world.clusters.readyz(of: cluster, world.context))
      #expect(answer.check == "kms-providers" && answer.status == (isEnabled ? 200 : 500))
      #expect(isEnabled ? answer.text == "ok" : answer.text.contains("kms-provider-0: "))
    }
    let plain = try World()
    #expect(try plain.clusters.readyz(of: plain.cluster(nil), plain.context) == nil)
  }

  @Test func `a clock that goes back is asked anew`() throws {
    var (world, _) = try Self.world()
    world.context.now += 86_400
    #expect(try Self.seedExpiry(world) == 86_580)
    world.context.now = Self.start
    #expect(try Self.seedExpiry(world) == 180)
  }
}
