/// What a vault's network rules say to a call of the data plane.
public enum NetworkDecision: Hashable, Sendable {
  /// What let a call pass.
  public enum Reason: String, Hashable, Sendable {
    /// An approved private endpoint.
    case privateEndpoint = "private endpoint"
    /// The caller is trusted, and the vault lets trusted services pass.
    case trustedService = "trusted service"
    /// The firewall is off.
    case defaultAction = "default action"
    /// A rule names the address.
    case ipRule = "ip rule"
    /// A rule names the subnet.
    case virtualNetworkRule = "virtual network rule"
  }

  /// The call goes on to the check of grants.
  case allowed(Reason)
  /// The public address answers no one, and no private way leads in.
  case forbiddenByConnection
  /// The firewall is on, and nothing lets the caller pass.
  case forbiddenByFirewall

  /// Inner code of the refusal.
  public var innerCode: String? {
    switch self {
    case .allowed: nil
    case .forbiddenByConnection: "ForbiddenByConnection"
    case .forbiddenByFirewall: "ForbiddenByFirewall"
    }
  }
}

extension Vault {
  /// Decides whether a call of the data plane passes; the control plane is never asked.
  ///
  /// Source: Key Vault specification §8.
  public func decision(for origin: NetworkOrigin) -> NetworkDecision {
    if approvedConnection(for: origin) != nil { return .allowed(.privateEndpoint) }
    let isTrusted = origin.isTrustedService && networkACLs.bypass == .azureServices
    switch publicNetworkAccess {
    case .securedByPerimeter: return .forbiddenByConnection
    case .disabled: return isTrusted ? .allowed(.trustedService) : .forbiddenByConnection
    case .enabled: break
    }
    if networkACLs.defaultAction == .allow { return .allowed(.defaultAction) }
    if let address = IPv4Range(origin.address),
      networkACLs.ipRules.contains(where: { $0.contains(address) })
    {
      return .allowed(.ipRule)
    }
    if let subnet = origin.subnetID?.lowercased(),
      networkACLs.virtualNetworkRules.contains(subnet)
    {
      return .allowed(.virtualNetworkRule)
    }
    return isTrusted ? .allowed(.trustedService) : .forbiddenByFirewall
  }

  /// The caller's address as the data plane sees it: a private one behind a private endpoint.
  func addressSeen(from origin: NetworkOrigin) -> String {
    approvedConnection(for: origin) == nil ? origin.address : NetworkOrigin.subnetAddress
  }

  /// The open connection to a private endpoint in the caller's network.
  func approvedConnection(for origin: NetworkOrigin) -> PrivateEndpointConnection? {
    guard !origin.privateEndpointIDs.isEmpty else { return nil }
    return privateEndpointConnections.first { $0.status == .approved && $0.isIn(origin) }
  }
}

/// What a vault's host name leads to, as a resolver tells it.
public struct NameResolution: Hashable, Sendable {
  /// The name asked for, and what it is an alias of.
  public let aliases: [String]
  /// The address it ends at.
  public let address: String
  /// Whether that is the address of a private endpoint.
  public let isPrivate: Bool

  /// Where the public side of every vault answers: an address kept for documentation (RFC 5737).
  static let publicAddress = "198.51.100.10"
}

extension Vault {
  /// Name of the private side, which a private DNS zone of a network answers for.
  public var privateLinkHost: String { "\(id).privatelink.vaultcore.azure.net" }

  /// What the host name leads to from a place.
  ///
  /// With an approved private endpoint anywhere, the public name is an alias of the private side's
  /// for everyone; only in the endpoint's network does that one lead to a private address.
  ///
  /// Source: Key Vault specification §8.
  public func resolution(from origin: NetworkOrigin) -> NameResolution {
    let isLinked = privateEndpointConnections.contains { $0.status == .approved }
    let connection = approvedConnection(for: origin)
    return NameResolution(
      aliases: isLinked ? [host, privateLinkHost] : [host],
      address: connection?.privateAddress ?? NameResolution.publicAddress,
      isPrivate: connection != nil
    )
  }
}
