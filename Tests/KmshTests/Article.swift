import Testing

/// Blocks of the document's commands, and the paths that they make in its order.
///
/// Source: seed rules §15.
enum Article {
  /// What the reader pastes at once, and what is true afterwards.
  struct Block: Sendable {
    let rules: String
    let shell: String
    var status: Int32 = 0
    /// What standard output is, as a pattern; nil does not look.
    var prints: String?
    /// What standard error has in it.
    var says: String?
    /// Lua that is true of the workspace afterwards.
    var state: String?
  }

  struct Path: CustomTestStringConvertible, Sendable {
    let title: String
    let blocks: [Block]
    var testDescription: String { title }
  }

  // MARK: Blocks that several paths share

  static let group = "--resource-group MyResourceGroup"
  static let version = "[0-9a-f]{32}"
  static let kid =
    "https://mykeyvault\\.vault\\.azure\\.net/keys/MyKeyName/\(version)\n"
  static let guid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\n"

  static let policyVault = Block(
    rules: "R32",
    shell: "az keyvault create --name MyKeyVault \(group)",
    prints: #"(?s)\{\n.*"enableRbacAuthorization": false,.*\}\n"#,
    state: "#vault.get('MyKeyVault').access_policies == 1"
  )
  static let key = Block(
    rules: "R33",
    shell: "az keyvault key create --name MyKeyName --vault-name MyKeyVault",
    prints: #"(?s)\{\n.*"enabled": true,.*"kty": "RSA",.*\}\n"#,
    state: "#key.list{ vault_name = 'MyKeyVault' } == 1"
  )
  /// The same where only the vault's private endpoint leads to it, not the check afterwards.
  static let keyInPrivate = Block(rules: key.rules, shell: key.shell, prints: key.prints)
  static let keyID = Block(
    rules: "R34",
    shell: """
      export KEY_ID=$(az keyvault key show --name MyKeyName --vault-name MyKeyVault \
      --query 'key.kid' -o tsv)
      echo $KEY_ID
      """,
    prints: kid
  )
  static let newKeyID = Block(
    rules: "R70 R73",
    shell: """
      az keyvault key create --name MyKeyName --vault-name MyKeyVault --query attributes.enabled
      NEW_KEY_ID=$(az keyvault key show --name MyKeyName --vault-name MyKeyVault \
      --query 'key.kid' -o tsv); NewKEY_ID=$NEW_KEY_ID
      [ "$NEW_KEY_ID" != "$KEY_ID" ] && echo $NEW_KEY_ID
      """,
    prints: "true\n" + kid
  )
  static let identity = [
    Block(
      rules: "R43",
      shell: "az identity create --name MyIdentity \(group)",
      prints: #"(?s)\{\n  "clientId": .*"type": "[^"]*/userAssignedIdentities"\n\}\n"#
    ),
    Block(
      rules: "R44",
      shell: """
        IDENTITY_OBJECT_ID=$(az identity show --name MyIdentity \(group) --query 'principalId' \
        -o tsv)
        echo $IDENTITY_OBJECT_ID
        """,
      prints: guid
    ),
    Block(
      rules: "R45",
      shell: """
        IDENTITY_RESOURCE_ID=$(az identity show --name MyIdentity \(group) --query 'id' -o tsv)
        echo $IDENTITY_RESOURCE_ID
        """,
      prints: "/subscriptions/.*/userAssignedIdentities/MyIdentity\n"
    ),
  ]
  static let policy = Block(
    rules: "R35",
    shell: """
      az keyvault set-policy --name MyKeyVault --key-permissions decrypt encrypt \
      --object-id $IDENTITY_OBJECT_ID
      """,
    prints: "(?s)\\{.*\\}\n",
    state: "#vault.get('MyKeyVault').access_policies[2].key_permissions == 2"
  )
  static let vaultID = Block(
    rules: "R115",
    shell: """
      KEYVAULT_RESOURCE_ID=$(az keyvault show --name MyKeyVault --query id -o tsv)
      echo $KEYVAULT_RESOURCE_ID
      """,
    prints: "/subscriptions/.*/vaults/MyKeyVault\n"
  )

  static func cluster(_ flags: String = "") -> Block {
    Block(
      rules: "R48",
      shell: """
        az aks create --name myAKSCluster \(group) --assign-identity $IDENTITY_RESOURCE_ID \
        --enable-azure-keyvault-kms --azure-keyvault-kms-key-vault-network-access "Public" \
        --azure-keyvault-kms-key-id $KEY_ID --generate-ssh-keys \(flags) \
        --query securityProfile.azureKeyVaultKms.enabled
        """,
      prints: "true\n",
      says: "kmsh does not model --generate-ssh-keys"
    )
  }

  /// Secrets of the cluster that is made the current one.
  static let secrets = Block(
    rules: "R52",
    shell: """
      az aks get-credentials --name myAKSCluster \(group)
      for n in 1 2 3; do kubectl create secret generic s$n --from-literal=n=$n; done
      """,
    prints: "secret/s1 created\nsecret/s2 created\nsecret/s3 created\n",
    says: "Merged \"myAKSCluster\" as current context"
  )

  static func enabled(_ id: String, _ rules: String, _ state: String) -> Block {
    Block(
      rules: rules,
      shell: """
        az aks update --name myAKSCluster \(group) --enable-azure-keyvault-kms \
        --azure-keyvault-kms-key-vault-network-access "Public" \
        --azure-keyvault-kms-key-id \(id) -o none
        """,
      prints: "",
      state: state
    )
  }

  static func enabledPrivately(_ id: String, _ rules: String, _ state: String) -> Block {
    Block(
      rules: rules,
      shell: """
        az aks update --name myAKSCluster \(group) --enable-azure-keyvault-kms \
        --azure-keyvault-kms-key-id \(id) \
        --azure-keyvault-kms-key-vault-network-access "Private" \
        --azure-keyvault-kms-key-vault-resource-id $KEYVAULT_RESOURCE_ID -o none
        """,
      prints: "",
      state: state
    )
  }

  static let disabled = Block(
    rules: "R84 R91",
    shell: "az aks update --name myAKSCluster \(group) --disable-azure-keyvault-kms -o none",
    prints: "",
    state: "not cluster.get('myAKSCluster'):kms().enabled"
  )

  /// The rewrite of the document; afterwards every Secret is as `state` says.
  static func rewritten(_ count: Int, _ state: String) -> Block {
    Block(
      rules: "R52 R69 R74",
      shell: "kubectl get secrets --all-namespaces -o json | kubectl replace -f -",
      prints: String(repeating: "secret/\\S+ replaced\n", count: count),
      state: state
    )
  }

  /// Lua that is true when every Secret is under the current key.
  static let fresh = "cluster.get('myAKSCluster'):inventory().stale == 0"
  static let inClear = """
    (function()
      for s in secret.each{ cluster = 'myAKSCluster', all_namespaces = true } do
        if s:stored().provider ~= 'identity' then return false end
      end
      return true
    end)()
    """

  static let shown = Block(
    rules: "R80 R104",
    shell: """
      [ "$(az aks show --name myAKSCluster \(group) \
      --query securityProfile.azureKeyVaultKms.keyId -o tsv)" = "$NEW_KEY_ID" ] && echo same
      """,
    prints: "same\n"
  )

  static let upgrade =
    "az aks upgrade --resource-group myResourceGroup --name myAKSCluster "
    + "--kubernetes-version 1.27.1"

  static func privateCluster(_ flags: String) -> String {
    """
    az aks create --name myAKSCluster \(group) --assign-identity $IDENTITY_RESOURCE_ID \
    --enable-azure-keyvault-kms --azure-keyvault-kms-key-id $KEY_ID \
    --azure-keyvault-kms-key-vault-network-access "Private" \
    --azure-keyvault-kms-key-vault-resource-id $KEYVAULT_RESOURCE_ID --generate-ssh-keys \(flags) \
    --query securityProfile.azureKeyVaultKms.keyVaultNetworkAccess -o tsv
    """
  }
}
