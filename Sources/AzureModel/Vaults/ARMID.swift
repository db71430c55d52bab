/// The parts of an ARM id of a resource in a resource group.
public struct ARMID: Hashable, Sendable {
  /// GUID of the subscription.
  public let subscriptionID: String
  /// Name of the group, as written.
  public let resourceGroup: String
  /// Provider and types, such as `Microsoft.Network/virtualNetworks/subnets`.
  public let type: String
  /// Names of the resource and of what it lies in, outermost first.
  public let names: [String]

  /// Longest text read; group, names and provider of the longest id Azure gives out fit well.
  static let byteCountMax = 1024

  /// Reads `/subscriptions/<s>/resourceGroups/<g>/providers/<provider>/<type>/<name>…`.
  ///
  /// Nil for anything else; letter case does not count.
  public init?(_ text: String) {
    guard text.utf8.count <= Self.byteCountMax else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
    guard parts.count >= 9, parts.count % 2 == 1, parts[0].isEmpty,
      parts[1].lowercased() == "subscriptions", NameRule.isGUID(parts[2]),
      parts[3].lowercased() == "resourcegroups", NameRule.isResourceGroupName(parts[4]),
      parts[5].lowercased() == "providers",
      parts[6...].allSatisfy({ NameRule.isResourceName($0) })
    else { return nil }
    subscriptionID = parts[2]
    resourceGroup = parts[4]
    let types = stride(from: 7, to: parts.count, by: 2).map { parts[$0] }
    type = ([parts[6]] + types).joined(separator: "/")
    names = stride(from: 8, to: parts.count, by: 2).map { parts[$0] }
  }

  /// Whether it names a resource of a type, ignoring letter case.
  public func isOf(type wanted: String) -> Bool { type.lowercased() == wanted.lowercased() }
}
