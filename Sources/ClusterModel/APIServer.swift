internal import AzureModel
public import EncryptionAtRest
internal import FoundationEssentials

/// A Secret as an API server returns it: the object and the revision it was read at.
public struct ClusterSecret: Hashable, Sendable {
  /// The object.
  public let object: KubernetesSecret
  /// Its resource version: the revision of its last write.
  public let resourceVersion: Int64
}

/// What an update changes; nil stays.
public struct SecretChanges: Hashable, Sendable {
  /// Replaces all data.
  public var data: [String: [UInt8]]?
  /// Replaces all labels.
  public var labels: [String: String]?
  /// Marks the Secret as immutable.
  public var isImmutable: Bool?
  /// Refuses the update when the Secret stands at another version.
  public var resourceVersion: Int64?

  /// No change.
  public init() {}
}

/// The API server of a cluster, as far as Secrets go.
///
/// Every namespace exists: the model has no Namespace objects, and names are checked only.
public struct APIServer: Sendable {
  /// The cluster it serves.
  public let cluster: Cluster
  /// The store under it.
  public let etcd: any KeyValueStore
  let chain: TransformerChain
  /// The KMS provider in the chain, if there is one.
  let session: ProviderSession?
  let context: CallContext

  // MARK: Reading

  /// Returns a Secret.
  ///
  /// - Throws: `secret.not_found`, `secret.unreadable`.
  public func secret(namespace: String, name: String) throws -> ClusterSecret {
    guard let found = try findSecret(namespace: namespace, name: name) else {
      throw Self.notFound(name)
    }
    return found
  }

  /// As `secret`, nil when there is none.
  public func findSecret(namespace: String, name: String) throws -> ClusterSecret? {
    let path = KubernetesSecret.storagePath(namespace: namespace, name: name)
    guard let entry = try etcd.entry(at: path) else { return nil }
    return try read(entry, failing: { "Internal error occurred: \($0)" })
  }

  /// Returns at most `limit` Secrets in the order of their storage paths, none at the end.
  ///
  /// One that does not open fails the list as a whole, as the real server does.
  ///
  /// - Throws: `secret.unreadable`.
  public func listSecrets(
    namespace: String? = nil,
    after: String? = nil,
    limit: Int = 500
  ) throws -> [ClusterSecret] {
    try etcd.entries(prefix: Self.prefix(namespace), after: after, limit: limit).map(listed)
  }

  /// One element of a list.
  func listed(_ entry: StoredEntry) throws -> ClusterSecret {
    try read(
      entry,
      failing: { "Internal error occurred: unable to transform key \"\(entry.key)\": \($0)" }
    )
  }

  /// The stored value of a Secret as it lies in etcd.
  ///
  /// - Throws: `secret.not_found`.
  public func stored(namespace: String, name: String) throws -> StoredEntry {
    let path = KubernetesSecret.storagePath(namespace: namespace, name: name)
    guard let entry = try etcd.entry(at: path) else { throw Self.notFound(name) }
    return entry
  }

  /// Opens a stored value with the providers of this server.
  ///
  /// - Throws: what the providers say.
  public func open(_ entry: StoredEntry) throws -> OpenedValue {
    let opened = try chain.open(entry.value, storagePath: entry.key, now: context.now)
    try session?.keepNewSources()
    return opened
  }

  private func read(
    _ entry: StoredEntry,
    failing message: (String) -> String
  ) throws -> ClusterSecret {
    try read(entry, as: Result { try open(entry) }, failing: message)
  }

  /// The Secret in an entry that was opened, or what the server says when it was not.
  func read(
    _ entry: StoredEntry,
    as opened: Result<OpenedValue, any Error>,
    failing message: (String) -> String
  ) throws -> ClusterSecret {
    do {
      let object = try KubernetesSecret(storageBytes: opened.get().plaintext)
      return ClusterSecret(object: object, resourceVersion: entry.modRevision)
    } catch let error as AtRestError {
      let (rule, hint) = advice(on: error, entry)
      throw ClusterError(
        .secretUnreadable,
        message(error.message),
        hint: hint,
        rule: rule,
        status: 500,
        azureCode: "InternalError"
      )
    }
  }

  /// The rule behind a value that does not open, and what to do.
  private func advice(on error: AtRestError, _ entry: StoredEntry) -> (rule: String?, hint: String)
  {
    let codes = error.causes.isEmpty ? [error.code] : error.causes.map(\.code)
    guard Set(codes).isDisjoint(with: [.envelopeRejected, .envelopeInvalid, .secretInvalid]) else {
      return (nil, "the value in etcd is damaged, or was written to another place")
    }
    guard cluster.kmsVersion == "v1" || !entry.value.starts(with: Self.prefixV1) else {
      return (
        "R103",
        "it is under KMS v1, which ended with the upgrade to 1.27: it was to be rewritten before"
      )
    }
    return ("R75", "c:kms() and c:health() tell which key is missing")
  }

  private static let prefixV1 = Array("k8s:enc:kms:v1:\(LiveProvider.name):".utf8)

  static func prefix(_ namespace: String?) -> String {
    KubernetesSecret.storagePrefix + (namespace.map { "\($0)/" } ?? "")
  }

  static func notFound(_ name: String) -> ClusterError {
    ClusterError(
      .secretNotFound,
      "secrets \"\(name)\" not found",
      status: 404,
      azureCode: "NotFound"
    )
  }

  // MARK: Writing

  /// Creates a Secret.
  ///
  /// - Throws: `secret.exists`, `secret.invalid`, `secret.unwritable`.
  public func createSecret(_ secret: KubernetesSecret) throws -> ClusterSecret {
    try SecretRules.check(secret)
    guard
      let revision = try etcd.put(seal(secret), at: secret.storagePath, ifRevision: 0)
    else {
      throw ClusterError(
        .secretExists,
        "secrets \"\(secret.name)\" already exists",
        status: 409,
        azureCode: "AlreadyExists"
      )
    }
    return ClusterSecret(object: secret, resourceVersion: revision)
  }

  /// Changes a Secret; one that stays the same and is not stale is not written.
  ///
  /// - Throws: `secret.not_found`, `secret.conflict`, `secret.invalid`, `secret.unreadable`,
  ///   `secret.unwritable`.
  public func updateSecret(
    namespace: String,
    name: String,
    _ changes: SecretChanges
  ) throws -> ClusterSecret {
    let entry = try stored(namespace: namespace, name: name)
    if let wanted = changes.resourceVersion, wanted != entry.modRevision {
      throw Self.conflict(name)
    }
    let old = try read(entry, failing: { "Internal error occurred: \($0)" })
    var new = old.object
    if let data = changes.data { new.data = data }
    if let labels = changes.labels { new.labels = labels }
    if let isImmutable = changes.isImmutable { new.isImmutable = isImmutable }
    try SecretRules.checkChange(from: old.object, to: new)
    if new == old.object, try !open(entry).isStale { return old }
    guard
      let revision = try etcd.put(seal(new), at: entry.key, ifRevision: entry.modRevision)
    else { throw Self.conflict(name) }
    return ClusterSecret(object: new, resourceVersion: revision)
  }

  /// Deletes a Secret; one that does not open cannot be deleted either, as on a real server.
  ///
  /// - Throws: `secret.not_found`, `secret.unreadable`.
  public func deleteSecret(namespace: String, name: String) throws {
    let entry = try stored(namespace: namespace, name: name)
    _ = try read(entry, failing: { "Internal error occurred: \($0)" })
    guard try etcd.delete(entry.key, ifRevision: entry.modRevision) else {
      throw Self.conflict(name)
    }
  }

  func seal(_ secret: KubernetesSecret) throws -> [UInt8] {
    do {
      return try chain.seal(
        try secret.storageBytes(),
        storagePath: secret.storagePath,
        now: context.now
      )
    } catch {
      throw ClusterError(
        .secretUnwritable,
        "Internal error occurred: \(error.message)",
        hint:
          "c:kms_client() tells what the API server knows of its plugin and when it asks again, "
          + "c:health() what the vault says now",
        status: 500,
        azureCode: "InternalError"
      )
    }
  }

  static func conflict(_ name: String) -> ClusterError {
    ClusterError(
      .secretConflict,
      "Operation cannot be fulfilled on secrets \"\(name)\": the object has been modified; "
        + "please apply your changes to the latest version and try again",
      status: 409,
      azureCode: "Conflict"
    )
  }
}
