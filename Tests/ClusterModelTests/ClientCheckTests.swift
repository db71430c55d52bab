import AzureModel
import ClusterModel
import Testing

/// What the client refuses before the service is asked, row by row.
///
/// Source: AKS specification §4.
@Suite struct ClientCheckTests {
  private static let both =
    "You must set \"--enable-azure-keyvault-kms\" and \"--azure-keyvault-kms-key-id\" at the same time."
  private static let keyID =
    "--azure-keyvault-kms-key-id is not a valid Key Vault key ID. See "
    + "https://learn.microsoft.com/en-us/azure/key-vault/general/about-keys-secrets-certificates"
    + "#vault-name-and-object-name"
  private static let kid =
    "https://kv1.vault.azure.net/keys/k/00000000000000000000000000000000"

  private static func options(
    enable: Bool = false,
    disable: Bool = false,
    _ keyID: String? = nil,
    _ access: String? = nil,
    _ vault: String? = nil
  ) -> KMSOptions {
    var options = KMSOptions()
    (options.isEnabled, options.isDisabled) = (enable, disable)
    (options.keyID, options.networkAccess, options.vaultResourceID) = (keyID, access, vault)
    return options
  }

  static let rows: [(KMSOptions, String)] = [
    (options(enable: true, "https://kv1.vault.azure.net/keys/k", "Public"), keyID),
    (options(enable: true, kid + "/", "Public"), keyID),
    (options(enable: true, kid.replacing("https", with: "HTTPS"), "Public"), keyID),
    (options(enable: true, kid.replacing("keys", with: "secrets"), "Public"), keyID),
    (
      options(enable: true, kid, "Private", "kv1"),
      "--azure-keyvault-kms-key-vault-resource-id is not a valid Azure resource ID."
    ),
    (options(enable: true), both), (options(kid, "Public"), both),
    (options(disable: true, kid), both),
    (
      options(enable: true, disable: true, kid, "Public"),
      "Cannot specify --enable-azure-keyvault-kms and --disable-azure-keyvault-kms at the same time."
    ),
    (options(enable: true, kid), "\"--azure-keyvault-kms-key-vault-network-access\" is required."),
    (
      options(enable: true, kid, "Private"),
      "\"--azure-keyvault-kms-key-vault-resource-id\" is required when "
        + "\"--azure-keyvault-kms-key-vault-network-access\" is Private."
    ),
    (
      options(nil, "Foo"),
      "'Foo' is not a valid value for '--azure-keyvault-kms-key-vault-network-access'. "
        + "Allowed values: Public, Private."
    ),
  ]

  @Test(arguments: rows.indices)
  func `a mistake is told in the client's words, and nothing is changed`(row: Int) throws {
    let (options, message) = Self.rows[row]
    let world = try World()
    #expect(
      try world.refused(.invalid) { try world.create { $0.kms = options } }?.message == message
    )
    try world.create()
    #expect(
      try world.refused(.invalid) { try world.update { $0.kms = options } }?.message == message
    )
  }

  private static let subnet =
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers"
    + "/Microsoft.Network/virtualNetworks/n/subnets/api"

  @Test(arguments: [
    ("api", true, "--apiserver-subnet-id is not a valid Azure resource ID."),
    (
      subnet.replacing("/subnets/api", with: ""), true,
      "--apiserver-subnet-id is not a valid Azure resource ID."
    ),
    (
      subnet, false,
      "\"--apiserver-subnet-id\" requires \"--enable-apiserver-vnet-integration\"."
    ),
  ])
  func `the API server's subnet is one, and goes with integration`(
    id: String,
    isIntegrated: Bool,
    message: String
  ) throws {
    let world = try World()
    let error = try world.refused(.invalid) {
      try world.create {
        $0.apiServerSubnetID = id
        $0.hasVNetIntegration = isIntegrated
      }
    }
    #expect(error?.message == message)
    try world.create { $0.hasVNetIntegration = isIntegrated }
    #expect(
      try world.refused(.invalid) { try world.update { $0.apiServerSubnetID = id } }?.message
        == message
    )
  }

  @Test(arguments: [0, -1, 1001])
  func `a cluster has 1 to 1000 nodes`(count: Int) throws {
    let world = try World()
    let error = try world.refused(.invalid) { try world.create { $0.nodeCount = count } }
    #expect(error?.message == "node_count is a number from 1 to 1000")
    try world.create { $0.nodeCount = 1000 }
  }

  @Test func `an identity is named by its ARM id (R50)`() throws {
    let world = try World()
    let error = try world.refused(.invalid) {
      try world.create { $0.assignIdentity = world.identity.clientID }
    }
    #expect(error?.message == "--assign-identity is not a valid Azure resource ID.")
    #expect(error?.rule == "R50" && error?.hint?.isEmpty == false)
  }

  @Test func `what an argument says alone is told before the name is found taken, the rest after`()
    throws
  {
    let world = try World()
    try world.create()
    let malformed = try world.refused(.invalid) {
      try world.create { $0.kms = Self.options(enable: true, "k", "Public") }
    }
    #expect(malformed?.message == Self.keyID)
    try world.refused(.exists) { try world.create { $0.kms = Self.options(enable: true) } }
  }

  @Test func `access or vault alone on update changes nothing, and the case of access is free`()
    throws
  {
    let world = try World()
    let key = try world.key()
    try world.create { $0.kms = world.kms(key) }
    let before = try world.cluster()
    let vault = try world.azure.vault(named: "kv1").resourceID
    #expect(try world.update { $0.kms = Self.options(nil, "private", vault) } == before)
    // With Public the client drops the vault's id, whatever was typed.
    try world.update {
      $0.kms = Self.options(enable: true, key.kid.description, "PUBLIC", vault)
    }
    #expect(try world.cluster().kms == before.kms)
  }
}
