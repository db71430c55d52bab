import AzureModel
import FoundationEssentials
import Testing

@Suite struct RoleAssignmentTests {
  @Test func `an assignment says who may do what where, and who said so`() throws {
    let world = try World()
    let vault = try world.vault()
    let ada = try world.user()
    let made = try world.assign("key vault reader", to: ada.objectID, at: vault.resourceID)
    #expect(made.scope.description == vault.resourceID && made.principalID == ada.objectID)
    #expect(made.roleID == "21090545-7ca7-4776-b22c-e363652d74d2" && made.principalType == .user)
    #expect(made.created == world.context.now && made.effective == nil)
    #expect(made.createdBy == world.account.signedInUser.objectID)
    #expect(
      made.resourceID
        == vault.resourceID + "/providers/Microsoft.Authorization/roleAssignments/\(made.name)"
    )
  }

  @Test func `a second one of role, principal and scope is refused, the client returns the first`()
    throws
  {
    let world = try World()
    let vault = try world.vault()
    let ada = try world.user()
    let first = try world.assign("Reader", to: ada.objectID, at: vault.resourceID)
    let before = world.store.contents
    let error = refused(.roleAssignmentExists) {
      try world.assign(
        "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        to: ada.objectID.uppercased(),
        at: vault.resourceID.uppercased() + "/"
      )
    }
    #expect(error?.status == 409 && error?.azureCode == "RoleAssignmentExists")
    #expect(
      error?.message == "The role assignment already exists. The ID of the existing assignment is "
        + first.name.replacing("-", with: "") + "."
    )
    let options = RoleAssignmentOptions(
      role: "Reader",
      principalID: ada.objectID,
      scope: vault.resourceID
    )
    #expect(try world.azure.assignRole(options, context: world.context) == first)
    #expect(world.store.contents == before)
    // Another scope, role or principal is another assignment.
    try world.assign("Reader", to: ada.objectID, at: vault.resourceID + "/keys/k")
    try world.assign("Owner", to: ada.objectID, at: vault.resourceID)
  }

  @Test func `a principal that the directory does not have needs a type`() throws {
    let world = try World()
    let identity = try world.identity()
    let error = refused(.principalNotFound) {
      try world.assign("Reader", to: identity.clientID, at: world.subscription)
    }
    let plain = identity.clientID.replacing("-", with: "")
    #expect(
      error?.message
        == "Principal \(plain) does not exist in the directory \(world.account.tenantID). Check "
        + "that you have the correct principal ID. If you are creating this principal and then "
        + "immediately assigning a role, this error might be related to a replication delay. In "
        + "this case, set the role assignment principalType property to a value, such as "
        + "ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype"
    )
    #expect(error?.status == 400 && error?.azureCode == "PrincipalNotFound")
    #expect(error?.hint?.contains("its principal id is \(identity.principalID)") == true)
    // With a type it is made, and helps no one: the identity has no role.
    let made = try world.assign(
      "Key Vault Crypto User",
      to: identity.clientID,
      at: world.subscription,
      type: .servicePrincipal
    )
    #expect(made.principalType == .servicePrincipal)
    try world.vault { $0.enableRBACAuthorization = true }
    let context = world.seen(by: identity.principal)
    refused(.accessDenied) { _ = try world.azure.listKeys(vault: "MyKeyVault", context: context) }
  }

  @Test func `a type that the directory knows better is refused`() throws {
    let world = try World()
    let identity = try world.identity()
    let error = refused(.argumentValue) {
      try world.assign("Reader", to: identity.principalID, at: world.subscription, type: .user)
    }
    let plain = identity.principalID.replacing("-", with: "")
    #expect(error?.azureCode == "UnmatchedPrincipalType")
    #expect(
      error?.message
        == "The PrincipalId '\(plain)' has type 'ServicePrincipal' , which is different from "
        + "specified PrinciaplType 'User'."
    )
  }

  @Test func `a role that is not there is told in the client's words, by id in the service's`()
    throws
  {
    let world = try World()
    let id = world.account.signedInUser.objectID
    let byName = refused(.roleNotFound) {
      try world.assign("Key Vault Crypto Boss", to: id, at: world.subscription)
    }
    #expect(byName?.message == "Role 'Key Vault Crypto Boss' doesn't exist.")
    #expect(byName?.status == nil)
    let byID = refused(.roleNotFound) {
      try world.assign(world.account.tenantID, to: id, at: world.subscription)
    }
    #expect(byID?.status == 400 && byID?.azureCode == "RoleDefinitionDoesNotExist")
    let plain = world.account.tenantID.replacing("-", with: "")
    #expect(byID?.message == "The specified role definition with ID '\(plain)' does not exist.")
  }

  @Test(arguments: [
    "", "ada", "6b0ad0a5-25cf-4c1c-9d0a-0f2d0e0d8f1", "g" + String(repeating: "0", count: 35),
  ])
  func `what is no GUID is no principal`(id: String) throws {
    let world = try World()
    let before = world.store.contents
    let error = refused(.argumentValue) {
      try world.assign("Reader", to: id, at: world.subscription, type: .user)
    }
    #expect(error?.azureCode == "InvalidPrincipalId" && world.store.contents == before)
  }

  /// Path under the subscription, kmsh's code, the service's code and words.
  static let places: [(String, AzureError.Code, String, String?)] = [
    (
      "/resourceGroups/none", AzureError.Code.resourceGroupNotFound, "ResourceGroupNotFound",
      "Resource group 'none' could not be found."
    ),
    (
      "/resourceGroups/MyResourceGroup/providers/Microsoft.KeyVault/vaults/none",
      .vaultNotFound, "ResourceNotFound",
      "The Resource 'Microsoft.KeyVault/vaults/none' under resource group 'MyResourceGroup' was "
        + "not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    ),
    (
      "/resourceGroups/MyResourceGroup/providers/Microsoft.KeyVault/vaults/none/keys/k",
      .vaultNotFound, "ResourceNotFound", nil
    ),
    (
      "/resourceGroups/MyResourceGroup/providers/Microsoft.ManagedIdentity/"
        + "userAssignedIdentities/none",
      .identityNotFound, "ResourceNotFound",
      "The Resource 'Microsoft.ManagedIdentity/userAssignedIdentities/none' under resource group "
        + "'MyResourceGroup' was not found. For more details please go to "
        + "https://aka.ms/ARMResourceNotFoundFix"
    ),
    ("/resourceGroups/MyResourceGroup/vaults", .argumentValue, "MissingSubscription", nil),
  ]

  @Test(arguments: places)
  func `a place that is not there takes no role`(
    path: String,
    code: AzureError.Code,
    azureCode: String,
    message: String?
  ) throws {
    let world = try World()
    try world.vault()
    let id = world.account.signedInUser.objectID
    let error = refused(code) {
      try world.assign("Reader", to: id, at: world.subscription + path)
    }
    #expect(error?.azureCode == azureCode)
    if let message { #expect(error?.message == message) }
  }

  @Test func `a subscription and a management group that are not there take no role`() throws {
    let world = try World()
    let id = world.account.signedInUser.objectID
    let error = refused(.subscriptionNotFound) {
      try world.assign("Reader", to: id, at: "/subscriptions/\(world.account.tenantID)")
    }
    #expect(error?.azureCode == "SubscriptionNotFound" && error?.status == 404)
    try world.azure.elevateAccess(context: world.context)
    let group = refused(.resourceNotFound) {
      try world.assign(
        "Reader",
        to: id,
        at: "/providers/Microsoft.Management/managementGroups/sales"
      )
    }
    #expect(group?.azureCode == "ManagementGroupNotFound")
  }

  // MARK: Taking away

  @Test func `a role is taken away by what fits, at its own scope only`() throws {
    let world = try World()
    let vault = try world.vault()
    let (ada, bob) = (try world.user(), try world.user("bob@contoso.onmicrosoft.com"))
    for user in [ada, bob] {
      for role in ["Reader", "Key Vault Reader"] {
        try world.assign(role, to: user.objectID, at: vault.resourceID)
      }
    }
    func revoke(_ role: String?, _ principal: Principal?, _ scope: String) throws -> Int {
      try world.azure.revokeRole(
        role: role,
        principalID: principal?.objectID,
        scope: scope,
        context: world.context
      ).count
    }
    let error = refused(.roleAssignmentNotFound) {
      _ = try revoke("Reader", ada, world.subscription)
    }
    #expect(error?.message == "No matched assignments were found to delete")
    #expect(try revoke("Reader", ada, vault.resourceID) == 1)
    refused(.roleAssignmentNotFound) { _ = try revoke("Reader", ada, vault.resourceID) }
    #expect(try revoke("Key Vault Reader", nil, vault.resourceID) == 2)
    #expect(try revoke(nil, bob, vault.resourceID) == 1)
    refused(.roleNotFound) { _ = try revoke("none", nil, vault.resourceID) }
  }

  @Test func `the last one who can assign roles in a subscription stays`() throws {
    let world = try World()
    let me = world.account.signedInUser
    let ada = try world.user()
    func revokeMine() throws {
      try world.azure.revokeRole(
        role: "Owner",
        principalID: me.objectID,
        scope: world.subscription,
        context: world.context
      )
    }
    let before = world.store.contents
    let error = refused(.roleRefused) { try revokeMine() }
    #expect(error?.message == "Cannot delete the last RBAC admin assignment")
    #expect(world.store.contents == before)
    try world.assign("Owner", to: ada.objectID, at: world.subscription)
    try revokeMine()
    // The signed-in user's rights were that assignment.
    refused(.accessDenied) { try world.vault() }
    try world.azure.createVault(
      VaultOptions(name: "adas", resourceGroup: "g"),
      world.seen(by: ada)
    )
  }

  @Test func `whoever is administrator at the root may take the last Owner away`() throws {
    let world = try World()
    try world.azure.elevateAccess(context: world.context)
    try world.azure.revokeRole(
      role: "Owner",
      principalID: world.account.signedInUser.objectID,
      scope: world.subscription,
      context: world.context
    )
    refused(.accessDenied) { try world.vault() }
    try world.assign("Owner", to: world.account.signedInUser.objectID, at: world.subscription)
    try world.vault()
  }
}
