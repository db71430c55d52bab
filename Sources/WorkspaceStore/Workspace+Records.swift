public import AzureModel
public import CryptoEngine
public import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB
internal import Synchronization

extension Workspace {
  /// Reads a record; nil when absent.
  public func find<R: AzureModel.Record>(_ type: R.Type, id: String) throws -> R? {
    try lookAnew()
    return try records.value(id) {
      let body = try query { db in
        try Data.fetchOne(
          db.cachedStatement(sql: "SELECT body FROM record WHERE kind = ? AND id = ?"),
          arguments: [R.kind, id]
        )
      }
      return try body.map { (try decode(R.self, $0), byteCount: $0.count) }
    }
  }

  /// Reads at most `limit` records in id order, those under `parent` (nil: all) after `after`.
  public func list<R: AzureModel.Record>(
    _ type: R.Type,
    parent: String?,
    after: String?,
    limit: Int
  ) throws -> [R] {
    try query { db in
      let filter = parent == nil ? "" : " AND parent = :parent"
      let statement = try db.cachedStatement(
        sql: "SELECT body FROM record WHERE kind = :kind\(filter) AND id > :after "
          + "ORDER BY id LIMIT :limit"
      )
      var arguments: StatementArguments = [
        "kind": R.kind, "after": after ?? "", "limit": limit,
      ]
      if let parent { arguments += ["parent": parent] }
      return try Data.fetchAll(statement, arguments: arguments).map { try decode(R.self, $0) }
    }
  }

  /// Returns at most `limit` ids that end in a text, in no order; no record is read.
  public func ids<R: AzureModel.Record>(
    of type: R.Type,
    endingIn text: String,
    limit: Int
  ) throws -> [String] {
    try query { db in
      try String.fetchAll(
        db.cachedStatement(
          sql: "SELECT id FROM record INDEXED BY record_parent WHERE kind = :kind "
            + "AND substr(id, -length(:text)) = :text LIMIT :limit"
        ),
        arguments: ["kind": R.kind, "text": text, "limit": limit]
      )
    }
  }

  /// Writes a record, replacing one of the same id.
  public func put<R: AzureModel.Record>(_ record: R) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = try encoder.encode(record)
    try willChange(R.kind, record.id)
    try write { db in
      try db.cachedStatement(
        sql: "INSERT INTO record (kind, id, parent, body) VALUES (?, ?, ?, ?) "
          + "ON CONFLICT DO UPDATE SET parent = excluded.parent, body = excluded.body"
      ).execute(arguments: [R.kind, record.id, record.parent, body])
    }
    changed(R.self, record.id)
  }

  /// Deletes a record; absent is fine.
  public func delete<R: AzureModel.Record>(_ type: R.Type, id: String) throws {
    try willChange(R.kind, id)
    try write { db in
      try db.cachedStatement(sql: "DELETE FROM record WHERE kind = ? AND id = ?")
        .execute(arguments: [R.kind, id])
    }
    changed(R.self, id)
  }

  private func changed<R: AzureModel.Record>(_ type: R.Type, _ id: String) {
    revisions.changed(R.kind)
    records.drop(type, id)
  }

  /// A number that is another one once a record of the kind may have changed.
  ///
  /// Other processes' commits count as a change of every kind.
  public func revision<R: AzureModel.Record>(of type: R.Type) throws -> Int {
    try lookAnew()
    return revisions.revision(of: R.kind)
  }

  func decode<R: AzureModel.Record>(_ type: R.Type, _ body: Data) throws -> R {
    do {
      return try JSONDecoder().decode(R.self, from: body)
    } catch {
      throw WorkspaceError(.damaged, "\(path): a \(R.kind) record cannot be read")
    }
  }

  /// Seals key material under the root key.
  public func sealMaterial(_ material: SecretBytes, name: String) throws -> [UInt8] {
    try rootKey.seal(material, name: name)
  }

  /// Opens what `sealMaterial` returned for the same name.
  public func openMaterial(_ sealed: [UInt8], name: String) throws -> SecretBytes {
    try rootKey.open(sealed, name: name)
  }

  /// Opens the etcd of a cluster; empty until written.
  public func etcd(ofCluster clusterID: String) -> any KeyValueStore {
    SQLiteKeyValueStore(workspace: self, cluster: clusterID)
  }

  /// Deletes everything a cluster stored.
  public func deleteEtcd(ofCluster clusterID: String) throws {
    try write { db in
      for table in ["etcd", "etcd_revision", "etcd_use"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE cluster = ?", arguments: [clusterID])
      }
    }
    uses.withLock { $0.forget() }
  }

  /// Empties the workspace; clock, settings and seed go too, checkpoints stay.
  public func reset() throws {
    try willChangeEverything()
    try write { db in
      for table in Schema.stateTables.reversed() { try db.execute(sql: "DELETE FROM \(table)") }
    }
    everythingChanged()
  }
}
