import AzureModel
import ClusterModel
import FoundationEssentials
import Testing

@Suite struct ForecastTests {
  /// Looks ahead; what it does to the world's store stays there.
  private func forecast(
    _ world: World,
    until end: String,
    countMax: Int = Forecast.eventCountMax
  ) throws -> Forecast {
    try world.clusters.forecast(
      of: world.cluster(),
      until: Date(rfc3339: end),
      world.context,
      countMax: countMax
    ) { time in
      var context = world.context
      context.now = time
      try world.clusters.catchUp(context)
      return context
    }
  }

  @Test(arguments: [
    // From then on the service takes no other key, what is there goes on (R10, R11).
    (
      false, "2024-09-01T00:00:00Z",
      [
        "2024-09-15T00:00:00Z konnectivity_closes R10 !",
        "2025-08-22T00:00:00Z konnectivity_ends R11",
      ]
    ),
    (
      true, "2024-09-01T00:00:00Z",
      [
        "2024-09-15T00:00:00Z konnectivity_closes R10",
        "2025-08-22T00:00:00Z konnectivity_ends R11 !",
      ]
    ),
    (true, "2025-01-01T00:00:00Z", ["2025-08-22T00:00:00Z konnectivity_ends R11 !"]),
  ])
  func `the end of Konnectivity with a private vault is told (R10, R11)`(
    isGrandfathered: Bool,
    start: String,
    wanted: [String]
  ) throws {
    var world = try World(isKonnectivityGrandfathered: isGrandfathered)
    world.context = try world.at(start)
    let key = try world.key()
    try world.letApprove()
    try world.setPublicAccess(.disabled)
    try world.create {
      $0.kubernetesVersion = "1.30"
      $0.kms = try world.privateKMS(key)
    }
    let events = try forecast(world, until: "2025-12-31T00:00:00Z").events
      .filter { $0.what.hasPrefix("konnectivity") }
    #expect(
      events.map {
        "\($0.time.rfc3339) \($0.what) \($0.rule ?? "")\($0.breakage == nil ? "" : " !")"
      } == wanted
    )
    for breakage in events.compactMap(\.breakage) {
      #expect(breakage.health == .healthy && breakage.lostSecretCount == 0)
      #expect(breakage.message.contains("Vnet integration should be enabled"))
    }
  }

  @Test func `a version leaves community support, then platform support, and nothing breaks`()
    throws
  {
    let world = try World()
    try world.create { $0.kubernetesVersion = "1.32" }
    let events = try forecast(world, until: "2027-01-01T00:00:00Z").events
    #expect(events.map(\.what) == ["support_ends", "platform_support_ends"])
    #expect(
      events.map(\.time.rfc3339) == ["2026-04-01T00:00:00Z", "2026-06-01T00:00:00Z"]
    )
    #expect(events.allSatisfy { $0.breakage == nil && $0.subject == "1.32" })
    #expect(events.first?.remedy.contains("1.33") == true)
  }

  @Test func `more events than are told are cut, and that is said`() throws {
    let world = try World()
    try world.create { $0.kubernetesVersion = "1.32" }
    let cut = try forecast(world, until: "2027-01-01T00:00:00Z", countMax: 1)
    #expect(cut.events.map(\.what) == ["support_ends"] && !cut.isComplete)
    #expect(try forecast(world, until: "2026-05-01T00:00:00Z", countMax: 1).isComplete)
  }

  @Test func `a forecast that is told to stop is not complete`() throws {
    let world = try World()
    try world.create { $0.kubernetesVersion = "1.32" }
    let stopped = try world.clusters.forecast(
      of: world.cluster(),
      until: Date(rfc3339: "2027-01-01T00:00:00Z"),
      world.context
    ) { _ in nil }
    #expect(stopped.events.isEmpty && !stopped.isComplete)
  }
}
