internal import EncryptionAtRest
internal import FoundationEssentials
internal import GRDB
internal import Synchronization

/// What each value of an etcd is under, as a number in its row, and how many rows have a number.
///
/// ## Design
///
/// Whether a key can go is asked of a million Secrets and answered in milliseconds, so it is
/// counted, not looked up. A number stands for cluster, folder and group; triggers of the database
/// count its rows, so that no way of changing rows, nor of taking a change back, is forgotten.
/// Which rows have a number is an index over two integers, which a rewrite moves at little cost.
struct EtcdUses: Sendable {
  /// What a number stands for.
  private struct Name: Hashable {
    let cluster: String
    let folder: String
    let group: ValueGroup
  }

  /// Most numbers remembered.
  private static let countMax = 10_000

  private var headers = HeaderReader()
  private var numbers: [Name: Int64] = [:]
  private var last: (name: Name, number: Int64)?

  /// Forgets the numbers: a rollback, or another process, may have taken some away.
  mutating func forget() {
    numbers = [:]
    last = nil
  }

  /// Returns the number for a value that is to be written, giving out a new one if need be.
  mutating func number(
    of value: [UInt8],
    at key: String,
    cluster: String,
    _ db: Database
  ) throws -> Int64 {
    let name = Name(
      cluster: cluster,
      folder: ValueUse.folder(of: key),
      group: ValueGroup(headers.read(value))
    )
    if let last, last.name == name { return last.number }
    let number: Int64
    if let known = numbers[name] {
      number = known
    } else if let found = try find(name, db) {
      number = found
    } else {
      number = try add(name, db)
    }
    if numbers.count >= Self.countMax { forget() }
    numbers[name] = number
    last = (name, number)
    return number
  }

  private func find(_ name: Name, _ db: Database) throws -> Int64? {
    try Int64.fetchOne(
      db.cachedStatement(
        sql: "SELECT id FROM etcd_use WHERE cluster = ? AND folder = ? AND provider = ? "
          + "AND name IS ? AND key_id IS ?"
      ),
      arguments: Self.arguments(name)
    )
  }

  /// Gives out a number; those of the folder that no row has any more make room for it.
  private mutating func add(_ name: Name, _ db: Database) throws -> Int64 {
    try db.cachedStatement(
      sql: "DELETE FROM etcd_use WHERE cluster = ? AND folder = ? AND count = 0"
    ).execute(arguments: [name.cluster, Data(name.folder.utf8)])
    if db.changesCount > 0 { forget() }
    try db.cachedStatement(
      sql: "INSERT INTO etcd_use (cluster, folder, provider, name, key_id, count) "
        + "VALUES (?, ?, ?, ?, ?, 0)"
    ).execute(arguments: Self.arguments(name))
    return db.lastInsertedRowID
  }

  /// Names come from stored values and may hold any character: they are bytes to the database.
  private static func arguments(_ name: Name) -> StatementArguments {
    [
      name.cluster, Data(name.folder.utf8), name.group.provider.rawValue,
      name.group.name.map { Data($0.utf8) }, name.group.keyID.map { Data($0.utf8) },
    ]
  }
}

extension SQLiteKeyValueStore {
  func uses(inFolder folder: String) throws -> [ValueUse] {
    try workspace.read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT folder, provider, name, key_id, count FROM etcd_use "
          + "WHERE cluster = ? AND folder >= ? AND folder < ? AND count <> 0"
      )
      let rows = try Row.fetchCursor(
        statement,
        arguments: [cluster, Data(folder.utf8), Data(end(of: folder))]
      )
      var uses: [ValueUse] = []
      while let row = try rows.next() {
        uses.append(try ValueUse(row, firstColumn: 0))
      }
      return uses.sorted()
    }
  }

  func keys(of use: ValueUse, limit: Int) throws -> [String] {
    try workspace.read { db in
      let statement = try db.cachedStatement(
        sql: "SELECT etcd.key FROM etcd_use JOIN etcd ON etcd.use = etcd_use.id "
          + "WHERE etcd_use.cluster = ? AND folder = ? AND provider = ? AND name IS ? "
          + "AND key_id IS ? LIMIT ?"
      )
      let keys = try Data.fetchAll(
        statement,
        arguments: [
          cluster, Data(use.folder.utf8), use.group.provider.rawValue,
          use.group.name.map { Data($0.utf8) }, use.group.keyID.map { Data($0.utf8) }, limit,
        ]
      )
      return keys.map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
