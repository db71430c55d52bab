extension RuleSection {
  static let versions = RuleSection(
    "KMS v1 and v2",
    [
      Rule(
        95,
        "On Kubernetes 1.27 and later enabling KMS makes it v2, before that v1.",
        calls: "cluster.create cluster:update cluster:kms",
        advice: "c:kms().version tells",
        proofs: ["UpgradeTests/the version at enable time gives the protocol (R95)"]
      ),
      Rule(
        96,
        "KMS v2 is without the limit of 2,000 Secrets.",
        calls: "secret.create",
        advice: "nothing to do",
        proofs: [
          "LossRuleTests/2,000 Secrets are all that KMS v1 is meant for, v2 has no limit (R25, R26, R96)"
        ]
      ),
      Rule(
        97,
        "A cluster older than 1.27 with KMS on cannot be upgraded to 1.27 or later.",
        calls: "cluster:upgrade",
        advice: "kms.migrate_to_v2 disables, rewrites, upgrades, enables and rewrites",
        proofs: [
          "UpgradeTests/with KMS v1 on, 1.27 and later are out of reach, and nothing changes (R97)"
        ]
      ),
      Rule(
        98,
        "The way to v2: disable, rewrite, upgrade, enable, rewrite.",
        calls: "kms.migrate_to_v2.run",
        advice: "kms.migrate_to_v2.run{ cluster = c, kubernetes_version = … }",
        proofs: ["UpgradeTests/the documented migration ends with v2 envelopes alone (R98-R101)"]
      ),
      Rule(
        99,
        "Its first step is the update that disables, its second and fifth the rewrite of all Secrets.",
        calls: "cluster:update cluster:rewrite_secrets kms.migrate_to_v2.run",
        advice: "as R84 and R52",
        proofs: ["UpgradeTests/the documented migration ends with v2 envelopes alone (R98-R101)"]
      ),
      Rule(
        100,
        "Its third step is an upgrade to 1.27 or later.",
        calls: "cluster:upgrade kms.migrate_to_v2.run",
        advice: "c:upgrade{ kubernetes_version = … }, one minor version at a time",
        proofs: [
          "UpgradeTests/the documented migration ends with v2 envelopes alone (R98-R101)",
          "UpgradeTests/an upgrade goes one minor version at a time, and never back",
        ]
      ),
      Rule(
        101,
        "Its fourth step, enabling again, makes KMS v2.",
        calls: "cluster:update kms.migrate_to_v2.run",
        advice: "c:kms().version tells",
        proofs: ["UpgradeTests/the documented migration ends with v2 envelopes alone (R98-R101)"]
      ),
      Rule(
        102,
        "Instead of migrating, a new cluster of 1.27 or later can be made with KMS on.",
        calls: "cluster.create",
        advice: "cluster.create{ …, kubernetes_version = … }",
        proofs: ["StoryTests/a story prints what it should, and leaves nothing"]
      ),
      Rule(
        103,
        "Without the second step Secrets keep their v1 envelopes, which v2 does not open.",
        calls: "cluster:upgrade secret.get",
        advice: "rewrite before the upgrade",
        proofs: ["UpgradeTests/a v1 envelope that was left is not readable through v2 (R103)"]
      ),
    ]
  )

  static let monitoring = RuleSection(
    "watching and diagnosing",
    [
      Rule(
        104,
        "The KMS configuration stands in the cluster's resource, under securityProfile.",
        calls: "cluster:show cluster.list",
        advice: "read c.security_profile",
        proofs: ["LossRuleTests/clusters are listed with what KMS they have (R90, R104)"]
      ),
      Rule(
        105,
        "Vault, key and the versions in use are told: the resource has the current one, a view of its own the one before.",
        calls: "cluster:kms",
        advice: "c:kms() has current and previous",
        proofs: ["RotationRuleTests/the resource shows one key, the view of kmsh both (R105, R114)"]
      ),
      Rule(
        106,
        "The portal's detector for KMS tells the status and the known scenarios of failure that apply.",
        calls: "cluster:diagnose",
        advice: "c:diagnose('KMS')",
        proofs: [
          "DiagnoseTests/a finding is there once it is provoked, and gone once its remedy ran",
          "DiagnoseTests/the status tells whether KMS is on, with which key, and what applies",
        ]
      ),
      Rule(
        107,
        "An expired key is told as KeyExpired: it does not encrypt any more.",
        calls: "cluster:health cluster:diagnose key:encrypt cluster.create",
        advice: "move the expiry forward with k:update{ expires = … }, then rotate",
        proofs: [
          "PublicPathTests/an expired slot makes the API server unhealthy (R76, R107)",
          "KeyStateTests/an operation in a state is answered as the table says",
          "DiagnoseTests/a finding is there once it is provoked, and gone once its remedy ran",
        ]
      ),
      Rule(
        108,
        "With an expired key the plugin opens no Secret either, and the API server is unhealthy.",
        calls: "cluster:health secret.get",
        advice: "as R109",
        proofs: [
          "ManagedClusterTests/an expired key makes the API server unhealthy, though the vault still decrypts (R113)",
          "KubectlTextTests/an unreadable Secret fails get, update, delete, and the list as a whole",
        ]
      ),
      Rule(
        109,
        "The cure of an expired key has two parts: a later expiry, then a rotation.",
        calls: "key:update cluster:update kms.recover.run",
        advice: "k:update{ expires = … }, then kms.rotate",
        proofs: [
          "LossRuleTests/an expired key is cured by a later expiry, then a rotation (R109)",
          "recover_spec/brings back what was deleted, disabled, closed and expired all at once",
        ]
      ),
    ]
  )
}
