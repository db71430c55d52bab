extension RuleSection {
  static let purpose = RuleSection(
    "what it is for",
    [
      Rule(
        1,
        "KMS seals the Secrets in etcd, and no other kind of object, through a plugin that asks a key vault.",
        calls: "cluster:encryption_configuration secret:stored",
        advice: "look at s:stored(): prefix and key_id tell how a Secret lies in etcd",
        proofs: [
          "SealingRuleTests/Secrets alone are sealed, under a key of one's own vault (R01, R02)",
          "ManagedClusterTests/Secrets are sealed under the key's hash, as the plugin names it",
        ]
      ),
      Rule(
        2,
        "The key lies in a vault that the customer owns; the service neither makes nor offers one.",
        calls: "cluster.create cluster:update",
        advice: "make a vault and a key first, and give the key's id",
        proofs: [
          "SealingRuleTests/Secrets alone are sealed, under a key of one's own vault (R01, R02)"
        ]
      ),
      Rule(
        3,
        "A key is rotated by a new key or version in the vault and an update of the cluster.",
        calls: "key.create cluster:update kms.rotate.run",
        advice: "kms.rotate does both and the rewrite after",
        proofs: ["rotate_spec/moves to a new version and rewrites every Secret", "cut_spec/rotate"]
      ),
      Rule(
        4,
        "The plugin runs beside the API server, out of reach: no pod, no log, no shell of it.",
        calls: "cluster:pods cluster:diagnose",
        advice: "ask c:health() and c:diagnose('KMS') instead of looking for the plugin's log",
        proofs: ["ClusterLifeTests/pods tell the tunnel, and never the plugin (R04, R14)"]
      ),
      Rule(
        5,
        "Expiry, rotation, grants and network of the vault are the customer's: nothing renews a key by itself.",
        calls: "clock.advance cluster:health cluster:forecast",
        advice: "look ahead with c:forecast{ until = … }, and rotate before a key expires",
        proofs: ["SealingRuleTests/nothing renews or rotates a key by itself (R05)"]
      ),
      Rule(
        6,
        "Each Secret keeps the id of the key it was sealed under: reading takes that key, writing the current one.",
        calls: "secret:stored cluster:inventory",
        advice: "s:stored().key_id and c:inventory() tell it, which Azure itself does not show",
        proofs: ["SealingRuleTests/each Secret names the key it was sealed under (R06)"]
      ),
    ]
  )

  static let prerequisites = RuleSection(
    "before the start",
    [
      Rule(
        7,
        "Every call to Azure needs an active subscription.",
        calls: "workspace.use workspace.subscriptions",
        advice: "workspace.subscriptions() lists those there are",
        proofs: ["SubscriptionModuleTests/a slip is told and changes nothing"]
      ),
      Rule(
        8,
        "The az program must be of version 2.39.0 or later; an older one does not know the options for KMS.",
        advice: "az --version tells; the commands of a runbook need it",
        outside: "no az program takes part: options are those of kmsh, whatever az is installed"
      ),
      Rule(
        9,
        "Who prepares a cluster needs the right to make resources, and to assign roles on the path with Azure RBAC.",
        calls: "vault.create identity.create cluster.create role.assign",
        advice: "call as Owner, or as Contributor with User Access Administrator",
        proofs: [
          "AuthorizationTests/an operation is for the roles that have its action, and changes nothing for others",
          "ClusterAccessTests/a cluster is made and changed by who may write clusters",
        ]
      ),
    ]
  )

  static let tunnel = RuleSection(
    "tunnel to the API server",
    [
      Rule(
        10,
        "Since 15 September 2024 a private vault is not to be had over Konnectivity, unless the subscription used both before.",
        calls: "cluster.create cluster:update workspace.subscription",
        advice: "turn on enable_apiserver_vnet_integration first",
        proofs: [
          "PrivateModeTests/Konnectivity reaches a private vault for some, for some time (R10, R11)"
        ]
      ),
      Rule(
        11,
        "A subscription that used Konnectivity with a private vault keeps it until Kubernetes 1.30 leaves community support.",
        calls: "cluster.create cluster:update workspace.subscription",
        advice: "move to API Server VNet Integration before that day",
        proofs: [
          "PrivateModeTests/Konnectivity reaches a private vault for some, for some time (R10, R11)",
          "PrivateModeTests/Konnectivity with a private vault can neither stop nor go to 1.31, until it is integrated",
        ]
      ),
      Rule(
        12,
        "A public vault goes with either tunnel.",
        calls: "cluster.create cluster:update",
        advice: "nothing to do",
        proofs: [
          "SealingRuleTests/the resource tells the tunnel, and a public vault takes both (R12, R15)"
        ]
      ),
      Rule(
        13,
        "API Server VNet Integration goes with public and with private vaults.",
        calls: "cluster.create cluster:update",
        advice: "turn it on for a private vault; it cannot be turned off again",
        proofs: [
          "SealingRuleTests/the resource tells the tunnel, and a public vault takes both (R12, R15)",
          "PrivateModeTests/a private vault is reached through an endpoint in the node resource group (R56, R57)",
        ]
      ),
      Rule(
        14,
        "Running pods named konnectivity-agent in kube-system tell that the tunnel is Konnectivity.",
        calls: "cluster:pods",
        advice: "look with c:pods{ namespace = 'kube-system' }",
        proofs: ["ClusterLifeTests/pods tell the tunnel, and never the plugin (R04, R14)"]
      ),
      Rule(
        15,
        "A true enableVnetIntegration in the cluster's apiServerAccessProfile tells that the tunnel is API Server VNet Integration.",
        calls: "cluster:show cluster:kms",
        advice: "read c.api_server_access_profile, or c:kms().tunnel",
        proofs: [
          "SealingRuleTests/the resource tells the tunnel, and a public vault takes both (R12, R15)"
        ]
      ),
      Rule(
        16,
        "With a private vault the tunnel must be API Server VNet Integration.",
        calls: "cluster.create cluster:update",
        advice: "c:update{ enable_apiserver_vnet_integration = true } first",
        proofs: [
          "ServiceCheckTests/the order of the table: identity, access, vault id, tunnel",
          "PrivateModeTests/Konnectivity reaches a private vault for some, for some time (R10, R11)",
        ]
      ),
    ]
  )
}
