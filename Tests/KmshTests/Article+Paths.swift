extension Article {
  /// The six paths of the document.
  static let paths = [
    Path(
      title: "public vault with access policies",
      blocks: [policyVault, key, keyID] + identity + [
        policy, cluster(), secrets, newKeyID,
        enabled("$NEW_KEY_ID", "R71", "cluster.get('myAKSCluster'):kms().previous ~= nil"),
        rewritten(3, fresh), shown,
      ]
    ),
    Path(
      title: "public vault with Azure RBAC, on a cluster that is there",
      blocks: [
        Block(
          rules: "R37",
          shell: """
            export KEYVAULT_RESOURCE_ID=$(az keyvault create --name MyKeyVault \(group) \
            --enable-rbac-authorization true --query id -o tsv)
            echo $KEYVAULT_RESOURCE_ID
            """,
          prints: "/subscriptions/.*/vaults/MyKeyVault\n",
          state: "vault.get('MyKeyVault').enable_rbac_authorization"
        ),
        Block(
          rules: "R38",
          shell: "az keyvault key create --name MyKeyName --vault-name MyKeyVault",
          status: 1,
          prints: "",
          says: "ERROR: (Forbidden) Caller is not authorized to perform action on resource."
        ),
        Block(
          rules: "R38 R39",
          shell: """
            az role assignment create --role "Key Vault Crypto Officer" \
            --assignee-object-id $(az ad signed-in-user show --query id -o tsv) \
            --assignee-principal-type "User" --scope $KEYVAULT_RESOURCE_ID
            """,
          prints: #"(?s)\{\n  "condition": null,.*"principalType": "User",.*\}\n"#,
          state: "#role.list{ scope = vault.get('MyKeyVault') } == 1"
        ),
        key, keyID,
      ] + identity + [
        Block(
          rules: "R41",
          shell: """
            az role assignment create --role "Key Vault Crypto User" \
            --assignee-object-id $IDENTITY_OBJECT_ID \
            --assignee-principal-type "ServicePrincipal" --scope $KEYVAULT_RESOURCE_ID \
            --query principalType -o tsv
            """,
          prints: "ServicePrincipal\n"
        ),
        Block(
          rules: "R15 R51",
          shell: """
            az aks create --name myAKSCluster \(group) --assign-identity $IDENTITY_RESOURCE_ID \
            --query apiServerAccessProfile.enableVnetIntegration
            """,
          prints: ""
        ),
        secrets,
        enabled("$KEY_ID", "R51", "cluster.get('myAKSCluster'):kms().enabled and \(inClear)"),
        rewritten(3, fresh),
        Block(
          rules: "R14",
          shell: "kubectl get po -n kube-system | grep -c '^konnectivity-agent-.*Running'",
          prints: "[1-9]\n"
        ),
      ]
    ),
    Path(
      title: "private vault",
      blocks: [
        Block(
          rules: "R58",
          shell: """
            az keyvault create --name MyKeyVault \(group) --public-network-access Disabled \
            --query properties.publicNetworkAccess -o tsv
            """,
          prints: "Disabled\n"
        ),
        Block(
          rules: "R59 R60",
          shell: "az keyvault key create --name MyKeyName --vault-name MyKeyVault",
          status: 1,
          prints: "",
          says: "\"code\": \"ForbiddenByConnection\""
        ),
        vaultID,
        Block(
          rules: "R60",
          shell: """
            export KMSH_CALL_FROM=$(az network private-endpoint create --name admin \(group) \
            --vnet-name net --subnet admins --group-id vault --connection-name admin \
            --private-connection-resource-id $KEYVAULT_RESOURCE_ID --query id -o tsv)
            echo $KMSH_CALL_FROM
            """,
          prints: "/subscriptions/.*/privateEndpoints/admin\n"
        ),
        keyInPrivate, keyID,
      ] + identity + [
        policy,
        Block(
          rules: "R65",
          shell: """
            az role assignment create --role "Key Vault Contributor" \
            --assignee-object-id $IDENTITY_OBJECT_ID \
            --assignee-principal-type "ServicePrincipal" --scope $KEYVAULT_RESOURCE_ID -o none
            """,
          prints: ""
        ),
        Block(
          rules: "R16 R66",
          shell: privateCluster(""),
          status: 1,
          prints: "",
          says: "Vnet integration should be enabled when KeyVault network access is Private."
        ),
        Block(
          rules: "R66 R122",
          shell: privateCluster("--enable-apiserver-vnet-integration"),
          prints: "Private\n",
          state: "#vault.get('MyKeyVault').private_endpoint_connections == 2"
        ),
        secrets, newKeyID,
        enabledPrivately(
          "$NewKEY_ID",
          "R72",
          "cluster.get('myAKSCluster'):kms().previous ~= nil"
        ),
        rewritten(3, fresh), shown,
      ]
    ),
    Path(
      title: "from public to private mode",
      blocks: [policyVault, key, keyID] + identity + [
        policy, vaultID,
        Block(
          rules: "R65",
          shell: """
            az role assignment create --role "Key Vault Contributor" \
            --assignee-object-id $IDENTITY_OBJECT_ID \
            --assignee-principal-type "ServicePrincipal" --scope $KEYVAULT_RESOURCE_ID -o none
            """,
          prints: ""
        ),
        cluster("--enable-apiserver-vnet-integration"), secrets, newKeyID, disabled,
        rewritten(3, inClear),
        Block(
          rules: "R86",
          shell: """
            az keyvault update --name MyKeyVault \(group) --public-network-access Disabled \
            --query properties.publicNetworkAccess
            """,
          prints: "\"Disabled\"\n"
        ),
        enabledPrivately(
          "$NewKEY_ID",
          "R87",
          "cluster.get('myAKSCluster'):kms().network_access == 'Private'"
        ),
        rewritten(3, fresh),
      ]
    ),
    Path(
      title: "disabling",
      blocks: [policyVault, key, keyID] + identity + [
        policy, cluster(), secrets,
        Block(
          rules: "R90",
          shell: """
            az aks list --query "[].{Name:name, \
            KmsEnabled:securityProfile.azureKeyVaultKms.enabled, \
            KeyId:securityProfile.azureKeyVaultKms.keyId}" -o table
            """,
          prints: "Name {10}KmsEnabled {4}KeyId\n-+  -+  -+\nmyAKSCluster  True {10}" + kid
        ),
        disabled, rewritten(3, inClear),
        Block(
          rules: "R91",
          shell: """
            az aks show -n myAKSCluster -g myResourceGroup \
            --query 'securityProfile.azureKeyVaultKms.[enabled, keyId]' -o tsv
            """,
          prints: "false\n" + kid
        ),
      ]
    ),
    Path(
      title: "from KMS v1 to v2",
      blocks: [policyVault, key, keyID] + identity + [
        policy, cluster("--kubernetes-version 1.26"), secrets,
        Block(
          rules: "R97",
          shell: upgrade + " -y",
          status: 1,
          prints: "",
          says: "is not allowed while Azure Key Vault KMS is enabled",
          state: "cluster.get('myAKSCluster').kubernetes_version == '1.26'"
        ),
        disabled, rewritten(3, inClear),
        Block(
          rules: "R100",
          shell: upgrade,
          status: 1,
          prints: "",
          says: "Use --yes."
        ),
        Block(
          rules: "R100",
          shell: upgrade + " --yes --query kubernetesVersion -o tsv",
          prints: "1.27.1\n"
        ),
        enabled("$KEY_ID", "R101", "cluster.get('myAKSCluster'):kms().version == 'v2'"),
        rewritten(3, fresh),
      ]
    ),
  ]
}
