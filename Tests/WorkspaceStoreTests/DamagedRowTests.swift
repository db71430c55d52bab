import AzureModel
import ClusterModel
import EncryptionAtRest
import Foundation
import GRDB
import Testing

@testable import WorkspaceStore

/// Rows that hold what their columns cannot: one clear error that repeats nothing of it.
@Suite struct DamagedRowTests {
  private static let junk = "hunter2 hunter2"

  /// What is put in place of a value, and what reads it.
  struct Damage: Sendable, CustomTestStringConvertible {
    let change: String
    let read: @Sendable (Workspace) throws -> Void
    var testDescription: String { change }
  }

  private static func audit(_ workspace: Workspace) throws {
    _ = try workspace.auditEvents(AuditFilter(), after: nil, limit: 10)
  }

  private static func uses(_ workspace: Workspace) throws {
    _ = try workspace.etcd(ofCluster: "rg/c").uses(inFolder: "")
  }

  static let damages =
    ["time", "http_status_code", "duration_ms", "operation"].map {
      Damage(change: "audit SET \($0)", read: audit)
    } + [
      Damage(change: "etcd_use SET count", read: uses),
      Damage(change: "checkpoint SET created") { _ = try $0.checkpoints() },
      Damage(change: "checkpoint SET records") { _ = try $0.checkpoint("one") },
      Damage(change: "record SET body") { _ = try $0.find(Note.self, id: "n") },
      Damage(change: "checkpoint_record SET body") {
        try $0.restore("one"); try read($0)
      },
      Damage(change: "checkpoint_audit SET time") {
        try $0.restore("one"); try audit($0)
      },
      Damage(change: "checkpoint_etcd_use SET count") {
        try $0.restore("one"); try uses($0)
      },
    ]

  private static func read(_ workspace: Workspace) throws {
    _ = try workspace.list(Note.self, parent: nil, after: nil, limit: 10)
  }

  @Test(arguments: damages)
  func `what a column cannot hold is an error, and is not repeated`(damage: Damage) throws {
    let place = Place()
    let workspace = try place.open()
    try workspace.put(Note(id: "n"))
    _ = try workspace.etcd(ofCluster: "rg/c").put([1], at: "/a", ifRevision: nil)
    let azure = Azure(store: workspace)
    let context = CallContext(
      principal: try azure.account(workspace).signedInUser,
      now: try workspace.now(),
      identifiers: workspace
    )
    _ = try azure.createVault(VaultOptions(name: "kv1", resourceGroup: "rg"), context)
    _ = try azure.setDiagnostics(ofVault: "kv1", isOn: true, context)
    _ = try azure.updateVault(named: "kv1", VaultChanges(publicNetworkAccess: .disabled), context)
    try workspace.takeCheckpoint("one")
    workspace.close()
    let queue = try DatabaseQueue(path: place.path)
    try queue.write { try $0.execute(sql: "UPDATE \(damage.change) = ?", arguments: [Self.junk]) }
    try queue.close()
    let damaged = try place.open()
    let error = #expect(throws: WorkspaceError.self) { try damage.read(damaged) }
    #expect(error?.code == .damaged && error?.message.contains("hunter2") == false)
    let told = WorkspaceExamination(path: place.path).findings.map(\.message)
    #expect(!told.isEmpty && told.allSatisfy { !$0.contains("hunter2") })
  }
}
