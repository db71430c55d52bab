extension RuleSection {
  static let privateVault = RuleSection(
    "private vault",
    [
      Rule(
        56,
        "Enabling makes a private endpoint and link in the cluster's node resource group.",
        calls: "cluster.create cluster:update",
        advice: "leave it there: KMS breaks without it",
        proofs: [
          "PrivateModeTests/a private vault is reached through an endpoint in the node resource group (R56, R57)",
          "PrivateModeTests/a link that is rejected or taken away by hand breaks KMS, and an update mends it (R56)",
        ]
      ),
      Rule(
        57,
        "The vault then shows an approved private endpoint connection.",
        calls: "cluster.create vault:show",
        advice: "read v.private_endpoint_connections",
        proofs: [
          "PrivateModeTests/a private vault is reached through an endpoint in the node resource group (R56, R57)"
        ]
      ),
      Rule(
        58,
        "A private vault is one whose public network access is off.",
        calls: "vault.create vault:update",
        advice: "vault.create{ …, public_network_access = 'Disabled' }",
        proofs: [privateKeys]
      ),
      Rule(
        59,
        "Its keys are made from a place with a private way in.",
        calls: "vault:private_endpoint_create vault.call_from key.create",
        advice: "make a private endpoint, and call from its network with vault.call_from",
        proofs: [privateKeys]
      ),
      Rule(
        60,
        "Keys of a private vault without a private endpoint can be neither made nor changed.",
        calls: "key.create key:update",
        advice: "v:private_endpoint_create{ name = … }, then vault.call_from its subnet",
        proofs: [privateKeys]
      ),
      Rule(
        61,
        "A private vault and its key must not be deleted in use either.",
        calls: "key:delete vault:delete",
        advice: "as R17 to R20",
        proofs: [
          "LossRuleTests/a deleted key takes the Secrets along until it is recovered, purged for good (R17, R20)"
        ]
      ),
      Rule(
        62,
        "The identity is made as for a public vault.",
        calls: "identity.create",
        advice: "as R43 to R45",
        proofs: ["IdentityTests/its three ids are three things"]
      ),
      Rule(
        63,
        "The service cannot try the identity's permission in a private vault: without it enabling is accepted, and the API server is unhealthy.",
        calls: "cluster.create cluster:update cluster:health",
        advice: "grant encrypt and decrypt before enabling",
        proofs: [
          "PrivateModeTests/the key is taken unseen, and the plugin fails without a grant (R63)"
        ]
      ),
      Rule(
        64,
        "Encrypt and decrypt are granted as in a public vault, by a policy or a role.",
        calls: "vault:set_policy role.assign",
        advice: "as R35 or R41",
        proofs: [
          "PrivateModeTests/the key is taken unseen, and the plugin fails without a grant (R63)",
          "PolicyTests/setting again replaces the list and adds no second entry",
        ]
      ),
      Rule(
        65,
        "The identity also needs Key Vault Contributor, to approve the private endpoint.",
        calls: "cluster.create cluster:update vault:private_endpoint_create",
        advice: "role.assign{ role = 'Key Vault Contributor', assignee = i, scope = v }",
        proofs: [
          "VaultRightsTests/who may not approve connections asks by hand, or is refused (R65)",
          "PrivateModeTests/an identity that may not approve connections is refused, and nothing is made (R65)",
        ]
      ),
      Rule(
        66,
        "A cluster can be made with a private vault: network access Private and the vault's ARM id.",
        calls: "cluster.create kms.enable_private.run",
        advice: "kms.enable_private does all of it",
        proofs: [
          "PrivateModeTests/a private vault is reached through an endpoint in the node resource group (R56, R57)"
        ]
      ),
      Rule(
        67,
        "With network access Private the vault's ARM id must be given too.",
        calls: "cluster.create cluster:update",
        advice: "give azure_keyvault_kms_key_vault_resource_id, the vault's field id",
        proofs: [
          "SealingRuleTests/enabling wants its options together (R49, R67)",
          "ClientCheckTests/a mistake is told in the client's words, and nothing is changed",
        ]
      ),
      Rule(
        68,
        "An existing cluster is given a private vault by an update with the same options.",
        calls: "cluster:update kms.enable_private.run",
        advice: "rewrite all Secrets after it",
        proofs: [
          "PrivateModeTests/public to private by the documented steps: disable, rewrite, close, enable (R83-R87)",
          "LossRuleTests/a private vault given later seals nothing until a rewrite (R68, R69, R72)",
        ]
      ),
      Rule(
        69,
        "All Secrets are rewritten then: earlier ones are not sealed until that.",
        calls: "cluster:rewrite_secrets",
        advice: "c:rewrite_secrets{}",
        proofs: [
          "LossRuleTests/a private vault given later seals nothing until a rewrite (R68, R69, R72)"
        ]
      ),
    ]
  )

  private static let privateKeys =
    "SealingRuleTests/a private vault's keys are made through its private endpoint only (R58 to R60)"
}
