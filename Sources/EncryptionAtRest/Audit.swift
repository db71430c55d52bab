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
  /// The same key as whoever gave it names it; nil when it was not given.
  public let kid: String?
  /// Whether it opens; nil when no key was given for it.
  public let isOpened: Bool?
  /// Whether a write under the configuration would store it otherwise; nil without a
  /// configuration, and for what cannot be read.
  public let isStale: Bool?
  /// What is wrong with it, nil when nothing is known to be.
  public let problem: String?
  /// Whether it lies in clear although it should not.
  public let isExposed: Bool
  /// Whether it is lost with the key that is to be retired; nil when none is.
  public let needsRetired: Need?

  /// Whether a value needs a key.
  public enum Need: String, Sendable {
    /// It names the key, or was unwrapped by it.
    case yes
    /// It does not.
    case no
    /// It names no key: KMS v1 stores none, and a damaged value does not tell.
    case maybe
  }
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
    /// Only values of this resource, such as `secrets`; nil for all.
    public var resource: String?

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
  private let retired: KeyReference?
  private let current: KeyReference?

  /// Begins an audit.
  public init(_ options: Options) {
    self.options = options
    var keys: [String: AuditKey] = [:]
    for key in options.keys {
      for id in key.reference.ids { keys[id] = key }
    }
    self.keys = keys
    retired = options.retire.map(KeyReference.init)
    current = options.current.map(KeyReference.init)
    reader = KMSv2Reader(sourceCountMax: Self.sourceCountMax) { [keys] source in
      guard let key = keys[source.keyID.lowercased()] else {
        throw KeyServiceError(status: "FailedPrecondition", message: "no key was given for it")
      }
      return try key.unwrap(source)
    }
  }

  // MARK: Walking

  /// Unwrapped sources kept: each may be of 64 KiB, annotations and all.
  private static let sourceCountMax = 500

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
      guard !batch.isEmpty, try onProgress(totals.values) else { return }
    }
  }

  /// Looks at one value and counts it; nil for one that lies elsewhere.
  public mutating func inspect(_ stored: [UInt8], at storagePath: String) -> AuditedValue? {
    guard let path = RegistryPath(storagePath, prefix: options.prefix),
      options.resource == nil || options.resource == path.resource
    else { return nil }
    let rule = rule(for: path.resource)
    let header = headers.read(stored).named(by: rule?.owner(of: stored))
    var finding = Finding(keyID: header.keyID, problem: header.problem)
    if header.problem != nil { finding.isOpened = false }
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
    // Secrets must not lie in clear unless a rule says so.
    let isExposed =
      header.provider == .identity && !path.isNeverEncrypted
      && (rule?.encrypts ?? (path.resource == "secrets"))
    let value = AuditedValue(
      storagePath: storagePath,
      path: path,
      header: header,
      keyID: finding.keyID,
      kid: finding.keyID.flatMap { keys[$0.lowercased()]?.keyID },
      isOpened: header.provider == .identity ? nil : finding.isOpened,
      isStale: finding.problem == nil ? finding.isStale : nil,
      problem: finding.problem,
      isExposed: isExposed,
      needsRetired: retired.map { Self.need(of: $0, header, keyID: finding.keyID, stored) }
    )
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
    case .kmsV1:
      openV1(stored, storagePath, prefix, &finding)
      // The server's configuration may list one provider a key, all under one name.
      guard let current, finding.isStale != true else { return }
      finding.isStale = finding.keyID.flatMap { Self.isOther($0, than: current) }
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
    if finding.isStale != true { finding.isStale = isStale(header, keyID, finding.isStale) }
    guard keys[keyID.lowercased()] != nil else { return }
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
    // A wrong key may unwrap something, so only a payload that opens tells the key: first by its
    // authenticated form, as the other one is accepted by chance now and then. Keys that do not
    // unwrap it and payloads that do not open are not meant.
    let candidates = options.keys.compactMap { key in
      (try? key.unwrapV1(wrapped)).map { (key: key, secret: $0) }
    }
    for isStale in [false, true] {
      for (key, secret) in candidates {
        // As said above: that it does not open tells that the key is another one.
        guard
          let opened = try? KMSv1Provider.openPayload(
            stored,
            parts.payload,
            key: secret,
            storagePath: storagePath
          ), opened.isStale == isStale
        else { continue }
        finding.keyID = key.keyID
        finding.isOpened = true
        if finding.isStale == false { finding.isStale = isStale }
        return
      }
    }
    if !candidates.isEmpty {
      finding.isOpened = false
      finding.problem = Payload.rejected.message
    }
  }

  /// Whether a KMS v2 value is stale that the first provider reads, or of which no configuration
  /// tells; nil when it is not known which key is current.
  private func isStale(_ header: ValueHeader, _ keyID: String, _ owned: Bool?) -> Bool? {
    if owned != nil, header.sourceType != .seed { return true }
    if let current { return current.match(keyID) == .no }
    return retired?.match(keyID) == .yes ? true : nil
  }

  /// Whether a key is another one; nil when that cannot be told.
  private static func isOther(_ keyID: String, than current: KeyReference) -> Bool? {
    switch current.match(keyID) {
    case .yes: false
    case .no: true
    case .unknown: nil
    }
  }

  private static func need(
    of retired: KeyReference,
    _ header: ValueHeader,
    keyID: String?,
    _ stored: [UInt8]
  ) -> AuditedValue.Need {
    if header.provider != .identity, let name = retired.bareName, name == header.name {
      return .yes
    }
    switch header.provider {
    case .identity: return .no
    case .aescbc, .aesgcm, .secretbox:
      // A name may hold a colon, so the value does not tell where it ends.
      guard let (cipher, name) = retired.local else { return .no }
      return stored.starts(with: "k8s:enc:\(cipher.rawValue):v1:\(name):".utf8) ? .yes : .no
    case .kmsV1, .kmsV2, .unknown:
      switch retired.match(keyID) {
      case .yes: return .yes
      case .no: return .no
      case .unknown: return .maybe
      }
    }
  }
}
