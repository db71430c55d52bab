extension RuleSection {
  static let limits = RuleSection(
    "what must not be done",
    [
      Rule(
        17,
        "A key in use must not be deleted: the vault allows it, and the cluster loses its Secrets until it is recovered.",
        calls: "key:delete cluster:health cluster:diagnose cluster:can_delete",
        advice: "key.recover brings it back; ask c:can_delete(key) before",
        proofs: [
          "LossRuleTests/a deleted key takes the Secrets along until it is recovered, purged for good (R17, R20)"
        ]
      ),
      Rule(
        18,
        "A vault in use must not be deleted: recovery brings it back without the roles assigned at it.",
        calls: "vault:delete vault.recover cluster:health",
        advice: "vault.recover, then assign the roles again",
        proofs: [
          "LossRuleTests/a deleted vault takes the Secrets along until it is recovered (R18)",
          "RoleModuleTests/a deleted vault loses its roles, and recovering it brings none back (R18)",
          "recover_spec/grants anew what a recovered vault under Azure RBAC has lost (R18)",
          "ServiceCheckTests/a private vault that is gone is refused, for the service sees as much (R18)",
        ]
      ),
      Rule(
        19,
        "The cluster's identity must not be deleted: one made anew is another principal and needs new grants.",
        calls: "identity:delete cluster:health cluster:update",
        advice:
          "make an identity, grant it encrypt and decrypt, then c:update{ assign_identity = … }",
        proofs: [
          "LossRuleTests/a deleted identity leaves its cluster without the key, one made anew as well (R19)",
          "KeyGrantTests/an identity made anew has none of the old one's rights (R19)",
          "KubectlTextTests/a cluster whose identity is gone writes nothing in clear (R19)",
        ]
      ),
      Rule(
        20,
        "Secrets under a deleted key or vault come back with it while its retention lasts, and never after a purge.",
        calls: "key.recover key.purge vault.recover vault.purge",
        advice: "turn on purge protection with enable_purge_protection",
        proofs: [
          "LossRuleTests/a deleted key takes the Secrets along until it is recovered, purged for good (R17, R20)",
          "recover_spec/proves what is lost when the key was purged",
        ]
      ),
      Rule(
        21,
        "The identity must be a user-assigned one; the service refuses a system-assigned one.",
        calls: "cluster.create cluster:update",
        advice: "name an identity with assign_identity",
        proofs: ["ServiceCheckTests/system-assigned identity (R21)"]
      ),
      Rule(
        22,
        "A system-assigned identity comes into being with its cluster, so nothing can be granted to it before.",
        calls: "cluster.create",
        advice: "make a user-assigned identity first, and grant to it",
        proofs: [
          "ClusterAccessTests/a cluster without one has an identity of its own until it is given one (R22)",
          "HealthTests/a system-assigned identity is a circle (R22)",
        ]
      ),
      Rule(
        23,
        "The vault's firewall must not be on for selected networks and addresses: the plugin comes from none of them.",
        calls: "vault:update cluster:health",
        advice: "v:update{ default_action = 'Allow' }, or a private vault",
        proofs: [
          "VaultNetworkModuleTests/a cluster's plugin is no trusted service, wherever the caller sits (R23, R24)"
        ]
      ),
      Rule(
        24,
        "In public mode the vault's public access must not be off.",
        calls: "vault:update cluster.create cluster:health",
        advice:
          "v:update{ public_network_access = 'Enabled' }, or move to private mode by its steps",
        proofs: [
          "VaultNetworkModuleTests/a cluster's plugin is no trusted service, wherever the caller sits (R23, R24)"
        ]
      ),
      Rule(
        25,
        "A cluster with KMS v1 takes 2,000 Secrets.",
        calls: "secret.create cluster:diagnose",
        advice: "migrate to KMS v2 with kms.migrate_to_v2",
        proofs: [
          "LossRuleTests/2,000 Secrets are all that KMS v1 is meant for, v2 has no limit (R25, R26, R96)"
        ]
      ),
      Rule(
        26,
        "A cluster with KMS v2 has no such limit.",
        calls: "secret.create",
        advice: "nothing to do",
        proofs: [
          "LossRuleTests/2,000 Secrets are all that KMS v1 is meant for, v2 has no limit (R25, R26, R96)"
        ]
      ),
      Rule(
        27,
        "The vault must lie in the cluster's own tenant.",
        calls: "cluster.create cluster:update",
        advice: "use a vault of the cluster's tenant",
        proofs: ["ServiceCheckTests/a vault of another tenant (R27)"]
      ),
      Rule(
        28,
        "While KMS is on, the mode of its vault must not change: the vault takes the change and KMS breaks.",
        calls: "vault:update cluster:update",
        advice: "kms.switch_mode disables, rewrites, changes and enables in order",
        proofs: ["PrivateModeTests/the mode of the attached vault stays while KMS is on (R28)"]
      ),
      Rule(
        29,
        "Nodes must not be scaled to zero through their scale set: the cluster goes down and never comes back.",
        calls: "cluster:vmss_scale",
        advice: "use c:scale or c:stop; what is lost must be made anew",
        proofs: [
          "ClusterLifeTests/scaled to zero behind its back, a cluster under KMS is down for good (R29)"
        ]
      ),
      Rule(
        30,
        "After KMS was disabled its key must live on, or the API server stops working.",
        calls: "cluster:health",
        advice: "keep the key, or rewrite all Secrets and enable another key first",
        proofs: [
          "LossRuleTests/a key must outlive its disabling (R30, R93)",
          "HealthTests/both slots are probed, also the one retained after disabling (R30, R76)",
        ]
      ),
      Rule(
        31,
        "Vaults of both modes, public and private, are supported.",
        calls: "cluster.create cluster:update",
        advice: "azure_keyvault_kms_key_vault_network_access is Public or Private",
        proofs: [
          "ServiceCheckTests/what the client would have caught, in the service's words",
          "PrivateModeTests/a private vault is reached through an endpoint in the node resource group (R56, R57)",
        ]
      ),
    ]
  )
}
