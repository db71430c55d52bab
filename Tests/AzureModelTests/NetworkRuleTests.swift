import AzureModel
import Testing

@Suite struct NetworkRuleTests {
  private static let network =
    "/subscriptions/0b1f6471-1bf0-4dda-aec3-cb9272f09590/resourceGroups/MyGroup/providers"
    + "/Microsoft.Network/virtualNetworks/MyNet"

  private func world() throws -> World {
    let world = try World()
    try world.vault()
    return world
  }

  private func add(_ rules: [NetworkRule], _ world: World) throws -> NetworkACLs {
    try world.azure.addNetworkRules(rules, to: "MyKeyVault", world.context).networkACLs
  }

  @Test func `rules are kept in order, once each, addresses with their length`() throws {
    let world = try world()
    let subnet = Self.network + "/subnets/a"
    let acls = try add(
      [
        .address("203.0.113.7"), .address("198.51.100.0/24"), .address("203.0.113.7/32"),
        .subnet(subnet), .subnet(subnet.uppercased()),
      ],
      world
    )
    #expect(acls.ipRules.map(\.description) == ["203.0.113.7/32", "198.51.100.0/24"])
    #expect(acls.virtualNetworkRules == [subnet.lowercased()])
    #expect(try add([.address("203.0.113.7")], world) == acls)
    #expect(try world.azure.vault(named: "MyKeyVault").networkACLs == acls)
  }

  @Test func `a rule goes by any spelling; one that is not there changes nothing`() throws {
    let world = try world()
    let subnet = Self.network + "/subnets/a"
    let acls = try add([.address("203.0.113.7"), .subnet(subnet)], world)
    func remove(_ rule: NetworkRule) throws -> NetworkACLs {
      try world.azure.removeNetworkRules([rule], from: "MyKeyVault", world.context).networkACLs
    }
    #expect(try remove(.address("203.0.113.8")) == acls)
    #expect(try remove(.address("203.0.113.7/32")).ipRules.isEmpty)
    #expect(try remove(.subnet(subnet.uppercased())).virtualNetworkRules.isEmpty)
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.0.0.0/8", "10.0.0.0–10.255.255.255 (private IP addresses)"),
    ("172.20.10.5", "172.20.10.5/32", "172.16.0.0–172.31.255.255 (private IP addresses)"),
    ("192.168.1.0/24", "192.168.1.0/24", "192.168.0.0–192.168.255.255 (private IP addresses)"),
    ("127.0.0.1", "127.0.0.1/32", "127.0.0.0–127.255.255.255 (loopback addresses)"),
    ("169.254.169.254", "169.254.169.254/32", "169.254.0.0–169.254.255.255 (link-local addresses)"),
    ("100.64.0.1", "100.64.0.1/32", "100.64.0.0–100.127.255.255 (shared address space)"),
    ("0.0.0.0", "0.0.0.0/32", "0.0.0.0–0.255.255.255 (addresses of this network)"),
    ("224.0.0.1", "224.0.0.1/32", "224.0.0.0–239.255.255.255 (multicast addresses)"),
    ("255.255.255.255", "255.255.255.255/32", "240.0.0.0–255.255.255.255 (reserved addresses)"),
    ("0.0.0.0/0", "0.0.0.0/0", "10.0.0.0–10.255.255.255 (private IP addresses)"),
    ("8.0.0.0/6", "8.0.0.0/6", "10.0.0.0–10.255.255.255 (private IP addresses)"),
  ])
  func `an address that is not public is refused in the service's words`(
    rule: String,
    cidr: String,
    range: String
  ) throws {
    let world = try world()
    _ = try add([.address("203.0.113.7")], world)
    let before = world.store.contents
    let error = refused(.argumentValue) { _ = try add([.address(rule)], world) }
    #expect(
      error?.message
        == "Invalid value found at properties.networkAcls.ipRules[1].value: \(cidr) belongs to "
        + "forbidden range \(range)"
    )
    #expect(error?.azureCode == "BadRequest" && error?.status == 400)
    #expect(world.store.contents == before)
  }

  @Test(arguments: ["9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0", "223.255.255.255"])
  func `an address beside those is taken`(rule: String) throws {
    #expect(try add([.address(rule)], world()).ipRules.map(\.description) == ["\(rule)/32"])
  }

  @Test(arguments: ["", "vault", "203.0.113.7/24", "2001:db8::1", "203.0.113", "203.0.113.0/33"])
  func `what is no range is refused`(rule: String) throws {
    let world = try world()
    refused(.argumentValue) { _ = try add([.address(rule)], world) }
    refused(.argumentValue) {
      try world.azure.removeNetworkRules([.address(rule)], from: "MyKeyVault", world.context)
    }
  }

  @Test func `a range with host bits is told as it should be`() throws {
    let world = try world()
    let error = refused(.argumentValue) { _ = try add([.address("203.0.113.7/24")], world) }
    #expect(error?.hint == "the range is 203.0.113.0/24")
  }

  @Test(arguments: [
    "", "a", network, network + "/subnets/", network + "/subnets/a/b", network + "/subnet/a",
    "/subscriptions/x/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
    network.dropFirst() + "/subnets/a", network + "/subnets/a b",
    network.replacing("Microsoft.Network", with: "Microsoft.Compute") + "/subnets/a",
    network + "/subnets/" + String(repeating: "s", count: 2000),
  ])
  func `what is no id of a subnet is refused`(subnet: String) throws {
    let world = try world()
    let before = world.store.contents
    refused(.argumentValue) { _ = try add([.subnet(subnet)], world) }
    #expect(world.store.contents == before)
  }

  @Test func `one bad rule among many keeps all out`() throws {
    let world = try world()
    let before = world.store.contents
    refused(.argumentValue) {
      _ = try add([.address("203.0.113.7"), .address("10.0.0.1")], world)
    }
    #expect(world.store.contents == before)
  }

  @Test func `a vault takes 1000 address rules and no more`() throws {
    let world = try world()
    let rules = (0..<1000).map { NetworkRule.address("20.0.\($0 / 250).\($0 % 250)") }
    #expect(try add(rules, world).ipRules.count == NetworkACLs.ipRuleCountMax)
    let error = refused(.argumentValue) { _ = try add([.address("21.0.0.1")], world) }
    #expect(error?.message == "A vault takes at most 1000 IP rules.")
    // One that is there already is no further one.
    #expect(try add([rules[0]], world).ipRules.count == 1000)
  }

  @Test func `a vault takes 200 subnet rules and no more`() throws {
    let world = try world()
    let rules = (0..<200).map { NetworkRule.subnet("\(Self.network)/subnets/s\($0)") }
    #expect(
      try add(rules, world).virtualNetworkRules.count == NetworkACLs.virtualNetworkRuleCountMax
    )
    let error = refused(.argumentValue) {
      _ = try add([.subnet("\(Self.network)/subnets/more")], world)
    }
    #expect(error?.message == "A vault takes at most 200 virtual network rules.")
  }

  @Test func `rules can be given when a vault is made`() throws {
    let world = try World()
    let vault = try world.vault {
      $0.defaultAction = .deny
      $0.networkRules = [.address("203.0.113.0/24"), .subnet(Self.network + "/subnets/a")]
    }
    #expect(
      vault.networkACLs.ipRules.count == 1 && vault.networkACLs.virtualNetworkRules.count == 1
    )
    refused(.argumentValue) {
      try world.vault("other") { $0.networkRules = [.address("10.0.0.1")] }
    }
    #expect(try world.azure.findVault(named: "other") == nil)
  }
}
