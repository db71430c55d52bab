import AzureModel
import EncryptionAtRest
import Foundation
import GRDB

@testable import WorkspaceStore

extension Workspace {
  /// Every row of every table of the state, as SQL literals.
  func stateRows() throws -> [String] {
    try read { db in
      try Schema.stateTables.flatMap { table in
        let columns = try db.columns(in: table).map { "quote(\"\($0.name)\")" }
        return try String.fetchAll(
          db,
          sql: "SELECT '\(table) ' || \(columns.joined(separator: " || ' ' || ")) FROM \(table)"
        ).sorted()
      }
    }
  }

  /// Puts something into each table of the state.
  func fill() throws {
    try freeze(at: Date(timeIntervalSince1970: 1_767_225_600))
    try seed(1)
    for n in 1...3 { try put(Note(id: "n\(n)", text: "kept")) }
    for n in 1...5 {
      _ = try etcd(ofCluster: "c1").put(
        StoredValues.kmsV2("one", [UInt8(n)]),
        at: "/registry/secrets/default/s\(n)",
        ifRevision: nil
      )
    }
    try call { try append(Self.event) }
  }

  /// Makes, changes and deletes something in each table of the state.
  func changeMuch() throws {
    try put(Note(id: "n1", text: "changed"))
    try put(Note(id: "n4"))
    try delete(Note.self, id: "n2")
    let store = etcd(ofCluster: "c1")
    _ = try store.put(
      StoredValues.kmsV2("two", [1]),
      at: "/registry/secrets/default/s1",
      ifRevision: nil
    )
    _ = try store.delete("/registry/secrets/default/s2", ifRevision: nil)
    _ = try etcd(ofCluster: "c2").put([1], at: "/x", ifRevision: nil)
    try setSetting("extra", "1")
    try advance { $0.addingTimeInterval(86_400) }
    _ = try identifierBytes()
    try call { try append(Self.event) }
  }

  /// Reads what is remembered from then on.
  func warm() throws {
    for n in 1...5 { _ = try find(Note.self, id: "n\(n)") }
    _ = try (setting("extra"), now())
  }

  private static let event = AuditEvent(
    time: Date(timeIntervalSince1970: 1_767_225_600),
    vault: "kv1",
    resourceID: "/SUBSCRIPTIONS/S/KV1",
    operation: .keyGet,
    operationVersion: "2025-07-01",
    httpStatusCode: 200,
    resultDescription: "",
    durationInMilliseconds: 0,
    callerIPAddress: "203.0.113.10",
    claims: nil,
    clientInfo: "kmsh",
    requestURI: "https://kv1.vault.azure.net/keys/k?api-version=2025-07-01",
    objectID: "https://kv1.vault.azure.net/keys/k"
  )
}
