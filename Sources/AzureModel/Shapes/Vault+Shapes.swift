import FoundationEssentials

/// The JSON shapes of vaults.
///
/// Source: Key Vault specification §8 and §12; `Microsoft.KeyVault/vaults`, api-version 2026-02-01.
extension Vault {
  private static let type = "Microsoft.KeyVault/vaults"

  /// What `az keyvault show` prints, members without a value included as null.
  public var azShape: JSONTree {
    [
      "id": .string(resourceID), "location": .string(location), "name": .string(name),
      "properties": azProperties, "resourceGroup": .string(resourceGroup),
      "systemData": systemDataShape, "tags": .strings(tags), "type": .string(Self.type),
    ]
  }

  private var azProperties: JSONTree {
    let connections = privateEndpointConnections.map { $0.azShape(id: resourceID(of: $0)) }
    return [
      "accessPolicies": .array(accessPolicies.map(\.azShape)), "createMode": nil,
      "enablePurgeProtection": enablePurgeProtection ? true : nil,
      "enableRbacAuthorization": .boolean(enableRBACAuthorization), "enableSoftDelete": true,
      "enabledForDeployment": .optional(deploymentAccess.virtualMachines),
      "enabledForDiskEncryption": .optional(deploymentAccess.diskEncryption),
      "enabledForTemplateDeployment": .optional(deploymentAccess.templates),
      "hsmPoolResourceId": nil, "networkAcls": networkACLs.azShape,
      "privateEndpointConnections": connections.isEmpty ? nil : .array(connections),
      "provisioningState": .string(provisioningState),
      "publicNetworkAccess": .string(publicNetworkAccess.rawValue), "sku": skuShape,
      "softDeleteRetentionInDays": .integer(Int64(softDeleteRetentionInDays)),
      "tenantId": .string(tenantID), "vaultUri": .string(vaultURI),
    ]
  }

  /// What `az keyvault list` prints for it, which asks Resource Manager and not the vault's service.
  public var azListItem: JSONTree {
    [
      "id": .string(resourceID), "location": .string(location), "name": .string(name),
      "resourceGroup": .string(resourceGroup), "tags": .strings(tags), "type": .string(Self.type),
    ]
  }

  /// What the service answers; members without a value are left out.
  public var restShape: JSONTree {
    [
      "id": .string(resourceID), "name": .string(name), "type": .string(Self.type),
      "location": .string(location), "tags": .strings(tags),
      "systemData": systemData(\.restTime), "properties": restProperties,
    ]
  }

  private var restProperties: JSONTree {
    let connections = privateEndpointConnections.map { $0.restShape(id: resourceID(of: $0)) }
    var optional: [String: JSONTree] = [:]
    if enablePurgeProtection { optional["enablePurgeProtection"] = true }
    if !connections.isEmpty { optional["privateEndpointConnections"] = .array(connections) }
    for (name, flag) in [
      ("enabledForDeployment", deploymentAccess.virtualMachines),
      ("enabledForDiskEncryption", deploymentAccess.diskEncryption),
      ("enabledForTemplateDeployment", deploymentAccess.templates),
    ] {
      if let flag { optional[name] = .boolean(flag) }
    }
    let always: JSONTree = [
      "sku": skuShape, "tenantId": .string(tenantID),
      "accessPolicies": .array(accessPolicies.map(\.restShape)),
      "networkAcls": networkACLs.restShape, "enableSoftDelete": true,
      "softDeleteRetentionInDays": .integer(Int64(softDeleteRetentionInDays)),
      "enableRbacAuthorization": .boolean(enableRBACAuthorization),
      "vaultUri": .string(vaultURI), "provisioningState": .string(provisioningState),
      "publicNetworkAccess": .string(publicNetworkAccess.rawValue),
    ]
    return always.merging(optional)
  }

  private var skuShape: JSONTree {
    ["family": .string(VaultSKU.family), "name": .string(sku.rawValue)]
  }

  /// Who made it and changed it last, and when, as `az` prints it.
  public var systemDataShape: JSONTree { systemData(\.azTime) }

  private func systemData(_ text: (Date) -> String) -> JSONTree {
    [
      "createdAt": .string(text(created)), "createdBy": .string(createdBy.nameInSystemData),
      "createdByType": .string(createdBy.typeInSystemData),
      "lastModifiedAt": .string(text(updated)),
      "lastModifiedBy": .string(updatedBy.nameInSystemData),
      "lastModifiedByType": .string(updatedBy.typeInSystemData),
    ]
  }
}

extension Principal {
  /// How the system data of a resource names it.
  fileprivate var nameInSystemData: String { kind == .user ? name : applicationID }
  /// What the system data of a resource calls its kind.
  fileprivate var typeInSystemData: String { kind == .user ? "User" : "Application" }
}

extension NetworkACLs {
  /// The firewall as `az` prints it.
  public var azShape: JSONTree {
    restShape.merging([
      "virtualNetworkRules": .array(
        virtualNetworkRules.map { id in
          ["id": .string(id), "ignoreMissingVnetServiceEndpoint": nil, "resourceGroup": .group(id)]
        }
      )
    ])
  }

  fileprivate var restShape: JSONTree {
    [
      "bypass": .string(bypass.rawValue), "defaultAction": .string(defaultAction.rawValue),
      "ipRules": .array(ipRules.map { ["value": .string($0.description)] }),
      "virtualNetworkRules": .array(virtualNetworkRules.map { ["id": .string($0)] }),
    ]
  }
}

extension PrivateEndpointConnection {
  /// What `az keyvault private-endpoint-connection show` prints.
  public func azShape(id: String) -> JSONTree {
    [
      "etag": nil, "id": .string(id),
      "privateEndpoint": [
        "id": .string(privateEndpointID), "resourceGroup": .group(privateEndpointID),
      ],
      "privateLinkServiceConnectionState": state, "provisioningState": .string(provisioningState),
      "resourceGroup": .group(id),
    ]
  }

  /// What the service answers.
  public func restShape(id: String) -> JSONTree {
    [
      "id": .string(id),
      "properties": [
        "privateEndpoint": ["id": .string(privateEndpointID)],
        "privateLinkServiceConnectionState": state,
        "provisioningState": .string(provisioningState),
      ],
    ]
  }

  private var state: JSONTree {
    [
      "actionsRequired": .string(actionsRequired), "description": .string(description),
      "status": .string(status.rawValue),
    ]
  }
}

extension JSONTree {
  /// The group in an ARM id, which `az` puts beside every id it prints.
  fileprivate static func group(_ id: String) -> JSONTree { .optional(ARMID(id)?.resourceGroup) }
}

extension AccessPolicy {
  /// The entry as `az` prints it.
  public var azShape: JSONTree { restShape.merging(["applicationId": .optional(applicationID)]) }

  /// The entry as the service has it.
  public var restShape: JSONTree {
    let shape: JSONTree = [
      "tenantId": .string(tenantID), "objectId": .string(objectID),
      "permissions": [
        "certificates": .strings(certificates), "keys": .strings(keys.map(\.rawValue)),
        "secrets": .strings(secrets), "storage": .strings(storage),
      ],
    ]
    return applicationID.map { shape.merging(["applicationId": .string($0)]) } ?? shape
  }
}
