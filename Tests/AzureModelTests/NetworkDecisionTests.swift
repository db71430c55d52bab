import AzureModel
import CryptoEngine
import Testing

/// Every combination of network settings and callers, against the rules said another way.
@Suite struct NetworkDecisionTests {
  /// Every world has the same subscription, since it is made from the same seed.
  private static let group =
    "/subscriptions/\((try? World().account.subscriptionID) ?? "")/resourceGroups/MyGroup"
    + "/providers/Microsoft.Network"
  private static let subnet = group + "/virtualNetworks/MyNet/subnets/a"
  private static let endpoint = group + "/privateEndpoints/here"
  private static let elsewhere = group + "/privateEndpoints/elsewhere"

  private static let origins: [NetworkOrigin] = [
    .publicAddress("203.0.113.7"), .publicAddress("198.51.100.7"), .publicAddress("no address"),
    .subnet(subnet.uppercased()), .subnet(group + "/virtualNetworks/MyNet/subnets/b"),
    .privateEndpoint(endpoint.uppercased()), .privateEndpoint(elsewhere), .trustedService,
  ]

  /// What the vault's endpoint is, nil for a vault without one.
  private static let endpointStates: [PrivateEndpointConnection.Status?] =
    [nil] + PrivateEndpointConnection.Status.allCases

  /// Which ways lead in, each said by itself; the order of the rules plays no part.
  private func refusal(
    _ access: PublicNetworkAccess,
    _ acls: NetworkACLs,
    _ state: PrivateEndpointConnection.Status?,
    _ origin: NetworkOrigin
  ) -> String? {
    let isNamed =
      acls.ipRules.isEmpty
      ? false
      : origin.address == "203.0.113.7" || origin.subnetID?.lowercased() == Self.subnet.lowercased()
    let isPrivate =
      state == .approved
      && origin.privateEndpointIDs.contains { $0.lowercased() == Self.endpoint.lowercased() }
    let isTrusted =
      origin.isTrustedService && acls.bypass == .azureServices && access != .securedByPerimeter
    let isPublic = access == .enabled && (acls.defaultAction == .allow || isNamed)
    if isPrivate || isTrusted || isPublic { return nil }
    return access == .enabled ? "ForbiddenByFirewall" : "ForbiddenByConnection"
  }

  @Test(arguments: PublicNetworkAccess.allCases, endpointStates)
  func `the decision is that of the rules, and the front door keeps to it`(
    access: PublicNetworkAccess,
    state: PrivateEndpointConnection.Status?
  ) throws {
    let world = try World()
    try world.vault()
    let azure = world.azure
    if let state { try connect(state, world) }
    for action in NetworkACLs.DefaultAction.allCases {
      for bypass in NetworkACLs.Bypass.allCases {
        let changes = VaultChanges(
          publicNetworkAccess: access,
          defaultAction: action,
          bypass: bypass
        )
        try azure.updateVault(named: "MyKeyVault", changes, world.context)
        for hasRules in [false, true] {
          let rules: [NetworkRule] = [.address("203.0.113.0/28"), .subnet(Self.subnet)]
          let vault =
            try hasRules
            ? azure.addNetworkRules(rules, to: "MyKeyVault", world.context)
            : azure.removeNetworkRules(rules, from: "MyKeyVault", world.context)
          for origin in Self.origins {
            let expected = refusal(access, vault.networkACLs, state, origin)
            let what = "\(action) \(bypass) rules: \(hasRules) \(origin)"
            #expect(vault.decision(for: origin).innerCode == expected, "\(what)")
            var context = world.context
            context.origin = origin
            #expect(
              innerCode { try azure.listKeys(vault: "MyKeyVault", context: context) } == expected
            )
            // The control plane answers whatever the firewall says.
            #expect(try azure.vault(named: "MyKeyVault", context) == vault)
          }
        }
      }
    }
  }

  private func connect(_ state: PrivateEndpointConnection.Status, _ world: World) throws {
    let azure = world.azure
    try azure.connectPrivateEndpoint(
      PrivateEndpointOptions(
        endpoint: Self.endpoint,
        connectionName: "c",
        isManual: state == .pending
      ),
      to: "MyKeyVault",
      world.context
    )
    switch state {
    case .pending, .approved: break
    case .rejected:
      try azure.decideConnection("c", of: "MyKeyVault", isApproved: false, world.context)
    case .disconnected:
      try azure.deletePrivateEndpoint(Self.endpoint, of: "MyKeyVault", world.context)
    }
    let connections = try azure.vault(named: "MyKeyVault").privateEndpointConnections
    #expect(connections.map(\.status) == [state])
  }

  private func innerCode(_ call: () throws -> [Key]) -> String? {
    do {
      _ = try call()
      return nil
    } catch {
      return (error as? AzureError)?.innerCode ?? "\(error)"
    }
  }

  @Test(arguments: [
    (NetworkOrigin.publicAddress("203.0.113.7"), NetworkDecision.Reason.ipRule),
    (.subnet(subnet), .virtualNetworkRule), (.trustedService, .trustedService),
    (.privateEndpoint(endpoint), .privateEndpoint),
    (.privateEndpoint(elsewhere), .ipRule),
  ])
  func `who passes a firewall that is on is told why`(
    origin: NetworkOrigin,
    reason: NetworkDecision.Reason
  ) throws {
    let world = try World()
    try world.vault {
      $0.defaultAction = .deny
      $0.networkRules = [.address("203.0.113.0/24"), .subnet(Self.subnet)]
    }
    try connect(.approved, world)
    #expect(try world.azure.vault(named: "MyKeyVault").decision(for: origin) == .allowed(reason))
  }

  @Test func `ForbiddenByConnection is told in the service's words`() throws {
    let world = try World()
    try world.vault { $0.publicNetworkAccess = .disabled }
    let user = world.account.signedInUser
    let error = refused(.accessDenied) { try world.key() }
    #expect(
      error?.message
        == "Public network access is disabled and request is not from a trusted service nor via "
        + "an approved private link.\r\n"
        + "Caller: appid=\(user.applicationID);oid=\(user.objectID);"
        + "iss=https://sts.windows.net/\(user.tenantID)/\r\n"
        + "Vault: MyKeyVault;location=eastus"
    )
    #expect(error?.status == 403 && error?.azureCode == "Forbidden")
    #expect(error?.innerCode == "ForbiddenByConnection" && error?.rule == "R60")
  }

  @Test(arguments: [
    (NetworkOrigin.publicAddress("198.51.100.7"), "198.51.100.7"), (.subnet(subnet), "10.0.0.4"),
    (.privateEndpoint(endpoint), "203.0.113.20"),
  ])
  func `ForbiddenByFirewall is told in the service's words`(
    origin: NetworkOrigin,
    address: String
  ) throws {
    let world = try World()
    try world.vault { $0.defaultAction = .deny }
    let user = world.account.signedInUser
    var context = world.context
    context.origin = origin
    let error = refused(.accessDenied) {
      _ = try world.azure.listKeys(vault: "MyKeyVault", context: context)
    }
    #expect(
      error?.message
        == "Client address is not authorized and caller is not a trusted service.\r\n"
        + "Client address: \(address)\r\n"
        + "Caller: appid=\(user.applicationID);oid=\(user.objectID);"
        + "iss=https://sts.windows.net/\(user.tenantID)/\r\n"
        + "Vault: MyKeyVault;location=eastus"
    )
    #expect(error?.innerCode == "ForbiddenByFirewall" && error?.rule == "R23")
  }

  @Test(arguments: [
    (NetworkOrigin.publicAddress("198.51.100.7"), "ip_address = '198.51.100.7'"),
    (.subnet(subnet), "subnet = '\(subnet)'"),
    (.privateEndpoint(endpoint), "is Pending: v:private_endpoint_connection_approve{ name = 'c' }"),
  ])
  func `who is refused is told what would let it pass`(origin: NetworkOrigin, way: String) throws {
    let world = try World()
    try world.vault { $0.defaultAction = .deny }
    try connect(.pending, world)
    var context = world.context
    context.origin = origin
    for access in [PublicNetworkAccess.enabled, .disabled] {
      let changes = VaultChanges(publicNetworkAccess: access)
      try world.azure.updateVault(named: "MyKeyVault", changes, world.context)
      let error = refused(.accessDenied) {
        _ = try world.azure.listKeys(vault: "MyKeyVault", context: context)
      }
      let isClosed = access == .disabled && origin.privateEndpointIDs.isEmpty
      let hint = isClosed ? "a private endpoint is the only way in" : way
      #expect(error?.hint?.contains(hint) == true, "\(access)")
    }
  }

  @Test func `the name leads to the endpoint inside its network, to the public side outside`()
    throws
  {
    let world = try World()
    let before = try world.vault()
    let inside = NetworkOrigin.privateEndpoint(Self.endpoint)
    let outside = NetworkOrigin.publicAddress("203.0.113.7")
    #expect(before.resolution(from: inside).aliases == ["mykeyvault.vault.azure.net"])
    #expect(!before.resolution(from: inside).isPrivate)
    try connect(.approved, world)
    let vault = try world.azure.vault(named: "MyKeyVault")
    let names = ["mykeyvault.vault.azure.net", "mykeyvault.privatelink.vaultcore.azure.net"]
    #expect(vault.resolution(from: inside).aliases == names)
    #expect(vault.resolution(from: inside).address == "10.0.0.5")
    #expect(vault.resolution(from: inside).isPrivate)
    #expect(vault.resolution(from: outside).aliases == names)
    #expect(
      vault.resolution(from: outside) == vault.resolution(from: .privateEndpoint(Self.elsewhere))
    )
    #expect(!vault.resolution(from: outside).isPrivate)
    try world.azure.decideConnection("c", of: "MyKeyVault", isApproved: false, world.context)
    let after = try world.azure.vault(named: "MyKeyVault")
    #expect(after.resolution(from: inside) == before.resolution(from: inside))
  }
}
