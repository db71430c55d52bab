import AzureModel
import FoundationEssentials
import Testing

@Suite struct VaultShapeTests {
  /// A vault with everything a shape can show.
  private func full() throws -> (World, Vault) {
    var world = try World()
    world.context.now += 0.123
    try world.vault {
      $0.tags = ["team": "blue"]
      $0.sku = .premium
      $0.enablePurgeProtection = true
      $0.retentionDays = 30
      $0.deploymentAccess = DeploymentAccess(diskEncryption: true)
      $0.networkRules = [
        .address("203.0.113.7"),
        .subnet(
          "/subscriptions/\(world.account.subscriptionID)/resourceGroups/Net/providers"
            + "/Microsoft.Network/virtualNetworks/v/subnets/s"
        ),
      ]
    }
    try world.azure.connectPrivateEndpoint(
      PrivateEndpointOptions(endpoint: "pe", connectionName: "c"),
      to: "MyKeyVault",
      world.context
    )
    let vault = try world.azure.updateVault(named: "MyKeyVault", VaultChanges(), world.later(60))
    return (world, vault)
  }

  private func expect(
    _ tree: JSONTree,
    _ text: String,
    _ world: World,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let wanted =
      text
      .replacing("SUBSCRIPTION", with: world.account.subscriptionID)
      .replacing("TENANT", with: world.account.tenantID)
      .replacing("USER", with: world.account.signedInUser.objectID)
      .split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
    #expect(String(decoding: try tree.text(), as: UTF8.self) == wanted, sourceLocation: location)
  }

  private static let id =
    "/subscriptions/SUBSCRIPTION/resourceGroups/MyResourceGroup/providers/Microsoft.KeyVault"
    + "/vaults/MyKeyVault"

  @Test func `a fresh vault is shown as az shows it, nulls included`() throws {
    let world = try World()
    try expect(
      world.vault().azShape,
      """
      {"id":"\(Self.id)","location":"eastus","name":"MyKeyVault","properties":{
      "accessPolicies":[{"applicationId":null,"objectId":"USER","permissions":{
      "certificates":["all"],"keys":["all"],"secrets":["all"],"storage":["all"]},
      "tenantId":"TENANT"}],
      "createMode":null,"enablePurgeProtection":null,"enableRbacAuthorization":false,
      "enableSoftDelete":true,"enabledForDeployment":false,"enabledForDiskEncryption":null,
      "enabledForTemplateDeployment":null,"hsmPoolResourceId":null,
      "networkAcls":{"bypass":"AzureServices","defaultAction":"Allow","ipRules":[],
      "virtualNetworkRules":[]},
      "privateEndpointConnections":null,"provisioningState":"Succeeded",
      "publicNetworkAccess":"Enabled","sku":{"family":"A","name":"standard"},
      "softDeleteRetentionInDays":90,"tenantId":"TENANT",
      "vaultUri":"https://mykeyvault.vault.azure.net/"},
      "resourceGroup":"MyResourceGroup",
      "systemData":{"createdAt":"2026-01-01T00:00:00+00:00",
      "createdBy":"learner@contoso.onmicrosoft.com","createdByType":"User",
      "lastModifiedAt":"2026-01-01T00:00:00+00:00",
      "lastModifiedBy":"learner@contoso.onmicrosoft.com","lastModifiedByType":"User"},
      "tags":{},"type":"Microsoft.KeyVault/vaults"}
      """,
      world
    )
  }

  @Test func `a vault with everything is shown as az shows it`() throws {
    let (world, vault) = try full()
    try expect(
      vault.azShape,
      """
      {"id":"\(Self.id)","location":"eastus","name":"MyKeyVault","properties":{
      "accessPolicies":[{"applicationId":null,"objectId":"USER","permissions":{
      "certificates":["all"],"keys":["all"],"secrets":["all"],"storage":["all"]},
      "tenantId":"TENANT"}],
      "createMode":null,"enablePurgeProtection":true,"enableRbacAuthorization":false,
      "enableSoftDelete":true,"enabledForDeployment":false,"enabledForDiskEncryption":true,
      "enabledForTemplateDeployment":null,"hsmPoolResourceId":null,
      "networkAcls":{"bypass":"AzureServices","defaultAction":"Allow",
      "ipRules":[{"value":"203.0.113.7/32"}],
      "virtualNetworkRules":[{"id":"/subscriptions/SUBSCRIPTION/resourcegroups/net/providers
      /microsoft.network/virtualnetworks/v/subnets/s",
      "ignoreMissingVnetServiceEndpoint":null,"resourceGroup":"net"}]},
      "privateEndpointConnections":[{"etag":null,
      "id":"\(Self.id)/privateEndpointConnections/c",
      "privateEndpoint":{"id":"/subscriptions/SUBSCRIPTION/resourceGroups/MyResourceGroup
      /providers/Microsoft.Network/privateEndpoints/pe","resourceGroup":"MyResourceGroup"},
      "privateLinkServiceConnectionState":{"actionsRequired":"None",
      "description":"Auto-approved","status":"Approved"},
      "provisioningState":"Succeeded","resourceGroup":"MyResourceGroup"}],
      "provisioningState":"Succeeded",
      "publicNetworkAccess":"Enabled","sku":{"family":"A","name":"premium"},
      "softDeleteRetentionInDays":30,"tenantId":"TENANT",
      "vaultUri":"https://mykeyvault.vault.azure.net/"},
      "resourceGroup":"MyResourceGroup",
      "systemData":{"createdAt":"2026-01-01T00:00:00.123000+00:00",
      "createdBy":"learner@contoso.onmicrosoft.com","createdByType":"User",
      "lastModifiedAt":"2026-01-01T00:01:00.123000+00:00",
      "lastModifiedBy":"learner@contoso.onmicrosoft.com","lastModifiedByType":"User"},
      "tags":{"team":"blue"},"type":"Microsoft.KeyVault/vaults"}
      """,
      world
    )
  }

  @Test func `the service leaves out what has no value`() throws {
    let (world, vault) = try full()
    try expect(
      vault.restShape,
      """
      {"id":"\(Self.id)","location":"eastus","name":"MyKeyVault","properties":{
      "accessPolicies":[{"objectId":"USER","permissions":{
      "certificates":["all"],"keys":["all"],"secrets":["all"],"storage":["all"]},
      "tenantId":"TENANT"}],
      "enablePurgeProtection":true,"enableRbacAuthorization":false,
      "enableSoftDelete":true,"enabledForDeployment":false,"enabledForDiskEncryption":true,
      "networkAcls":{"bypass":"AzureServices","defaultAction":"Allow",
      "ipRules":[{"value":"203.0.113.7/32"}],
      "virtualNetworkRules":[{"id":"/subscriptions/SUBSCRIPTION/resourcegroups/net/providers
      /microsoft.network/virtualnetworks/v/subnets/s"}]},
      "privateEndpointConnections":[{"id":"\(Self.id)/privateEndpointConnections/c",
      "properties":{"privateEndpoint":{"id":"/subscriptions/SUBSCRIPTION/resourceGroups
      /MyResourceGroup/providers/Microsoft.Network/privateEndpoints/pe"},
      "privateLinkServiceConnectionState":{"actionsRequired":"None",
      "description":"Auto-approved","status":"Approved"},"provisioningState":"Succeeded"}}],
      "provisioningState":"Succeeded",
      "publicNetworkAccess":"Enabled","sku":{"family":"A","name":"premium"},
      "softDeleteRetentionInDays":30,"tenantId":"TENANT",
      "vaultUri":"https://mykeyvault.vault.azure.net/"},
      "systemData":{"createdAt":"2026-01-01T00:00:00.123Z",
      "createdBy":"learner@contoso.onmicrosoft.com","createdByType":"User",
      "lastModifiedAt":"2026-01-01T00:01:00.123Z",
      "lastModifiedBy":"learner@contoso.onmicrosoft.com","lastModifiedByType":"User"},
      "tags":{"team":"blue"},"type":"Microsoft.KeyVault/vaults"}
      """,
      world
    )
    let fresh = try world.vault("fresh")
    guard case .object(let members) = fresh.restShape,
      case .object(let properties)? = members["properties"]
    else { return #expect(Bool(false), "no object") }
    for name in [
      "enablePurgeProtection", "enabledForDiskEncryption", "enabledForTemplateDeployment",
      "privateEndpointConnections", "createMode", "hsmPoolResourceId",
    ] {
      #expect(properties[name] == nil, "\(name)")
    }
  }

  @Test func `a list has the short form`() throws {
    let (world, vault) = try full()
    try expect(
      vault.azListItem,
      """
      {"id":"\(Self.id)","location":"eastus","name":"MyKeyVault",
      "resourceGroup":"MyResourceGroup","tags":{"team":"blue"},"type":"Microsoft.KeyVault/vaults"}
      """,
      world
    )
  }

  @Test func `a deleted vault is shown as az shows it, and as the service does`() throws {
    let (world, _) = try full()
    try world.vault("other")
    let deleted = try world.azure.deleteVault(named: "MyKeyVault", world.context)
    let place =
      "/subscriptions/SUBSCRIPTION/providers/Microsoft.KeyVault/locations/eastus/deletedVaults"
    try expect(
      deleted.azShape,
      """
      {"id":"\(place)/MyKeyVault","name":"MyKeyVault","properties":{
      "deletionDate":"2026-01-01T00:00:00+00:00","location":"eastus",
      "purgeProtectionEnabled":true,"scheduledPurgeDate":"2026-01-31T00:00:00+00:00",
      "tags":{"team":"blue"},"vaultId":"\(Self.id)"},"type":"Microsoft.KeyVault/deletedVaults"}
      """,
      world
    )
    let other = try world.azure.deleteVault(named: "other", world.context)
    let properties = """
      "deletionDate":"2026-01-01T00:00:00Z","location":"eastus",
      "scheduledPurgeDate":"2026-04-01T00:00:00Z","tags":{},
      """
    try expect(
      other.restShape,
      """
      {"id":"\(place)/other","name":"other","properties":{\(properties)
      "vaultId":"\(Self.id.replacing("MyKeyVault", with: "other"))"},
      "type":"Microsoft.KeyVault/deletedVaults"}
      """,
      world
    )
    guard case .object(let members) = other.azShape,
      case .object(let shown)? = members["properties"]
    else { return #expect(Bool(false), "no object") }
    #expect(shown["purgeProtectionEnabled"] == .null)
  }

  @Test func `the answer about a name has nulls for az, and none for the service`() throws {
    let world = try World()
    let free = try world.azure.nameAvailability(of: "MyKeyVault", world.context)
    #expect(free.azShape == ["message": nil, "nameAvailable": true, "reason": nil])
    #expect(free.restShape == ["nameAvailable": true])
    let bad = try world.azure.nameAvailability(of: "1", world.context)
    #expect(bad.restShape == bad.azShape)
    #expect(
      bad.restShape.merging(["message": ""])
        == ["message": "", "nameAvailable": false, "reason": "AccountNameInvalid"]
    )
  }
}
