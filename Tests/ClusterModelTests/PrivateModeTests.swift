import AzureModel
import ClusterModel
import CryptoEngine
import EncryptionAtRest
import FoundationEssentials
import Testing

@Suite struct PrivateModeTests {
  /// A closed vault with a key, and a cluster with VNet integration whose identity may link it.
  private func world(closed: Bool = true, linking: Bool = true) throws -> (World, Key) {
    let world = try World()
    let key = try world.key()
    if linking { try world.letApprove() }
    if closed { try world.setPublicAccess(.disabled) }
    return (world, key)
  }

  @Test
  func `a private vault is reached through an endpoint in the node resource group (R56, R57)`()
    throws
  {
    let (world, key) = try world()
    let cluster = try world.create {
      $0.hasVNetIntegration = true
      $0.kms = try world.privateKMS(key)
    }
    let connection = try #require(try world.connections().first)
    #expect(connection.status == .approved)
    #expect(
      connection.privateEndpointID
        == "/subscriptions/\(cluster.subscriptionID)/resourceGroups/MC_rg_c1_eastus/providers/"
        + "Microsoft.Network/privateEndpoints/kms-kv1"
    )
    #expect(try world.isHealthy() && world.state() == .succeeded)
    try world.secret("s")
    #expect(try world.server().secret(namespace: "default", name: "s").object.name == "s")
    let kms = try #require(try world.cluster().kms)
    #expect(kms.networkAccess == .isPrivate)
    #expect(try kms.vaultResourceID == world.azure.vault(named: "kv1").resourceID)
  }

  @Test func `the key is taken unseen, and the plugin fails without a grant (R63)`() throws {
    let (world, key) = try world()
    try world.azure.deletePolicy(
      vault: "kv1",
      objectID: world.identity.principalID,
      context: world.context
    )
    try world.create {
      $0.hasVNetIntegration = true
      $0.kms = try world.privateKMS(key)
    }
    #expect(try !world.isHealthy() && world.state() == .failed)
    try world.grant()
    #expect(try world.isHealthy())
    #expect(try world.state() == .failed)
    try world.update()
    #expect(try world.state() == .succeeded)
  }

  @Test func `an identity that may not approve connections is refused, and nothing is made (R65)`()
    throws
  {
    let (world, key) = try world(linking: false)
    let error = #expect(throws: AzureError.self) {
      try world.create {
        $0.hasVNetIntegration = true
        $0.kms = try world.privateKMS(key)
      }
    }
    #expect(error?.status == 403 && error?.azureCode == "LinkedAuthorizationFailed")
    #expect(error?.rule == "R65" && error?.message.contains("ConnectionsApproval/action") == true)
    #expect(try world.clusters.list().isEmpty && world.connections().isEmpty)
  }

  @Test(arguments: ["reject", "delete"])
  func `a link that is rejected or taken away by hand breaks KMS, and an update mends it (R56)`(
    how: String
  ) throws {
    let (world, key) = try world()
    try world.create {
      $0.hasVNetIntegration = true
      $0.kms = try world.privateKMS(key)
    }
    let name = try world.connections()[0].name
    if how == "reject" {
      try world.azure.decideConnection(name, of: "kv1", isApproved: false, world.context)
    } else {
      try world.azure.deleteConnection(name, of: "kv1", world.context)
    }
    let reason = try world.clusters.health(of: world.cluster(), world.context).reasons.first
    #expect(reason?.id == "ForbiddenByConnection")
    try world.update { $0.kms = try world.privateKMS(key) }
    #expect(try world.isHealthy())
    #expect(try world.connections().map(\.status) == [.approved])
  }

  @Test func `the mode of the attached vault stays while KMS is on (R28)`() throws {
    let (world, key) = try world(closed: false)
    try world.create {
      $0.hasVNetIntegration = true
      $0.kms = world.kms(key)
    }
    let error = try world.refused(.invalid) {
      try world.update { $0.kms = try world.privateKMS(key) }
    }
    #expect(error?.rule == "R28" && error?.status == 400 && error?.azureCode == "BadRequest")
    // Another key of the same vault makes no difference.
    let next = try world.key()
    try world.refused(.invalid) { try world.update { $0.kms = try world.privateKMS(next) } }
  }

  @Test
  func `public to private by the documented steps: disable, rewrite, close, enable (R83-R87)`()
    throws
  {
    let (world, key) = try world(closed: false)
    try world.create {
      $0.hasVNetIntegration = true
      $0.kms = world.kms(key)
    }
    try world.secret("s")
    try world.disable()
    #expect(try world.server().rewriteSecrets().total.written == 1)
    try world.setPublicAccess(.disabled)
    // The retained key is out of reach until the cluster has its link.
    #expect(try !world.isHealthy())
    try world.update { $0.kms = try world.privateKMS(key) }
    #expect(try world.isHealthy() && world.connections().map(\.status) == [.approved])
    #expect(try world.server().rewriteSecrets().total.written == 1)
  }

  @Test func `a skipped rewrite is cut off by closing the vault (R85)`() throws {
    let (world, key) = try world(closed: false)
    try world.create {
      $0.hasVNetIntegration = true
      $0.kms = world.kms(key)
    }
    try world.secret("s")
    try world.disable()
    try world.setPublicAccess(.disabled)
    let error = #expect(throws: ClusterError.self) {
      try world.server().secret(namespace: "default", name: "s")
    }
    #expect(error?.code == .secretUnreadable)
  }

  @Test func `private to public keeps the link until the vault is public (R88, R92)`() throws {
    let (world, key) = try world()
    try world.create {
      $0.hasVNetIntegration = true
      $0.kms = try world.privateKMS(key)
    }
    try world.secret("s")
    try world.disable()
    // What was not rewritten is still under the retained key.
    #expect(try world.connections().map(\.status) == [.approved])
    #expect(try world.server().secret(namespace: "default", name: "s").object.name == "s")
    let closed = try world.refused(.keyUnusable) { try world.update { $0.kms = world.kms(key) } }
    #expect(closed?.rule == "R24" && closed?.innerCode == "ForbiddenByConnection")
    try world.setPublicAccess(.enabled)
    try world.update { $0.kms = world.kms(key) }
    #expect(try world.connections().isEmpty && world.isHealthy())
    #expect(try world.cluster().kms?.vaultResourceID == nil)
  }

  @Test func `another vault with another mode is a rotation (R82), and each keeps its way`() throws
  {
    let (world, key) = try world(closed: false)
    _ = try world.azure.createVault(VaultOptions(name: "kv2", resourceGroup: "rg"), world.context)
    _ = try world.azure.setPolicy(
      vault: "kv2",
      objectID: world.identity.principalID,
      keyPermissions: ["encrypt", "decrypt"],
      context: world.context
    )
    let other = try world.azure.importKey(
      KeyOptions(vault: "kv2", name: "k"),
      privateKey: .rsa(Material.key.get()),
      context: world.context
    )
    try world.letApprove(vault: "kv2")
    try world.setPublicAccess(.disabled, of: "kv2")
    try world.create {
      $0.hasVNetIntegration = true
      $0.kms = world.kms(key)
    }
    try world.secret("s")
    try world.update { $0.kms = try world.privateKMS(other, vault: "kv2") }
    #expect(try world.cluster().kms?.slots == [other.kid, key.kid])
    #expect(try world.isHealthy() && world.connections(of: "kv2").count == 1)
    #expect(try world.server().rewriteSecrets().total.written == 1)
    // Back again: the private vault is the previous one and keeps its link while it is.
    try world.update { $0.kms = world.kms(key) }
    #expect(try world.isHealthy() && world.connections(of: "kv2").count == 1)
    #expect(try world.server().rewriteSecrets().total.written == 1)
    try world.update { $0.kms = world.kms(try world.key()) }
    #expect(try world.isHealthy() && world.connections(of: "kv2").isEmpty)
  }

  /// When, whether the subscription used it before, version, and whether it is accepted.
  @Test(
    arguments: [
      ("2024-09-14T00:00:00Z", false, "1.30", nil), ("2024-09-15T00:00:00Z", false, "1.30", "R16"),
      ("2024-09-15T00:00:00Z", true, "1.30", nil), ("2025-08-21T00:00:00Z", true, "1.29", nil),
      ("2025-08-22T00:00:00Z", true, "1.30", "R11"), ("2025-01-01T00:00:00Z", true, "1.31", "R11"),
    ] as [(String, Bool, String, String?)]
  )
  func `Konnectivity reaches a private vault for some, for some time (R10, R11)`(
    time: String,
    isGrandfathered: Bool,
    version: String,
    rule: String?
  ) throws {
    var world = try World(isKonnectivityGrandfathered: isGrandfathered)
    world.context = try world.at(time)
    let key = try world.key()
    try world.letApprove()
    try world.setPublicAccess(.disabled)
    func create() throws -> Cluster {
      try world.create {
        $0.kubernetesVersion = version
        $0.kms = try world.privateKMS(key)
      }
    }
    if let rule {
      let error = try world.refused(.invalid) { _ = try create() }
      #expect(
        error?.message
          == "Vnet integration should be enabled when KeyVault network access is Private."
      )
      #expect(error?.rule == rule && error?.status == 400)
    } else {
      let cluster = try create()
      #expect(try world.isHealthy())
      #expect(try world.clusters.warnings(of: cluster, world.context).map(\.rule) == ["R11"])
    }
  }

  @Test
  func `Konnectivity with a private vault can neither stop nor go to 1.31, until it is integrated`()
    throws
  {
    var world = try World(isKonnectivityGrandfathered: true)
    world.context = try world.at("2025-01-01T00:00:00Z")
    let key = try world.key()
    try world.letApprove()
    try world.setPublicAccess(.disabled)
    try world.create {
      $0.kubernetesVersion = "1.30"
      $0.kms = try world.privateKMS(key)
    }
    let stopping = try world.refused(.invalid) {
      _ = try world.clusters.stop(world.cluster(), world.context)
    }
    #expect(stopping?.rule == "R16")
    let upgrading = try world.refused(.versionRefused) {
      _ = try world.clusters.upgrade(world.cluster(), to: "1.31", world.context)
    }
    #expect(upgrading?.rule == "R11")
    try world.update { $0.hasVNetIntegration = true }
    // The tunnel in use stays until the cluster starts again.
    #expect(try world.cluster().tunnel == .konnectivity && world.isHealthy())
    _ = try world.clusters.stop(world.cluster(), world.context)
    _ = try world.clusters.start(world.cluster(), world.context)
    #expect(try world.cluster().tunnel == .vnet && world.isHealthy())
    #expect(try world.clusters.warnings(of: world.cluster(), world.context).isEmpty)
    _ = try world.clusters.upgrade(world.cluster(), to: "1.31", world.context)
  }

  @Test func `integration of a cluster that is there carries the link after a start, and stays`()
    throws
  {
    let (world, key) = try world()
    try world.create()
    try world.update { $0.hasVNetIntegration = true }
    try world.update { $0.kms = try world.privateKMS(key) }
    #expect(try !world.isHealthy())
    _ = try world.clusters.stop(world.cluster(), world.context)
    _ = try world.clusters.start(world.cluster(), world.context)
    #expect(try world.isHealthy() && world.state() == .succeeded)
    let error = try world.refused(.invalid) { try world.update { $0.hasVNetIntegration = false } }
    #expect(error?.status == 400)
  }
}
