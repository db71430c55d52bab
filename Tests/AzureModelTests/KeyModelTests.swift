import AzureModel
import CryptoEngine
import FoundationEssentials
import TestData
import Testing

/// The life cycle of keys against a dictionary: random calls, the clock moving between them.
@Suite struct KeyModelTests {
  /// What a vault should hold, worked out the simple way.
  struct Model {
    struct Version: Equatable {
      let version: String
      var isEnabled = true
      let created: Date
      var expires: Date?
    }

    struct Series: Equatable {
      var name: String
      var versions: [Version]
      /// Days from a version to the next, if it rotates.
      var rotation: Int?
      var life: Int?
      /// When the latest version is due.
      var due: Date?
      var deleted: Date?
    }

    static let retention = 7.0 * 86_400
    var series: [String: Series] = [:]

    /// Does what is due by `now`, in order of time; `draw` gives the versions.
    mutating func settle(_ now: Date, _ draw: () throws -> String) throws {
      while let next = nextEvent(), next.time <= now {
        guard var one = series[next.id] else { return }
        if one.deleted != nil {
          series[next.id] = nil
          continue
        }
        try one.add(draw(), at: next.time)
        series[next.id] = one
      }
    }

    private func nextEvent() -> (time: Date, id: String)? {
      series.compactMap { id, one -> (time: Date, id: String)? in
        if let deleted = one.deleted { return (deleted + Self.retention, id) }
        return one.due.map { ($0, id) }
      }
      .min { ($0.time, $0.id) < ($1.time, $1.id) }
    }
  }

  /// A world, the model of it, and a source of chance.
  struct Run {
    let world: World
    var model = Model()
    var generator: SeededGenerator
    var now: Date
    let twin = SeededIdentifiers(seed: 7)
    let identifiers = SeededIdentifiers(seed: 7)

    var context: CallContext {
      var context = world.context
      (context.now, context.identifiers) = (now, identifiers)
      return context
    }

    /// Any of a few names, in any spelling.
    mutating func name() -> String {
      ["alpha", "Alpha", "beta", "gamma"].randomElement(using: &generator) ?? "alpha"
    }

    func kid(_ name: String) throws -> KeyID { try KeyID(vaultName: "MyKeyVault", name: name) }
  }

  @Test(arguments: UInt64(0)..<12)
  func `whatever is called in whatever order, the vault holds what it should`(
    seed: UInt64
  ) throws {
    var run = Run(
      world: try World(),
      generator: SeededGenerator(seed),
      now: Date(timeIntervalSince1970: 0)
    )
    run.now = run.world.context.now
    try run.world.vault { $0.retentionDays = 7 }
    try run.world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: run.world.account.signedInUser.objectID,
      keyPermissions: ["all", "purge"],
      context: run.world.context
    )
    for _ in 0..<120 {
      if Bool.random(using: &run.generator) {
        run.now += Double(Int.random(in: 0...3 * 86_400, using: &run.generator))
      }
      try run.step()
      try run.compare()
    }
  }
}

extension KeyModelTests.Model.Series {
  fileprivate mutating func add(_ version: String, at time: Date, expires: Date? = nil) {
    let end = expires ?? life.map { time + Double($0) * 86_400 }
    versions.append(KeyModelTests.Model.Version(version: version, created: time, expires: end))
    due = rotation.map { time + Double($0) * 86_400 }
  }
}

extension KeyModelTests.Run {
  /// One random call, on the vault and on the model; both refuse it or neither does.
  fileprivate mutating func step() throws {
    let name = name()
    let id = name.lowercased()
    let kid = try kid(name)
    let twin = twin
    try model.settle(now) { try twin.keyVersion() }
    let (azure, context) = (world.azure, context)
    let one = model.series[id]
    switch Int.random(in: 0..<10, using: &generator) {
    case 0...2:
      guard one?.deleted == nil else {
        refused(.keyDeleted) { try importKey(name, nil) }
        return
      }
      let expires = Bool.random(using: &generator) ? now + 1000 : nil
      try importKey(name, expires)
      var series = one ?? KeyModelTests.Model.Series(name: name, versions: [])
      series.add(try twin.keyVersion(), at: now, expires: expires)
      model.series[id] = series
    case 3:
      guard var series = one, series.deleted == nil else {
        refused(.keyNotFound) { try azure.rotateKey(kid, context: context) }
        return
      }
      try azure.rotateKey(kid, context: context)
      series.add(try twin.keyVersion(), at: now)
      model.series[id] = series
    case 4:
      guard var series = one, series.deleted == nil else {
        refused(.keyNotFound) { try azure.deleteKey(kid, context: context) }
        return
      }
      try azure.deleteKey(kid, context: context)
      series.deleted = now
      model.series[id] = series
    case 5:
      guard var series = one, series.deleted != nil else {
        refused(.keyNotFound) { try azure.recoverKey(kid, context: context) }
        return
      }
      try azure.recoverKey(kid, context: context)
      series.deleted = nil
      series.due = series.rotation.flatMap { days in
        series.versions.last.map { max($0.created + Double(days) * 86_400, now) }
      }
      model.series[id] = series
    case 6:
      guard one?.deleted != nil else {
        refused(.keyNotFound) { try azure.purgeKey(kid, context: context) }
        return
      }
      try azure.purgeKey(kid, context: context)
      model.series[id] = nil
    case 7: try setPolicy(kid, one)
    default: try updateOne(kid, one)
    }
  }

  private func importKey(_ name: String, _ expires: Date?) throws {
    try world.azure.importKey(
      KeyOptions(vault: "MyKeyVault", name: name, expires: expires),
      privateKey: Material.get(.p256),
      context: context
    )
  }

  private mutating func setPolicy(_ kid: KeyID, _ one: KeyModelTests.Model.Series?) throws {
    let days = [nil, 7, 9, 30].randomElement(using: &generator) ?? nil
    let life = [nil, 40].randomElement(using: &generator) ?? nil
    let actions = days.map {
      [RotationPolicy.LifetimeAction(.rotate, .timeAfterCreate(ISO8601Duration(days: $0)))]
    }
    func set() throws {
      try world.azure.setRotationPolicy(
        of: kid,
        actions: actions ?? [],
        expiryTime: life.map { ISO8601Duration(days: $0) },
        context: context
      )
    }
    guard var series = one, series.deleted == nil, let last = series.versions.last else {
      refused(.keyNotFound) { try set() }
      return
    }
    try set()
    (series.rotation, series.life) = (days, life)
    series.due = days.map { max(last.created + Double($0) * 86_400, now) }
    model.series[kid.name.lowercased()] = series
  }

  private mutating func updateOne(_ kid: KeyID, _ one: KeyModelTests.Model.Series?) throws {
    let changes = KeyChanges(isEnabled: Bool.random(using: &generator), expires: now + 5)
    guard var series = one, series.deleted == nil,
      let index = series.versions.indices.randomElement(using: &generator)
    else {
      let context = context
      refused(.keyNotFound) { try world.azure.updateKey(kid, changes, context: context) }
      return
    }
    let version = try KeyID(
      vaultName: kid.vault,
      name: kid.name,
      version: series.versions[index].version
    )
    try world.azure.updateKey(version, changes, context: context)
    series.versions[index].isEnabled = changes.isEnabled ?? true
    series.versions[index].expires = changes.expires
    model.series[kid.name.lowercased()] = series
  }

  /// Compares everything that can be asked of the vault with the model.
  fileprivate mutating func compare() throws {
    let twin = twin
    try model.settle(now) { try twin.keyVersion() }
    let live = model.series.filter { $0.value.deleted == nil }
    let deleted = model.series.filter { $0.value.deleted != nil }
    let keys = try world.azure.listKeys(vault: "MyKeyVault", context: context)
    #expect(keys.map { $0.name.lowercased() } == live.keys.sorted())
    let gone = try world.azure.listDeletedKeys(vault: "MyKeyVault", context: context)
    #expect(gone.map { $0.name.lowercased() } == deleted.keys.sorted())
    for one in gone { #expect(one.deletedDate == deleted[one.name.lowercased()]?.deleted) }
    for key in keys {
      let expected = try #require(live[key.name.lowercased()])
      #expect(key.name == expected.name)
      var versions: [Key] = []
      repeat {
        versions += try world.azure.listVersions(
          of: key.kid,
          after: versions.last?.version,
          context: context
        )
      } while versions.count % 25 == 0 && versions.count < expected.versions.count
      versions.sort { $0.number < $1.number }
      #expect(
        versions.map {
          KeyModelTests.Model.Version(
            version: $0.version,
            isEnabled: $0.isEnabled,
            created: $0.created,
            expires: $0.expires
          )
        } == expected.versions
      )
      #expect(key.version == expected.versions.last?.version)
    }
  }
}
