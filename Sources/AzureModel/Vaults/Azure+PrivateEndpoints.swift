extension Azure {
  /// Makes a private endpoint to a vault, and its connection.
  ///
  /// Who may approve connections of the vault has it open at once; anyone else must ask by hand,
  /// and the connection waits for the owner.
  ///
  /// - Throws: `vault.not_found`, `vault.connection_exists`, `argument.value`, `access.denied`.
  @discardableResult
  public func connectPrivateEndpoint(
    _ options: PrivateEndpointOptions,
    to name: String,
    _ context: CallContext
  ) throws -> PrivateEndpointConnection {
    try store.transaction {
      var vault = try vault(named: name)
      let endpointID = try Self.endpointID(options.endpoint, beside: vault)
      try authorize(
        action: "Microsoft.Network/privateEndpoints/write",
        scope: endpointID,
        context
      )
      if !options.isManual { try authorizeApproval(of: endpointID, vault, context) }
      vault.privateEndpointConnections.removeAll {
        $0.status == .disconnected && $0.isAt(endpointID)
      }
      let connection = try Self.connection(options, endpointID, vault, context)
      vault.privateEndpointConnections.append(connection)
      try store.put(vault)
      return connection
    }
  }

  /// Takes a private endpoint away: its connection to the vault is of no more use.
  ///
  /// - Throws: `vault.not_found`, `vault.connection_not_found`, `argument.value`,
  ///   `access.denied`.
  @discardableResult
  public func deletePrivateEndpoint(
    _ endpoint: String,
    of name: String,
    _ context: CallContext
  ) throws -> Vault {
    try store.transaction {
      var vault = try vault(named: name)
      let endpointID = try Self.endpointID(endpoint, beside: vault)
      try authorize(
        action: "Microsoft.Network/privateEndpoints/delete",
        scope: endpointID,
        context
      )
      guard
        let index = vault.privateEndpointConnections.firstIndex(where: { $0.isAt(endpointID) })
      else { throw Self.connectionNotFound(endpoint, vault) }
      vault.privateEndpointConnections[index].status = .disconnected
      try store.put(vault)
      return vault
    }
  }

  /// Approves or rejects a connection, as the owner of the vault may at any time.
  ///
  /// - Parameters:
  ///   - connection: name or ARM id.
  ///   - name: name of the vault.
  ///   - isApproved: true opens it, false turns it down.
  ///   - description: why; empty by default.
  ///   - context: who decides, and when.
  /// - Returns: the vault with the connection changed.
  /// - Throws: `vault.not_found`, `vault.connection_not_found`, `argument.value`,
  ///   `access.denied`.
  @discardableResult
  public func decideConnection(
    _ connection: String,
    of name: String,
    isApproved: Bool,
    description: String? = nil,
    _ context: CallContext
  ) throws -> Vault {
    try changeConnection(connection, of: name, "write", context) { connection in
      guard connection.status != .disconnected else {
        throw AzureError.badRequest(
          "The private endpoint connection '\(connection.name)' is disconnected.",
          hint: "its endpoint is gone: delete the connection and make a new endpoint"
        )
      }
      connection.status = isApproved ? .approved : .rejected
      connection.description = try Self.checked(description)
      return connection
    }
  }

  /// Deletes a connection; the endpoint at its other end leads nowhere then.
  ///
  /// - Throws: `vault.not_found`, `vault.connection_not_found`, `access.denied`.
  @discardableResult
  public func deleteConnection(
    _ connection: String,
    of name: String,
    _ context: CallContext
  ) throws -> Vault {
    try changeConnection(connection, of: name, "delete", context) { _ in nil }
  }

  /// Changes a connection, or takes it away when `change` returns nil, once the caller may.
  private func changeConnection(
    _ connection: String,
    of name: String,
    _ action: String,
    _ context: CallContext,
    _ change: (inout PrivateEndpointConnection) throws -> PrivateEndpointConnection?
  ) throws -> Vault {
    try store.transaction {
      var vault = try vault(named: name)
      let wanted = connection.lowercased()
      let all = vault.privateEndpointConnections
      guard
        let index = all.firstIndex(where: {
          $0.name.lowercased() == wanted || vault.resourceID(of: $0).lowercased() == wanted
        })
      else { throw Self.connectionNotFound(connection, vault) }
      var changed = all[index]
      try authorize(
        action: "Microsoft.KeyVault/vaults/privateEndpointConnections/\(action)",
        scope: vault.resourceID(of: changed),
        context
      )
      vault.privateEndpointConnections[index...index] = try change(&changed).map { [$0] } ?? []
      try store.put(vault)
      return vault
    }
  }

  /// Checks that the caller may open the vault to an endpoint, which lies in another resource.
  func authorizeApproval(
    of endpointID: String,
    _ vault: Vault,
    _ context: CallContext
  ) throws {
    let approval = "Microsoft.KeyVault/vaults/PrivateEndpointConnectionsApproval/action"
    if try isAuthorized(action: approval, scope: vault.resourceID, context) { return }
    let caller = context.principal
    throw AzureError(
      .accessDenied,
      "The client '\(caller.clientName)' with object id '\(caller.objectID)' has permission to "
        + "perform action 'Microsoft.Network/privateEndpoints/write' on scope '\(endpointID)'; "
        + "however, it does not have permission to perform action(s) '\(approval)' on the linked "
        + "scope(s) '\(vault.resourceID)' (respectively) or the linked scope(s) are invalid.",
      hint: "grant Key Vault Contributor at the vault, or ask by hand: manual_request = true",
      rule: "R65",
      status: 403,
      azureCode: "LinkedAuthorizationFailed"
    )
  }

  static func connection(
    _ options: PrivateEndpointOptions,
    _ endpointID: String,
    _ vault: Vault,
    _ context: CallContext
  ) throws -> PrivateEndpointConnection {
    let others = vault.privateEndpointConnections
    let endpointName = endpointID.split(separator: "/").last ?? ""
    let name = try options.connectionName ?? "\(endpointName).\(context.identifiers.guid())"
    guard NameRule.isResourceName(name) else {
      throw AzureError.badRequest(
        "The resource name '\(name.echoed)' is invalid.",
        hint: "use 1 to 260 letters, digits and -_.()"
      )
    }
    let isTaken = others.contains { $0.name.lowercased() == name.lowercased() }
    guard !isTaken, !others.contains(where: { $0.isAt(endpointID) }) else {
      throw AzureError(
        .connectionExists,
        "The private endpoint connection '\(name)' already exists on vault '\(vault.name)'.",
        hint:
          "an endpoint has one connection to a vault; v.private_endpoint_connections lists them",
        status: 409,
        azureCode: "Conflict"
      )
    }
    guard others.count < PrivateEndpointConnection.countMax else {
      throw AzureError.badRequest(
        "A vault takes at most \(PrivateEndpointConnection.countMax) private endpoint connections."
      )
    }
    return PrivateEndpointConnection(
      name: name,
      privateEndpointID: endpointID,
      privateAddress: try privateAddress(options.privateAddress, beside: others),
      status: options.isManual ? .pending : .approved,
      description: try checked(options.requestMessage ?? (options.isManual ? "" : "Auto-approved"))
    )
  }

  /// The address asked for, else the first of `10.0.0.0/24` that Azure leaves and no other has.
  private static func privateAddress(
    _ asked: String?,
    beside others: [PrivateEndpointConnection]
  ) throws -> String {
    guard let asked else {
      let taken = Set(others.map(\.privateAddress))
      // The first four of a subnet and the last are Azure's; 10.0.0.4 is a caller's here.
      let free = (5...254).lazy.map { "10.0.0.\($0)" }.first { !taken.contains($0) }
      return free ?? ""
    }
    guard let address = IPv4Range(asked), address.prefixLength == 32, !asked.contains("/") else {
      throw AzureError.badRequest("'\(asked.echoed)' is no IPv4 address.")
    }
    return asked
  }

  private static func endpointID(_ endpoint: String, beside vault: Vault) throws -> String {
    let type = "Microsoft.Network/privateEndpoints"
    if ARMID(endpoint)?.isOf(type: type) == true { return endpoint }
    guard NameRule.isResourceName(endpoint), endpoint.count <= 80 else {
      throw AzureError.badRequest(
        "'\(endpoint.echoed)' is no private endpoint.",
        hint: "give a name of 1 to 80 letters, digits and -_., or an ARM id"
      )
    }
    return "/subscriptions/\(vault.subscriptionID)/resourceGroups/\(vault.resourceGroup)"
      + "/providers/\(type)/\(endpoint)"
  }

  private static func checked(_ description: String?) throws -> String {
    let description = description ?? ""
    guard description.count <= PrivateEndpointConnection.descriptionCountMax else {
      throw AzureError.badRequest(
        "A connection's description has at most "
          + "\(PrivateEndpointConnection.descriptionCountMax) characters, not "
          + "\(description.count)."
      )
    }
    return description
  }

  private static func connectionNotFound(_ connection: String, _ vault: Vault) -> AzureError {
    AzureError(
      .connectionNotFound,
      "The private endpoint connection '\(connection.echoed)' was not found on vault "
        + "'\(vault.name)'.",
      hint: "v.private_endpoint_connections lists them",
      status: 404,
      azureCode: "ResourceNotFound"
    )
  }
}

extension PrivateEndpointConnection {
  /// Whether it is that of an endpoint, by ARM id.
  func isAt(_ endpointID: String) -> Bool {
    privateEndpointID.lowercased() == endpointID.lowercased()
  }

  /// Whether its endpoint lies in a caller's network.
  func isIn(_ origin: NetworkOrigin) -> Bool { origin.privateEndpointIDs.contains(where: isAt) }
}

extension Vault {
  /// ARM id of one of its connections.
  public func resourceID(of connection: PrivateEndpointConnection) -> String {
    "\(resourceID)/privateEndpointConnections/\(connection.name)"
  }
}
