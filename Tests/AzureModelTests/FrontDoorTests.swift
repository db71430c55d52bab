import AzureModel
import CryptoEngine
import FoundationEssentials
import Testing

@Suite struct FrontDoorTests {
  private func world() throws -> (World, ManagedIdentity, KeyID) {
    let world = try World()
    try world.vault()
    let identity = try world.identity()
    return (world, identity, try world.key().kid)
  }

  private func encrypt(
    _ world: World,
    _ kid: KeyID,
    _ context: CallContext,
    algorithm: EncryptionAlgorithm = .rsaOAEP256
  ) throws {
    _ = try world.azure.encrypt(
      kid,
      algorithm: algorithm,
      value: SecretBytes("seed"),
      context: context
    )
  }

  @Test func `a caller without a policy is denied in the service's words`() throws {
    let (world, identity, kid) = try world()
    let context = world.seen(by: identity.principal)
    let error = refused(.accessDenied) { try encrypt(world, kid, context) }
    #expect(
      error?.message
        == "The user, group or application 'appid=\(identity.clientID);"
        + "oid=\(identity.principalID);iss=https://sts.windows.net/\(identity.tenantID)/' does "
        + "not have keys encrypt permission on key vault 'MyKeyVault;location=eastus'. For help "
        + "resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287"
    )
    #expect(error?.azureCode == "Forbidden" && error?.innerCode == "AccessDenied")
  }

  @Test func `a policy allows what it names and no more`() throws {
    let (world, identity, kid) = try world()
    let context = world.seen(by: identity.principal)
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: identity.principalID,
      keyPermissions: ["encrypt"],
      context: world.context
    )
    try encrypt(world, kid, context)
    refused(.accessDenied) {
      _ = try world.azure.decrypt(kid, algorithm: .rsaOAEP256, value: [], context: context)
    }
    refused(.accessDenied) { _ = try world.azure.key(kid, context: context) }
    refused(.accessDenied) { _ = try world.azure.findKey(kid, context: context) }
    refused(.accessDenied) { _ = try world.azure.listVersions(of: kid, context: context) }
    refused(.accessDenied) { _ = try world.azure.listKeys(vault: "MyKeyVault", context: context) }
    refused(.accessDenied) { try world.azure.updateKey(kid, KeyChanges(), context: context) }
    let options = KeyOptions(vault: "MyKeyVault", name: "new")
    refused(.accessDenied) { try world.azure.createKey(options, context: context) }
    refused(.accessDenied) {
      try world.azure.importKey(options, privateKey: Material.get(), context: context)
    }
  }

  @Test func `wrap and unwrap are not encrypt and decrypt`() throws {
    let (world, identity, kid) = try world()
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: identity.principalID,
      keyPermissions: ["wrapKey", "unwrapKey"],
      context: world.context
    )
    refused(.accessDenied) { try encrypt(world, kid, world.seen(by: identity.principal)) }
  }

  @Test func `a grant to the client id is taken and helps no one`() throws {
    let (world, identity, kid) = try world()
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: identity.clientID,
      keyPermissions: ["encrypt", "decrypt"],
      context: world.context
    )
    refused(.accessDenied) { try encrypt(world, kid, world.seen(by: identity.principal)) }
    #expect(
      try world.azure.describeObject(identity.clientID).hint
        == "this is the client id of MyIdentity; its principal id is "
        + identity.principalID
    )
  }

  @Test func `even the owner has no data action in an RBAC vault`() throws {
    let world = try World()
    let vault = try world.vault { $0.enableRBACAuthorization = true }
    let error = refused(.accessDenied) { try world.key() }
    let user = world.account.signedInUser
    let lines = [
      "Caller is not authorized to perform action on resource.",
      "If role assignments, deny assignments or role definitions were changed recently, please "
        + "observe propagation time.",
      "Caller: appid=\(user.applicationID);oid=\(user.objectID);"
        + "iss=https://sts.windows.net/\(user.tenantID)/",
      "Action: 'Microsoft.KeyVault/vaults/keys/import/action'",
      "Resource: '\(vault.resourceID)/keys/MyKeyName'", "Assignment: (not found)",
      "DenyAssignmentId: null", "DecisionReason: null", "Vault: MyKeyVault;location=eastus",
    ]
    #expect(error?.message == lines.joined(separator: "\r\n"))
    #expect(error?.innerCode == "ForbiddenByRbac" && error?.rule == "R38")
  }

  @Test func `a vault without public access refuses before it looks at grants`() throws {
    let world = try World()
    try world.vault { $0.publicNetworkAccess = .disabled }
    let error = refused(.accessDenied) { try world.key() }
    #expect(error?.innerCode == "ForbiddenByConnection")
    let start =
      "Public network access is disabled and request is not from a trusted service nor via an "
      + "approved private link.\r\nCaller: appid="
    #expect(error?.message.hasPrefix(start) == true)
    var context = world.context
    context.origin = .privateEndpoint("/subscriptions/x/unknown")
    let other = refused(.accessDenied) {
      _ = try world.azure.listKeys(vault: "MyKeyVault", context: context)
    }
    #expect(other?.innerCode == "ForbiddenByConnection")
  }

  @Test func `a firewall that denies by default names the address`() throws {
    let world = try World()
    try world.vault { $0.defaultAction = .deny }
    let error = refused(.accessDenied) { try world.key() }
    #expect(error?.innerCode == "ForbiddenByFirewall" && error?.rule == "R23")
    let start =
      "Client address is not authorized and caller is not a trusted service.\r\n"
      + "Client address: 203.0.113.10\r\nCaller: "
    #expect(error?.message.hasPrefix(start) == true)
  }

  @Test func `a vault of another tenant takes no token of this one`() throws {
    let world = try World()
    try world.vault { $0.tenantID = "72f988bf-86f1-41af-91ab-2d7cd011db47" }
    let error = refused(.accessUnauthenticated) { try world.key() }
    #expect(error?.status == 401)
    #expect(error?.message.hasPrefix("AKV10032: Invalid issuer.") == true)
  }

  @Test func `a vault that is not there has no address`() throws {
    let world = try World()
    let kid = try KeyID(vaultName: "Nope", name: "k")
    let error = refused(.vaultNotFound) { _ = try world.azure.key(kid, context: world.context) }
    #expect(error?.message == "Failed to resolve 'nope.vault.azure.net'")
  }

  @Test func `checks come in the service's order`() throws {
    let (world, identity, kid) = try world()
    let stranger = world.seen(by: identity.principal)
    let missing = try KeyID(vaultName: "MyKeyVault", name: "missing")
    let bad = EncryptionAlgorithm(rawValue: "none")
    // Everything is wrong; each line puts right what the one before complained of.
    refused(.accessDenied) { try encrypt(world, missing, stranger, algorithm: bad) }
    refused(.argumentValue) { try encrypt(world, missing, world.context, algorithm: bad) }
    refused(.keyNotFound) { try encrypt(world, missing, world.context) }
    let worst = KeyChanges(isEnabled: false, expires: world.context.now, ops: [])
    try world.azure.updateKey(kid, worst, context: world.context)
    refused(.keyDisabled) { try encrypt(world, kid, world.context) }
    try world.azure.updateKey(kid, KeyChanges(isEnabled: true), context: world.context)
    refused(.keyExpired) { try encrypt(world, kid, world.context) }
    let open = KeyChanges(expires: world.context.now + 60)
    try world.azure.updateKey(kid, open, context: world.context)
    refused(.keyForbidden) { try encrypt(world, kid, world.context) }
    try world.azure.updateKey(kid, KeyChanges(ops: ["encrypt"]), context: world.context)
    try encrypt(world, kid, world.context)
  }
}
