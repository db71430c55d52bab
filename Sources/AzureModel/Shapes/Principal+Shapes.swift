extension Principal {
  /// What `az ad signed-in-user show` and `az ad user show` print of a user, and the main members
  /// of what `az ad sp show` prints of a service principal.
  public func azShape(displayName: String) -> JSONTree {
    switch kind {
    case .user:
      [
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
        "businessPhones": [], "displayName": .string(displayName), "givenName": nil,
        "id": .string(objectID), "jobTitle": nil, "mail": nil, "mobilePhone": nil,
        "officeLocation": nil, "preferredLanguage": nil, "surname": nil,
        "userPrincipalName": .string(name),
      ]
    case .servicePrincipal:
      [
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#servicePrincipals/$entity",
        "accountEnabled": true, "appDisplayName": .string(displayName),
        "appId": .string(applicationID), "appOwnerOrganizationId": .string(tenantID),
        "displayName": .string(displayName), "id": .string(objectID),
        "servicePrincipalNames": [.string(applicationID)],
        "servicePrincipalType": "Application", "tags": [],
      ]
    }
  }
}

extension Subscription {
  /// What `az account show` prints, and one item of `az account list`.
  public func azShape(isDefault: Bool) -> JSONTree {
    [
      "environmentName": "AzureCloud", "homeTenantId": .string(tenantID), "id": .string(id),
      "isDefault": .boolean(isDefault), "managedByTenants": [], "name": .string(name),
      "state": "Enabled", "tenantId": .string(tenantID),
      "user": ["name": .string(Account.userName), "type": "user"],
    ]
  }
}
