import AzureModel
import ClusterModel
import FoundationEssentials
import Testing

@Suite struct ClusterShapeTests {
  private func members(_ tree: JSONTree) -> [String: JSONTree] {
    guard case .object(let members) = tree else { return [:] }
    return members
  }

  private func member(_ tree: JSONTree, _ path: String...) -> JSONTree? {
    path.reduce(tree) { tree, name in tree.flatMap { members($0)[name] } }
  }

  private func shapes(_ world: World) throws -> ClusterShapes {
    try world.clusters.shapes(of: world.cluster(), world.context)
  }

  @Test func `a cluster that never used KMS has null in its place, as az prints it`() throws {
    let world = try World()
    try world.create()
    let shape = try shapes(world).az
    #expect(
      member(shape, "securityProfile")
        == [
          "azureKeyVaultKms": nil, "customCaTrustCertificates": nil, "defender": nil,
          "imageCleaner": nil, "workloadIdentity": nil,
        ]
    )
    #expect(member(shape, "apiServerAccessProfile") == .null)
    let cluster = try world.cluster()
    #expect(
      members(shape).filter { $0.value == .null }.keys.sorted() == [
        "aadProfile", "addonProfiles", "aiToolchainOperatorProfile", "apiServerAccessProfile",
        "autoScalerProfile", "autoUpgradeProfile", "azureMonitorProfile", "bootstrapProfile",
        "diskEncryptionSetId", "eTag", "extendedLocation", "fqdnSubdomain", "httpProxyConfig",
        "ingressProfile", "metricsProfile", "nodeProvisioningProfile", "nodeResourceGroupProfile",
        "oidcIssuerProfile", "podIdentityProfile", "privateFqdn", "privateLinkResources",
        "publicNetworkAccess", "resourceUid", "status", "storageProfile", "systemData", "tags",
        "upgradeSettings", "windowsProfile", "workloadAutoScalerProfile",
      ]
    )
    #expect(member(shape, "type") == "Microsoft.ContainerService/ManagedClusters")
    #expect(member(shape, "nodeResourceGroup") == "MC_rg_c1_eastus")
    #expect(member(shape, "dnsPrefix") == .string("c1-rg-\(cluster.subscriptionID.prefix(6))"))
    #expect(member(shape, "fqdn") == .string(cluster.fqdn) && cluster.fqdn.hasSuffix(".azmk8s.io"))
    #expect(member(shape, "kubernetesVersion") == "1.33")
    #expect(member(shape, "currentKubernetesVersion") == "1.33.0")
    #expect(member(shape, "sku") == ["name": "Base", "tier": "Free"])
    #expect(member(shape, "enableRbac") == true && member(shape, "enableRBAC") == nil)
    #expect(member(shape, "powerState", "code") == "Running")
    #expect(member(shape, "provisioningState") == "Succeeded")
    // What az aks update reads before it writes.
    #expect(member(shape, "identityProfile", "kubeletidentity", "clientId") != nil)
    #expect(member(shape, "maxAgentPools") == 100)
    guard case .array(let pools) = member(shape, "agentPoolProfiles"), let pool = pools.first else {
      Issue.record("no pool")
      return
    }
    #expect(member(pool, "type") == "VirtualMachineScaleSets" && member(pool, "count") == 3)
    #expect(member(pool, "mode") == "System" && member(pool, "nodeTaints") == .null)
    #expect(
      member(shape, "identity")
        == [
          "delegatedResources": nil, "principalId": nil, "tenantId": nil, "type": "UserAssigned",
          "userAssignedIdentities": [
            world.identity.resourceID: [
              "clientId": .string(world.identity.clientID),
              "principalId": .string(world.identity.principalID),
            ]
          ],
        ]
    )
  }

  @Test func `KMS shows its key, and keeps it when it is off (R80, R91, R105)`() throws {
    let world = try World()
    let key = try world.key()
    try world.create { $0.kms = world.kms(key) }
    func kms(_ isEnabled: Bool) -> JSONTree {
      [
        "enabled": .boolean(isEnabled), "keyId": .string(key.kid.description),
        "keyVaultNetworkAccess": "Public", "keyVaultResourceId": "",
      ]
    }
    #expect(try member(shapes(world).az, "securityProfile", "azureKeyVaultKms") == kms(true))
    #expect(
      try member(shapes(world).rest, "properties", "securityProfile", "azureKeyVaultKms")
        == kms(true)
    )
    try world.disable()
    #expect(try member(shapes(world).az, "securityProfile", "azureKeyVaultKms") == kms(false))
  }

  @Test func `a private vault and the tunnel are shown (R15, R66)`() throws {
    let world = try World()
    let key = try world.key()
    try world.letApprove()
    let subnet =
      "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/"
      + "Microsoft.Network/virtualNetworks/v/subnets/api"
    try world.create {
      $0.hasVNetIntegration = true
      $0.apiServerSubnetID = subnet
      $0.kms = try world.privateKMS(key)
    }
    let (az, rest) = (try shapes(world).az, try shapes(world).rest)
    #expect(member(az, "apiServerAccessProfile", "enableVnetIntegration") == true)
    #expect(member(az, "apiServerAccessProfile", "subnetId") == .string(subnet))
    #expect(member(az, "apiServerAccessProfile", "authorizedIpRanges") == .null)
    #expect(
      member(rest, "properties", "apiServerAccessProfile")
        == ["enableVnetIntegration": true, "subnetId": .string(subnet)]
    )
    let kms = try #require(member(az, "securityProfile", "azureKeyVaultKms"))
    #expect(member(kms, "keyVaultNetworkAccess") == "Private")
    #expect(
      try member(kms, "keyVaultResourceId")
        == .string(world.azure.vault(named: "kv1").resourceID)
    )
  }

  @Test func `the service leaves out what has no value, and spells names its own way`() throws {
    let world = try World()
    try world.create { $0.assignIdentity = nil }
    let shape = try shapes(world).rest
    func hasNull(_ tree: JSONTree) -> Bool {
      switch tree {
      case .null: true
      case .array(let items): items.contains(where: hasNull)
      case .object(let members): members.values.contains(where: hasNull)
      default: false
      }
    }
    #expect(!hasNull(shape))
    #expect(
      members(shape).keys.sorted() == [
        "id", "identity", "kind", "location", "name", "properties", "sku", "type",
      ]
    )
    #expect(member(shape, "properties", "enableRBAC") == true)
    #expect(member(shape, "properties", "securityProfile") == nil)
    #expect(member(shape, "identity", "type") == "SystemAssigned")
    #expect(member(shape, "identity", "principalId") != nil)
  }

  @Test func `a name of the node resource group ends after 80 characters, a DNS prefix is short`()
    throws
  {
    let world = try World()
    var options = ClusterOptions(
      name: "9_" + String(repeating: "n", count: 60),
      resourceGroup: String(repeating: "g", count: 60)
    )
    options.assignIdentity = world.identity.resourceID
    let cluster = try world.clusters.create(options, world.context)
    #expect(cluster.nodeResourceGroup.count == 80)
    #expect(
      cluster.dnsPrefix
        == "a9nnnnnnnn-gggggggggggggggg-\(cluster.subscriptionID.prefix(6))"
    )
  }

  @Test func `a cluster as earlier versions kept it is read as one that runs`() throws {
    let world = try World()
    let key = try world.key()
    let cluster = try world.create { $0.kms = world.kms(key) }
    let encoded = try JSONEncoder().encode(cluster)
    let text = String(decoding: encoded, as: UTF8.self)
    for member in ["stage", "privateLinks", "vaultResourceID"] { #expect(!text.contains(member)) }
    #expect(try JSONDecoder().decode(Cluster.self, from: encoded) == cluster)
    #expect(cluster.isRunning && cluster.powerState == .running)
  }
}
