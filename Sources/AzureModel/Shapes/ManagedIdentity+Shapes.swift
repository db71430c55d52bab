extension ManagedIdentity {
  private static let type = "Microsoft.ManagedIdentity/userAssignedIdentities"

  /// What `az identity create` and `show` print.
  public var azShape: JSONTree {
    [
      "clientId": .string(clientID), "id": .string(resourceID), "isolationScope": nil,
      "location": .string(location), "name": .string(name), "principalId": .string(principalID),
      "resourceGroup": .string(resourceGroup), "tags": .strings(tags),
      "tenantId": .string(tenantID), "type": .string(Self.type),
    ]
  }

  /// What `GET` of its ARM id answers.
  public var restShape: JSONTree {
    [
      "id": .string(resourceID), "location": .string(location), "name": .string(name),
      "tags": .strings(tags), "type": .string(Self.type),
      "properties": [
        "clientId": .string(clientID), "isolationScope": "None",
        "principalId": .string(principalID), "tenantId": .string(tenantID),
      ],
    ]
  }
}
