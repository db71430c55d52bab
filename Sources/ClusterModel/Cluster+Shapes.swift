public import AzureModel
internal import FoundationEssentials

/// The JSON shapes of a managed cluster, and what they need beside the cluster itself.
///
/// Source: AKS specification §1; `Microsoft.ContainerService/managedClusters`, api-version
/// 2026-06-01.
public struct ClusterShapes: Sendable {
  private let cluster: Cluster
  private let state: ProvisioningState
  /// The user-assigned identity, nil when it is gone or there is none.
  private let identity: ManagedIdentity?
  /// The system-assigned identity, nil when there is none.
  private let own: Principal?

  init(
    _ cluster: Cluster,
    state: ProvisioningState,
    identity: ManagedIdentity?,
    own: Principal?
  ) {
    self.cluster = cluster
    self.state = state
    self.identity = identity
    self.own = own
  }

  private static let type = "Microsoft.ContainerService/ManagedClusters"

  // MARK: az

  /// What `az aks show` prints, and one item of `az aks list`: members without a value are null.
  public var az: JSONTree {
    JSONTree.nulls(Self.azMembers).merging([
      "agentPoolProfiles": .array([azPool]), "apiServerAccessProfile": azAccess,
      "autoScalerProfile": nil, "azurePortalFqdn": .string(portalFQDN),
      "currentKubernetesVersion": .string(cluster.version.full), "disableLocalAccounts": false,
      "dnsPrefix": .string(cluster.dnsPrefix), "enableRbac": true, "fqdn": .string(cluster.fqdn),
      "id": .string(cluster.resourceID), "identity": azIdentity, "identityProfile": azKubelet,
      "kind": "Base", "kubernetesVersion": .string(cluster.kubernetesVersion),
      "linuxProfile": Self.linux, "location": .string(cluster.location), "maxAgentPools": 100,
      "name": .string(cluster.name), "networkProfile": azNetwork,
      "nodeResourceGroup": .string(cluster.nodeResourceGroup), "powerState": power,
      "provisioningState": .string(state.rawValue),
      "resourceGroup": .string(cluster.resourceGroup), "securityProfile": azSecurity,
      "servicePrincipalProfile": ["clientId": "msi", "secret": nil], "sku": Self.sku,
      "supportPlan": "KubernetesOfficial", "type": .string(Self.type),
    ])
  }

  private static let azMembers = [
    "aadProfile", "addonProfiles", "aiToolchainOperatorProfile", "autoUpgradeProfile",
    "azureMonitorProfile", "bootstrapProfile", "diskEncryptionSetId", "eTag", "extendedLocation",
    "fqdnSubdomain", "httpProxyConfig", "ingressProfile", "metricsProfile",
    "nodeProvisioningProfile", "nodeResourceGroupProfile", "oidcIssuerProfile",
    "podIdentityProfile", "privateFqdn", "privateLinkResources", "publicNetworkAccess",
    "resourceUid", "status", "storageProfile", "systemData", "tags", "upgradeSettings",
    "windowsProfile", "workloadAutoScalerProfile",
  ]

  /// What the resource's `securityProfile` says of KMS, as `az` prints it.
  ///
  /// A cluster that never used KMS has null in its place; one that stopped keeps all but `enabled`.
  public var azSecurity: JSONTree {
    [
      "azureKeyVaultKms": kms ?? nil, "customCaTrustCertificates": nil, "defender": nil,
      "imageCleaner": nil, "workloadIdentity": nil,
    ]
  }

  /// How the API server is reached, as `az` prints it; null on a plain cluster.
  public var azAccess: JSONTree {
    guard let access else { return nil }
    return JSONTree.nulls(["authorizedIpRanges", "privateDnsZone", "subnetId"]).merging([
      "disableRunCommand": nil, "enablePrivateCluster": nil,
      "enablePrivateClusterPublicFqdn": nil,
    ]).merging(access)
  }

  /// Who the cluster is, as `az` prints it.
  public var azIdentity: JSONTree {
    let users: JSONTree = cluster.identityID.map { [$0: .optional(ids)] } ?? nil
    return [
      "delegatedResources": nil, "principalId": .optional(own?.objectID),
      "tenantId": .optional(own?.tenantID), "type": .string(identityType),
      "userAssignedIdentities": users,
    ]
  }

  private var azPool: JSONTree {
    JSONTree.nulls([
      "availabilityZones", "capacityReservationGroupId", "creationData", "enableAutoScaling",
      "gpuInstanceProfile", "hostGroupId", "kubeletConfig", "linuxOsConfig", "maxCount", "minCount",
      "nodeLabels", "nodeTaints", "podSubnetId", "proximityPlacementGroupId", "spotMaxPrice",
      "tags",
      "upgradeSettings", "vnetSubnetId", "windowsProfile",
    ]).merging(pool)
  }

  private var azKubelet: JSONTree {
    let id = Self.kubelet(of: cluster)
    return [
      "kubeletidentity": [
        "clientId": .string(id.clientID), "objectId": .string(id.objectID),
        "resourceId": .string(id.resourceID),
      ]
    ]
  }

  private var azNetwork: JSONTree {
    [
      "dnsServiceIp": "10.0.0.10", "ipFamilies": ["IPv4"], "loadBalancerSku": "standard",
      "networkDataplane": "azure", "networkMode": nil, "networkPlugin": "azure",
      "networkPluginMode": "overlay", "networkPolicy": "none", "outboundType": "loadBalancer",
      "podCidr": "10.244.0.0/16", "podCidrs": ["10.244.0.0/16"], "serviceCidr": "10.0.0.0/16",
      "serviceCidrs": ["10.0.0.0/16"],
    ]
  }

  // MARK: REST

  /// What the service answers: members without a value are left out.
  public var rest: JSONTree {
    [
      "id": .string(cluster.resourceID), "name": .string(cluster.name),
      "type": .string(Self.type), "location": .string(cluster.location), "sku": Self.sku,
      "kind": "Base", "identity": restIdentity, "properties": restProperties,
    ]
  }

  private var restProperties: JSONTree {
    var optional: [String: JSONTree] = [:]
    if let access { optional["apiServerAccessProfile"] = .object(access) }
    if let kms { optional["securityProfile"] = ["azureKeyVaultKms": kms] }
    let always: JSONTree = [
      "provisioningState": .string(state.rawValue), "powerState": power,
      "kubernetesVersion": .string(cluster.kubernetesVersion),
      "currentKubernetesVersion": .string(cluster.version.full),
      "dnsPrefix": .string(cluster.dnsPrefix), "fqdn": .string(cluster.fqdn),
      "azurePortalFQDN": .string(portalFQDN), "agentPoolProfiles": .array([.object(pool)]),
      "linuxProfile": Self.linux, "servicePrincipalProfile": ["clientId": "msi"],
      "nodeResourceGroup": .string(cluster.nodeResourceGroup), "enableRBAC": true,
      "identityProfile": azKubelet, "maxAgentPools": 100, "disableLocalAccounts": false,
      "supportPlan": "KubernetesOfficial",
      "networkProfile": [
        "networkPlugin": "azure", "networkPluginMode": "overlay", "networkDataplane": "azure",
        "loadBalancerSku": "standard", "outboundType": "loadBalancer",
        "podCidr": "10.244.0.0/16", "serviceCidr": "10.0.0.0/16", "dnsServiceIP": "10.0.0.10",
      ],
    ]
    return always.merging(optional)
  }

  private var restIdentity: JSONTree {
    var members: [String: JSONTree] = ["type": .string(identityType)]
    if let own {
      members["principalId"] = .string(own.objectID)
      members["tenantId"] = .string(own.tenantID)
    }
    if let id = cluster.identityID {
      members["userAssignedIdentities"] = [id: ids.map { .object($0) } ?? [:]]
    }
    return .object(members)
  }

  // MARK: Both

  /// `azureKeyVaultKms`; nil for a cluster that never used KMS.
  private var kms: JSONTree? {
    cluster.kms.map { kms in
      [
        "enabled": .boolean(kms.isEnabled), "keyId": .string(kms.current.description),
        "keyVaultNetworkAccess": .string(kms.networkAccess.rawValue),
        "keyVaultResourceId": .string(kms.vaultResourceID ?? ""),
      ]
    }
  }

  private var access: [String: JSONTree]? {
    guard cluster.hasVNetIntegration else { return nil }
    var members: [String: JSONTree] = ["enableVnetIntegration": true]
    if let subnet = cluster.stage?.apiServerSubnetID { members["subnetId"] = .string(subnet) }
    return members
  }

  private var identityType: String {
    cluster.identityID == nil ? "SystemAssigned" : "UserAssigned"
  }

  /// The ids of the user-assigned identity, nil when it is gone.
  private var ids: [String: JSONTree]? {
    identity.map {
      ["clientId": .string($0.clientID), "principalId": .string($0.principalID)]
    }
  }

  private var pool: [String: JSONTree] {
    [
      "name": .string(ManagedClusters.poolName), "count": .integer(Int64(cluster.nodeCount)),
      "vmSize": "Standard_D2s_v3", "osDiskSizeGB": 128, "osDiskType": "Managed",
      "kubeletDiskType": "OS", "maxPods": 250, "type": "VirtualMachineScaleSets",
      "mode": "System", "osType": "Linux", "osSKU": "Ubuntu", "scaleDownMode": "Delete",
      "enableNodePublicIP": false,
      "orchestratorVersion": .string(cluster.kubernetesVersion),
      "currentOrchestratorVersion": .string(cluster.version.full),
      "provisioningState": .string(state.rawValue), "powerState": power,
    ]
  }

  private var power: JSONTree { ["code": .string(cluster.powerState.rawValue)] }

  private var portalFQDN: String { cluster.fqdn.replacing(".hcp.", with: ".portal.hcp.") }

  private static let sku: JSONTree = ["name": "Base", "tier": "Free"]
  private static let linux: JSONTree = ["adminUsername": "azureuser", "ssh": ["publicKeys": []]]

  /// The identity that the nodes pull images with; it plays no part in KMS.
  private static func kubelet(
    of cluster: Cluster
  ) -> (resourceID: String, clientID: String, objectID: String) {
    func guid(_ part: String) -> String {
      GUID.text(Array(cluster.mark(16, of: part).utf8))
    }
    return (
      "/subscriptions/\(cluster.subscriptionID)/resourceGroups/\(cluster.nodeResourceGroup)"
        + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/\(cluster.name)-agentpool",
      guid("kubelet client"), guid("kubelet object")
    )
  }
}

extension ManagedClusters {
  /// The JSON shapes of a cluster as it is now.
  public func shapes(of cluster: Cluster, _ context: CallContext) throws -> ClusterShapes {
    ClusterShapes(
      cluster,
      state: try provisioningState(of: cluster, context),
      identity: try cluster.identityID.flatMap { try azure.findIdentity(id: $0) },
      own: try azure.findSystemIdentity(of: cluster.resourceID)
    )
  }
}

extension JSONTree {
  /// An object of members without a value.
  fileprivate static func nulls(_ names: [String]) -> JSONTree {
    .object(Dictionary(uniqueKeysWithValues: names.map { ($0, .null) }))
  }

  /// An object, or null for none.
  fileprivate static func optional(_ members: [String: JSONTree]?) -> JSONTree {
    members.map { .object($0) } ?? .null
  }
}
