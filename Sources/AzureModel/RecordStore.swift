public import CryptoEngine

/// A thing with identity that a workspace keeps: found by its id, or in id order under a parent.
///
/// Ids are what Azure compares by: lower-cased where the service ignores case.
public protocol Record: Codable, Sendable {
  /// Names the kind in the store; never renamed once a workspace holds it.
  static var kind: String { get }
  /// Unique in its kind.
  var id: String { get }
  /// What it lies under, such as the vault of a key; empty for none.
  var parent: String { get }
}

/// Where the model keeps its records: one SQLite file in the product, a dictionary in tests.
public protocol RecordStore: Sendable {
  /// Reads a record; nil when absent.
  func find<R: Record>(_ type: R.Type, id: String) throws -> R?
  /// Reads at most `limit` records in id order, those under `parent` (nil: all) after `after`.
  func list<R: Record>(_ type: R.Type, parent: String?, after: String?, limit: Int) throws -> [R]
  /// Returns at most `limit` ids that end in a text, in no order.
  func ids<R: Record>(of type: R.Type, endingIn text: String, limit: Int) throws -> [String]
  /// Writes a record, replacing one of the same id.
  func put<R: Record>(_ record: R) throws
  /// Deletes a record; absent is fine.
  func delete<R: Record>(_ type: R.Type, id: String) throws
  /// Runs `body` so that its writes land together or not at all; may nest.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result
  /// A number that is another one once a record of the kind may have changed, in this process or
  /// another, by a write or by one taken back.
  func revision<R: Record>(of type: R.Type) throws -> Int
}

extension RecordStore {
  /// Reads every record, unless a store knows better.
  public func ids<R: Record>(
    of type: R.Type,
    endingIn text: String,
    limit: Int
  ) throws -> [String] {
    var (ids, after): ([String], String?) = ([], nil)
    while ids.count < limit {
      let page = try list(type, parent: nil, after: after, limit: 500)
      guard let last = page.last else { break }
      ids += page.map(\.id).filter { $0.utf8.suffix(text.utf8.count).elementsEqual(text.utf8) }
      after = last.id
    }
    return Array(ids.prefix(limit))
  }
}

/// A record store that also keeps the audit log, and key material, sealed under the workspace's
/// root key.
public protocol AzureStore: RecordStore, AuditStore {
  /// Seals material for keeping; `name` is authenticated with it.
  func sealMaterial(_ material: SecretBytes, name: String) throws -> [UInt8]
  /// Opens what `sealMaterial` returned for the same name.
  func openMaterial(_ sealed: [UInt8], name: String) throws -> SecretBytes
}
