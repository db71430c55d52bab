internal import AzureModel
internal import ClusterModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#endif

extension WorkspaceExamination {
  /// Most records of which it is told by name that they cannot be read.
  private static var recordCountMax: Int { 20 }

  /// What lies in a sound database: records, settings, the root key, the counts of its etcds.
  static func contents(of db: Database, path: String) throws -> [WorkspaceFinding] {
    try records(db, path) + settings(db) + rootKey(db, path) + uses(db)
  }

  // MARK: Records

  private static func records(_ db: Database, _ path: String) throws -> [WorkspaceFinding] {
    var broken: [String] = []
    let rows = try Row.fetchCursor(
      db,
      sql: "SELECT kind, id, body, json_valid(CAST(body AS TEXT)) FROM record ORDER BY kind, id"
    )
    while broken.count < recordCountMax, let row = try rows.next() {
      // A column of a damaged row may hold anything.
      let kind = String.fromDatabaseValue(row[0]) ?? "record"
      let id = String.fromDatabaseValue(row[1]) ?? "of no name"
      let isGood = Data.fromDatabaseValue(row[2]).map {
        isReadable(kind, $0, isJSON: (row[3] as Int64?) == 1)
      }
      if isGood != true { broken.append("\(kind) \(id)") }
    }
    guard !broken.isEmpty else { return [] }
    return [
      WorkspaceFinding(
        "record.damaged",
        "records that cannot be read: \(broken.joined(separator: ", "))"
          + (broken.count == recordCountMax ? ", and perhaps more" : ""),
        cure:
          "put a copy of the workspace back, or make the things anew in a workspace of their own"
      )
    ]
  }

  private static func isReadable(_ kind: String, _ body: Data, isJSON: Bool) -> Bool {
    func decodes<R: AzureModel.Record>(_ type: R.Type) -> Bool {
      // Whether it decodes is all there is to know.
      (try? JSONDecoder().decode(type, from: body)) != nil
    }
    return switch kind {
    case Cluster.kind: decodes(Cluster.self)
    case Vault.kind: decodes(Vault.self)
    case DeletedVault.kind: decodes(DeletedVault.self)
    case Key.kind: decodes(Key.self)
    case DeletedKey.kind: decodes(DeletedKey.self)
    case ManagedIdentity.kind: decodes(ManagedIdentity.self)
    case RoleAssignment.kind: decodes(RoleAssignment.self)
    case Subscription.kind: decodes(Subscription.self)
    case ResourceGroup.kind: decodes(ResourceGroup.self)
    case Account.kind: decodes(Account.self)
    // Only its owner knows its members.
    default: isJSON
    }
  }

  // MARK: Settings

  private static func settings(_ db: Database) throws -> [WorkspaceFinding] {
    let rows = try Row.fetchAll(db, sql: "SELECT name, value FROM setting ORDER BY name")
    return rows.compactMap { row in
      let (name, value): (String, String) = (row[0], row[1])
      let isGood =
        switch name {
        case "clock.frozen", "clock.offset": Double(value)?.isFinite == true
        case "identifiers.seed", "identifiers.counter": UInt64(value) != nil
        default: true
        }
      guard !isGood else { return nil }
      return WorkspaceFinding(
        "setting.damaged",
        "the setting \(name) is no number",
        cure: name.hasPrefix("clock.")
          ? "set it anew with clock.real()" : "set it with workspace.seed(n)"
      )
    }
  }

  // MARK: Root key

  private static func rootKey(_ db: Database, _ path: String) throws -> [WorkspaceFinding] {
    let row = try Row.fetchOne(
      db,
      sql: """
        SELECT json_extract(CAST(m.body AS TEXT), '$.sealed'),
          json_extract(CAST(v.body AS TEXT), '$.kid')
        FROM record AS m JOIN record AS v ON v.kind = 'key_version' AND v.id = m.id
        WHERE m.kind = 'key_material' LIMIT 1
        """
    )
    guard let row, let text: String = row[0], let kid: String = row[1],
      let sealed = Data(base64Encoded: text)
    else { return [] }
    do {
      _ = try RootKey(workspacePath: path).open([UInt8](sealed), name: kid)
      return []
    } catch let error as WorkspaceError {
      let id = error.code == .materialRejected ? "root_key.wrong" : "root_key.missing"
      return [WorkspaceFinding(id, error.message, cure: error.hint)]
    } catch {
      return [WorkspaceFinding("root_key.missing", "\(error)")]
    }
  }

  // MARK: Counts

  /// Holds the counts by which `c:can_delete` answers against the values themselves.
  private static func uses(_ db: Database) throws -> [WorkspaceFinding] {
    var headers = HeaderReader()
    var counted: [String: [ValueUse: Int]] = [:]
    let uses = try Row.fetchAll(
      db,
      sql: "SELECT cluster, folder, provider, name, key_id, count, id FROM etcd_use"
    )
    var numbers: [Int64: (cluster: String, use: ValueUse)] = [:]
    for row in uses {
      let use = ValueUse(row, firstColumn: 1)
      numbers[row[6]] = (row[0], use.counting(0))
      if use.count != 0 { counted[row[0], default: [:]][use.counting(0), default: 0] += use.count }
    }
    var isNumbered = true
    let values = try Row.fetchCursor(db, sql: "SELECT cluster, key, value, use FROM etcd")
    while let row = try values.next() {
      let (cluster, key, value): (String, Data, Data) = (row[0], row[1], row[2])
      let use = ValueUse(
        folder: ValueUse.folder(of: String(decoding: key, as: UTF8.self)),
        group: ValueGroup(headers.read([UInt8](value))),
        count: 0
      )
      let number = numbers[row[3]]
      isNumbered = isNumbered && number?.cluster == cluster && number?.use == use
      counted[cluster, default: [:]][use, default: 0] -= 1
    }
    let wrong = counted.filter { $0.value.contains { $0.value != 0 } }.keys.sorted()
    guard !wrong.isEmpty || !isNumbered else { return [] }
    return [
      WorkspaceFinding(
        "etcd.miscounted",
        "what Secrets are under is counted wrongly"
          + (wrong.isEmpty ? "" : " for \(wrong.joined(separator: ", "))")
          + ": c:can_delete would err",
        cure: "kmsh doctor --repair counts anew",
        isRepairable: true
      )
    ]
  }

  /// Counts anew what the values of every etcd are under.
  ///
  /// - Throws: as opening a workspace does.
  public static func repair(path: String) throws {
    let workspace = try Workspace.open(path: path)
    defer { workspace.close() }
    try workspace.write { db in try Schema.countEtcdUses(db) }
  }
}

extension ValueUse {
  /// Reads a row of `etcd_use` from its folder on.
  init(_ row: Row, firstColumn: Int) {
    func text(_ column: Int) -> String? {
      let data: Data? = row[firstColumn + column]
      return data.map { String(decoding: $0, as: UTF8.self) }
    }
    self.init(
      folder: text(0) ?? "",
      group: ValueGroup(
        provider: StoredProvider(rawValue: row[firstColumn + 1]) ?? .unknown,
        name: text(2),
        keyID: text(3)
      ),
      count: row[firstColumn + 4]
    )
  }

  fileprivate func counting(_ count: Int) -> ValueUse {
    ValueUse(folder: folder, group: group, count: count)
  }
}
