/// Slips of order: what happens when the steps of the document are taken in another.
extension Article {
  static func rotated(_ version: Int) -> Block {
    Block(
      rules: "R70 R71",
      shell: """
        K\(version)=$(az keyvault key rotate --name MyKeyName --vault-name MyKeyVault \
        --query key.kid -o tsv)
        az aks update --name myAKSCluster \(group) --enable-azure-keyvault-kms \
        --azure-keyvault-kms-key-vault-network-access "Public" \
        --azure-keyvault-kms-key-id $K\(version) -o none
        """,
      prints: ""
    )
  }

  static func vault(_ access: String) -> Block {
    Block(
      rules: "R28",
      shell: """
        az keyvault update --name MyKeyVault \(group) --public-network-access \(access) -o none
        az aks stop --name myAKSCluster \(group); az aks start --name myAKSCluster \(group)
        """,
      prints: ""
    )
  }

  static func oldVersion(_ isEnabled: Bool) -> Block {
    Block(
      rules: "R76",
      shell: "az keyvault key set-attributes --id $KEY_ID --enabled \(isEnabled) -o none",
      prints: ""
    )
  }

  static let unreadable = Block(
    rules: "R75 R79",
    shell: "kubectl get secrets --all-namespaces",
    status: 1,
    prints: "",
    says: "Error from server (InternalError): Internal error occurred: unable to transform key"
  )

  static let inUse =
    [policyVault, key, keyID] + identity + [policy, cluster(), secrets]

  static let slips = [
    Path(
      title: "the vault is closed while it is in use, and opened again",
      blocks: inUse + [vault("Disabled"), unreadable, vault("Enabled"), rewritten(3, fresh)]
    ),
    Path(
      title: "the old version is switched off before the rewrite, and on again",
      blocks: inUse + [rotated(2), oldVersion(false), unreadable, oldVersion(true)]
        + [rewritten(3, fresh)]
    ),
    Path(
      title: "two rotations without a rewrite, and the way back",
      blocks: inUse + [
        rotated(2), rotated(3), unreadable,
        Block(
          rules: "R79",
          shell: "az aks upgrade --name myAKSCluster \(group) --kubernetes-version 1.34 --yes",
          status: 1,
          prints: "",
          says: "ERROR: (OperationNotAllowed)"
        ),
        Block(
          rules: "R79",
          shell: """
            az aks operation-abort --name myAKSCluster \(group)
            az aks update --name myAKSCluster \(group) --enable-azure-keyvault-kms \
            --azure-keyvault-kms-key-vault-network-access "Public" \
            --azure-keyvault-kms-key-id $KEY_ID -o none
            """,
          prints: ""
        ),
        rewritten(3, fresh),
      ]
    ),
    Path(
      title: "a key that is deleted after disabling, before the rewrite",
      blocks: inUse + [
        disabled,
        Block(
          rules: "R30 R93",
          shell: """
            az keyvault key delete --name MyKeyName --vault-name MyKeyVault -o none
            az aks stop --name myAKSCluster \(group); az aks start --name myAKSCluster \(group)
            """,
          prints: ""
        ),
        unreadable,
        Block(
          rules: "R20",
          shell: "az keyvault key recover --name MyKeyName --vault-name MyKeyVault -o none",
          prints: ""
        ),
        rewritten(3, inClear),
      ]
    ),
  ]
}
