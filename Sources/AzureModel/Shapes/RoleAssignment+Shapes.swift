extension RoleAssignment {
  private static let type = "Microsoft.Authorization/roleAssignments"

  /// ARM id of the role, as the scope's subscription names it.
  var roleDefinitionID: String {
    let place = scope.subscriptionID.map { "/subscriptions/\($0)" } ?? ""
    return "\(place)/providers/Microsoft.Authorization/roleDefinitions/\(roleID)"
  }

  /// What `az role assignment create` prints.
  public var azShape: JSONTree {
    [
      "condition": nil, "conditionVersion": nil, "createdBy": .string(createdBy),
      "createdOn": .string(created.azTime), "delegatedManagedIdentityResourceId": nil,
      "description": nil, "id": .string(resourceID), "name": .string(name),
      "principalId": .string(principalID), "principalType": .string(principalType.rawValue),
      "resourceGroup": .optional(scope.resourceGroup),
      "roleDefinitionId": .string(roleDefinitionID), "scope": .string(scope.description),
      "systemData": nil, "type": .string(Self.type), "updatedBy": .string(createdBy),
      "updatedOn": .string(created.azTime),
    ]
  }

  /// What `az role assignment list` prints for it: names of role and principal beside the ids.
  ///
  /// `principalName` is a user's sign-in name or an application id; none for one that is gone.
  public func azListItem(principalName: String?) -> JSONTree {
    let role = RoleDefinition.find(roleID)?.name
    return azShape.merging([
      "principalName": .string(principalName ?? ""), "roleDefinitionName": .optional(role),
    ])
  }

  /// What `PUT` and `GET` of its ARM id answer.
  public var restShape: JSONTree {
    [
      "id": .string(resourceID), "name": .string(name), "type": .string(Self.type),
      "properties": [
        "condition": nil, "conditionVersion": nil, "createdBy": .string(createdBy),
        "createdOn": .string(created.restTime), "delegatedManagedIdentityResourceId": nil,
        "description": nil, "principalId": .string(principalID),
        "principalType": .string(principalType.rawValue),
        "roleDefinitionId": .string(roleDefinitionID), "scope": .string(scope.description),
        "updatedBy": .string(createdBy), "updatedOn": .string(created.restTime),
      ],
    ]
  }
}

extension RoleDefinition {
  private static let type = "Microsoft.Authorization/roleDefinitions"

  private var permission: JSONTree {
    [
      "actions": .strings(actions), "condition": .optional(condition),
      "conditionVersion": .optional(condition.map { _ in "2.0" }),
      "dataActions": .strings(dataActions), "notActions": .strings(notActions),
      "notDataActions": .strings(notDataActions),
    ]
  }

  /// The condition of a role that allows to assign some roles only.
  ///
  /// Source: Azure attribute-based access control, version 2.0.
  var condition: String? {
    guard let assignableRoles else { return nil }
    let ids = assignableRoles.compactMap { Self.find($0)?.id }.joined(separator: ", ")
    return ["write": "@Request", "delete": "@Resource"].sorted { $0.key > $1.key }
      .map { verb, source in
        "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/\(verb)'})) OR ("
          + "\(source)[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
          + "ForAnyOfAnyValues:GuidEquals{\(ids)}))"
      }
      .joined(separator: " AND ")
  }

  /// What `az role definition list` prints for it.
  public func azShape(subscriptionID: String) -> JSONTree {
    [
      "assignableScopes": ["/"], "createdBy": nil, "createdOn": nil,
      "description": .string(summary),
      "id": .string("/subscriptions/\(subscriptionID)/providers/\(Self.type)/\(id)"),
      "name": .string(id), "permissions": [permission], "roleName": .string(name),
      "roleType": "BuiltInRole", "type": .string(Self.type), "updatedBy": nil, "updatedOn": nil,
    ]
  }

  /// What `GET` of its ARM id answers.
  public var restShape: JSONTree {
    [
      "id": .string("/providers/\(Self.type)/\(id)"), "name": .string(id),
      "type": .string(Self.type),
      "properties": [
        "assignableScopes": ["/"], "description": .string(summary), "permissions": [permission],
        "roleName": .string(name), "type": "BuiltInRole",
      ],
    ]
  }
}
