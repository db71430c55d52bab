extension RuleSection {
  static let publicVault = RuleSection(
    "public vault with access policies",
    [
      Rule(
        32,
        "A vault is made in a group, and its creator gets an access policy for everything.",
        calls: "vault.create kms.enable_public.run",
        advice: "vault.create{ name = …, resource_group = … }",
        proofs: ["VaultTests/a default vault uses access policies and lets its creator do all"]
      ),
      Rule(
        33,
        "A key made without options is RSA of 2048 bits, enabled, with a version in its id.",
        calls: "key.create kms.enable_public.run",
        advice: "key.create{ vault_name = …, name = … }",
        proofs: ["KeyTests/a new key is RSA 2048, enabled, for every operation"]
      ),
      Rule(
        34,
        "The cluster wants the key's id with its version.",
        calls: "key.get cluster.create cluster:update",
        advice: "give k.kid: https://VAULT.vault.azure.net/keys/NAME/VERSION",
        proofs: [
          "ManagedClusterTests/a key id without version is refused, and nothing is made (R45)",
          "KeyIDTests/an id falls into its parts",
        ]
      ),
      Rule(
        35,
        "In a vault with access policies the identity gets encrypt and decrypt by a policy; a vault with Azure RBAC refuses one.",
        calls: "vault:set_policy kms.enable_public.plan",
        advice: "assign a role instead where the vault uses Azure RBAC",
        proofs: [
          "PolicyTests/an RBAC vault takes no policies",
          "enable_public_spec/refuses a vault with Azure RBAC before it makes anything",
        ]
      ),
      Rule(
        36,
        "The identity needs the permissions encrypt and decrypt; wrapping and unwrapping are not enough.",
        calls: "cluster.create cluster:update cluster:health",
        advice: "grant encrypt and decrypt, and keep both in the key's ops",
        proofs: [
          "FrontDoorTests/wrap and unwrap are not encrypt and decrypt",
          "ClusterAccessTests/under RBAC the plugin needs the role, and loses its key with it",
          "ServiceCheckTests/an identity without both permissions is refused in the service's words (R36, R55)",
        ]
      ),
    ]
  )

  static let rbacVault = RuleSection(
    "public vault with Azure RBAC",
    [
      Rule(
        37,
        "A vault can be made with Azure RBAC; its ARM id is the scope of the roles.",
        calls: "vault.create role.assign",
        advice: "vault.create{ …, enable_rbac_authorization = true }, then its field id",
        proofs: [rbacPath]
      ),
      Rule(
        38,
        "Under Azure RBAC the creator, even an Owner, must give itself a role before it can make keys.",
        calls: "key.create role.assign",
        advice:
          "role.assign{ role = 'Key Vault Crypto Officer', assignee = identity.signed_in(), scope = v }",
        proofs: [rbacPath, "FrontDoorTests/even the owner has no data action in an RBAC vault"]
      ),
      Rule(
        39,
        "A user can ask for its own object id; a service principal cannot.",
        calls: "identity.signed_in",
        advice: "name the service principal's object id yourself",
        proofs: [
          "IdentityModuleTests/whoever is named runs the function, and what it returns comes back"
        ]
      ),
      Rule(
        40,
        "Keys are made and shown as in a vault with access policies.",
        calls: "key.create key.get",
        advice: "key.create{ vault_name = …, name = … }",
        proofs: [rbacPath]
      ),
      Rule(
        41,
        "In a vault with Azure RBAC the identity gets the role Key Vault Crypto User.",
        calls: "role.assign",
        advice: "role.assign{ role = 'Key Vault Crypto User', assignee = i, scope = v }",
        proofs: [
          rbacPath,
          "ClusterAccessTests/under RBAC the plugin needs the role, and loses its key with it",
        ]
      ),
      Rule(
        42,
        "A new role assignment takes minutes to act.",
        calls: "role.assign cluster.create",
        advice:
          "wait and try again; workspace.settings.role_propagation says how long it takes here",
        proofs: [
          "RoleModuleTests/assignments take their time when the workspace says so (R42)",
          "KeyGrantTests/an assignment acts once its time has come, and the denial says when (R42)",
        ]
      ),
    ]
  )

  private static let rbacPath =
    "SealingRuleTests/under Azure RBAC the creator helps itself first, then the identity (R37 to R41)"

  static let identity = RuleSection(
    "user-assigned identity",
    [
      Rule(
        43,
        "The identity is made in a group.",
        calls: "identity.create kms.enable_public.run",
        advice: "identity.create{ name = …, resource_group = … }",
        proofs: ["IdentityModuleTests/an identity shows what az identity show prints"]
      ),
      Rule(
        44,
        "Grants go to the identity's principal id.",
        calls: "identity.get vault:set_policy role.assign",
        advice: "give i.principal_id, or the handle",
        proofs: ["IdentityTests/its three ids are three things"]
      ),
      Rule(
        45,
        "The cluster is given the identity's ARM id.",
        calls: "identity.get cluster.create",
        advice: "give i.id, or the handle",
        proofs: [
          "IdentityTests/it is found by name, ARM id and principal id",
          "StoryTests/a story prints what it should, and leaves nothing",
        ]
      ),
      Rule(
        46,
        "Client id, principal id and ARM id are three things; a grant to the client id helps no one.",
        calls: "vault:set_policy role.assign cluster.create",
        advice: "grant to the principal id; the hint of the refusal names it",
        proofs: [
          "PublicPathTests/a grant to the client id is told for what it is (R46)",
          "FrontDoorTests/a grant to the client id is taken and helps no one",
        ]
      ),
      Rule(
        47,
        "The private path makes its identity in the same way.",
        calls: "identity.create",
        advice: "as R43 to R45",
        proofs: ["IdentityTests/its three ids are three things"]
      ),
    ]
  )

  static let enabling = RuleSection(
    "enabling with a public vault",
    [
      Rule(
        48,
        "A cluster can be made with KMS on: identity, key id and network access Public.",
        calls: "cluster.create kms.enable_public.run",
        advice:
          "cluster.create{ …, enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k, … }",
        proofs: [
          "StoryTests/a story prints what it should, and leaves nothing",
          "enable_public_spec/makes everything from nothing, and once only",
        ]
      ),
      Rule(
        49,
        "Enabling takes three options together: the switch, the key id and the network access.",
        calls: "cluster.create cluster:update",
        advice: "give all three",
        proofs: [
          "SealingRuleTests/enabling wants its options together (R49, R67)",
          "ClientCheckTests/a mistake is told in the client's words, and nothing is changed",
        ]
      ),
      Rule(
        50,
        "The identity is given to a cluster by its ARM id.",
        calls: "cluster.create cluster:update",
        advice: "give i.id, or the handle; an object id is none",
        proofs: ["ClientCheckTests/an identity is named by its ARM id (R50)"]
      ),
      Rule(
        51,
        "KMS can be turned on for a cluster that exists; its Secrets stay as they are until they are rewritten.",
        calls: "cluster:update kms.enable_public.run",
        advice: "rewrite all Secrets after it",
        proofs: [
          "SealingRuleTests/made with KMS nothing is in clear, given it later all is until a rewrite (R51, R52, R54)",
          "enable_public_spec/seals the Secrets of a cluster that had none sealed",
        ]
      ),
      Rule(
        52,
        "After enabling all Secrets must be rewritten: those made earlier are not sealed until then.",
        calls: "cluster:rewrite_secrets kms.rewrite.run",
        advice: "c:rewrite_secrets{}",
        proofs: [
          "SealingRuleTests/made with KMS nothing is in clear, given it later all is until a rewrite (R51, R52, R54)",
          "rotate_spec/rewriting alone moves what is still in clear",
        ]
      ),
      Rule(
        53,
        "In a large cluster the rewrite goes by namespace, or by a script.",
        calls: "cluster:rewrite_secrets kms.rewrite.run",
        advice: "c:rewrite_secrets{ namespace = … }; a rewrite can be interrupted and gone on with",
        proofs: ["SealingRuleTests/a rewrite of one namespace leaves the others as they were (R53)"]
      ),
      Rule(
        54,
        "A cluster made with KMS has every Secret sealed from the start.",
        calls: "cluster.create secret:stored",
        advice: "nothing to do",
        proofs: [
          "SealingRuleTests/made with KMS nothing is in clear, given it later all is until a rewrite (R51, R52, R54)"
        ]
      ),
      Rule(
        55,
        "With a public vault the service tries the identity's permission before it takes the key.",
        calls: "cluster.create cluster:update",
        advice: "grant encrypt and decrypt to the identity first",
        proofs: [
          "ManagedClusterTests/without a grant the cluster is refused, and nothing is made",
          "ServiceCheckTests/an identity without both permissions is refused in the service's words (R36, R55)",
        ]
      ),
    ]
  )
}
