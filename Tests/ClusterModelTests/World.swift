import AzureModel
import ClusterModel
import CryptoEngine
import EncryptionAtRest
import FoundationEssentials
import Synchronization
import Testing

/// Everything in memory.
final class MemoryClusterStore: ClusterStore {
  private let records = MemoryRecordStore()
  private let etcds = Mutex<[String: MemoryKeyValueStore]>([:])
  private let intrusion = Mutex<(@Sendable (MemoryKeyValueStore) -> Void)?>(nil)

  /// Every record, to compare before and after.
  var contents: [String: String] { records.contents }

  func find<R: Record>(_ type: R.Type, id: String) throws -> R? { try records.find(type, id: id) }
  func list<R: Record>(_ type: R.Type, parent: String?, after: String?, limit: Int) throws -> [R] {
    try records.list(type, parent: parent, after: after, limit: limit)
  }
  func put<R: Record>(_ record: R) throws { try records.put(record) }
  func delete<R: Record>(_ type: R.Type, id: String) throws { try records.delete(type, id: id) }
  func revision<R: Record>(of type: R.Type) throws -> Int { try records.revision(of: type) }
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try records.transaction(body)
  }
  func call<Result>(_ body: () throws -> Result) throws -> Result { try records.call(body) }
  func userTransaction<Result>(_ body: () throws -> Result) throws -> Result {
    try records.userTransaction(body)
  }
  func append(_ event: AuditEvent) { records.append(event) }
  func auditEvents(_ filter: AuditFilter, after last: AuditEvent?, limit: Int) -> [AuditEvent] {
    records.auditEvents(filter, after: last, limit: limit)
  }
  func sealMaterial(_ material: SecretBytes, name: String) throws -> [UInt8] {
    try records.sealMaterial(material, name: name)
  }
  func openMaterial(_ sealed: [UInt8], name: String) throws -> SecretBytes {
    try records.openMaterial(sealed, name: name)
  }
  func etcd(ofCluster clusterID: String) -> any KeyValueStore {
    let memory = etcds.withLock { etcds in
      let etcd = etcds[clusterID] ?? MemoryKeyValueStore()
      etcds[clusterID] = etcd
      return etcd
    }
    guard let intrusion = intrusion.withLock({ $0 }) else { return memory }
    return IntrudedStore(memory: memory, intrusion: intrusion)
  }
  /// Lets somebody else write to an etcd whenever a rewrite has read and not yet written.
  func beforeReplacing(_ intrusion: (@Sendable (MemoryKeyValueStore) -> Void)?) {
    self.intrusion.withLock { $0 = intrusion }
  }
  func deleteEtcd(ofCluster clusterID: String) throws {
    etcds.withLock { $0[clusterID] = nil }
  }
}

/// An etcd that somebody else writes to just before a rewrite does.
private struct IntrudedStore: KeyValueStore {
  let memory: MemoryKeyValueStore
  let intrusion: @Sendable (MemoryKeyValueStore) -> Void

  func entry(at key: String) throws -> StoredEntry? { memory.entry(at: key) }
  func entries(prefix: String, after: String?, limit: Int) throws -> [StoredEntry] {
    memory.entries(prefix: prefix, after: after, limit: limit)
  }
  func put(_ value: [UInt8], at key: String, ifRevision: Int64?) throws -> Int64? {
    memory.put(value, at: key, ifRevision: ifRevision)
  }
  func replace(_ values: [(entry: StoredEntry, value: [UInt8])]) throws -> [Bool] {
    intrusion(memory)
    return try memory.replace(values)
  }
  func delete(_ key: String, ifRevision: Int64?) throws -> Bool {
    memory.delete(key, ifRevision: ifRevision)
  }
  func revision() throws -> Int64 { memory.revision() }
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try memory.transaction(body)
  }
}

/// Counts up.
private final class CountingIdentifiers: IdentifierSource {
  private let count = Mutex<UInt8>(0)
  func identifierBytes() -> [UInt8] {
    let next = count.withLock { count in
      count += 1
      return count
    }
    return [UInt8](repeating: 0xA0, count: 15) + [next]
  }
}

/// A vault, an identity that may use its keys, and the clusters of a subscription.
struct World {
  let store = MemoryClusterStore()
  let azure: Azure
  let clusters: ManagedClusters
  var context: CallContext
  let identity: ManagedIdentity

  init(isKonnectivityGrandfathered: Bool = false) throws {
    let identifiers = CountingIdentifiers()
    azure = Azure(store: store)
    clusters = ManagedClusters(azure: azure, store: store)
    context = CallContext(
      principal: try azure.account(identifiers).signedInUser,
      now: Date(timeIntervalSince1970: 1_767_225_600),
      identifiers: identifiers
    )
    if isKonnectivityGrandfathered {
      let old = try azure.createSubscription(isKonnectivityGrandfathered: true, context: context)
      try azure.use(old.id, identifiers)
    }
    _ = try azure.createVault(VaultOptions(name: "kv1", resourceGroup: "rg"), context)
    identity = try azure.createIdentity(name: "id1", resourceGroup: "rg", context: context)
    try grant()
  }

  func grant() throws {
    _ = try azure.setPolicy(
      vault: "kv1",
      objectID: identity.principalID,
      keyPermissions: ["encrypt", "decrypt"],
      context: context
    )
  }

  /// A version of the key `k`, from material that is made once.
  func key() throws -> Key {
    try azure.importKey(
      KeyOptions(vault: "kv1", name: "k"),
      privateKey: .rsa(Material.key.get()),
      context: context
    )
  }

  func kms(_ key: Key) -> KMSOptions {
    var options = KMSOptions()
    options.isEnabled = true
    options.keyID = key.kid.description
    options.networkAccess = "Public"
    return options
  }

  func cluster(_ key: Key?) throws -> Cluster {
    var options = ClusterOptions(name: "c1", resourceGroup: "rg")
    options.assignIdentity = identity.resourceID
    if let key { options.kms = kms(key) }
    return try clusters.create(options, context)
  }

  func use(_ key: Key) throws -> Cluster {
    var update = ClusterUpdate()
    update.kms = kms(key)
    return try clusters.update(clusters.cluster(named: "c1"), update, context)
  }

  func server() throws -> APIServer {
    try clusters.apiServer(of: clusters.cluster(named: "c1"), context)
  }

  @discardableResult
  func secret(_ name: String) throws -> ClusterSecret {
    try server().createSecret(
      KubernetesSecret(
        name: name,
        namespace: "default",
        data: ["a": [1, 2]],
        uid: "u",
        creationTimestamp: context.now
      )
    )
  }
}

enum Material {
  static let key = Result { try RSAPrivateKey.generate(bitCount: 2048) }
}
