internal import CryptoEngine
internal import FoundationEssentials

/// One value under the registry prefix, and what is known of it.
public struct AuditedValue: Hashable, Sendable {
  /// Where it lies.
  public let storagePath: String
  /// What lies there.
  public let path: RegistryPath
  /// What its first bytes tell.
  public let header: ValueHeader
  /// Key that wraps it: the one it names, for KMS v1 the given one that unwrapped it.
  public let keyID: String?
  /// Whether it opens; nil when no key was given for it.
  public let isOpened: Bool?
  /// Whether a write under the configuration would store it otherwise; nil without a
  /// configuration, and for what cannot be read.
  public let isStale: Bool?
  /// What is wrong with it, nil when nothing is known to be.
  public let problem: String?
  /// Whether it lies in clear although it should not.
  public let isExposed: Bool
  /// Whether it is lost with the key that is to be retired, or may be; nil when none is.
  public fileprivate(set) var needsRetired: Bool?
}

/// Looks at stored values one by one: what each is under, and whether it opens and is stale.
///
/// It needs no key to tell providers and key ids. A value that does not open never stops it.
///
/// Source: specification §1 to §3, §8.1.
public struct Audit {
  /// What an audit is given.
  public struct Options: Sendable {
    /// Keys to open values with.
    public var keys: [AuditKey] = []
    /// What the server runs with, which decides what is stale and what must not lie in clear.
    public var configuration: EncryptionConfiguration?
    /// Key that is to be retired: a kid, a key id, or `CIPHER:NAME` for a local key.
    ///
    /// Unless a current one is named, values under it are stale.
    public var retire: String?
    /// Key that the plugin encrypts with now; values under another one are stale.
    public var current: String?
    /// Prefix of all paths.
    public var prefix = RegistryPath.prefixByDefault

    /// No keys and no configuration.
    public init() {}
  }

  /// What was given.
  public let options: Options
  /// What was seen so far.
  public private(set) var totals = AuditTotals()
  private var headers = HeaderReader()
  private var rules: [String: AuditRule] = [:]
  private let keys: [String: AuditKey]
  private let reader: KMSv2Reader
  private let retired: Set<String>
  /// Whether the key to be retired lies in the configuration, which no KMS value needs.
  private let retiresLocalKey: Bool
  private let current: Set<String>?

  /// Begins an audit.
  public init(_ options: Options) {
    self.options = options
    var keys: [String: AuditKey] = [:]
    for key in options.keys {
      for alias in key.aliases { keys[alias] = key }
    }
    self.keys = keys
    retired = options.retire.map(AuditKey.aliases) ?? []
    let kind = options.retire?.prefix { $0 != ":" } ?? ""
    retiresLocalKey = LocalKeysProvider.Cipher(rawValue: String(kind)) != nil
    current = options.current.map(AuditKey.aliases)
    reader = KMSv2Reader(sourceCountMax: AuditTotals.countMax) { [keys] source in
      guard let key = keys[source.keyID] else {
        throw KeyServiceError(status: "FailedPrecondition", message: "no key was given for it")
      }
      return try key.unwrap(source)
    }
  }

  // MARK: Walking

  /// Values looked at between two calls of `onProgress`.
  public static let batchCount = 1000

  /// Looks at all values of a store in the order of their paths.
  ///
  /// - Parameters:
  ///   - store: an etcd, or a snapshot of one.
  ///   - onValue: told each value.
  ///   - onProgress: told the number of values so far, after each batch; false stops.
  /// - Throws: what the store and the closures throw.
  public mutating func run(
    _ store: any KeyValueStore,
    onValue: (AuditedValue) throws -> Void = { _ in },
    onProgress: (Int) throws -> Bool = { _ in true }
  ) throws {
    var after: String?
    while true {
      let batch = try store.entries(prefix: options.prefix, after: after, limit: Self.batchCount)
      for entry in batch {
        if let value = inspect(entry.value, at: entry.key) { try onValue(value) }
      }
      after = batch.last?.key
      guard try onProgress(totals.values), batch.count == Self.batchCount else { return }
    }
  }

  /// Looks at one value and counts it; nil for one that lies elsewhere.
  public mutating func inspect(_ stored: [UInt8], at storagePath: String) -> AuditedValue? {
    guard let path = RegistryPath(storagePath, prefix: options.prefix) else { return nil }
    let header = headers.read(stored)
    let rule = rule(for: path.resource)
    var finding = Finding(keyID: header.keyID, problem: header.problem)
    switch rule?.find(stored, storagePath: storagePath) {
    case .unreadable(let error):
      finding.problem = error.message
      finding.isOpened = false
      // It may open all the same with a key that the configuration lacks.
      if header.provider.isKMS { open(stored, storagePath, header.prefix, header, &finding) }
    case .opened(let opened):
      finding.isOpened = true
      finding.isStale = opened.isStale
    case .owned(let isFirst, let prefix):
      finding.isStale = !isFirst
      open(stored, storagePath, prefix, header, &finding)
    case nil:
      open(stored, storagePath, header.prefix, header, &finding)
    }
    let isExposed =
      header.provider == .identity && !path.isNeverEncrypted
      && (rule?.encrypts ?? (path.resource == "secrets"))
    var value = AuditedValue(
      storagePath: storagePath,
      path: path,
      header: header,
      keyID: finding.keyID,
      isOpened: header.provider == .identity ? nil : finding.isOpened,
      isStale: finding.problem == nil ? finding.isStale : nil,
      problem: finding.problem,
      isExposed: isExposed
    )
    if !retired.isEmpty { value.needsRetired = needsRetired(value) }
    totals.add(value)
    return value
  }

  private mutating func rule(for resource: String) -> AuditRule? {
    guard let configuration = options.configuration else { return nil }
    if let known = rules[resource] { return known }
    let rule = AuditRule(configuration.providers(forResource: resource))
    if rules.count < AuditTotals.countMax { rules[resource] = rule }
    return rule
  }

  // MARK: Opening

  private struct Finding {
    var keyID: String?
    var isOpened: Bool?
    var isStale: Bool?
    var problem: String?
  }

  private func open(
    _ stored: [UInt8],
    _ storagePath: String,
    _ prefix: [UInt8],
    _ header: ValueHeader,
    _ finding: inout Finding
  ) {
    switch header.provider {
    case .kmsV2: openV2(stored, storagePath, prefix, header, &finding)
    case .kmsV1: openV1(stored, storagePath, prefix, &finding)
    default: break
    }
  }

  private func openV2(
    _ stored: [UInt8],
    _ storagePath: String,
    _ prefix: [UInt8],
    _ header: ValueHeader,
    _ finding: inout Finding
  ) {
    guard let keyID = header.keyID else { return }
    if finding.isStale == false {
      finding.isStale =
        header.sourceType != .seed
        || current.map { !$0.contains(keyID) } ?? retired.contains(keyID)
    }
    guard keys[keyID] != nil else { return }
    do {
      _ = try reader.open(
        stored,
        from: prefix.count,
        storagePath: storagePath,
        now: .distantPast
      )
      finding.isOpened = true
    } catch {
      finding.isOpened = false
      finding.problem = error.message
    }
  }

  /// Tries each given key, as v1 names none.
  private func openV1(
    _ stored: [UInt8],
    _ storagePath: String,
    _ prefix: [UInt8],
    _ finding: inout Finding
  ) {
    let parts: (wrapped: Range<Int>, payload: Range<Int>)
    do {
      parts = try KMSv1Provider.parts(stored, from: prefix.count)
    } catch {
      finding.problem = error.message
      return
    }
    let wrapped = [UInt8](stored[parts.wrapped])
    for key in options.keys {
      guard let secret = try? key.unwrapV1(wrapped) else { continue }
      finding.keyID = key.keyID
      do {
        let opened = try KMSv1Provider.openPayload(
          stored,
          parts.payload,
          key: secret,
          storagePath: storagePath
        )
        finding.isOpened = true
        if finding.isStale == false { finding.isStale = opened.isStale }
      } catch {
        finding.isOpened = false
        finding.problem = error.message
      }
      return
    }
  }

  /// Whether a value is lost with the key that is to be retired, or may be: KMS v1 names no key.
  private func needsRetired(_ value: AuditedValue) -> Bool {
    switch value.header.provider {
    case .kmsV2: return value.keyID.map(retired.contains) ?? false
    case .kmsV1: return value.keyID.map(retired.contains) ?? !retiresLocalKey
    case .aescbc, .aesgcm, .secretbox:
      return retired.contains("\(value.header.provider.rawValue):\(value.header.name ?? "")")
    case .identity, .unknown: return false
    }
  }
}
