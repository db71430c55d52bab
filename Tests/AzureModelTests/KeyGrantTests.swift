import FoundationEssentials
import Testing

@testable import AzureModel

@Suite struct KeyGrantTests {
  /// An RBAC vault with two keys that an administrator made, and an identity without a role.
  private func world() throws -> (World, Vault, ManagedIdentity) {
    let world = try World()
    let vault = try world.vault { $0.enableRBACAuthorization = true }
    let me = world.account.signedInUser.objectID
    try world.assign("Key Vault Crypto Officer", to: me, at: vault.resourceID)
    try world.key("one")
    try world.key("two")
    return (world, vault, try world.identity())
  }

  private func canRead(_ key: String, _ world: World, _ principal: Principal) -> Bool {
    (try? world.azure.key(
      vault: "MyKeyVault",
      name: key,
      context: world.seen(by: principal)
    )) != nil
  }

  @Test(arguments: [
    ("/", true), ("management group", true), ("", true), ("/resourceGroups/MyResourceGroup", true),
    ("/resourceGroups/other", false), ("vault", true), ("vault/keys/ONE", true),
    ("vault/keys/two", false), ("vault/keys/on", false),
  ])
  func `a role holds at its scope and below`(place: String, expected: Bool) throws {
    let (world, vault, identity) = try world()
    try world.azure.elevateAccess(context: world.context)
    _ = try world.azure.resourceGroup("other", world.context)
    let scope =
      switch place {
      case "/": "/"
      case "management group":
        "/providers/Microsoft.Management/managementGroups/\(world.account.tenantID)"
      case _ where place.hasPrefix("vault"): vault.resourceID + place.dropFirst(5)
      default: world.subscription + place
      }
    #expect(!canRead("one", world, identity.principal))
    try world.assign("Key Vault Crypto User", to: identity.principalID, at: scope)
    #expect(canRead("one", world, identity.principal) == expected)
    try world.azure.revokeRole(
      role: nil,
      principalID: identity.principalID,
      scope: scope,
      context: world.context
    )
    #expect(!canRead("one", world, identity.principal))
  }

  @Test func `a role at one key opens that key and not the vault's list`() throws {
    let (world, vault, identity) = try world()
    try world.assign(
      "Key Vault Crypto User",
      to: identity.principalID,
      at: vault.resourceID + "/keys/one"
    )
    let context = world.seen(by: identity.principal)
    let error = refused(.accessDenied) {
      _ = try world.azure.listKeys(vault: "MyKeyVault", context: context)
    }
    #expect(error?.message.contains("\r\nResource: '\(vault.resourceID)'\r\n") == true)
    #expect(canRead("one", world, identity.principal) && !canRead("two", world, identity.principal))
  }

  @Test func `each denied data action is named with its key`() throws {
    let (world, vault, identity) = try world()
    let context = world.seen(by: identity.principal)
    for access in [
      KeyAccess.create, .importing, .get, .list, .update, .encrypt, .decrypt,
    ] {
      let error = refused(.accessDenied) {
        try world.azure.checkGrant(access, on: vault, key: "one", context)
      }
      #expect(error?.innerCode == "ForbiddenByRbac" && error?.status == 403)
      #expect(
        error?.message.contains(
          "\r\nAction: 'Microsoft.KeyVault/vaults/\(access.dataAction)'\r\nResource: "
            + "'\(vault.resourceID)/keys/one'\r\nAssignment: (not found)\r\n"
        ) == true
      )
    }
  }

  @Test func `under RBAC no policy counts, under policies no role does`() throws {
    let world = try World()
    let identity = try world.identity()
    let context = world.seen(by: identity.principal)
    var vault = try world.vault()
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: identity.principalID,
      keyPermissions: ["list"],
      context: world.context
    )
    vault = try world.azure.vault(named: "MyKeyVault")
    try world.azure.checkGrant(.list, on: vault, key: nil, context)
    vault.enableRBACAuthorization = true
    refused(.accessDenied) { try world.azure.checkGrant(.list, on: vault, key: nil, context) }
    try world.assign(
      "Key Vault Administrator",
      to: identity.principalID,
      at: world.subscription
    )
    try world.azure.checkGrant(.encrypt, on: vault, key: "k", context)
    vault.enableRBACAuthorization = false
    let error = refused(.accessDenied) {
      try world.azure.checkGrant(.encrypt, on: vault, key: "k", context)
    }
    #expect(error?.innerCode == "AccessDenied")
  }

  @Test func `an identity made anew has none of the old one's rights (R19)`() throws {
    let (world, vault, old) = try world()
    try world.assign("Key Vault Crypto User", to: old.principalID, at: vault.resourceID)
    #expect(canRead("one", world, old.principal))
    try world.azure.deleteIdentity(id: old.resourceID, context: world.context)
    let new = try world.identity()
    #expect(new.resourceID == old.resourceID)
    #expect(new.principalID != old.principalID && new.clientID != old.clientID)
    #expect(!canRead("one", world, new.principal))
    // The grant stays behind, for a principal that is no more.
    let orphans = try world.azure.listRoleAssignments(
      principalID: old.principalID,
      context: world.context
    )
    #expect(orphans.count == 1)
    #expect(try world.azure.describeObject(old.principalID) == .unknown)
    try world.assign("Key Vault Crypto User", to: new.principalID, at: vault.resourceID)
    #expect(canRead("one", world, new.principal))
  }

  // MARK: Time

  @Test func `an assignment acts once its time has come, and the denial says when (R42)`() throws {
    let (world, vault, identity) = try world()
    try world.azure.set("role_propagation", to: .text("PT10M"))
    try world.assign("Key Vault Crypto User", to: identity.principalID, at: vault.resourceID)
    func check(_ seconds: Double) throws {
      var context = world.later(seconds)
      context.principal = identity.principal
      try world.azure.checkGrant(.get, on: vault, key: "one", context)
    }
    let error = refused(.accessDenied) { try check(599) }
    #expect(
      error?.hint == "Key Vault Crypto User was assigned and acts from "
        + "\((world.context.now + 600).rfc3339) on (R42)"
    )
    try check(600)
    // Times are those that are shown: no fraction of a second is waited for.
    let ada = try world.user()
    var fraction = world.context
    fraction.now += 0.75
    try world.assign("Key Vault Reader", to: ada.objectID, at: vault.resourceID, fraction)
    var then = world.later(600)
    then.principal = ada
    try world.azure.checkGrant(.get, on: vault, key: "one", then)
    // Already on its way, it keeps the time it was given.
    try world.azure.set("role_propagation", to: nil)
    refused(.accessDenied) { try check(599) }
  }

  @Test func `a role taken away acts on for a while, one given back waits again`() throws {
    let (world, vault, identity) = try world()
    try world.assign("Key Vault Crypto User", to: identity.principalID, at: vault.resourceID)
    try world.azure.set("role_propagation", to: .text("PT10M"))
    func isGranted(_ seconds: Double) throws -> Bool {
      var context = world.later(seconds)
      context.principal = identity.principal
      return try world.azure.denial(of: "keys/read", on: vault, key: "one", context) == nil
    }
    func revoke(_ seconds: Double) throws {
      try world.azure.revokeRole(
        role: nil,
        principalID: identity.principalID,
        scope: vault.resourceID,
        context: world.later(seconds)
      )
    }
    try revoke(100)
    let listed = try world.azure.listRoleAssignments(
      principalID: identity.principalID,
      context: world.context
    )
    #expect(listed.isEmpty)
    #expect(try isGranted(699) && !isGranted(700))
    try world.assign(
      "Key Vault Crypto User",
      to: identity.principalID,
      at: vault.resourceID,
      world.later(200)
    )
    #expect(try isGranted(699) && !isGranted(700) && !isGranted(799) && isGranted(800))
    try revoke(900)
    #expect(try isGranted(1499) && !isGranted(1500))
    // What acts no more is forgotten when the next one is taken away.
    try world.assign(
      "Reader",
      to: identity.principalID,
      at: vault.resourceID,
      world.later(5000)
    )
    try revoke(5000)
    let kept = try world.store.all(RevokedAssignment.self, parent: identity.principalID)
    #expect(kept.count == 1)
  }

  @Test func `without the setting a clock set back takes no right away`() throws {
    let (world, vault, identity) = try world()
    try world.assign("Key Vault Crypto User", to: identity.principalID, at: vault.resourceID)
    var context = world.later(-1_000_000_000)
    context.principal = identity.principal
    try world.azure.checkGrant(.get, on: vault, key: "one", context)
  }

  // MARK: Policies

  @Test func `an entry with an application is for calls through it alone`() throws {
    let world = try World()
    let me = world.account.signedInUser
    try world.vault { $0.noSelfPermissions = true }
    let application = "2D4D3D8E-2BE3-4BEF-9F87-7875A61C29DE"
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      PolicyChange(objectID: me.objectID, applicationID: application, keys: ["list"]),
      context: world.context
    )
    func list(_ application: String) throws {
      let caller = Principal(
        kind: .user,
        objectID: me.objectID,
        applicationID: application,
        tenantID: me.tenantID,
        name: me.name
      )
      _ = try world.azure.listKeys(vault: "MyKeyVault", context: world.seen(by: caller))
    }
    try list(application.lowercased())
    refused(.accessDenied) { try list(me.applicationID) }
    // An entry of its own for the user alone stands beside it.
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      PolicyChange(objectID: me.objectID, keys: ["get"]),
      context: world.context
    )
    #expect(try world.azure.vault(named: "MyKeyVault").accessPolicies.count == 2)
    refused(.accessDenied) { try list(me.applicationID) }
    try list(application)
    try world.azure.deletePolicy(
      vault: "MyKeyVault",
      objectID: me.objectID,
      applicationID: application,
      context: world.context
    )
    refused(.accessDenied) { try list(application) }
  }

  // MARK: Advice

  @Test func `a refusal by roles names those that would do, and what the caller has instead`()
    throws
  {
    let (world, vault, identity) = try world()
    let context = world.seen(by: identity.principal)
    func hint() -> String? {
      refused(.accessDenied) {
        try world.azure.checkGrant(.encrypt, on: vault, key: "one", context)
      }?.hint
    }
    let roles = "Key Vault Administrator, Key Vault Crypto Officer, Key Vault Crypto User"
    #expect(hint() == "roles that do: \(roles)")
    for role in ["Owner", "Key Vault Crypto Service Encryption User"] {
      try world.assign(role, to: identity.principalID, at: world.subscription)
    }
    #expect(
      hint() == "Key Vault Crypto Service Encryption User, Owner does not allow it; roles that do: "
        + roles
    )
    try world.assign(
      "Key Vault Crypto User",
      to: identity.clientID,
      at: vault.resourceID,
      type: .servicePrincipal
    )
    #expect(
      hint() == "the role was assigned to the client id of MyIdentity; grant to its principal id "
        + "\(identity.principalID) (R46)"
    )
  }

  @Test func `a refusal by policies tells a client id, and what all leaves out`() throws {
    let world = try World()
    let identity = try world.identity()
    try world.vault()
    func hint(_ access: KeyAccess, _ caller: Principal) throws -> String? {
      let vault = try world.azure.vault(named: "MyKeyVault")
      return refused(.accessDenied) {
        try world.azure.checkGrant(access, on: vault, key: "k", world.seen(by: caller))
      }?.hint
    }
    let me = world.account.signedInUser
    #expect(
      try hint(.purge, me) == "'all' does not cover purge (workspace.settings.policy_all): az "
        + "keyvault set-policy --name MyKeyVault --object-id \(me.objectID) --key-permissions all "
        + "purge"
    )
    #expect(try hint(.get, identity.principal)?.hasPrefix("grant it: az keyvault set-") == true)
    try world.azure.setPolicy(
      vault: "MyKeyVault",
      objectID: identity.clientID,
      keyPermissions: ["get"],
      context: world.context
    )
    #expect(
      try hint(.get, identity.principal) == "the policy names the client id of MyIdentity; grant "
        + "to its principal id \(identity.principalID) (R46)"
    )
  }
}
