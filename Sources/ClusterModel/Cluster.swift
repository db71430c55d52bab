public import AzureModel
public import FoundationEssentials

/// How the plugin reaches the vault.
public enum KeyVaultNetworkAccess: String, CaseIterable, Codable, Sendable {
  /// Over the vault's public address.
  case isPublic = "Public"
  /// Over a private endpoint.
  case isPrivate = "Private"
}

/// A cluster's KMS configuration with the two keys its plugin holds.
///
/// ## Design
///
/// The states are `on(current, previous?)` and `off(retained)`; a cluster that never used KMS has
/// none. Changing the key shifts the slots; the one that falls out is forgotten, which is why
/// rotating twice without a rewrite strands secrets. Setting the current key again shifts nothing.
///
/// Source: seed rules §17.
public struct KMSConfiguration: Codable, Hashable, Sendable {
  /// A key's time as the current one.
  public struct Period: Codable, Hashable, Sendable {
    /// The key.
    public let kid: KeyID
    /// When it became current.
    public let from: Date
    /// When it ceased to be.
    public var to: Date?
  }

  /// Whether writes are sealed.
  public private(set) var isEnabled: Bool
  /// The key that writes use, or that stays readable when KMS is off.
  public private(set) var current: KeyID
  /// The key in use before, still readable.
  public private(set) var previous: KeyID?
  /// How the plugin reaches the vault.
  public private(set) var networkAccess: KeyVaultNetworkAccess
  /// All keys that were current, in order.
  public private(set) var history: [Period]

  /// Enables KMS on a cluster that never used it.
  public init(enabling key: KeyID, networkAccess: KeyVaultNetworkAccess, at time: Date) {
    isEnabled = true
    current = key
    previous = nil
    self.networkAccess = networkAccess
    history = [Period(kid: key, from: time, to: nil)]
  }

  /// Enables again, or changes the key: the old key moves to the previous slot.
  public mutating func use(_ key: KeyID, networkAccess: KeyVaultNetworkAccess, at time: Date) {
    self.networkAccess = networkAccess
    isEnabled = true
    guard key != current else {
      if let last = history.indices.last, history[last].to != nil {
        history.append(Period(kid: key, from: time, to: nil))
      }
      return
    }
    closeHistory(at: time)
    previous = current
    current = key
    history.append(Period(kid: key, from: time, to: nil))
  }

  /// Stops sealing; the current key is retained for reading, the previous one is dropped.
  public mutating func disable(at time: Date) {
    guard isEnabled else { return }
    isEnabled = false
    previous = nil
    closeHistory(at: time)
  }

  private mutating func closeHistory(at time: Date) {
    if let last = history.indices.last, history[last].to == nil { history[last].to = time }
  }

  /// The keys the plugin holds, the one it encrypts with first.
  public var slots: [KeyID] { [current] + (previous.map { [$0] } ?? []) }
}

/// A managed cluster.
public struct Cluster: Record, Hashable {
  /// Kind in the store.
  public static let kind = "cluster"
  /// Kubernetes version a new cluster gets.
  public static let versionByDefault = "1.33"

  /// Name as created.
  public let name: String
  /// Group it lies in, as written at creation.
  public let resourceGroup: String
  /// Region.
  public let location: String
  /// Subscription of the group.
  public let subscriptionID: String
  /// Tenant of the subscription.
  public let tenantID: String
  /// Version as asked for, such as `1.33`.
  public let kubernetesVersion: String
  /// Nodes of the system pool.
  public let nodeCount: Int
  /// ARM id of the user-assigned identity, nil for a system-assigned one.
  public internal(set) var identityID: String?
  /// Whether API Server VNet Integration is on.
  public let hasVNetIntegration: Bool
  /// KMS as configured now, nil when it never was.
  public internal(set) var kms: KMSConfiguration?
  /// When it was made.
  public let created: Date

  /// Name and group, lower-cased.
  public var id: String { Self.id(name: name, resourceGroup: resourceGroup) }
  /// Group, lower-cased.
  public var parent: String { resourceGroup.lowercased() }

  static func id(name: String, resourceGroup: String) -> String {
    "\(resourceGroup)/\(name)".lowercased()
  }

  /// ARM id.
  public var resourceID: String {
    "/subscriptions/\(subscriptionID)/resourceGroups/\(resourceGroup)"
      + "/providers/Microsoft.ContainerService/managedClusters/\(name)"
  }

  /// Group of the nodes, at most 80 characters.
  public var nodeResourceGroup: String {
    String("MC_\(resourceGroup)_\(name)_\(location)".prefix(80))
  }

  /// Protocol version that enabling KMS would configure.
  ///
  /// Source: seed rule R95.
  public var kmsVersion: String { minorVersion >= 27 ? "v2" : "v1" }

  var minorVersion: Int {
    let parts = kubernetesVersion.split(separator: ".")
    return parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  }
}
