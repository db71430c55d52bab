extension RuleSection {
  static let rotation = RuleSection(
    "rotation",
    [
      Rule(
        70,
        "Any change of the key id is a rotation: another version and another name alike.",
        calls: "cluster:update kms.rotate.run",
        advice: "nothing to do",
        proofs: ["RotationRuleTests/another name and another version rotate alike (R70)"]
      ),
      Rule(
        71,
        "With a public vault a cluster rotates by an update with the new key id and network access Public.",
        calls: "cluster:update kms.rotate.run kms.enable_public.plan",
        advice: "kms.rotate.run{ cluster = c }",
        proofs: ["rotate_spec/moves to a new version and rewrites every Secret"]
      ),
      Rule(
        72,
        "With a private vault it rotates the same way, with network access Private and the vault's id.",
        calls: "cluster:update kms.rotate.run",
        advice: "kms.rotate.run{ cluster = c }",
        proofs: [
          "LossRuleTests/a private vault given later seals nothing until a rewrite (R68, R69, R72)"
        ]
      ),
      Rule(
        73,
        "A new version in the vault alone changes nothing for a cluster.",
        calls: "key.create key:rotate cluster:show",
        advice: "tell the cluster with c:update",
        proofs: ["RotationRuleTests/a new version in the vault moves no cluster (R73)"]
      ),
      Rule(
        74,
        "After a rotation all Secrets must be rewritten: the others stay under the key before.",
        calls: "cluster:rewrite_secrets cluster:inventory",
        advice: "c:rewrite_secrets{}; c:inventory() tells what is left",
        proofs: [
          "RotationRuleTests/what was not rewritten lies under the key before, and goes with it (R74, R75)",
          "KMSv1Tests/what the key before opens is stale, and a rewrite moves it once (R74)",
        ]
      ),
      Rule(
        75,
        "What was not rewritten cannot be read once the key before is gone, off, expired or no longer granted.",
        calls: "secret.get cluster:health kms.rotate.plan",
        advice: "make that key usable again, rewrite, then retire it",
        proofs: [
          "RotationRuleTests/what was not rewritten lies under the key before, and goes with it (R74, R75)"
        ]
      ),
      Rule(
        76,
        "Two keys are in use at once: after a rotation the key before must stay valid until the next one.",
        calls: "cluster:health cluster:kms kms.rotate.plan",
        advice: "keep both keys; to be rid of the old one rotate twice, with a rewrite after each",
        proofs: [
          "PublicPathTests/an expired slot makes the API server unhealthy (R76, R107)",
          "HealthTests/a previous key that fails turns readyz red, and writes go on (R76)",
        ]
      ),
      Rule(
        77,
        "After a second rotation the oldest key may go.",
        calls: "cluster:can_delete cluster:kms",
        advice: "ask c:can_delete(key) before",
        proofs: [
          "PublicPathTests/rotating with a rewrite keeps it, and the oldest key may go (R77)",
          "KMSConfigurationTests/two slots: the key before stays, the one before that goes (R77)",
          "KeyDeletionTests/a key can go when nothing needs it",
        ]
      ),
      Rule(
        78,
        "To drop a key at once, rotate twice: the cluster then holds the second and the third key.",
        calls: "cluster:kms kms.rotate_twice.run",
        advice: "kms.rotate_twice does it, with a rewrite after each",
        proofs: ["rotate_spec/twice in a row loses nothing, and the oldest key may go"]
      ),
      Rule(
        79,
        "Two rotations without a rewrite in between strand what still lies under the first key.",
        calls: "secret.get kms.rotate.plan",
        advice: "rewrite after each rotation; enable the first key again to reach what is stranded",
        proofs: ["PublicPathTests/rotating twice without a rewrite strands a Secret (R79)"]
      ),
      Rule(
        80,
        "After a rotation the cluster's keyId names the new version.",
        calls: "cluster:show kms.rotate.run",
        advice: "read c.security_profile",
        proofs: ["RotationRuleTests/another name and another version rotate alike (R70)"]
      ),
      Rule(
        81,
        "Rotating to the key in use moves nothing: the key before stays the one before.",
        calls: "cluster:update cluster:kms",
        advice: "nothing to do",
        proofs: ["KMSConfigurationTests/the same key again moves nothing"]
      ),
    ]
  )
}
