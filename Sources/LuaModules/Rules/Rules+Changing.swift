extension RuleSection {
  static let mode = RuleSection(
    "from public to private and back",
    [
      Rule(
        82,
        "Another vault with another mode needs one update, and counts as a rotation.",
        calls: "cluster:update",
        advice: "c:update with the key, network access and vault id of the other vault",
        proofs: [
          "PrivateModeTests/another vault with another mode is a rotation (R82), and each keeps its way"
        ]
      ),
      Rule(
        83,
        "The mode of the vault in use changes by disabling KMS and enabling it again.",
        calls: "cluster:update kms.switch_mode.run",
        advice: "kms.switch_mode does it in order",
        proofs: [
          "PrivateModeTests/public to private by the documented steps: disable, rewrite, close, enable (R83-R87)"
        ]
      ),
      Rule(
        84,
        "Disabling KMS lets go of the vault.",
        calls: "cluster:update kms.switch_mode.run",
        advice: "c:update{ disable_azure_keyvault_kms = true }",
        proofs: [
          "PrivateModeTests/public to private by the documented steps: disable, rewrite, close, enable (R83-R87)"
        ]
      ),
      Rule(
        85,
        "Then all Secrets are rewritten; what is not stays under a key that the next step cuts off.",
        calls: "cluster:rewrite_secrets kms.switch_mode.run",
        advice: "c:rewrite_secrets{}",
        proofs: ["PrivateModeTests/a skipped rewrite is cut off by closing the vault (R85)"]
      ),
      Rule(
        86,
        "Then the vault's public access is turned off.",
        calls: "vault:update kms.switch_mode.run",
        advice: "v:update{ public_network_access = 'Disabled' }",
        proofs: [
          "PrivateModeTests/public to private by the documented steps: disable, rewrite, close, enable (R83-R87)"
        ]
      ),
      Rule(
        87,
        "Then KMS is enabled with network access Private.",
        calls: "cluster:update kms.switch_mode.run",
        advice: "rewrite all Secrets after it",
        proofs: [
          "PrivateModeTests/public to private by the documented steps: disable, rewrite, close, enable (R83-R87)"
        ]
      ),
      Rule(
        88,
        "The way back has the same steps, with the vault's public access turned on.",
        calls: "kms.switch_mode.run",
        advice: "kms.switch_mode.run{ cluster = c, to = 'Public' }",
        proofs: [
          "PrivateModeTests/private to public keeps the link until the vault is public (R88, R92)"
        ]
      ),
      Rule(
        89,
        "With the vault's diagnostic setting on, its log shows what the plugin does with the key.",
        calls: "vault:diagnostics audit.each",
        advice: "v:diagnostics(true), then audit.each{ vault = v }",
        proofs: [
          "LossRuleTests/the vault's log shows the identity at work (R89)",
          "verify_spec/the log of the vault is on afterwards, and read",
        ]
      ),
    ]
  )

  static let disabling = RuleSection(
    "disabling",
    [
      Rule(
        90,
        "A list of the clusters tells of each whether KMS is on, and with which key.",
        calls: "cluster.list",
        advice: "read security_profile of each",
        proofs: ["LossRuleTests/clusters are listed with what KMS they have (R90, R104)"]
      ),
      Rule(
        91,
        "KMS is turned off by an update; key id and network access stay in the resource.",
        calls: "cluster:update kms.disable.run",
        advice: "c:update{ disable_azure_keyvault_kms = true }",
        proofs: [
          disable, "LossRuleTests/disabling twice changes nothing more (R91, R94)",
          "cut_spec/disable",
        ]
      ),
      Rule(
        92,
        "Then all Secrets are rewritten; what is not still needs the key, and the identity its grants.",
        calls: "cluster:rewrite_secrets cluster:health",
        advice: "c:rewrite_secrets{}; keep the grants until then",
        proofs: [
          disable,
          "PrivateModeTests/private to public keeps the link until the vault is public (R88, R92)",
        ]
      ),
      Rule(
        93,
        "After disabling the keys must survive.",
        calls: "cluster:health",
        advice: "neither delete them nor let them expire",
        proofs: ["LossRuleTests/a key must outlive its disabling (R30, R93)"]
      ),
      Rule(
        94,
        "Disabling what is off already changes nothing.",
        calls: "cluster:update",
        advice: "nothing to do",
        proofs: [
          "LossRuleTests/disabling twice changes nothing more (R91, R94)",
          "ClusterLifeTests/disabling a cluster that never had KMS changes nothing (R94)",
        ]
      ),
    ]
  )

  private static let disable =
    "PublicPathTests/disabling writes in clear and keeps the old key readable (R91, R92)"
}
