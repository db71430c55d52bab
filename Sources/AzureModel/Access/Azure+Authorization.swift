import FoundationEssentials

extension Azure {
  /// Checks that the caller may act on the control plane: by a role at the scope or above it.
  ///
  /// - Parameters:
  ///   - action: such as `Microsoft.KeyVault/vaults/write`.
  ///   - scope: ARM id of what is acted on, whether it is there or not.
  ///   - context: who calls, and when.
  /// - Returns: the account.
  /// - Throws: `access.denied`, `access.unauthenticated`, `subscription.not_found`.
  @discardableResult
  public func authorize(
    action: String,
    scope: String,
    _ context: CallContext
  ) throws -> Account {
    let account = try account(context.identifiers)
    let place = Scope(known: scope)
    try checkIssuer(at: place, context)
    let grants = try grants(question(action, .control, place, context))
    guard grants.contains(where: { $0.isActive(at: context.now) }) else {
      throw Self.authorizationFailed(
        action,
        place,
        context,
        hint: try Self.propagationHint(grants, context.now)
          ?? roleHint(action, on: .control, at: place, context)
      )
    }
    return account
  }

  /// Checks that the caller may do what an action implies elsewhere, such as using an identity.
  ///
  /// - Throws: `access.denied`, with the code `LinkedAuthorizationFailed`.
  public func authorizeLinked(
    action linked: String,
    at linkedScope: String,
    for action: String,
    on scope: String,
    _ context: CallContext
  ) throws {
    if try isAuthorized(action: linked, scope: linkedScope, context) { return }
    let caller = context.principal
    throw AzureError(
      .accessDenied,
      "The client '\(caller.clientName)' with object id '\(caller.objectID)' has permission to "
        + "perform action '\(action)' on scope '\(scope)'; however, it does not have permission "
        + "to perform action(s) '\(linked)' on the linked scope(s) '\(linkedScope)' "
        + "(respectively) or the linked scope(s) are invalid.",
      hint: try roleHint(linked, on: .control, at: Scope(known: linkedScope), context),
      rule: "R09",
      status: 403,
      azureCode: "LinkedAuthorizationFailed"
    )
  }

  /// Tells whether the caller may act on the control plane, as lists do to show what it may see.
  public func isAuthorized(
    action: String,
    scope: String,
    _ context: CallContext
  ) throws -> Bool {
    try grants(question(action, .control, Scope(known: scope), context))
      .contains { $0.isActive(at: context.now) }
  }

  /// Checks that the caller may give or take a role at a scope, conditions of its own roles
  /// included.
  ///
  /// - Throws: as `authorize`.
  func authorizeAssignment(
    _ verb: String,
    of role: RoleDefinition,
    at scope: Scope,
    _ context: CallContext
  ) throws {
    let action = "Microsoft.Authorization/roleAssignments/\(verb)"
    try authorize(action: action, scope: scope.description, context)
    let isFree = try grants(question(action, .control, scope, context)).contains {
      $0.isActive(at: context.now) && $0.role.assignableRoles?.contains(role.name) != false
    }
    guard isFree else {
      throw Self.authorizationFailed(
        action,
        scope,
        context,
        orCondition: " or an ABAC condition not fulfilled",
        hint: "a Key Vault Data Access Administrator gives and takes only the roles for keys, "
          + "secrets and certificates, not \(role.name)"
      )
    }
  }

  /// Asks whether role assignments allow the caller a data action on a vault, or a key in it.
  ///
  /// - Returns: nil when they do, else what would let the caller in.
  func denial(
    of dataAction: String,
    on vault: Vault,
    key name: String?,
    _ context: CallContext
  ) throws -> String? {
    let place = name.map { Scope.key($0, of: vault) } ?? Scope(known: vault.resourceID)
    let action = "Microsoft.KeyVault/vaults/\(dataAction)"
    let grants = try grants(question(action, .data, place, context))
    if grants.contains(where: { $0.isActive(at: context.now) }) { return nil }
    return try Self.propagationHint(grants, context.now)
      ?? roleHint(action, on: .data, at: place, context)
  }

  private func question(
    _ action: String,
    _ plane: RoleDefinition.Plane,
    _ scope: Scope,
    _ context: CallContext
  ) -> GrantQuestion {
    GrantQuestion(
      principalID: context.principal.objectID,
      action: action,
      plane: plane,
      scope: scope,
      tenantID: context.principal.tenantID
    )
  }

  /// Checks that a token comes from the tenant that the subscription of a scope trusts.
  private func checkIssuer(at scope: Scope, _ context: CallContext) throws {
    guard let id = scope.subscriptionID else { return }
    guard let subscription = try store.find(Subscription.self, id: id) else {
      throw AzureError(
        .subscriptionNotFound,
        "The subscription '\(id)' could not be found.",
        hint: "workspace.subscriptions() lists those there are",
        status: 404,
        azureCode: "SubscriptionNotFound"
      )
    }
    guard subscription.tenantID == context.principal.tenantID else {
      let tenant = subscription.tenantID
      throw AzureError(
        .accessUnauthenticated,
        "The access token is from the wrong issuer "
          + "'https://sts.windows.net/\(context.principal.tenantID)/'. It must match the tenant "
          + "'https://sts.windows.net/\(tenant)/' associated with this subscription. Please use "
          + "the authority (URL) 'https://login.windows.net/\(tenant)' to get the token. Note, if "
          + "the subscription is transferred to another tenant there is no impact to the "
          + "services, but information about new tenant could take time to propagate (up to an "
          + "hour). If you just transferred your subscription and see this error message, please "
          + "try back later.",
        hint: "workspace.use(…) signs in to the subscription's tenant",
        rule: "R27",
        status: 401,
        azureCode: "InvalidAuthenticationTokenTenant"
      )
    }
  }

  /// What to say of a grant that exists and does not act yet.
  private static func propagationHint(_ grants: [Grant], _ now: Date) -> String? {
    let coming = grants.compactMap { grant in
      grant.from.flatMap { from in from > now ? (from: from, role: grant.role.name) : nil }
    }
    return coming.min { $0.from < $1.from }.map {
      "\($0.role) was assigned and acts from \($0.from.rfc3339) on (R42)"
    }
  }

  private static func authorizationFailed(
    _ action: String,
    _ scope: Scope,
    _ context: CallContext,
    orCondition: String = "",
    hint: String
  ) -> AzureError {
    let caller = context.principal
    return AzureError(
      .accessDenied,
      "The client '\(caller.clientName)' with object id '\(caller.objectID)' does not have "
        + "authorization\(orCondition) to perform action '\(action)' over scope "
        + "'\(scope)' or the scope is invalid. If access was recently granted, please refresh "
        + "your credentials.",
      hint: hint,
      rule: "R09",
      status: 403,
      azureCode: "AuthorizationFailed"
    )
  }
}
