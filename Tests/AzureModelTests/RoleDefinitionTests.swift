import Testing

@testable import AzureModel

@Suite struct RoleDefinitionTests {
  static let prefix = "Microsoft.KeyVault/vaults/"

  /// Every data action on keys that the service's routes need.
  static let keyActions = [
    "keys/create/action", "keys/import/action", "keys/read", "keys/update/action", "keys/delete",
    "keys/recover/action", "keys/purge/action", "keys/backup/action", "keys/restore/action",
    "keys/rotate/action", "keyrotationpolicies/read", "keyrotationpolicies/write",
    "keys/encrypt/action", "keys/decrypt/action", "keys/wrap/action", "keys/unwrap/action",
    "keys/sign/action", "keys/verify/action", "keys/release/action",
  ]

  static let rows: [(name: String, id: String, allowed: Set<String>)] = [
    ("Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483", Set(keyActions)),
    (
      "Key Vault Reader", "21090545-7ca7-4776-b22c-e363652d74d2",
      ["keys/read", "keyrotationpolicies/read"]
    ),
    ("Key Vault Crypto Officer", "14b46e9e-c2b7-41b4-b07b-48a6ebf60603", Set(keyActions)),
    (
      "Key Vault Crypto User", "12338af0-0e69-4776-bea7-57ae8d297424",
      [
        "keys/read", "keys/update/action", "keys/backup/action", "keys/encrypt/action",
        "keys/decrypt/action", "keys/wrap/action", "keys/unwrap/action", "keys/sign/action",
        "keys/verify/action",
      ]
    ),
    (
      "Key Vault Crypto Service Encryption User", "e147488a-f6f5-4113-8e2d-b22465e65bf6",
      ["keys/read", "keys/wrap/action", "keys/unwrap/action"]
    ),
    (
      "Key Vault Crypto Service Release User", "08bbd89e-9f13-488c-ac41-acfcb10c90ab",
      ["keys/release/action"]
    ),
    ("Key Vault Contributor", "f25e0fa2-a7c8-4377-a976-54943a77a395", []),
    ("Key Vault Purge Operator", "a68e7c17-0ab2-4c09-9a58-125dae29748c", []),
    ("Key Vault Data Access Administrator", "8b54135c-b56d-4d72-a534-26097cfdc8d8", []),
    ("Key Vault Secrets Officer", "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", []),
    ("Key Vault Secrets User", "4633458b-17de-408a-b874-0445c86b69e6", []),
    ("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", []),
    ("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c", []),
    ("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", []),
    ("User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", []),
    ("Role Based Access Control Administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168", []),
  ]

  @Test(arguments: rows)
  func `a built-in role has its id and allows its data actions on keys, no others`(
    name: String,
    id: String,
    allowed: Set<String>
  ) throws {
    let role = try #require(RoleDefinition.find(name.uppercased()))
    #expect(role.id == id && role.name == name)
    #expect(RoleDefinition.find(id.uppercased()) == role)
    #expect(
      RoleDefinition.find("/providers/Microsoft.Authorization/roleDefinitions/\(id)") == role
    )
    for action in Self.keyActions {
      #expect(
        role.allows(Self.prefix + action, on: .data) == allowed.contains(action),
        "\(action)"
      )
    }
  }

  /// Actions of the control plane, and who of the general roles has them.
  @Test(arguments: [
    (
      "Microsoft.KeyVault/vaults/write",
      ["Owner", "Contributor", "Key Vault Contributor"]
    ),
    (
      "Microsoft.KeyVault/vaults/delete",
      ["Owner", "Contributor", "Key Vault Contributor"]
    ),
    (
      "Microsoft.KeyVault/locations/deletedVaults/purge/action",
      ["Owner", "Contributor", "Key Vault Purge Operator"]
    ),
    (
      "Microsoft.KeyVault/vaults/privateEndpointConnectionsApproval/action",
      ["Owner", "Contributor", "Key Vault Contributor"]
    ),
    (
      "Microsoft.Authorization/roleAssignments/write",
      [
        "Owner", "User Access Administrator", "Role Based Access Control Administrator",
        "Key Vault Data Access Administrator",
      ]
    ),
    ("Microsoft.Authorization/elevateAccess/Action", ["Owner", "User Access Administrator"]),
    (
      "Microsoft.ManagedIdentity/userAssignedIdentities/write",
      ["Owner", "Contributor", "Managed Identity Contributor"]
    ),
    (
      "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
      ["Owner", "Contributor", "Managed Identity Operator"]
    ),
    (
      "Microsoft.ContainerService/managedClusters/write",
      ["Owner", "Contributor", "Azure Kubernetes Service Contributor Role"]
    ),
  ])
  func `a control-plane action is for these roles and no others`(action: String, names: [String]) {
    let found = RoleDefinition.builtIn.filter { $0.allows(action, on: .control) }.map(\.name)
    #expect(Set(found) == Set(names))
  }

  @Test func `names and ids are used once, and every id is a GUID`() {
    let roles = RoleDefinition.builtIn
    #expect(Set(roles.map(\.id)).count == roles.count)
    #expect(Set(roles.map(\.name)).count == roles.count)
    #expect(roles.allSatisfy { NameRule.isGUID($0.id) && $0.id == $0.id.lowercased() })
    #expect(roles.map(\.name) == roles.map(\.name).sorted())
    for role in roles {
      for name in role.assignableRoles ?? [] { #expect(RoleDefinition.find(name) != nil) }
    }
  }

  @Test func `an exception takes away what a pattern gives`() {
    let role = RoleDefinition(
      "id",
      "Custom",
      "",
      actions: ["A/*"],
      notActions: ["A/*/write"],
      dataActions: ["A/keys/*"],
      notDataActions: ["A/keys/purge/action"]
    )
    #expect(role.allows("a/b/READ", on: .control) && !role.allows("a/b/Write", on: .control))
    #expect(role.allows("A/keys/read", on: .data))
    #expect(!role.allows("A/keys/purge/action", on: .data))
  }
}
