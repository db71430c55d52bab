import AzureModel
import CryptoEngine
import EncryptionAtRest
import Foundation
import GRDB
import Testing

@testable import WorkspaceStore

/// Each way in which a workspace's files can be wrong, and the finding that tells it.
@Suite struct ExaminationTests {
  private let place = Place()

  /// A workspace with values in an etcd, closed unless told otherwise.
  private func make(isClosed: Bool = true) throws -> Workspace {
    let workspace = try place.open()
    let store = workspace.etcd(ofCluster: "rg/c")
    try store.transaction {
      for number in 1...200 {
        _ = try store.put(
          StoredValues.kmsV2("one", [UInt8](repeating: 3, count: 900)),
          at: "/registry/secrets/default/s\(number)",
          ifRevision: nil
        )
      }
    }
    if isClosed { workspace.close() }
    return workspace
  }

  private func findings() -> [String] { WorkspaceExamination(path: place.path).findings.map(\.id) }

  private func change(_ suffix: String = "", _ body: (inout [UInt8]) -> Void) throws {
    let url = URL(filePath: place.path + suffix)
    var bytes = [UInt8](try Data(contentsOf: url))
    body(&bytes)
    try Data(bytes).write(to: url)
  }

  private func execute(_ sql: String) throws {
    let queue = try DatabaseQueue(path: place.path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  @Test func `a sound workspace has nothing to tell, open or closed, and looking changes nothing`()
    throws
  {
    let workspace = try make(isClosed: false)
    #expect(findings() == [])
    #expect(WorkspaceExamination(path: place.path).isUsable)
    workspace.close()
    let before = try Data(contentsOf: URL(filePath: place.path))
    #expect(findings() == [])
    #expect(try Data(contentsOf: URL(filePath: place.path)) == before)
    #expect(WorkspaceExamination(path: ":memory:").findings.isEmpty)
  }

  @Test func `a file that is not there yet is no problem, one that is gone is`() throws {
    let none = WorkspaceExamination(path: place.path).findings
    #expect(none.map(\.id) == ["file.none"] && none.map(\.severity) == [.note])
    _ = try make()
    try Data([1]).write(to: URL(filePath: place.path + ".key"))
    try FileManager.default.removeItem(atPath: place.path)
    #expect(findings() == ["file.missing"])
  }

  @Test func `an empty file, and one that is no database, are told apart`() throws {
    _ = try make()
    try change { $0 = [] }
    #expect(findings() == ["file.empty"])
    try change { $0 = Array("some text, longer than a header of SQLite has to be".utf8) }
    #expect(findings() == ["file.foreign"])
  }

  @Test func `a database of another program is left alone`() throws {
    try FileManager.default.createDirectory(
      at: URL(filePath: place.path).deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try execute("CREATE TABLE t (a)")
    #expect(findings().contains("file.foreign"))
  }

  @Test func `a file cut short, and pages that do not hold together, are told`() throws {
    _ = try make()
    let whole = try Data(contentsOf: URL(filePath: place.path))
    try change { $0.removeLast($0.count / 2) }
    #expect(findings().contains("file.short") && findings().contains("file.damaged"))
    #expect(!WorkspaceExamination(path: place.path).isUsable)
    try whole.write(to: URL(filePath: place.path))
    // The pages' own headers: kind, number of cells, where they begin.
    try change { bytes in
      for page in stride(from: 4096, to: bytes.count, by: 4096) { bytes[page] ^= 0xFF }
    }
    #expect(findings().contains("file.damaged"))
  }

  @Test func `a later schema is refused, an earlier one is carried over`() throws {
    _ = try make()
    try execute("INSERT INTO grdb_migrations VALUES ('99 of tomorrow')")
    #expect(findings() == ["schema.newer"])
    #expect(throws: WorkspaceError.self) { try place.open() }
    try execute("DELETE FROM grdb_migrations WHERE identifier LIKE '99%' OR identifier LIKE '5%'")
    #expect(findings() == ["schema.older"])
  }

  @Test func `a log of another database, and a damaged one, are told`() throws {
    let workspace = try make(isClosed: false)
    for number in 1...9 { try workspace.setSetting("n", "\(number)") }
    let copy = Place()
    try FileManager.default.createDirectory(
      at: URL(filePath: copy.path).deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: place.path + suffix, toPath: copy.path + suffix)
    }
    func problem(_ body: (inout [UInt8]) -> Void) throws -> WriteAheadLog.Problem? {
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: place.path + "-wal")))
      body(&bytes)
      try Data(bytes).write(to: URL(filePath: copy.path + "-wal"))
      return WriteAheadLog.problem(path: copy.path + "-wal", pageByteCount: 4096)
    }
    #expect(try problem { _ in } == nil)
    #expect(try problem { $0[0] ^= 1 } == .foreign)
    #expect(try problem { $0[10] ^= 1 } == .foreign)
    #expect(try problem { $0[32 + 4120 + 100] ^= 1 } == .damaged(frame: 2))
    #expect(try problem { $0.removeLast(100) } == nil)
    #expect(try problem { $0 = Array($0[..<20]) } == .foreign)
    #expect(WorkspaceExamination(path: copy.path).findings.map(\.id).first == "log.foreign")
  }

  @Test func `records, settings and the root key are looked into`() throws {
    let workspace = try make(isClosed: false)
    let azure = Azure(store: workspace)
    let context = CallContext(
      principal: try azure.account(workspace).signedInUser,
      now: try workspace.now(),
      identifiers: workspace
    )
    _ = try azure.createVault(VaultOptions(name: "kv1", resourceGroup: "rg"), context)
    _ = try azure.importKey(
      KeyOptions(vault: "kv1", name: "k"),
      privateKey: .rsa(.generate(bitCount: 2048)),
      context: context
    )
    workspace.close()
    #expect(findings() == [])
    let key = try Data(contentsOf: URL(filePath: place.path + ".key"))
    try Data(key.reversed()).write(to: URL(filePath: place.path + ".key"))
    #expect(findings() == ["root_key.wrong"])
    try key.dropLast().write(to: URL(filePath: place.path + ".key"))
    #expect(findings() == ["root_key.missing"])
    try FileManager.default.removeItem(atPath: place.path + ".key")
    #expect(findings() == ["root_key.missing"])
    try key.write(to: URL(filePath: place.path + ".key"))
    chmod(place.path + ".key", 0o644)
    #expect(findings() == ["file.exposed"])
    chmod(place.path + ".key", 0o600)
    try execute("INSERT INTO setting VALUES ('clock.frozen', 'noon')")
    #expect(findings() == ["setting.damaged"])
    try execute(
      "DELETE FROM setting; UPDATE record SET body = CAST('{}' AS BLOB) WHERE kind = 'vault'"
    )
    let found = WorkspaceExamination(path: place.path).findings
    #expect(found.map(\.id) == ["record.damaged"])
    #expect(found.first?.message.contains("vault kv1") == true)
  }

  @Test(arguments: [
    "UPDATE etcd_use SET count = count + 1", "UPDATE etcd_use SET key_id = x'00'",
    "DROP TRIGGER etcd_use_delete; DELETE FROM etcd WHERE rowid = 1",
    "DELETE FROM etcd_use", "UPDATE etcd SET use = 77 WHERE rowid = 2",
  ])
  func `wrong counts are told, and a repair counts anew`(damage: String) throws {
    _ = try make()
    try execute(damage)
    let found = WorkspaceExamination(path: place.path)
    #expect(found.findings.map(\.id) == ["etcd.miscounted"] && found.isUsable)
    #expect(found.findings.map(\.isRepairable) == [true])
    try WorkspaceExamination.repair(path: place.path)
    #expect(findings() == [])
    let store = try place.open().etcd(ofCluster: "rg/c")
    #expect(try store.uses(inFolder: "") == store.scannedUses(inFolder: ""))
  }

  /// What is done to a file's rows, and what is found then.
  struct Damage: Sendable, CustomTestStringConvertible {
    let sql: String
    let findings: [String]
    var testDescription: String { sql }
  }

  @Test(arguments: [
    Damage(
      sql: "UPDATE checkpoint_record SET body = CAST('{}' AS BLOB) WHERE kind = 'account'",
      findings: ["checkpoint.damaged"]
    ),
    Damage(sql: "DELETE FROM checkpoint_record", findings: ["checkpoint.damaged"]),
    Damage(sql: "DELETE FROM checkpoint_etcd WHERE rowid = 7", findings: ["checkpoint.damaged"]),
    Damage(
      sql: "UPDATE checkpoint_setting SET value = 'noon' WHERE name = 'clock.frozen'",
      findings: ["checkpoint.damaged"]
    ),
    Damage(sql: "UPDATE checkpoint_etcd SET use = 'x'", findings: ["checkpoint.damaged"]),
    Damage(sql: "UPDATE checkpoint SET created = 'x'", findings: ["checkpoint.damaged"]),
    Damage(sql: "UPDATE checkpoint SET name = '../x'", findings: ["checkpoint.damaged"]),
    Damage(
      sql: "UPDATE checkpoint_etcd_use SET count = count + 1",
      findings: ["checkpoint.miscounted"]
    ),
    Damage(sql: "DELETE FROM checkpoint_etcd_use", findings: ["checkpoint.miscounted"]),
    Damage(sql: "DELETE FROM checkpoint", findings: ["checkpoint.orphaned"]),
    Damage(
      sql: "INSERT INTO checkpoint_setting VALUES (77, 'a', 'b')",
      findings: ["checkpoint.orphaned"]
    ),
  ])
  func `a checkpoint's rows are looked into, and what the rest tells is repaired`(
    damage: Damage
  ) throws {
    let workspace = try make(isClosed: false)
    _ = try Azure(store: workspace).account(workspace)
    try workspace.freeze(at: Date(timeIntervalSince1970: 0))
    try workspace.takeCheckpoint("one")
    workspace.close()
    #expect(findings() == [])
    try execute(damage.sql)
    let found = WorkspaceExamination(path: place.path)
    #expect(found.findings.map(\.id) == damage.findings && found.isUsable)
    let isRepairable = damage.findings != ["checkpoint.damaged"]
    #expect(found.findings.map(\.isRepairable) == [isRepairable])
    #expect(found.findings.allSatisfy { $0.cure != nil })
    try WorkspaceExamination.repair(path: place.path)
    #expect(findings() == (isRepairable ? [] : damage.findings))
  }

  @Test func `a repaired checkpoint is restored with counts that are right`() throws {
    let workspace = try make(isClosed: false)
    let store = workspace.etcd(ofCluster: "rg/c")
    _ = try store.put([0x6B], at: "/registry/secrets/other/plain", ifRevision: nil)
    try workspace.takeCheckpoint("one")
    workspace.close()
    try execute("UPDATE checkpoint_etcd_use SET key_id = x'00', count = 7")
    try WorkspaceExamination.repair(path: place.path)
    let again = try place.open()
    for number in 1...9 {
      _ = try again.etcd(ofCluster: "rg/c")
        .delete("/registry/secrets/default/s\(number)", ifRevision: nil)
    }
    try again.restore("one")
    let restored = again.etcd(ofCluster: "rg/c")
    #expect(try restored.uses(inFolder: "") == restored.scannedUses(inFolder: ""))
    #expect(try restored.uses(inFolder: "").map(\.count) == [200, 1])
    again.close()
    #expect(findings() == [])
  }

  @Test func `rows of the audit log that cannot be read are counted, not stumbled over`() throws {
    let workspace = try make(isClosed: false)
    let azure = Azure(store: workspace)
    let context = CallContext(
      principal: try azure.account(workspace).signedInUser,
      now: try workspace.now(),
      identifiers: workspace
    )
    _ = try azure.createVault(VaultOptions(name: "kv1", resourceGroup: "rg"), context)
    _ = try azure.setDiagnostics(ofVault: "kv1", isOn: true, context)
    let options = KeyOptions(vault: "kv1", name: "k")
    let material = try RSAPrivateKey.generate(bitCount: 2048)
    for _ in 1...3 {
      _ = try azure.importKey(options, privateKey: .rsa(material), context: context)
    }
    workspace.close()
    #expect(findings() == [])
    try execute("UPDATE audit SET http_status_code = 'many' WHERE number = 1")
    #expect(findings() == ["audit.damaged"])
    try execute("UPDATE audit SET http_status_code = 200 WHERE number = 1")
    #expect(findings() == [])
    try execute("DELETE FROM audit WHERE number > 3; UPDATE audit SET operation = 'VaultDance'")
    let found = WorkspaceExamination(path: place.path).findings
    #expect(found.first?.message.hasPrefix("3 rows") == true, "\(found)")
  }
}
