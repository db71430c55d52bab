extension RoleDefinition {
  /// The built-in roles that this model has a use for, in order of name.
  ///
  /// Source: Azure built-in roles; general, security, identity and container roles.
  public static let builtIn: [RoleDefinition] =
    (general + vaultControl + vaultData + identities + clusters).sorted { $0.name < $1.name }

  /// The role that creating a subscription gives to its creator.
  static let owner = builtIn("Owner")
  /// The role that elevating a directory's administrator gives.
  static let userAccessAdministrator = builtIn("User Access Administrator")

  private static func builtIn(_ name: String) -> RoleDefinition {
    guard let role = find(name) else { preconditionFailure("no role \(name)") }
    return role
  }

  private static let general = [
    RoleDefinition(
      "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
      "Owner",
      "Grants full access to manage all resources, including the ability to assign roles.",
      actions: ["*"]
    ),
    RoleDefinition(
      "b24988ac-6180-42a0-ab88-20f7382dd24c",
      "Contributor",
      "Grants full access to manage all resources, but not to assign roles.",
      actions: ["*"],
      notActions: [
        "Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
        "Microsoft.Blueprint/blueprintAssignments/write",
        "Microsoft.Blueprint/blueprintAssignments/delete",
        "Microsoft.Compute/galleries/share/action", "Microsoft.Purview/consents/write",
        "Microsoft.Purview/consents/delete",
        "Microsoft.Resources/deploymentStacks/manageDenySetting/action",
        "Microsoft.Subscription/cancel/action", "Microsoft.Subscription/enable/action",
      ]
    ),
    RoleDefinition(
      "acdd72a7-3385-48ef-bd42-f606fba81ae7",
      "Reader",
      "Shows all resources, and changes none.",
      actions: ["*/read"]
    ),
    RoleDefinition(
      "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
      "User Access Administrator",
      "Manages user access to resources.",
      actions: ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"]
    ),
    RoleDefinition(
      "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
      "Role Based Access Control Administrator",
      "Manages access to resources by assigning roles; no other way of managing access.",
      actions: [
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete", "*/read", "Microsoft.Support/*",
      ]
    ),
  ]

  /// What most roles of single services have beside their own.
  private static let common = [
    "Microsoft.Authorization/*/read", "Microsoft.Insights/alertRules/*",
    "Microsoft.Resources/deployments/*", "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Support/*",
  ]

  private static let vaultControl = [
    RoleDefinition(
      "f25e0fa2-a7c8-4377-a976-54943a77a395",
      "Key Vault Contributor",
      "Manages key vaults, but neither roles in them nor the keys, secrets and certificates.",
      actions: common + ["Microsoft.KeyVault/*"],
      notActions: [
        "Microsoft.KeyVault/locations/deletedVaults/purge/action",
        "Microsoft.KeyVault/hsmPools/*", "Microsoft.KeyVault/managedHsms/*",
      ]
    ),
    RoleDefinition(
      "a68e7c17-0ab2-4c09-9a58-125dae29748c",
      "Key Vault Purge Operator",
      "Permanently deletes soft-deleted vaults.",
      actions: common.filter { $0 != "Microsoft.Support/*" } + [
        "Microsoft.KeyVault/deletedVaults/read", "Microsoft.KeyVault/locations/deletedVaults/read",
        "Microsoft.KeyVault/locations/deletedVaults/purge/action",
        "Microsoft.KeyVault/locations/operationResults/read",
      ]
    ),
    RoleDefinition(
      "8b54135c-b56d-4d72-a534-26097cfdc8d8",
      "Key Vault Data Access Administrator",
      "Gives and takes the roles for keys, secrets and certificates, and no others.",
      actions: [
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete", "Microsoft.Authorization/*/read",
        "Microsoft.Resources/deployments/*",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        "Microsoft.Resources/subscriptions/read", "Microsoft.Management/managementGroups/read",
        "Microsoft.Support/*", "Microsoft.KeyVault/vaults/*/read",
      ],
      assignableRoles: [
        "Key Vault Administrator", "Key Vault Certificates Officer", "Key Vault Crypto Officer",
        "Key Vault Crypto Service Encryption User", "Key Vault Crypto User", "Key Vault Reader",
        "Key Vault Secrets Officer", "Key Vault Secrets User",
      ]
    ),
  ]

  /// What the officers of a vault may see of it on the control plane.
  private static let officer =
    common + [
      "Microsoft.KeyVault/checkNameAvailability/read", "Microsoft.KeyVault/deletedVaults/read",
      "Microsoft.KeyVault/locations/*/read", "Microsoft.KeyVault/vaults/*/read",
      "Microsoft.KeyVault/operations/read",
    ]

  private static let vaultData = [
    RoleDefinition(
      "00482a5a-887f-4fb3-b363-3b7fe8e74483",
      "Key Vault Administrator",
      "Performs every data plane operation on a vault and all objects in it.",
      actions: officer,
      dataActions: ["Microsoft.KeyVault/vaults/*"]
    ),
    RoleDefinition(
      "21090545-7ca7-4776-b22c-e363652d74d2",
      "Key Vault Reader",
      "Reads metadata of vaults and their objects; neither secrets nor key material.",
      actions: officer,
      dataActions: [
        "Microsoft.KeyVault/vaults/*/read", "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
      ]
    ),
    RoleDefinition(
      "14b46e9e-c2b7-41b4-b07b-48a6ebf60603",
      "Key Vault Crypto Officer",
      "Performs any action on the keys of a vault, except managing permissions.",
      actions: officer,
      dataActions: [
        "Microsoft.KeyVault/vaults/keys/*", "Microsoft.KeyVault/vaults/keyrotationpolicies/*",
      ]
    ),
    RoleDefinition(
      "12338af0-0e69-4776-bea7-57ae8d297424",
      "Key Vault Crypto User",
      "Performs cryptographic operations with keys.",
      dataActions: ["Microsoft.KeyVault/vaults/keys/read"]
        + ["update", "backup", "encrypt", "decrypt", "wrap", "unwrap", "sign", "verify"]
        .map { "Microsoft.KeyVault/vaults/keys/\($0)/action" }
    ),
    RoleDefinition(
      "e147488a-f6f5-4113-8e2d-b22465e65bf6",
      "Key Vault Crypto Service Encryption User",
      "Reads metadata of keys, wraps and unwraps with them.",
      actions: ["write", "read", "delete"].map { "Microsoft.EventGrid/eventSubscriptions/\($0)" },
      dataActions: ["read", "wrap/action", "unwrap/action"]
        .map { "Microsoft.KeyVault/vaults/keys/\($0)" }
    ),
    RoleDefinition(
      "08bbd89e-9f13-488c-ac41-acfcb10c90ab",
      "Key Vault Crypto Service Release User",
      "Releases keys.",
      dataActions: ["Microsoft.KeyVault/vaults/keys/release/action"]
    ),
    RoleDefinition(
      "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
      "Key Vault Secrets Officer",
      "Performs any action on the secrets of a vault, except managing permissions.",
      actions: officer,
      dataActions: ["Microsoft.KeyVault/vaults/secrets/*"]
    ),
    RoleDefinition(
      "4633458b-17de-408a-b874-0445c86b69e6",
      "Key Vault Secrets User",
      "Reads secret contents.",
      dataActions: [
        "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
      ]
    ),
    RoleDefinition(
      "a4417e6f-fecd-4de8-b567-7b0420556985",
      "Key Vault Certificates Officer",
      "Performs any action on the certificates of a vault, except managing permissions.",
      actions: officer,
      dataActions: [
        "Microsoft.KeyVault/vaults/certificatecas/*", "Microsoft.KeyVault/vaults/certificates/*",
        "Microsoft.KeyVault/vaults/certificatecontacts/write",
      ]
    ),
    RoleDefinition(
      "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba",
      "Key Vault Certificate User",
      "Reads whole certificates, secret and key portion included.",
      dataActions: [
        "certificates/read", "secrets/getSecret/action", "secrets/readMetadata/action", "keys/read",
      ].map { "Microsoft.KeyVault/vaults/\($0)" }
    ),
  ]

  private static let identities = [
    RoleDefinition(
      "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59",
      "Managed Identity Contributor",
      "Creates, reads, updates and deletes user-assigned identities.",
      actions: common
        + ["read", "write", "delete"].flatMap {
          [
            "Microsoft.ManagedIdentity/userAssignedIdentities/\($0)",
            "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/\($0)",
          ]
        } + ["Microsoft.ManagedIdentity/userAssignedIdentities/revokeTokens/action"]
    ),
    RoleDefinition(
      "f1a07417-d97a-45cb-824c-7a7467783830",
      "Managed Identity Operator",
      "Reads and assigns user-assigned identities.",
      actions: common + [
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/read",
        "Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action",
      ]
    ),
  ]

  private static let clusters = [
    RoleDefinition(
      "ed7f3fbd-7b88-4dd4-9017-9adb7ce333f8",
      "Azure Kubernetes Service Contributor Role",
      "Reads and writes Azure Kubernetes Service clusters.",
      actions: [
        "Microsoft.ContainerService/locations/*/read",
        "Microsoft.ContainerService/managedClusters/*", "Microsoft.Resources/deployments/*",
      ]
    )
  ]
}
