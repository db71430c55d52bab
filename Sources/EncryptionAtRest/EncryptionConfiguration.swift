internal import CryptoEngine

/// What a kube-apiserver encrypts, and with which providers.
///
/// Source: specification §5; `apiserver.config.k8s.io/v1`.
public struct EncryptionConfiguration: Sendable {
  /// Resources with the providers that serve them.
  public struct Rule: Sendable {
    /// `resource`, `resource.group`, `*.`, `*.group` or `*.*`.
    public let resources: [String]
    /// In their order: the first writes, all read.
    public let providers: [Provider]

    /// Puts a rule together, unchecked.
    public init(resources: [String], providers: [Provider]) {
      self.resources = resources
      self.providers = providers
    }
  }

  /// One provider of a rule.
  public enum Provider: Sendable {
    /// Stores in clear.
    case identity
    /// AES-CBC under local keys.
    case aescbc([LocalKey])
    /// AES-GCM under local keys.
    case aesgcm([LocalKey])
    /// XSalsa20-Poly1305 under local keys.
    case secretbox([LocalKey])
    /// A plugin.
    case kms(KMSConfiguration)
  }

  /// A plugin as configured.
  public struct KMSConfiguration: Hashable, Sendable {
    /// Versions of the plugin protocol.
    public enum APIVersion: String, Sendable {
      /// Deprecated; what an absent version means.
      case v1
      /// Current.
      case v2
    }
    /// Timeout of a call unless configured.
    public static let timeoutByDefault = GoDuration(seconds: 3)

    /// Protocol the plugin is spoken to in.
    public let apiVersion: APIVersion
    /// Name that values carry.
    public let name: String
    /// URL of the plugin's socket.
    public let endpoint: String
    /// Unwrapped keys kept, none when negative; v1 only.
    public let cacheSize: Int
    /// Longest time of a call.
    public let timeout: GoDuration

    /// Configures a plugin, unchecked.
    public init(
      apiVersion: APIVersion,
      name: String,
      endpoint: String,
      cacheSize: Int = KMSv1Provider.cacheSizeByDefault,
      timeout: GoDuration = timeoutByDefault
    ) {
      self.apiVersion = apiVersion
      self.name = name
      self.endpoint = endpoint
      self.cacheSize = cacheSize
      self.timeout = timeout
    }
  }

  /// How a server reads the file.
  public struct Options: Sendable {
    /// What messages call the file.
    public var path: String
    /// Whether the server reloads it when it changes.
    public var isReloadedAutomatically = false
    /// Whether KMS v1 may be configured: the feature gate `KMSv1`.
    public var allowsKMSv1 = false

    /// A file read once, by a server with its gates as shipped.
    public init(path: String) { self.path = path }
  }

  /// The rules in their order.
  public let rules: [Rule]

  /// Puts a configuration together, unchecked.
  public init(rules: [Rule]) { self.rules = rules }

  /// Reads a file as a kube-apiserver does: strictly, its first document only.
  ///
  /// At most 1 MiB of text, 100,000 values after anchors are expanded, and 100 levels.
  ///
  /// - Throws: `configuration.invalid` in the server's words; key material is never shown.
  public init(parsing bytes: [UInt8], options: Options) throws(AtRestError) {
    let file = try ConfigurationFile(decoding: bytes, path: options.path)
    try file.validate(isReloadedAutomatically: options.isReloadedAutomatically)
    self.init(file)
    try checkLoading(allowsKMSv1: options.allowsKMSv1)
  }

  /// What a server says of a file that it cannot read.
  ///
  /// - Parameters:
  ///   - path: where the file should be.
  ///   - reason: the system's words, such as `No such file or directory`.
  /// - Returns: `configuration.invalid` in the server's words.
  public static func unreadable(path: String, reason: String) -> AtRestError {
    // Go writes the system's words without a capital.
    let words = reason.prefix(1).lowercased() + reason.dropFirst()
    return ConfigurationFile.failure(
      "error while loading file: error reading encryption provider configuration file "
        + "\"\(path)\": open \(path): \(words)"
    )
  }

  /// `sha256:` and the hash of a file, by which a server tells that it changed.
  ///
  /// - Throws: `crypto.unavailable`.
  public static func contentHash(_ bytes: [UInt8]) throws -> String {
    "sha256:" + (try Digest.sha256(bytes).lowerHex)
  }

  // MARK: Resources

  /// The providers that serve a resource, none when no rule names it.
  ///
  /// The exact name wins, then its group, then everything; rules of one name join.
  ///
  /// Source: specification §5.1.
  public func providers(forResource resource: String) -> [Provider] {
    let wanted = ResourceName(resource)
    for name in [wanted, wanted.wholeGroup, .everything] {
      let providers = rules.flatMap { rule in
        rule.resources.filter { ResourceName($0) == name }.flatMap { _ in rule.providers }
      }
      if !providers.isEmpty { return providers }
    }
    return []
  }

  /// What loading finds that validation does not: the gate of KMS v1, and masked rules.
  private func checkLoading(allowsKMSv1: Bool) throws(AtRestError) {
    func failure(_ text: String) -> AtRestError {
      AtRestError(.configurationInvalid, "error while building transformers: \(text)")
    }
    var seen: Set<ResourceName> = []
    for rule in rules {
      for case .kms(let kms) in rule.providers where kms.apiVersion == .v1 && !allowsKMSv1 {
        throw failure(
          "KMSv1 is deprecated and will only receive security updates going forward. "
            + "Use KMSv2 instead.  Set --feature-gates=KMSv1=true to use the deprecated "
            + "KMSv1 feature."
        )
      }
      for name in rule.resources.map(ResourceName.init) {
        for wider in [name.wholeGroup, .everything] where seen.contains(wider) {
          throw failure("resource \"\(name)\" is masked by earlier rule \"\(wider)\"")
        }
        seen.insert(name)
      }
    }
  }

  // MARK: Plugins

  private var plugins: [KMSConfiguration] {
    rules.flatMap(\.providers).compactMap { provider in
      if case .kms(let kms) = provider { kms } else { nil }
    }
  }

  /// Names of the health checks a server registers.
  ///
  /// Source: specification §3.6.
  public func healthCheckNames(isReloadedAutomatically: Bool) -> [String] {
    if isReloadedAutomatically { return ["kms-providers"] }
    guard plugins.contains(where: { $0.apiVersion == .v1 }) else {
      return plugins.isEmpty ? [] : ["kms-providers"]
    }
    return plugins.indices.map { "kms-provider-\($0)" }
  }

  /// How long connections of a replaced configuration stay open: twice all timeouts, v1's twice.
  ///
  /// Source: specification §5.2.
  public var closeGracePeriod: GoDuration {
    let total = plugins.reduce(into: Int64(0)) { total, kms in
      let share = kms.timeout.nanoseconds.multipliedReportingOverflow(
        by: kms.apiVersion == .v1 ? 4 : 2
      )
      let sum = total.addingReportingOverflow(share.partialValue)
      total = share.overflow || sum.overflow ? .max : sum.partialValue
    }
    return GoDuration(nanoseconds: total)
  }
}

/// A resource with its group, as rules name it.
///
/// Source: Kubernetes `schema.ParseGroupResource`: split at the first dot.
struct ResourceName: Hashable, CustomStringConvertible {
  let resource: String
  let group: String

  static let everything = ResourceName("*.*")

  init(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    resource = String(parts.first ?? "")
    group = parts.count > 1 ? String(parts[1]) : ""
  }

  /// The rule for all of its group.
  var wholeGroup: ResourceName { ResourceName("*.\(group)") }

  var description: String {
    group.isEmpty ? (resource == "*" ? "*." : resource) : "\(resource).\(group)"
  }
}

extension EncryptionConfiguration.Provider {
  /// What every value of the provider starts with.
  public var prefix: [UInt8] {
    switch self {
    case .identity: []
    case .aescbc: Array("k8s:enc:aescbc:v1:".utf8)
    case .aesgcm: Array("k8s:enc:aesgcm:v1:".utf8)
    case .secretbox: Array("k8s:enc:secretbox:v1:".utf8)
    case .kms(let kms): Array("k8s:enc:kms:\(kms.apiVersion.rawValue):\(kms.name):".utf8)
    }
  }
}

extension LocalKeysProvider {
  /// Makes the provider of a configuration's local keys; nil for any other.
  public init?(_ provider: EncryptionConfiguration.Provider) {
    switch provider {
    case .aescbc(let keys): self.init(.aescbc, keys: keys)
    case .aesgcm(let keys): self.init(.aesgcm, keys: keys)
    case .secretbox(let keys): self.init(.secretbox, keys: keys)
    case .identity, .kms: return nil
    }
  }
}

/// The transformers of a configuration, one instance of each provider for all its resources.
public struct ConfiguredTransformers: Sendable {
  private let configuration: EncryptionConfiguration
  private let plugins: [EncryptionConfiguration.KMSConfiguration: any KMSProvider]

  /// Builds the providers.
  ///
  /// - Parameters:
  ///   - configuration: what to build.
  ///   - sourceType: what KMS v2 writes with: seeds, on a server of 1.27 or 1.28 keys.
  ///   - service: connects a plugin, once for each.
  public init(
    _ configuration: EncryptionConfiguration,
    writing sourceType: DEKSourceType = .seed,
    service: (EncryptionConfiguration.KMSConfiguration) throws -> any KeyService
  ) rethrows {
    self.configuration = configuration
    var plugins: [EncryptionConfiguration.KMSConfiguration: any KMSProvider] = [:]
    for case .kms(let kms) in configuration.rules.flatMap(\.providers) where plugins[kms] == nil {
      let service = try service(kms)
      plugins[kms] =
        switch kms.apiVersion {
        case .v1: KMSv1Provider(name: kms.name, service: service, cacheSize: kms.cacheSize)
        case .v2: KMSv2Provider(name: kms.name, service: service, writing: sourceType)
        }
    }
    self.plugins = plugins
  }

  /// The plugin providers, in no order.
  public var kmsProviders: [any KMSProvider] { Array(plugins.values) }

  /// What serves a resource; bare identity when no rule names it.
  public func transformer(forResource resource: String) -> any Transformer {
    let chain: [any Transformer] = configuration.providers(forResource: resource)
      .compactMap { provider in
        if case .kms(let kms) = provider { return plugins[kms] }
        return LocalKeysProvider(provider) ?? PlaintextTransformer()
      }
    return chain.isEmpty ? PlaintextTransformer() : TransformerChain(chain)
  }
}
