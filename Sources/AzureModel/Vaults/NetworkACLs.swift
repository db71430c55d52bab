/// Whether a vault answers on its public address.
public enum PublicNetworkAccess: String, CaseIterable, Codable, Sendable {
  /// It does, as far as the firewall lets callers pass.
  case enabled = "Enabled"
  /// Only approved private endpoints and trusted services reach it.
  case disabled = "Disabled"
  /// A network security perimeter decides. None can be joined here, and without one no public
  /// caller passes, trusted services included.
  case securedByPerimeter = "SecuredByPerimeter"
}

/// A vault's firewall.
///
/// Source: `NetworkRuleSet` of `Microsoft.KeyVault/vaults`.
public struct NetworkACLs: Hashable, Codable, Sendable {
  /// What happens to callers that no rule names.
  public enum DefaultAction: String, CaseIterable, Codable, Sendable {
    /// They pass.
    case allow = "Allow"
    /// They are refused.
    case deny = "Deny"
  }
  /// Which callers pass the firewall unasked.
  public enum Bypass: String, CaseIterable, Codable, Sendable {
    /// Services that Key Vault trusts; the KMS plugin of AKS is none of them.
    case azureServices = "AzureServices"
    /// No one.
    case none = "None"
  }

  /// Which callers pass unasked.
  public internal(set) var bypass: Bypass
  /// What happens to callers that no rule names.
  public internal(set) var defaultAction: DefaultAction
  /// Public addresses that pass, in order of adding.
  public internal(set) var ipRules: [IPv4Range] = []
  /// ARM ids of subnets that pass, in lower case as the service keeps them, in order of adding.
  public internal(set) var virtualNetworkRules: [String] = []

  /// A firewall without rules; off by default.
  public init(bypass: Bypass = .azureServices, defaultAction: DefaultAction = .allow) {
    self.bypass = bypass
    self.defaultAction = defaultAction
  }

  /// Most address rules a vault takes.
  ///
  /// Source: Key Vault service limits, as the next.
  public static let ipRuleCountMax = 1000
  /// Most subnet rules a vault takes.
  public static let virtualNetworkRuleCountMax = 200
}

/// A caller that a firewall lets pass, as requests name it; checked where it is used.
public enum NetworkRule: Hashable, Sendable {
  /// A public IPv4 address or range.
  case address(String)
  /// ARM id of a subnet.
  case subnet(String)
}

extension NetworkACLs {
  /// Lets a caller pass; one that passes already changes nothing.
  ///
  /// - Throws: `argument.value`.
  mutating func add(_ rule: NetworkRule) throws {
    switch rule {
    case .address(let text):
      let range = try Self.publicRange(text, at: ipRules.count)
      guard !ipRules.contains(range) else { return }
      guard ipRules.count < Self.ipRuleCountMax else {
        throw Self.tooMany("IP rules", Self.ipRuleCountMax)
      }
      ipRules.append(range)
    case .subnet(let text):
      let id = try Self.subnet(text, at: virtualNetworkRules.count)
      guard !virtualNetworkRules.contains(id) else { return }
      guard virtualNetworkRules.count < Self.virtualNetworkRuleCountMax else {
        throw Self.tooMany("virtual network rules", Self.virtualNetworkRuleCountMax)
      }
      virtualNetworkRules.append(id)
    }
  }

  /// Lets a caller pass no more; one that no rule names changes nothing.
  ///
  /// - Throws: `argument.value` for what can be no rule.
  mutating func remove(_ rule: NetworkRule) throws {
    switch rule {
    case .address(let text):
      let range = try Self.range(text, at: 0)
      ipRules.removeAll { $0 == range }
    case .subnet(let text):
      let id = try Self.subnet(text, at: 0)
      virtualNetworkRules.removeAll { $0 == id }
    }
  }

  /// What no address rule may touch, and the service's word for it.
  ///
  /// Source: IANA IPv4 Special-Purpose Address Registry; the addresses kept for documentation are
  /// let through, since examples are made of them.
  private static let forbiddenRanges: [(IPv4Range?, String)] = [
    (IPv4Range("10.0.0.0/8"), "private IP addresses"),
    (IPv4Range("172.16.0.0/12"), "private IP addresses"),
    (IPv4Range("192.168.0.0/16"), "private IP addresses"),
    (IPv4Range("0.0.0.0/8"), "addresses of this network"),
    (IPv4Range("100.64.0.0/10"), "shared address space"),
    (IPv4Range("127.0.0.0/8"), "loopback addresses"),
    (IPv4Range("169.254.0.0/16"), "link-local addresses"),
    (IPv4Range("224.0.0.0/4"), "multicast addresses"),
    (IPv4Range("240.0.0.0/4"), "reserved addresses"),
  ]

  private static func publicRange(_ text: String, at index: Int) throws -> IPv4Range {
    let range = try range(text, at: index)
    for case (let forbidden?, let what) in forbiddenRanges where forbidden.overlaps(range) {
      throw AzureError.badRequest(
        "Invalid value found at properties.networkAcls.ipRules[\(index)].value: \(range) belongs "
          + "to forbidden range \(forbidden.bounds) (\(what))",
        hint: "a rule names public addresses; private ones come through a subnet or a private "
          + "endpoint"
      )
    }
    return range
  }

  private static func range(_ text: String, at index: Int) throws -> IPv4Range {
    if let range = IPv4Range(text) { return range }
    throw AzureError.badRequest(
      "Invalid value found at properties.networkAcls.ipRules[\(index)].value: "
        + text.echoed,
      hint: IPv4Range.enclosing(text).map { "the range is \($0)" }
        ?? "an IPv4 address or range is written like 203.0.113.7 or 203.0.113.0/24"
    )
  }

  private static func subnet(_ text: String, at index: Int) throws -> String {
    guard ARMID(text)?.isOf(type: "Microsoft.Network/virtualNetworks/subnets") == true else {
      throw AzureError.badRequest(
        "Invalid value found at properties.networkAcls.virtualNetworkRules[\(index)].id: "
          + text.echoed,
        hint: "a subnet's id is /subscriptions/<s>/resourceGroups/<g>/providers/Microsoft.Network"
          + "/virtualNetworks/<v>/subnets/<n>"
      )
    }
    return text.lowercased()
  }

  private static func tooMany(_ what: String, _ max: Int) -> AzureError {
    AzureError.badRequest("A vault takes at most \(max) \(what).")
  }
}
