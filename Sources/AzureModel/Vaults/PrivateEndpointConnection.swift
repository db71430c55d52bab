/// A private endpoint's connection to a vault.
///
/// `pending` waits for the owner of the vault, who approves or rejects it, and may change his mind
/// later; `disconnected` is final: the endpoint is gone, and the connection can only be deleted.
///
/// Source: `Microsoft.KeyVault/vaults/privateEndpointConnections`.
public struct PrivateEndpointConnection: Hashable, Codable, Sendable {
  /// How far the owner of the vault lets it.
  public enum Status: String, CaseIterable, Codable, Sendable {
    /// Waiting for the owner.
    case pending = "Pending"
    /// Open.
    case approved = "Approved"
    /// Turned down by the owner.
    case rejected = "Rejected"
    /// Taken away from the other end.
    case disconnected = "Disconnected"
  }

  /// Name in its vault.
  public let name: String
  /// ARM id of the endpoint, in its own resource group.
  public let privateEndpointID: String
  /// Address of the endpoint in its network.
  public let privateAddress: String
  /// How far the owner lets it.
  public internal(set) var status: Status
  /// What who asked or who decided wrote.
  public internal(set) var description: String

  /// Whether the connection's resource is in order.
  public var provisioningState: String {
    status == .disconnected ? "Disconnected" : "Succeeded"
  }
  /// What is left for the two ends to do.
  public var actionsRequired: String { "None" }

  /// Most connections a vault takes.
  ///
  /// Source: Key Vault service limits, Azure Private Link integration.
  public static let countMax = 64
  /// Longest description, in characters.
  ///
  /// Source: `Microsoft.Network/privateEndpoints`, `requestMessage`.
  public static let descriptionCountMax = 140
}

/// What a new private endpoint is to be.
public struct PrivateEndpointOptions: Hashable, Sendable {
  /// Name or ARM id of the endpoint; a bare name lies in the vault's resource group.
  public var endpoint: String
  /// Name of the connection; made from the endpoint's by default.
  public var connectionName: String?
  /// Address of the endpoint in its network; the next free one of `10.0.0.0/24` by default.
  public var privateAddress: String?
  /// True: ask the owner of the vault, who need not be the caller.
  public var isManual: Bool
  /// What to tell the owner.
  public var requestMessage: String?

  /// Collects the options.
  public init(
    endpoint: String,
    connectionName: String? = nil,
    privateAddress: String? = nil,
    isManual: Bool = false,
    requestMessage: String? = nil
  ) {
    self.endpoint = endpoint
    self.connectionName = connectionName
    self.privateAddress = privateAddress
    self.isManual = isManual
    self.requestMessage = requestMessage
  }
}
