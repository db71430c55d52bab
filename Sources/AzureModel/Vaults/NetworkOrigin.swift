/// Where a call comes from, for the network rules of vaults.
public struct NetworkOrigin: Hashable, Sendable {
  /// IPv4 address that a vault sees: public, unless the call leaves a subnet's service endpoint.
  public var address: String
  /// ARM id of the subnet that the call leaves through a service endpoint for Key Vault.
  public var subnetID: String?
  /// ARM ids of the private endpoints in the caller's network.
  public var privateEndpointIDs: [String] = []
  /// Whether the caller is a service of Azure that Key Vault trusts.
  public var isTrustedService = false

  /// Address of whoever is told no other: one of those kept for documentation.
  ///
  /// Source: RFC 5737, as of the public ones below.
  public static let addressByDefault = "203.0.113.10"
  /// Public address of a network that holds a private endpoint.
  static let networkAddress = "203.0.113.20"
  /// Public address of a service of Azure.
  static let serviceAddress = "192.0.2.20"
  /// Private address of a caller in a subnet.
  static let subnetAddress = "10.0.0.4"

  /// From the internet.
  public static func publicAddress(_ address: String) -> NetworkOrigin {
    NetworkOrigin(address: address)
  }

  /// From a subnet that has a service endpoint for Key Vault, by ARM id.
  public static func subnet(_ id: String) -> NetworkOrigin {
    NetworkOrigin(address: subnetAddress, subnetID: id)
  }

  /// From the network of a private endpoint, by the endpoint's ARM id.
  ///
  /// The vault's name leads to the endpoint only while its connection is approved; otherwise to
  /// the public address, which the call reaches from the network's own public address.
  public static func privateEndpoint(_ id: String) -> NetworkOrigin {
    NetworkOrigin(address: networkAddress, privateEndpointIDs: [id])
  }

  /// From a service that Key Vault trusts, such as Azure Backup; AKS is none.
  public static var trustedService: NetworkOrigin {
    NetworkOrigin(address: serviceAddress, isTrustedService: true)
  }

  /// From the internet, once the text is an IPv4 address.
  ///
  /// - Throws: `argument.value`.
  public static func publicAddress(parsing text: String) throws -> NetworkOrigin {
    guard let range = IPv4Range(text), range.description == "\(text)/32" else {
      throw AzureError(.argumentValue, "'\(text.echoed)' is no IPv4 address")
    }
    return publicAddress(text)
  }

  /// From a subnet, once the text is the ARM id of one.
  ///
  /// - Throws: `argument.value`.
  public static func subnet(parsing text: String) throws -> NetworkOrigin {
    try check(text, is: "Microsoft.Network/virtualNetworks/subnets")
    return subnet(text)
  }

  /// From the network of a private endpoint, once the text is the ARM id of one.
  ///
  /// - Throws: `argument.value`.
  public static func privateEndpoint(parsing text: String) throws -> NetworkOrigin {
    try check(text, is: "Microsoft.Network/privateEndpoints")
    return privateEndpoint(text)
  }

  private static func check(_ text: String, is type: String) throws {
    guard ARMID(text)?.isOf(type: type) == true else {
      throw AzureError(
        .argumentValue,
        "'\(text.echoed)' is no ARM id of a resource of type \(type)"
      )
    }
  }
}
