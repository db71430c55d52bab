extension Azure {
  /// Lets callers pass the firewall of a vault, all or none; one that passes already stays.
  ///
  /// - Throws: `vault.not_found`, `argument.value`, `access.denied`.
  @discardableResult
  public func addNetworkRules(
    _ rules: [NetworkRule],
    to name: String,
    _ context: CallContext
  ) throws -> Vault {
    try changeVault(named: name, context) { vault in
      for rule in rules { try vault.networkACLs.add(rule) }
    }
  }

  /// Lets callers pass the firewall no more; one that no rule names changes nothing.
  ///
  /// - Throws: `vault.not_found`, `argument.value`, `access.denied`.
  @discardableResult
  public func removeNetworkRules(
    _ rules: [NetworkRule],
    from name: String,
    _ context: CallContext
  ) throws -> Vault {
    try changeVault(named: name, context) { vault in
      for rule in rules { try vault.networkACLs.remove(rule) }
    }
  }

  /// Refuses a data-plane call that a vault's network rules do not let pass.
  ///
  /// - Throws: `access.denied`.
  ///
  /// Source: Key Vault specification §5 and §8.
  func checkNetwork(of vault: Vault, _ context: CallContext) throws {
    switch vault.decision(for: context.origin) {
    case .allowed: return
    case .forbiddenByConnection:
      throw Self.denied(
        [
          "Public network access is disabled and request is not from a trusted service nor via "
            + "an approved private link.",
          Self.callerLine(context), Self.vaultLine(vault),
        ],
        "ForbiddenByConnection",
        hint: vault.endpointHint(context.origin) ?? "a private endpoint is the only way in",
        rule: "R60"
      )
    case .forbiddenByFirewall:
      throw Self.denied(
        [
          "Client address is not authorized and caller is not a trusted service.",
          "Client address: \(context.origin.address)", Self.callerLine(context),
          Self.vaultLine(vault),
        ],
        "ForbiddenByFirewall",
        hint: vault.endpointHint(context.origin) ?? vault.ruleHint(context.origin),
        rule: "R23"
      )
    }
  }
}

extension Vault {
  /// What to do about a private endpoint in the caller's network that leads nowhere; nil for none.
  fileprivate func endpointHint(_ origin: NetworkOrigin) -> String? {
    guard let connection = privateEndpointConnections.first(where: { $0.isIn(origin) }) else {
      return nil
    }
    let state = "the connection of its private endpoint is \(connection.status.rawValue)"
    guard connection.status != .disconnected else { return state }
    return "\(state): v:private_endpoint_connection_approve{ name = '\(connection.name)' }"
  }

  fileprivate func ruleHint(_ origin: NetworkOrigin) -> String {
    let caller = origin.subnetID.map { "subnet = '\($0)'" } ?? "ip_address = '\(origin.address)'"
    return "let it pass: v:network_rule_add{ \(caller) }"
  }
}
