extension Azure {
  /// Who is signed in and to which subscription; makes the first tenant with its subscription on
  /// first use.
  public func account(_ identifiers: any IdentifierSource) throws -> Account {
    if let account = try findAccount() { return account }
    return try store.transaction {
      if let account = try findAccount() { return account }
      let tenantID = try identifiers.guid()
      let id = try identifiers.guid()
      let user = Principal(
        kind: .user,
        objectID: try identifiers.guid(),
        applicationID: Account.commandLineApplicationID,
        tenantID: tenantID,
        name: Account.userName
      )
      let first = Subscription(
        id: id,
        tenantID: tenantID,
        name: "Subscription 1",
        isKonnectivityGrandfathered: false,
        user: user
      )
      try keep(first, identifiers)
      return try sign(in: first)
    }
  }

  /// The account, nil in a workspace that no call has touched.
  public func findAccount() throws -> Account? {
    try store.find(Account.self, id: Account.onlyID)
  }

  /// Lists the subscriptions that the signed-in user has, in order of name.
  public func listSubscriptions(_ identifiers: any IdentifierSource) throws -> [Subscription] {
    _ = try account(identifiers)
    return try store.all(Subscription.self, parent: nil).sorted {
      ($0.name, $0.id) < ($1.name, $1.id)
    }
  }

  /// Returns a subscription by id, ARM id or name.
  ///
  /// - Throws: `subscription.not_found`.
  public func subscription(
    _ text: String,
    _ identifiers: any IdentifierSource
  ) throws -> Subscription {
    let wanted = text.lowercased()
    let found = try listSubscriptions(identifiers).first {
      $0.id == wanted || $0.resourceID == wanted || $0.name.lowercased() == wanted
    }
    if let found { return found }
    throw AzureError(
      .subscriptionNotFound,
      "The subscription of '\(text.echoed)' doesn't exist in cloud 'AzureCloud'.",
      hint: "workspace.subscriptions() lists those there are"
    )
  }

  /// Makes a subscription in a tenant, by default the one in use; the signed-in user is its Owner.
  ///
  /// A tenant that is not known yet comes with a directory of its own, in which the signed-in user
  /// is a guest.
  ///
  /// - Throws: `argument.value`.
  @discardableResult
  public func createSubscription(
    tenantID: String? = nil,
    isKonnectivityGrandfathered: Bool = false,
    context: CallContext
  ) throws -> Subscription {
    try store.transaction {
      let others = try listSubscriptions(context.identifiers)
      let tenantID = try tenantID?.lowercased() ?? account(context.identifiers).tenantID
      guard NameRule.isGUID(tenantID) else {
        throw AzureError.badRequest(
          "The tenant id '\(tenantID.echoed)' is not a GUID."
        )
      }
      guard others.count < Self.subscriptionCountMax else {
        throw AzureError.badRequest(
          "A workspace has at most \(Self.subscriptionCountMax) subscriptions."
        )
      }
      let known = others.first { $0.tenantID == tenantID }?.user
      let subscription = Subscription(
        id: try context.identifiers.guid(),
        tenantID: tenantID,
        name: "Subscription \(others.count + 1)",
        isKonnectivityGrandfathered: isKonnectivityGrandfathered,
        user: try known ?? guest(of: tenantID, context.identifiers)
      )
      try keep(subscription, context.identifiers)
      return subscription
    }
  }

  /// Makes a subscription the one that calls go to.
  ///
  /// - Throws: `subscription.not_found`.
  @discardableResult
  public func use(
    _ subscription: String,
    _ identifiers: any IdentifierSource
  ) throws -> Subscription {
    try store.transaction {
      let chosen = try self.subscription(subscription, identifiers)
      try sign(in: chosen)
      return chosen
    }
  }

  static let subscriptionCountMax = 100

  /// The signed-in person as a user of another tenant.
  private func guest(
    of tenantID: String,
    _ identifiers: any IdentifierSource
  ) throws -> Principal {
    let mark = Account.userName.split(separator: "@").joined(separator: "_")
    return Principal(
      kind: .user,
      objectID: try identifiers.guid(),
      applicationID: Account.commandLineApplicationID,
      tenantID: tenantID,
      name: "\(mark)#EXT#@\(tenantID.prefix(8)).onmicrosoft.com"
    )
  }

  @discardableResult
  private func sign(in subscription: Subscription) throws -> Account {
    let account = Account(
      tenantID: subscription.tenantID,
      subscriptionID: subscription.id,
      signedInUser: subscription.user
    )
    try store.put(account)
    return account
  }

  /// Writes a new subscription, its user, and the user's role in it.
  private func keep(
    _ subscription: Subscription,
    _ identifiers: any IdentifierSource
  ) throws {
    try store.put(subscription)
    try enter(subscription.user)
    try add(
      RoleAssignment(
        name: try identifiers.guid(),
        scope: Scope(known: subscription.resourceID),
        roleID: RoleDefinition.owner.id,
        principalID: subscription.user.objectID,
        principalType: .user,
        tenantID: subscription.tenantID,
        created: Subscription.ownerSince,
        createdBy: subscription.user.objectID,
        effective: nil
      )
    )
  }
}
