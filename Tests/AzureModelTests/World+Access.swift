import AzureModel

/// Those who are granted something.
extension World {
  /// A user without any role.
  func user(_ name: String = "ada@contoso.onmicrosoft.com") throws -> Principal {
    try azure.createUser(name: name, context: context)
  }

  /// An identity `MyIdentity` without any role.
  func identity(_ name: String = "MyIdentity") throws -> ManagedIdentity {
    try azure.createIdentity(name: name, resourceGroup: "MyResourceGroup", context: context)
  }

  /// ARM id of the subscription in use.
  var subscription: String { "/subscriptions/\(account.subscriptionID)" }

  /// Gives a principal a role at a scope, as the signed-in user.
  @discardableResult
  func assign(
    _ role: String,
    to principalID: String,
    at scope: String,
    type: PrincipalType? = nil,
    _ context: CallContext? = nil
  ) throws -> RoleAssignment {
    try azure.createRoleAssignment(
      RoleAssignmentOptions(
        role: role,
        principalID: principalID,
        principalType: type,
        scope: scope
      ),
      context: context ?? self.context
    )
  }
}
