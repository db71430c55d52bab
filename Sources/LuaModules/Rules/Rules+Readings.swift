extension RuleSection {
  static let readings = RuleSection(
    "how loose passages are read",
    [
      Rule(
        110,
        "A vault without public access is refused to plugins on the public path only; private mode has a path of its own.",
        calls: "cluster.create cluster:update cluster:health",
        advice: "private mode with API Server VNet Integration",
        proofs: [
          "PrivateModeTests/a private vault is reached through an endpoint in the node resource group (R56, R57)",
          "VaultNetworkModuleTests/a cluster's plugin is no trusted service, wherever the caller sits (R23, R24)",
        ]
      ),
      Rule(
        111,
        "Secrets that were not rewritten stay unsealed; nothing sealed is ever opened by enabling.",
        calls: "cluster:update cluster:rewrite_secrets",
        advice: "c:rewrite_secrets{}",
        proofs: [
          "SealingRuleTests/made with KMS nothing is in clear, given it later all is until a rewrite (R51, R52, R54)"
        ]
      ),
      Rule(
        112,
        "Vaults had access policies by default; from api-version 2026-02-01 on it is Azure RBAC.",
        calls: "vault.create vault:set_policy",
        advice: "workspace.settings.vault_rbac_default = true gives the newer default",
        proofs: [
          "SettingsTests/a vault uses RBAC as told, else as the setting has it (R112)",
          "enable_public_spec/makes a vault with access policies whatever a new vault is by default (R112)",
        ]
      ),
      Rule(
        113,
        "An expired key still decrypts in the vault; the plugin fails because its probe encrypts too.",
        calls: "cluster:health key:decrypt",
        advice: "as R109",
        proofs: [
          "ManagedClusterTests/an expired key makes the API server unhealthy, though the vault still decrypts (R113)"
        ]
      ),
      Rule(
        114,
        "The real resource has no previous key version.",
        calls: "cluster:show cluster:kms",
        advice: "c:kms().previous is a view of kmsh's own",
        proofs: ["RotationRuleTests/the resource shows one key, the view of kmsh both (R105, R114)"]
      ),
      Rule(
        115,
        "The vault's ARM id, which the private path uses, must be asked for first.",
        calls: "vault.get kms.enable_private.runbook",
        advice: "v.id",
        proofs: [
          "LossRuleTests/a private vault given later seals nothing until a rewrite (R68, R69, R72)"
        ]
      ),
      Rule(
        116,
        "The variable of the new key id is spelt in two ways and set in none: a script must set its own.",
        calls: "kms.rotate.runbook",
        advice: "the runbooks have the id filled in",
        proofs: [
          "runbook_spec/every variable is set before it is used, in one spelling (R116)"
        ]
      ),
      Rule(
        117,
        "Names of resource groups mean the same in any letter case.",
        calls: "vault.create cluster.create",
        advice: "nothing to do",
        proofs: ["AccountTests/group names ignore letter case and the first spelling stays"]
      ),
      Rule(
        118,
        "The permissions of the public path are those of public vaults, though its text opens with the private one.",
        advice: "as R35 and R41",
        outside: "a slip of the text, without a consequence"
      ),
      Rule(
        119,
        "Names of vaults are unique everywhere, deleted ones included.",
        calls: "vault.create vault.check_name",
        advice: "choose another name, or recover or purge the deleted vault",
        proofs: [
          "VaultTests/a name is taken once, in any letter case",
          "VaultModuleTests/names are told to be free or not",
        ]
      ),
      Rule(
        120,
        "The key before is held by a slot, not by a cache: until the next rotation, however long that takes.",
        calls: "cluster:kms clock.advance",
        advice: "keep that key until the next rotation",
        proofs: ["RotationRuleTests/the key before is held for as long as no one rotates (R120)"]
      ),
      Rule(
        121,
        "That the mode cannot change means the cluster's; the vault's own switch is not locked, it breaks KMS.",
        calls: "vault:update cluster:update",
        advice: "kms.switch_mode",
        proofs: ["PrivateModeTests/the mode of the attached vault stays while KMS is on (R28)"]
      ),
      Rule(
        122,
        "API Server VNet Integration is a step of its own before a private vault.",
        calls: "cluster.create cluster:update",
        advice: "enable_apiserver_vnet_integration = true",
        proofs: [
          "PrivateModeTests/integration of a cluster that is there carries the link after a start, and stays"
        ]
      ),
      Rule(
        123,
        "A single version cannot be deleted: deleting a name deletes the current version too.",
        calls: "key:delete key:update",
        advice:
          "switch the old version off or let it expire; delete only after a rotation to another name",
        proofs: [
          "RotationRuleTests/who deletes the key before deletes the current version too (R123)",
          "KeyDeletionTests/an old version can be disabled, but goes only with its whole name (R123)",
        ]
      ),
      Rule(
        124,
        "The commands of the procedure use general features of az and of the shell.",
        advice: "kmsh runs Lua; a runbook prints the commands with their values filled in",
        outside: "the az and kubectl command lines are a later part"
      ),
      Rule(
        125,
        "Permissions of a policy are a set; setting them again replaces them.",
        calls: "vault:set_policy",
        advice: "name all permissions each time",
        proofs: [
          "PolicyModuleTests/families named are replaced, others stay, and order does not count (R125)"
        ]
      ),
      Rule(
        126,
        "A Secret that cannot be rewritten hides none of the others: the rewrite goes on and reports it.",
        calls: "cluster:rewrite_secrets kms.rewrite.run",
        advice: "look at conflicts and failed of the report, and at c:inventory()",
        proofs: [
          "LossRuleTests/one Secret that cannot be read hides none of the others from a rewrite (R126)",
          "RewriteTests/what changes or goes between reading and writing is a conflict of its own",
        ]
      ),
      Rule(
        127,
        "The rewrite needs rights in Kubernetes, not in Azure.",
        calls: "cluster:rewrite_secrets cluster:inventory",
        advice: "nothing to do in Azure; namespaces that were left out stay under the key before",
        proofs: [
          "SealingRuleTests/a rewrite needs no right in Azure, and what it leaves out stays as it was (R127)"
        ]
      ),
    ]
  )
}
