internal import AzureModel
internal import ClusterModel
internal import CryptoEngine
internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB

#if canImport(Glibc)
  internal import Glibc
#endif

/// Whose rows are looked at: the workspace's own, those of a checkpoint, or those that an entry of
/// the undo log keeps.
struct ExaminedRows {
  /// Number of the checkpoint.
  var checkpoint: Int64?
  /// Token of the entry.
  var undo: Int64?

  /// What follows `FROM` for the rows of a table.
  func of(_ table: String) -> String {
    if let undo { return "undo_\(table) WHERE present AND entry = \(undo)" }
    return checkpoint.map { "checkpoint_\(table) WHERE checkpoint = \($0)" } ?? table
  }
}

extension WorkspaceExamination {
  /// Most records of which it is told by name that they cannot be read.
  private static var recordCountMax: Int { 20 }

  /// What lies in a sound database: records, settings, the root key, the counts of its etcds, the
  /// audit log.
  static func contents(of db: Database, path: String) throws -> [WorkspaceFinding] {
    try records(db) + settings(db) + rootKey(db, path) + uses(db) + auditLog(db)
  }

  // MARK: Records

  private static func records(_ db: Database) throws -> [WorkspaceFinding] {
    let broken = try brokenRecords(db, ExaminedRows())
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

  /// Names of records that do not decode.
  static func brokenRecords(_ db: Database, _ examined: ExaminedRows) throws -> [String] {
    var broken: [String] = []
    let rows = try Row.fetchCursor(
      db,
      sql: "SELECT kind, id, body, json_valid(CAST(body AS TEXT)) FROM \(examined.of("record")) "
        + "ORDER BY kind, id"
    )
    while broken.count < recordCountMax, let row = try rows.next() {
      // A column of a damaged row may hold anything.
      let kind = String.fromDatabaseValue(row[0]) ?? "record"
      let id = String.fromDatabaseValue(row[1]) ?? "of no name"
      let isJSON = Bool.fromDatabaseValue(row[3]) == true
      let isGood = Data.fromDatabaseValue(row[2]).map { isReadable(kind, $0, isJSON: isJSON) }
      if isGood != true { broken.append("\(kind) \(id)") }
    }
    return broken
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
    try brokenSettings(db, ExaminedRows()).map { name in
      WorkspaceFinding(
        "setting.damaged",
        "the setting \(name) is no number",
        cure: name.hasPrefix("clock.")
          ? "set it anew with clock.real()" : "set it with workspace.seed(n)"
      )
    }
  }

  /// Names of settings that should be numbers and are not.
  static func brokenSettings(_ db: Database, _ examined: ExaminedRows) throws -> [String] {
    let rows = try Row.fetchAll(
      db,
      sql: "SELECT name, value FROM \(examined.of("setting")) ORDER BY name"
    )
    return rows.compactMap { row in
      let name = String.fromDatabaseValue(row[0]) ?? "of no name"
      let value = String.fromDatabaseValue(row[1]) ?? ""
      let isGood =
        switch name {
        case "clock.frozen", "clock.offset": Double(value)?.isFinite == true
        case "identifiers.seed", "identifiers.counter": UInt64(value) != nil
        default: true
        }
      return isGood ? nil : name
    }
  }

  // MARK: Audit log

  private static func auditLog(_ db: Database) throws -> [WorkspaceFinding] {
    let count = try brokenAuditCount(db, ExaminedRows())
    guard count > 0 else { return [] }
    return [
      WorkspaceFinding(
        "audit.damaged",
        "\(count) rows of the audit log cannot be read: audit.each ends before the first of them",
        cure: "put a copy of the workspace back"
      )
    ]
  }

  /// How many rows of the audit log cannot be read.
  static func brokenAuditCount(_ db: Database, _ examined: ExaminedRows) throws -> Int {
    let rows = try Row.fetchCursor(
      db,
      sql: "SELECT \(Workspace.auditColumns) FROM \(examined.of("audit"))"
    )
    var count = 0
    while let row = try rows.next() {
      do { _ = try AuditEvent(row) } catch { count += 1 }
    }
    return count
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
    guard let row, let text = String.fromDatabaseValue(row[0]),
      let kid = String.fromDatabaseValue(row[1]), let sealed = Data(base64Encoded: text)
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

  private static func uses(_ db: Database) throws -> [WorkspaceFinding] {
    guard let miscounted = try miscountedEtcds(db, ExaminedRows()) else { return [] }
    return [
      WorkspaceFinding(
        "etcd.miscounted",
        "what Secrets are under is counted wrongly"
          + (miscounted.isEmpty ? "" : " for \(miscounted.joined(separator: ", "))")
          + ": c:can_delete would err",
        cure: "kmsh doctor --repair counts anew",
        isRepairable: true
      )
    ]
  }

  /// Holds the counts by which `c:can_delete` answers against the values themselves.
  ///
  /// - Returns: the clusters whose counts are wrong, none when only numbers of values are; nil when
  ///   all is right.
  static func miscountedEtcds(_ db: Database, _ examined: ExaminedRows) throws -> [String]? {
    var headers = HeaderReader()
    var counted: [String: [ValueUse: Int]] = [:]
    let uses = try Row.fetchAll(
      db,
      sql: "SELECT cluster, folder, provider, name, key_id, count, id "
        + "FROM \(examined.of("etcd_use"))"
    )
    var numbers: [Int64: (cluster: String, use: ValueUse)] = [:]
    for row in uses {
      let cluster: String = try row.value(0)
      let use = try ValueUse(row, firstColumn: 1)
      numbers[try row.value(6)] = (cluster, use.counting(0))
      if use.count != 0 { counted[cluster, default: [:]][use.counting(0), default: 0] += use.count }
    }
    var isNumbered = true
    let values = try Row.fetchCursor(
      db,
      sql: "SELECT cluster, key, value, use FROM \(examined.of("etcd"))"
    )
    while let row = try values.next() {
      let cluster: String = try row.value(0)
      let (key, value): (Data, Data) = (try row.value(1), try row.value(2))
      let use = ValueUse(
        folder: ValueUse.folder(of: String(decoding: key, as: UTF8.self)),
        group: ValueGroup(headers.read([UInt8](value))),
        count: 0
      )
      let number = numbers[try row.value(3)]
      isNumbered = isNumbered && number?.cluster == cluster && number?.use == use
      counted[cluster, default: [:]][use, default: 0] -= 1
    }
    let wrong = counted.filter { $0.value.contains { $0.value != 0 } }.keys.sorted()
    return wrong.isEmpty && isNumbered ? nil : wrong
  }
}

extension ValueUse {
  /// Reads a row of `etcd_use` from its folder on.
  init(_ row: Row, firstColumn: Int) throws {
    func text(_ column: Int) throws -> String? {
      let data: Data? = try row.optionalValue(firstColumn + column)
      return data.map { String(decoding: $0, as: UTF8.self) }
    }
    self.init(
      folder: try text(0) ?? "",
      group: ValueGroup(
        provider: StoredProvider(rawValue: try row.value(firstColumn + 1)) ?? .unknown,
        name: try text(2),
        keyID: try text(3)
      ),
      count: try row.value(firstColumn + 4)
    )
  }

  fileprivate func counting(_ count: Int) -> ValueUse {
    ValueUse(folder: folder, group: group, count: count)
  }
}
