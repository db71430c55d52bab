public import AzureModel
public import EncryptionAtRest

/// A Secret as it lies in etcd, and whether its API server can read it.
public struct InventoriedSecret: Hashable, Sendable {
  /// Where it lies.
  public let storagePath: String
  /// What its first bytes tell.
  public let header: ValueHeader
  /// The key it is under, if the cluster ever used it.
  public let kid: KeyID?
  /// Whether a write would store it otherwise; nil for what cannot be read.
  public let isStale: Bool?
  /// Why it cannot be read, nil when it can.
  public let problem: String?

  /// Whether the API server can read it.
  public var isReadable: Bool { problem == nil }
  /// Namespace it lies in.
  public var namespace: String {
    String(
      ValueUse.folder(of: storagePath).dropFirst(KubernetesSecret.storagePrefix.count).dropLast()
    )
  }
  /// Its name.
  public var name: String {
    String(storagePath.dropFirst(ValueUse.folder(of: storagePath).count))
  }
}

/// What an inventory counted.
public struct InventoryTotals: Sendable {
  /// Numbers of one group, one namespace, or of everything.
  public struct Counts: Hashable, Sendable {
    /// All Secrets.
    public var values = 0
    /// Stale: to be read, but a write would store them otherwise.
    public var stale = 0
    /// Not to be read.
    public var unreadable = 0
    /// Stored in clear.
    public var inClear = 0

    mutating func add(_ secret: InventoriedSecret) {
      values += 1
      if secret.isStale == true { stale += 1 }
      if !secret.isReadable { unreadable += 1 }
      if secret.header.provider == .identity { inClear += 1 }
    }

    mutating func add(_ other: Counts) {
      values += other.values
      stale += other.stale
      unreadable += other.unreadable
      inClear += other.inClear
    }

    /// Whether all lie as a write would store them.
    public var isDone: Bool { stale == 0 && unreadable == 0 }
  }

  /// Most groups, and most namespaces, that are told apart.
  public static let countMax = 10_000

  /// Everything together.
  public private(set) var total = Counts()
  /// By provider, name and key.
  public private(set) var groups: [ValueGroup: Counts] = [:]
  /// By namespace.
  public private(set) var namespaces: [String: Counts] = [:]

  /// What was met last: values of one group and one folder follow each other.
  private var run: (group: ValueGroup, folder: String, counts: Counts)?

  mutating func add(_ secret: InventoriedSecret) {
    let group = ValueGroup(secret.header)
    if let known = run, known.group == group,
      secret.storagePath.utf8.starts(with: known.folder.utf8),
      secret.storagePath.utf8.dropFirst(known.folder.utf8.count)
        .firstIndex(of: UInt8(ascii: "/")) == nil
    {
      run?.counts.add(secret)
      return
    }
    close()
    run = (group, ValueUse.folder(of: secret.storagePath), Counts())
    run?.counts.add(secret)
  }

  /// Adds what is counted of the run under way.
  mutating func close() {
    guard let run else { return }
    self.run = nil
    total.add(run.counts)
    if groups[run.group] != nil || groups.count < Self.countMax {
      groups[run.group, default: Counts()].add(run.counts)
    }
    let namespace = String(
      run.folder.dropFirst(KubernetesSecret.storagePrefix.count).dropLast()
    )
    if namespaces[namespace] != nil || namespaces.count < Self.countMax {
      namespaces[namespace, default: Counts()].add(run.counts)
    }
  }
}

/// Looks at Secrets one after the other as an API server would read them; changes nothing of them.
public struct SecretInventory {
  private let server: APIServer
  private let folder: String
  private let kids: [String: KeyID]
  private var opening: PatientOpening
  private var page: ArraySlice<StoredEntry> = []
  private var last: String?
  private var isAtEnd = false

  /// Begins at the first Secret, of one namespace or of all.
  public init(_ server: APIServer, namespace: String? = nil) throws {
    self.server = server
    folder = APIServer.prefix(namespace)
    kids = try server.cluster.kms?.kidsByKeyID() ?? [:]
    opening = PatientOpening(server)
  }

  /// The key behind a key id, if the cluster ever used it.
  public func kid(of keyID: String) -> KeyID? { kids[keyID.lowercased()] }

  /// Takes the next Secret, nil at the end.
  public mutating func next() throws -> InventoriedSecret? {
    if page.isEmpty, !isAtEnd { try turn() }
    return page.popFirst().map { look(at: $0) }
  }

  /// Counts from here to the end.
  ///
  /// - Parameter onPage: told the counts after each page; false stops.
  /// - Returns: the counts.
  /// - Throws: what the store and `onPage` throw.
  public mutating func counted(
    onPage: (InventoryTotals) throws -> Bool = { _ in true }
  ) throws -> InventoryTotals {
    var totals = InventoryTotals()
    while !isAtEnd {
      for entry in page { totals.add(look(at: entry)) }
      page = []
      try turn()
      guard try onPage(totals) else { break }
    }
    totals.close()
    return totals
  }

  private mutating func turn() throws {
    // What was unwrapped on the way is kept, as the server's own reads do.
    try server.session?.keepNewSources()
    page = try server.etcd.entries(prefix: folder, after: last, limit: APIServer.rewriteBatchCount)[
      ...
    ]
    last = page.last?.key ?? last
    isAtEnd = page.isEmpty
  }

  private mutating func look(at entry: StoredEntry) -> InventoriedSecret {
    let (header, result) = opening.open(entry)
    let kid = header.keyID.flatMap { kids[$0] }
    switch result {
    case .success(let opened):
      return InventoriedSecret(
        storagePath: entry.key,
        header: header,
        kid: kid,
        isStale: header.problem == nil ? opened.isStale : nil,
        problem: header.problem
      )
    case .failure(let error):
      return InventoriedSecret(
        storagePath: entry.key,
        header: header,
        kid: kid,
        isStale: nil,
        problem: error.message
      )
    }
  }
}
