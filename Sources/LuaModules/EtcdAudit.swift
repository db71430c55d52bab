internal import AzureModel
internal import ClusterModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import EtcdSnapshot
internal import FoundationEssentials
internal import LuaRuntime

/// `etcd.audit`: what each stored value is under, and whether a key can go.
struct EtcdAudit {
  static let options: [LuaOption] = [
    .optional("snapshot", .any, "file of `etcdctl snapshot save`, or an opened one").naming(.files),
    .optional("cluster", .any, "or a cluster, by handle or name").naming(.clusters),
    .optional("keys", .table, "private keys by kid: PEM text, or handles of keys").concealed(),
    .optional("encryption_configuration", .secret, "YAML that the API server runs with"),
    .optional("retire", .any, "key that is to go: kid, key id, or CIPHER:NAME").naming(.keyIDs),
    .optional("current", .any, "key that the plugin encrypts with now").naming(.keyIDs),
    .optional(
      "resource",
      .string,
      "only values of this one, such as secrets",
      default: .words("all")
    ),
    .optional(
      "prefix",
      .string,
      "the API server's --etcd-prefix, in slashes",
      default: "/registry/"
    ),
    .optional("on_progress", .function, "called with the number of values after each thousand"),
  ]

  private let session: Session
  private let given: LuaOptions

  init(_ given: LuaOptions, _ session: Session) {
    self.given = given
    self.session = session
  }

  func run(_ state: LuaState) throws -> LuaValue {
    let (store, audited) = try source()
    var audit = Audit(audited)
    let progress = given.optionalFunction("on_progress")
    try audit.run(
      store,
      onProgress: { count in
        if let progress { _ = try state.call(progress, [.integer(Int64(count))]) }
        return !state.isInterrupted
      }
    )
    return .table([
      "totals": audit.totals.luaValue,
      "each": .object(Self.iterator(store, audited)),
      "verdict": audit.verdict.luaValue,
    ])
  }

  /// A second walk, a value a step: nothing of the first is kept.
  private static func iterator(_ store: any KeyValueStore, _ options: Audit.Options) -> LuaIterator
  {
    var audit = Audit(options)
    var walk = EntryWalk(store: store, prefix: options.prefix)
    return LuaIterator("etcd.audit") {
      while let entry = try walk.next() {
        if let value = audit.inspect(entry.value, at: entry.key) { return value.luaValue }
      }
      walk = EntryWalk(store: store, prefix: options.prefix)
      return .nil
    }
  }

  // MARK: Options

  private func source() throws -> (any KeyValueStore, Audit.Options) {
    var options = Audit.Options()
    options.keys = try keys()
    options.prefix = given.optionalString("prefix") ?? RegistryPath.prefixByDefault
    guard options.prefix.hasPrefix("/"), options.prefix.hasSuffix("/") else {
      throw LuaError(
        code: "argument.value",
        message: "etcd.audit: option 'prefix' begins and ends with a slash, as /registry/ does"
      )
    }
    options.resource = given.optionalString("resource")
    if given.contains("retire") { options.retire = try keyName(given.value("retire")) }
    if given.contains("current") { options.current = try keyName(given.value("current")) }
    if let yaml = given.optionalBytes("encryption_configuration") {
      var reading = EncryptionConfiguration.Options(path: "encryption_configuration")
      reading.allowsKMSv1 = true
      options.configuration = try EncryptionConfiguration(parsing: yaml, options: reading)
    }
    switch (given.contains("snapshot"), given.contains("cluster")) {
    case (true, false): return (try snapshot(given.value("snapshot")), options)
    case (false, true):
      let cluster = try session.cluster(given.value("cluster"))
      options.configuration =
        try options.configuration ?? session.clusters.encryptionConfiguration(of: cluster)
      options.current = try options.current ?? current(of: cluster)
      return (try session.clusters.etcd(of: cluster), options)
    default:
      throw LuaError(
        code: "argument.missing",
        message: "etcd.audit takes either 'snapshot' or 'cluster'"
      )
    }
  }

  /// The key that a cluster writes with: by what its API server knows, which under v1 is nothing.
  private func current(of cluster: Cluster) throws -> String? {
    guard let client = try session.clusters.kmsClient(of: cluster, session.context()) else {
      return nil
    }
    return client.apiVersion == "v1" ? cluster.kms?.current.description : client.keyID
  }

  private func snapshot(_ value: LuaValue) throws -> any KeyValueStore {
    if case .object(let handle as EtcdHandle) = value { return handle.store }
    try session.checkMayOpenFiles("etcd.audit")
    return try EtcdSnapshot(path: session.text(value, "a snapshot's path"))
  }

  private func keyName(_ value: LuaValue) throws -> String {
    if case .object(let handle as KeyHandle) = value { return handle.kid.description }
    return try session.text(value, "a key")
  }

  private func keys() throws -> [AuditKey] {
    guard case .table(let members) = given.value("keys") else {
      guard given.contains("keys") else { return [] }
      throw Self.wrongKeys
    }
    return try members.sorted { $0.key.text < $1.key.text }.map { name, value in
      switch value {
      case .object(let handle as KeyHandle): return try key(name.text, handle)
      case .bytes(let pem):
        do {
          return try AuditKey(keyID: name.text, pem: pem)
        } catch {
          throw LuaError(
            code: "key.invalid",
            message: "etcd.audit: the key of '\(name.text)' cannot be used: \(error)"
          )
        }
      default: throw Self.wrongKeys
      }
    }
  }

  /// A key of a vault, asked as whoever calls.
  private func key(_ name: String, _ handle: KeyHandle) throws -> AuditKey {
    let azure = try session.azure
    let context = try session.context()
    let kid = handle.kid
    return AuditKey(keyID: name) { padding, ciphertext in
      try azure.decrypt(
        kid,
        algorithm: padding == .pkcs1v15 ? .rsa15 : .rsaOAEP256,
        value: ciphertext,
        context: context
      ).value
    }
  }

  private static let wrongKeys = LuaError(
    code: "argument.type",
    message: "etcd.audit: option 'keys' must map each kid to PEM text or to a key",
    hint: "keys = { ['https://…/keys/NAME/VERSION'] = pem }"
  )
}

extension AuditedValue {
  /// The finding as plain data.
  var luaValue: LuaValue {
    let provider = header.provider
    return .table([
      "etcd_key": .string(storagePath), "resource": .string(path.resource),
      "namespace": .optional(path.namespace.map { .string($0) }), "name": .string(path.name),
      "provider": .string(provider.isKMS ? "kms" : provider.rawValue),
      "kms_version": .optional(provider.kmsVersion.map { .string($0) }),
      "provider_name": .optional(header.name.map { .string($0) }),
      "key_id": .optional(keyID.map { .string($0) }),
      "kid": .optional(kid.map { .string($0) }),
      "dek_source_type": .optional(header.sourceType.map { .string($0.name) }),
      "opens": .optional(isOpened.map { .boolean($0) }),
      "stale": .optional(isStale.map { .boolean($0) }),
      "needs_retired": .optional(needsRetired.map { .string($0.rawValue) }),
      "exposed": .boolean(isExposed),
      "problem": .optional(problem.map { .string($0) }),
    ])
  }
}

extension AuditTotals {
  var luaValue: LuaValue {
    let groups = groups.sorted { $0.key < $1.key }.map { group, counts -> LuaValue in
      .table([
        "provider": .string(group.provider.isKMS ? "kms" : group.provider.rawValue),
        "kms_version": .optional(group.provider.kmsVersion.map { .string($0) }),
        "provider_name": .optional(group.name.map { .string($0) }),
        "key_id": .optional(group.keyID.map { .string($0) }),
        "values": .integer(Int64(counts.values)), "stale": .integer(Int64(counts.stale)),
        "opened": .integer(Int64(counts.opened)),
        "unreadable": .integer(Int64(counts.unreadable)),
      ])
    }
    let resources = resources.map { name, counts in
      let table: [LuaKey: LuaValue] = [
        "values": .integer(Int64(counts.values)), "in_clear": .integer(Int64(counts.inClear)),
      ]
      return (LuaKey(name), LuaValue.table(table))
    }
    return .table([
      "values": .integer(Int64(values)), "stale": .integer(Int64(stale)),
      "unreadable": .integer(Int64(unreadable)), "in_clear": .integer(Int64(inClear)),
      "opened": .integer(Int64(opened)), "untried": .integer(Int64(untried)),
      "groups": .array(groups), "further": .integer(Int64(furtherGroups.values)),
      "resources": .table(Dictionary(uniqueKeysWithValues: resources)),
    ])
  }
}

extension AuditVerdict {
  var luaValue: LuaValue {
    .table([
      "safe": .optional(isSafe.map { .boolean($0) }),
      "key": .optional(key.map { .string($0) }),
      "needs": .integer(Int64(needs)), "may_need": .integer(Int64(mayNeed)),
      "in_clear": .integer(Int64(exposed)), "unreadable": .integer(Int64(unreadable)),
      "text": .string(text),
    ])
  }
}
