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

  func card(kms: KMSView, reasons: [HealthReason]) throws -> LuaValue {
    var fields: [(String, LuaValue)] = [
      ("resource_group", .string(resourceGroup)), ("location", .string(location)),
      ("kubernetes_version", .string(kubernetesVersion)),
      ("api server", reasons.isEmpty ? "healthy" : "unhealthy"),
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
      warnings: reasons.map { reason in
        [reason.rule, "\(reason.code): \(reason.message)", reason.remedy]
          .compactMap(\.self).joined(separator: "  ")
      }
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

extension KMSView {
  var luaValue: LuaValue {
    .table([
      "enabled": .boolean(isEnabled), "version": .string(version),
      "current": .optional(current?.luaValue), "previous": .optional(previous?.luaValue),
      "network_access": .optional(networkAccess.map { .string($0.rawValue) }),
      "tunnel": .string(tunnel),
      "history": .array(
        history.map {
          .table([
            "kid": .string($0.kid.description), "from": .string($0.from.rfc3339),
            "to": .optional($0.to.map { .string($0.rfc3339) }),
          ])
        }
      ),
    ])
  }
}

extension KMSSlot {
  fileprivate var luaValue: LuaValue {
    .table([
      "kid": .string(kid.description), "usable": .boolean(problem == nil),
      "why": .optional(problem.map { .string("\($0.code): \($0.message)") }),
    ])
  }
}

extension HealthReason {
  var luaValue: LuaValue {
    .table([
      "code": .string(code), "message": .string(message),
      "rule": .optional(rule.map { .string($0) }),
      "remedy": .optional(remedy.map { .string($0) }),
    ])
  }
}
