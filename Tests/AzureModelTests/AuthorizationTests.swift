import AzureModel
import FoundationEssentials
import Testing

@Suite struct AuthorizationTests {
  /// A call to the control plane, and the roles of the subscription that allow it.
  struct Operation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let roles: Set<String>
    let call: @Sendable (World, CallContext) throws -> Void
  }

  private static let manages: Set = ["Owner", "Contributor"]
  private static let assigns: Set = [
    "Owner", "User Access Administrator", "Role Based Access Control Administrator",
  ]

  static let operations = [
    Operation(testDescription: "make a vault", roles: manages.union(["Key Vault Contributor"])) {
      try $0.azure.createVault(VaultOptions(name: "new", resourceGroup: "g"), $1)
    },
    Operation(testDescription: "set a policy", roles: manages.union(["Key Vault Contributor"])) {
      try $0.azure.setPolicy(
        vault: "MyKeyVault",
        objectID: $0.account.tenantID,
        keyPermissions: ["get"],
        context: $1
      )
    },
    Operation(testDescription: "delete a policy", roles: manages.union(["Key Vault Contributor"])) {
      try $0.azure.deletePolicy(
        vault: "MyKeyVault",
        objectID: $0.account.signedInUser.objectID,
        context: $1
      )
    },
    Operation(
      testDescription: "make an identity",
      roles: manages.union(["Managed Identity Contributor"])
    ) {
      try $0.azure.createIdentity(name: "new", resourceGroup: "g", context: $1)
    },
    Operation(
      testDescription: "delete an identity",
      roles: manages.union(["Managed Identity Contributor"])
    ) {
      try $0.azure.deleteIdentity(
        id: $0.azure.identity(named: "MyIdentity").resourceID,
        context: $1
      )
    },
    Operation(
      testDescription: "look at an identity",
      roles: manages.union([
        "Reader", "User Access Administrator", "Role Based Access Control Administrator",
        "Managed Identity Contributor", "Managed Identity Operator",
      ])
    ) {
      try $0.azure.authorizeReading($0.azure.identity(named: "MyIdentity"), context: $1)
    },
    Operation(testDescription: "assign a role", roles: assigns) {
      try $0.assign("Reader", to: $0.account.signedInUser.objectID, at: $0.subscription, $1)
    },
    Operation(
      testDescription: "assign a role for keys",
      roles: assigns.union(["Key Vault Data Access Administrator"])
    ) {
      try $0.assign(
        "Key Vault Crypto User",
        to: $0.account.signedInUser.objectID,
        at: $0.subscription,
        $1
      )
    },
    Operation(testDescription: "take a role", roles: assigns) {
      try $0.azure.revokeRole(
        role: "Contributor",
        principalID: $0.account.signedInUser.objectID,
        scope: $0.subscription,
        context: $1
      )
    },
    Operation(
      testDescription: "list roles",
      roles: Set(
        RoleDefinition.builtIn.filter { role in
          role.actions.contains {
            ["*", "*/read", "Microsoft.Authorization/*", "Microsoft.Authorization/*/read"].contains(
              $0
            )
          }
        }.map(\.name)
      )
    ) { _ = try $0.azure.listRoleAssignments(context: $1) },
  ]

  @Test(arguments: operations)
  func `an operation is for the roles that have its action, and changes nothing for others`(
    operation: Operation
  ) throws {
    for role in RoleDefinition.builtIn {
      let world = try World()
      try world.vault()
      _ = try world.identity()
      let me = world.account.signedInUser.objectID
      try world.assign("Contributor", to: me, at: world.subscription)
      let ada = try world.user()
      try world.assign(role.name, to: ada.objectID, at: world.subscription)
      let before = world.store.contents
      if operation.roles.contains(role.name) {
        try operation.call(world, world.seen(by: ada))
      } else {
        let error = refused(.accessDenied) { try operation.call(world, world.seen(by: ada)) }
        #expect(error?.azureCode == "AuthorizationFailed", "\(role.name)")
        #expect(error?.status == 403 && error?.rule == "R09")
        #expect(world.store.contents == before)
      }
    }
  }

  @Test func `the refusal names a user by name and an identity by its application`() throws {
    let world = try World()
    let (ada, identity) = (try world.user(), try world.identity())
    for caller in [ada, identity.principal] {
      let error = refused(.accessDenied) {
        try world.azure.createVault(
          VaultOptions(name: "new", resourceGroup: "MyResourceGroup"),
          world.seen(by: caller)
        )
      }
      let name = caller.kind == .user ? "ada@contoso.onmicrosoft.com" : identity.clientID
      #expect(
        error?.message
          == "The client '\(name)' with object id '\(caller.objectID)' does not have "
          + "authorization to perform action 'Microsoft.KeyVault/vaults/write' over scope "
          + "'\(world.subscription)/resourceGroups/MyResourceGroup/providers/"
          + "Microsoft.KeyVault/vaults/new' or the scope is invalid. If access was recently "
          + "granted, please refresh your credentials."
      )
    }
  }

  @Test func `a role with a condition gives the roles for keys and no others`() throws {
    let world = try World()
    let vault = try world.vault()
    let ada = try world.user()
    try world.assign(
      "Key Vault Data Access Administrator",
      to: ada.objectID,
      at: vault.resourceID
    )
    let error = refused(.accessDenied) {
      try world.assign("Owner", to: ada.objectID, at: vault.resourceID, world.seen(by: ada))
    }
    #expect(
      error?.message.contains(
        "' does not have authorization or an ABAC condition not fulfilled to perform action "
          + "'Microsoft.Authorization/roleAssignments/write' over scope '\(vault.resourceID)' or"
      ) == true
    )
    refused(.accessDenied) {
      try world.azure.revokeRole(
        role: nil,
        principalID: ada.objectID,
        scope: vault.resourceID,
        context: world.seen(by: ada)
      )
    }
  }

  @Test func `who may write a vault helps himself to its keys by a policy, under RBAC not`() throws
  {
    let world = try World()
    try world.vault("policies")
    try world.vault("roles") { $0.enableRBACAuthorization = true }
    let ada = try world.user()
    try world.assign("Key Vault Contributor", to: ada.objectID, at: world.subscription)
    let context = world.seen(by: ada)
    refused(.accessDenied) { _ = try world.azure.listKeys(vault: "policies", context: context) }
    try world.azure.setPolicy(
      vault: "policies",
      objectID: ada.objectID,
      keyPermissions: ["list"],
      context: context
    )
    _ = try world.azure.listKeys(vault: "policies", context: context)
    refused(.policyRefused) {
      try world.azure.setPolicy(
        vault: "roles",
        objectID: ada.objectID,
        keyPermissions: ["list"],
        context: context
      )
    }
    refused(.accessDenied) {
      try world.assign("Key Vault Reader", to: ada.objectID, at: world.subscription, context)
    }
  }

  @Test func `a role at one group does not reach another`() throws {
    let world = try World()
    _ = try world.azure.resourceGroup("mine", world.context)
    let ada = try world.user()
    let scope = world.subscription + "/resourceGroups/MINE"
    try world.assign("Contributor", to: ada.objectID, at: scope)
    let context = world.seen(by: ada)
    try world.azure.createVault(VaultOptions(name: "inside", resourceGroup: "mine"), context)
    let before = world.store.contents
    for group in ["mine2", "other"] {
      refused(.accessDenied) {
        try world.azure.createVault(VaultOptions(name: "outside", resourceGroup: group), context)
      }
    }
    #expect(world.store.contents == before)
  }

  @Test func `an action is denied until its role has come through, and the hint says when`()
    throws
  {
    let world = try World()
    let ada = try world.user()
    try world.azure.set("role_propagation", to: .text("PT5M"))
    try world.assign("Contributor", to: ada.objectID, at: world.subscription)
    let options = VaultOptions(name: "new", resourceGroup: "g")
    let error = refused(.accessDenied) {
      try world.azure.createVault(options, world.seen(by: ada))
    }
    #expect(error?.hint?.hasPrefix("Contributor was assigned and acts from ") == true)
    var context = world.later(300)
    context.principal = ada
    try world.azure.createVault(options, context)
  }

  @Test func `lists show what is above the subscription, and by principal`() throws {
    let world = try World()
    let vault = try world.vault()
    let ada = try world.user().objectID
    let root = try world.azure.elevateAccess(context: world.context)
    #expect(try world.azure.elevateAccess(context: world.context) == root)
    let mine = try world.assign("Reader", to: ada, at: vault.resourceID)
    let group = try world.assign(
      "Reader",
      to: ada,
      at: world.subscription + "/resourceGroups/MyResourceGroup"
    )
    func list(_ scope: String?, _ principal: String? = nil, inherited: Bool = false) throws
      -> [RoleAssignment]
    {
      try world.azure.listRoleAssignments(
        scope: scope,
        principalID: principal,
        includesInherited: inherited,
        context: world.context
      )
    }
    #expect(try list(vault.resourceID) == [mine])
    #expect(try list(vault.resourceID, ada, inherited: true) == [group, mine])
    #expect(try list(vault.resourceID, inherited: true).first == root)
    #expect(try list(nil, ada) == [group, mine])
    #expect(try list(nil).count == 4)
    #expect(try list(vault.resourceID + "/keys/k").isEmpty)
    refused(.accessDenied) {
      try world.azure.elevateAccess(context: world.seen(by: world.user("b@x.com")))
    }
  }

  @Test func `a role assignment has the shape that az prints, null members included`() throws {
    let world = try World()
    let vault = try world.vault()
    let made = try world.assign(
      "Key Vault Crypto User",
      to: world.identity().principalID,
      at: vault.resourceID
    )
    let shape: JSONTree = [
      "condition": nil, "conditionVersion": nil,
      "createdBy": .string(world.account.signedInUser.objectID),
      "createdOn": "2026-01-01T00:00:00+00:00", "delegatedManagedIdentityResourceId": nil,
      "description": nil,
      "id": .string(
        vault.resourceID + "/providers/Microsoft.Authorization/roleAssignments/\(made.name)"
      ),
      "name": .string(made.name), "principalId": .string(made.principalID),
      "principalType": "ServicePrincipal", "resourceGroup": "MyResourceGroup",
      "roleDefinitionId": .string(
        world.subscription + "/providers/Microsoft.Authorization/roleDefinitions/"
          + "12338af0-0e69-4776-bea7-57ae8d297424"
      ),
      "scope": .string(vault.resourceID), "systemData": nil,
      "type": "Microsoft.Authorization/roleAssignments",
      "updatedBy": .string(world.account.signedInUser.objectID),
      "updatedOn": "2026-01-01T00:00:00+00:00",
    ]
    #expect(made.azShape == shape)
    #expect(
      made.azListItem(principalName: "app")
        == shape.merging([
          "principalName": "app", "roleDefinitionName": "Key Vault Crypto User",
        ])
    )
    guard case .object(let rest) = made.restShape, case .object(let properties) = rest["properties"]
    else { return #expect(Bool(false), "no properties") }
    #expect(Set(rest.keys) == ["id", "name", "type", "properties"])
    #expect(properties["scope"] == .string(vault.resourceID))
    #expect(properties["createdOn"] == "2026-01-01T00:00:00Z")
  }
}
