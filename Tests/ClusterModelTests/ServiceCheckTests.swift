import AzureModel
import FoundationEssentials
import Testing

@testable import ClusterModel

/// What the service refuses, row by row.
///
/// Source: AKS specification §5.
@Suite struct ServiceCheckTests {
  private func check(
    _ world: World,
    _ cluster: Cluster,
    _ request: KMSRequest
  ) throws -> ClusterError? {
    try world.refused(.invalid) {
      _ = try world.clusters.checkService(request, cluster, world.context)
    }
  }

  @Test func `system-assigned identity (R21)`() throws {
    let world = try World()
    let key = try world.key()
    let error = try world.refused(.invalid) {
      try world.create {
        $0.assignIdentity = nil
        $0.kms = world.kms(key)
      }
    }
    #expect(
      error?.message
        == "AzureKeyVaultKms feature does not support cluster identity type SystemAssigned, "
        + "supported value is 'UserAssigned'"
    )
    #expect(error?.status == 400 && error?.rule == "R21")
  }

  @Test func `what the client would have caught, in the service's words`() throws {
    let world = try World()
    let kid = try world.key().kid.description
    let vault = try world.azure.vault(named: "kv1").resourceID
    let cluster = try world.create { $0.hasVNetIntegration = true }
    let rows: [(KMSRequest, String)] = [
      (
        KMSRequest(keyID: kid),
        "KeyVault network access is unspecified for Azure Key Vault KMS."
      ),
      (
        KMSRequest(keyID: kid, networkAccess: .isPrivate),
        "KeyVault resource ID is empty when KeyVault network access is Private."
      ),
      (
        KMSRequest(keyID: kid, networkAccess: .isPrivate, vaultResourceID: ""),
        "KeyVault resource ID is empty when KeyVault network access is Private."
      ),
      (
        KMSRequest(keyID: kid, networkAccess: .isPublic, vaultResourceID: vault),
        "KeyVault resource ID should be empty when KeyVault network access is Public."
      ),
    ]
    for (request, message) in rows {
      let error = try check(world, cluster, request)
      #expect(error?.message == message)
      #expect(error?.status == 400 && error?.azureCode == "BadRequest")
    }
    let other = KMSRequest(
      keyID: kid,
      networkAccess: .isPrivate,
      vaultResourceID: vault.replacing("kv1", with: "kv2")
    )
    #expect(try check(world, cluster, other)?.rule == "R67")
    let foreign = KMSRequest(keyID: "https://example.com/keys/k/1", networkAccess: .isPublic)
    #expect(try check(world, cluster, foreign)?.rule == "R34")
  }

  @Test func `the order of the table: identity, access, vault id, tunnel`() throws {
    let world = try World()
    let kid = try world.key().kid.description
    let vault = try world.azure.vault(named: "kv1").resourceID
    let own = try world.create { $0.assignIdentity = nil }
    #expect(try check(world, own, KMSRequest(keyID: kid))?.rule == "R21")
    try world.clusters.delete(own, world.context)
    let plain = try world.create()
    #expect(try check(world, plain, KMSRequest(keyID: kid))?.rule == "R49")
    var request = KMSRequest(keyID: kid, networkAccess: .isPrivate)
    #expect(try check(world, plain, request)?.rule == "R67")
    request.vaultResourceID = vault
    #expect(try check(world, plain, request)?.rule == "R16")
  }

  /// What is wrong with the key, the code inside, and the rule.
  @Test(
    arguments: [
      ("disabled", "KeyDisabled", "R75"), ("expired", "KeyExpired", "R107"),
      ("deleted", nil, "R17"), ("vault", nil, "R18"), ("firewall", "ForbiddenByFirewall", "R23"),
      ("closed", "ForbiddenByConnection", "R24"),
    ] as [(String, String?, String)]
  )
  func `a key that cannot be used is refused with the vault's code inside`(
    what: String,
    inner: String?,
    rule: String
  ) throws {
    let world = try World()
    let key = try world.key()
    var changes = KeyChanges()
    switch what {
    case "disabled":
      changes.isEnabled = false
      _ = try world.azure.updateKey(key.kid, changes, context: world.context)
    case "expired":
      changes.expires = world.context.now - 60
      _ = try world.azure.updateKey(key.kid, changes, context: world.context)
    case "deleted":
      _ = try world.azure.deleteKey(key.kid, context: world.context)
    case "vault": _ = try world.azure.deleteVault(named: "kv1", world.context)
    case "firewall":
      try world.azure.updateVault(named: "kv1", VaultChanges(defaultAction: .deny), world.context)
    default: try world.setPublicAccess(.disabled)
    }
    let error = try world.refused(.keyUnusable) {
      try world.create { $0.kms = world.kms(key) }
    }
    #expect(error?.status == 400 && error?.rule == rule)
    if let inner { #expect(error?.innerCode == inner) }
  }

  /// Permissions that are not encrypt and decrypt.
  @Test(arguments: [[], ["wrapKey", "unwrapKey"], ["encrypt"], ["decrypt"]] as [[String]])
  func `an identity without both permissions is refused in the service's words (R36, R55)`(
    permissions: [String]
  ) throws {
    let world = try World()
    let key = try world.key()
    _ = try world.azure.setPolicy(
      vault: "kv1",
      objectID: world.identity.principalID,
      keyPermissions: permissions,
      context: world.context
    )
    let error = try world.refused(.identityDenied) {
      try world.create { $0.kms = world.kms(key) }
    }
    #expect(
      error?.message
        == "The identity does not have keys encrypt/decrypt permission on key vault "
        + "\"https://kv1.vault.azure.net\""
    )
    #expect(error?.azureCode == "AzureKeyVaultKmsValidateIdentityPermissionCustomerError")
    #expect(error?.status == 400)
  }

  @Test func `an EC key cannot encrypt, and is refused as a lack of permission`() throws {
    let world = try World()
    let key = try world.azure.createKey(
      KeyOptions(vault: "kv1", name: "ec", kty: "EC"),
      context: world.context
    )
    let error = try world.refused(.identityDenied) {
      try world.create { $0.kms = world.kms(key) }
    }
    #expect(error?.azureCode == "AzureKeyVaultKmsValidateIdentityPermissionCustomerError")
  }

  @Test(arguments: [false, true])
  func `a vault of another tenant (R27)`(isPrivate: Bool) throws {
    let world = try World()
    let key = try world.key()
    let other = try world.azure.createSubscription(
      tenantID: "11111111-2222-3333-4444-555555555555",
      context: world.context
    )
    try world.azure.use(other.id, world.context.identifiers)
    var context = world.context
    context.principal = other.user
    let identity = try world.azure.createIdentity(
      name: "id2",
      resourceGroup: "rg2",
      context: context
    )
    var options = ClusterOptions(name: "c2", resourceGroup: "rg2")
    options.assignIdentity = identity.resourceID
    options.hasVNetIntegration = true
    options.kms = isPrivate ? try world.privateKMS(key) : world.kms(key)
    let error = try world.refused(.invalid) { _ = try world.clusters.create(options, context) }
    #expect(error?.rule == "R27" && error?.status == 400)
  }

  @Test func `a private vault that is gone is refused, for the service sees as much (R18)`() throws
  {
    let world = try World()
    let key = try world.key()
    let kms = try world.privateKMS(key)
    _ = try world.azure.deleteVault(named: "kv1", world.context)
    let error = try world.refused(.keyUnusable) {
      try world.create {
        $0.hasVNetIntegration = true
        $0.kms = kms
      }
    }
    #expect(error?.rule == "R18" && error?.hint?.contains("vault.recover") == true)
  }
}
