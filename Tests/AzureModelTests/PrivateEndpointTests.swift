import AzureModel
import Testing

@Suite struct PrivateEndpointTests {
  private func world() throws -> World {
    let world = try World()
    try world.vault()
    return world
  }

  @discardableResult
  private func connect(
    _ world: World,
    _ endpoint: String = "pe",
    _ change: (inout PrivateEndpointOptions) -> Void = { _ in }
  ) throws -> PrivateEndpointConnection {
    var options = PrivateEndpointOptions(endpoint: endpoint)
    change(&options)
    return try world.azure.connectPrivateEndpoint(options, to: "MyKeyVault", world.context)
  }

  private func connections(_ world: World) throws -> [PrivateEndpointConnection] {
    try world.azure.vault(named: "MyKeyVault").privateEndpointConnections
  }

  @Test func `the owner's endpoint is open at once`() throws {
    let world = try world()
    let made = try connect(world)
    #expect(made.status == .approved && made.provisioningState == "Succeeded")
    #expect(made.description == "Auto-approved" && made.actionsRequired == "None")
    #expect(made.name.hasPrefix("pe.") && made.privateAddress == "10.0.0.5")
    #expect(
      made.privateEndpointID
        == "/subscriptions/\(world.account.subscriptionID)/resourceGroups/MyResourceGroup"
        + "/providers/Microsoft.Network/privateEndpoints/pe"
    )
    #expect(try connections(world) == [made])
    let vault = try world.azure.vault(named: "MyKeyVault")
    #expect(
      vault.resourceID(of: made)
        == "\(vault.resourceID)/privateEndpointConnections/\(made.name)"
    )
  }

  @Test func `an endpoint asked for by hand waits for the owner, who may change his mind`() throws {
    let world = try world()
    let made = try connect(world) {
      $0.isManual = true
      $0.requestMessage = "please"
      $0.connectionName = "c"
      $0.privateAddress = "10.1.2.3"
    }
    #expect(made.status == .pending && made.description == "please")
    #expect(made.privateAddress == "10.1.2.3")
    let id = try world.azure.vault(named: "MyKeyVault").resourceID(of: made)
    for (name, isApproved) in [("c", true), ("C", false), (id, true), (id.uppercased(), true)] {
      try world.azure.decideConnection(
        name,
        of: "MyKeyVault",
        isApproved: isApproved,
        description: "now \(isApproved)",
        world.context
      )
      let connection = try #require(try connections(world).first)
      #expect(connection.status == (isApproved ? .approved : .rejected))
      #expect(connection.description == "now \(isApproved)")
    }
  }

  @Test func `an endpoint that is gone leaves its connection disconnected for good`() throws {
    let world = try world()
    try connect(world) { $0.connectionName = "c" }
    try world.azure.deletePrivateEndpoint("PE", of: "MyKeyVault", world.context)
    #expect(try connections(world).map(\.status) == [.disconnected])
    #expect(try connections(world).map(\.provisioningState) == ["Disconnected"])
    let before = world.store.contents
    for isApproved in [true, false] {
      refused(.argumentValue) {
        try world.azure.decideConnection(
          "c",
          of: "MyKeyVault",
          isApproved: isApproved,
          world.context
        )
      }
    }
    #expect(world.store.contents == before)
    // The endpoint made anew takes its place.
    try connect(world) { $0.connectionName = "c" }
    #expect(try connections(world).map(\.status) == [.approved])
  }

  @Test func `a deleted connection is gone`() throws {
    let world = try world()
    try connect(world, "one") { $0.connectionName = "c1" }
    try connect(world, "two") { $0.connectionName = "c2" }
    try world.azure.deleteConnection("C1", of: "MyKeyVault", world.context)
    #expect(try connections(world).map(\.name) == ["c2"])
    let error = refused(.connectionNotFound) {
      try world.azure.deleteConnection("c1", of: "MyKeyVault", world.context)
    }
    #expect(error?.status == 404)
    refused(.connectionNotFound) {
      try world.azure.decideConnection("c1", of: "MyKeyVault", isApproved: true, world.context)
    }
    refused(.connectionNotFound) {
      try world.azure.deletePrivateEndpoint("one", of: "MyKeyVault", world.context)
    }
  }

  @Test func `an endpoint connects once, and a name is taken once`() throws {
    let world = try world()
    try connect(world, "pe") { $0.connectionName = "c" }
    let before = world.store.contents
    refused(.connectionExists) { try connect(world, "PE") }
    let error = refused(.connectionExists) {
      try connect(world, "other") { $0.connectionName = "C" }
    }
    #expect(error?.status == 409)
    #expect(world.store.contents == before)
  }

  @Test func `endpoints of a vault have addresses of their own`() throws {
    let world = try world()
    let addresses = try (0..<3).map { try connect(world, "pe\($0)").privateAddress }
    #expect(addresses == ["10.0.0.5", "10.0.0.6", "10.0.0.7"])
  }

  @Test func `a vault takes 64 connections and no more`() throws {
    let world = try world()
    for index in 0..<PrivateEndpointConnection.countMax { try connect(world, "pe\(index)") }
    #expect(Set(try connections(world).map(\.privateAddress)).count == 64)
    let before = world.store.contents
    refused(.argumentValue) { try connect(world, "more") }
    #expect(world.store.contents == before)
  }

  @Test(arguments: [
    "", "a b", "/", "/subscriptions/x", "pe/1", String(repeating: "p", count: 81),
    "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/g/providers"
      + "/Microsoft.Network/virtualNetworks/v",
  ])
  func `what is no endpoint is refused`(endpoint: String) throws {
    let world = try world()
    let before = world.store.contents
    refused(.argumentValue) { try connect(world, endpoint) }
    refused(.argumentValue) {
      try world.azure.deletePrivateEndpoint(endpoint, of: "MyKeyVault", world.context)
    }
    #expect(world.store.contents == before)
  }

  @Test func `options beyond their limits are refused`() throws {
    let world = try world()
    let long = String(repeating: "d", count: 141)
    let before = world.store.contents
    refused(.argumentValue) { try connect(world) { $0.connectionName = "a b" } }
    refused(.argumentValue) { try connect(world) { $0.connectionName = "" } }
    refused(.argumentValue) { try connect(world) { $0.requestMessage = long } }
    for address in ["10.0.0.0/24", "10.0.0.5/32", "x", ""] {
      refused(.argumentValue) { try connect(world) { $0.privateAddress = address } }
    }
    #expect(world.store.contents == before)
    try connect(world) { $0.connectionName = "c" }
    refused(.argumentValue) {
      try world.azure.decideConnection(
        "c",
        of: "MyKeyVault",
        isApproved: false,
        description: long,
        world.context
      )
    }
    #expect(try connections(world).map(\.status) == [.approved])
  }

  @Test func `connections come back with a recovered vault`() throws {
    let world = try world()
    let made = try connect(world)
    try world.azure.deleteVault(named: "MyKeyVault", world.context)
    let vault = try world.azure.recoverVault(named: "MyKeyVault", world.context)
    #expect(vault.privateEndpointConnections == [made])
  }
}
