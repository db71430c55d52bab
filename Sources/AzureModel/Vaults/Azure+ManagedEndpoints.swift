/// Private endpoints that a service keeps for itself, in a resource group that it manages.
extension Azure {
  /// Makes the endpoint of a service to a vault, and its connection, open at once.
  ///
  /// The service writes the endpoint in its own group; whom it acts as must be allowed to approve
  /// connections of the vault. A connection that is open already stays; one that was rejected, or
  /// whose endpoint is gone, is made anew.
  ///
  /// - Parameters:
  ///   - endpointID: ARM id of the endpoint.
  ///   - name: name of the vault.
  ///   - context: the identity that the service acts as, and when.
  /// - Throws: `vault.not_found`, `access.denied` with the code `LinkedAuthorizationFailed`.
  public func linkManagedEndpoint(
    _ endpointID: String,
    to name: String,
    _ context: CallContext
  ) throws {
    try store.transaction {
      var vault = try vault(named: name)
      try authorizeApproval(of: endpointID, vault, context)
      if vault.privateEndpointConnections.contains(where: {
        $0.status == .approved && $0.isAt(endpointID)
      }) {
        return
      }
      vault.privateEndpointConnections.removeAll { $0.isAt(endpointID) }
      let options = PrivateEndpointOptions(endpoint: endpointID)
      let connection = try Self.connection(options, endpointID, vault, context)
      vault.privateEndpointConnections.append(connection)
      try store.put(vault)
    }
  }

  /// Takes the endpoint of a service away together with its connection.
  ///
  /// A vault that is gone, or has no such connection, has nothing to lose.
  public func unlinkManagedEndpoint(_ endpointID: String, from name: String) throws {
    try store.transaction {
      guard var vault = try findVault(named: name) else { return }
      vault.privateEndpointConnections.removeAll { $0.isAt(endpointID) }
      try store.put(vault)
    }
  }
}
