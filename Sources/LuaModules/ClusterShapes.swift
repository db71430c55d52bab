internal import AzureModel
internal import ClusterModel
internal import LuaRuntime

extension ClusterHandle {
  /// What `az aks show` prints, as far as the model has it.
  ///
  /// Source: AKS specification §1.
  func show() throws -> LuaValue {
    let cluster = try cluster()
    let identity = try cluster.identityID.flatMap { try session.azure.findIdentity(id: $0) }
    let pool: LuaValue = .table([
      "name": "nodepool1", "count": .integer(Int64(cluster.nodeCount)), "mode": "System",
      "type": "VirtualMachineScaleSets", "osType": "Linux",
      "orchestratorVersion": .string(cluster.kubernetesVersion),
      "provisioningState": "Succeeded", "powerState": .table(["code": "Running"]),
    ])
    return .table([
      "id": .string(cluster.resourceID), "name": .string(cluster.name),
      "location": .string(cluster.location), "resourceGroup": .string(cluster.resourceGroup),
      "type": "Microsoft.ContainerService/ManagedClusters",
      "kubernetesVersion": .string(cluster.kubernetesVersion),
      "nodeResourceGroup": .string(cluster.nodeResourceGroup),
      "provisioningState": "Succeeded", "powerState": .table(["code": "Running"]),
      "agentPoolProfiles": .array([pool]),
      "apiServerAccessProfile": cluster.hasVNetIntegration
        ? .table(["enableVnetIntegration": true]) : .null,
      "identity": cluster.identityShape(
        identity,
        own: try session.azure.findSystemIdentity(of: cluster.resourceID)
      ),
      "securityProfile": .table(["azureKeyVaultKms": cluster.kms.map { $0.shape } ?? .null]),
    ])
  }
}

extension Cluster {
  fileprivate func identityShape(_ identity: ManagedIdentity?, own: Principal?) -> LuaValue {
    guard let identityID else {
      return .table([
        "type": "SystemAssigned", "userAssignedIdentities": .null,
        "principalId": own.map { .string($0.objectID) } ?? .null,
        "tenantId": own.map { .string($0.tenantID) } ?? .null,
      ])
    }
    let ids: LuaValue =
      identity.map {
        .table(["clientId": .string($0.clientID), "principalId": .string($0.principalID)])
      } ?? .null
    return .table([
      "type": "UserAssigned", "userAssignedIdentities": .table([LuaKey(identityID): ids]),
    ])
  }

  func card(kms: KMSView, health: APIServerHealth) throws -> LuaValue {
    var fields: [(String, LuaValue)] = [
      ("resource_group", .string(resourceGroup)), ("location", .string(location)),
      ("kubernetes_version", .string(kubernetesVersion)),
      ("api server", .string(health.state.rawValue)),
      ("kms", kms.isEnabled ? .string("on, \(kms.version)") : "off"),
    ]
    if let current = kms.current {
      fields.append(
        (kms.isEnabled ? "current key" : "retained key", .string(current.kid.description))
      )
    }
    if let previous = kms.previous {
      fields.append(("previous key", .string(previous.kid.description)))
    }
    return .card(
      "cluster \(name)",
      fields,
      warnings: health.reasons.map(\.warning) + [health.note].compactMap(\.self)
    )
  }

  var row: LuaValue {
    .row([
      ("name", .string(name)), ("resource_group", .string(resourceGroup)),
      ("version", .string(kubernetesVersion)), ("kms", kms?.isEnabled == true ? "on" : "off"),
      ("key", .string(kms?.current.description ?? "")),
    ])
  }
}

extension KMSConfiguration {
  /// The members of the resource, camel case.
  fileprivate var shape: LuaValue {
    .table([
      "enabled": .boolean(isEnabled), "keyId": .string(current.description),
      "keyVaultNetworkAccess": .string(networkAccess.rawValue), "keyVaultResourceId": "",
    ])
  }

  /// The same in snake case, for fields of a handle.
  var fields: LuaValue {
    .table([
      "enabled": .boolean(isEnabled), "key_id": .string(current.description),
      "key_vault_network_access": .string(networkAccess.rawValue), "key_vault_resource_id": "",
    ])
  }
}
