import Foundation
import GRDB
import Testing

@Suite struct DoctorTests {
  @Test func `a sound workspace, and none at all, are fine`() throws {
    let scratch = try Scratch()
    let none = try Program.run(["doctor"], in: scratch)
    #expect(none.status == 0 && none.output.contains("note file.none: "))
    #expect(!FileManager.default.fileExists(atPath: scratch.file("workspace.db")))
    _ = try Program.run(
      ["-e", "cluster.create{ name = 'c1', resource_group = 'rg' }"],
      in: scratch
    )
    let fine = try Program.run(["doctor"], in: scratch)
    #expect(fine.status == 0)
    #expect(fine.output == "workspace \(scratch.file("workspace.db"))\nnothing is wrong\n")
  }

  @Test func `a cluster with Secrets that cannot be read is told, and looking leaves no trace`()
    throws
  {
    let scratch = try Scratch()
    let made = try Program.run(
      [
        "-e",
        """
        local c = cluster.create{ name = 'c1', resource_group = 'rg' }
        for n = 1, 3 do secret.create{ cluster = c, name = 's' .. n } end
        c:etcd():put('/registry/secrets/default/s2', 'k8s:enc:aescbc:v1:k:junk')
        """,
      ],
      in: scratch
    )
    try #require(made.status == 0, "\(made.errors)")
    let before = try Data(contentsOf: URL(filePath: scratch.file("workspace.db")))
    let told = try Program.run(["doctor"], in: scratch)
    #expect(told.status == 1)
    #expect(told.output.contains("problem cluster.unreadable: cluster c1: 1 Secret cannot be read"))
    #expect(told.output.contains("default/s2") && told.output.contains("\n  cure: "))
    #expect(try Data(contentsOf: URL(filePath: scratch.file("workspace.db"))) == before)
    let json = try Program.run(
      ["--workspace", scratch.file("workspace.db"), "doctor", "--json"],
      in: scratch
    )
    struct Report: Decodable {
      struct Finding: Decodable { let id, severity, message: String }
      let ok: Bool
      let findings: [Finding]
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8))
    #expect(!report.ok && report.findings.map(\.id) == ["cluster.unreadable"])
  }

  @Test func `--repair makes good what the rest of the file tells, says so, and changes no more`()
    throws
  {
    let scratch = try Scratch()
    let made = try Program.run(
      [
        "-e",
        """
        local c = cluster.create{ name = 'c1', resource_group = 'rg' }
        for n = 1, 3 do secret.create{ cluster = c, name = 's' .. n } end
        for _, name in ipairs{ 'kept', 'lost' } do workspace.checkpoint(name) end
        """,
      ],
      in: scratch
    )
    try #require(made.status == 0, "\(made.errors)")
    func damage(_ sql: String) throws {
      let queue = try DatabaseQueue(path: scratch.file("workspace.db"))
      try queue.write { try $0.execute(sql: sql) }
      try queue.close()
    }
    try damage(
      """
      UPDATE etcd_use SET count = 9;
      UPDATE checkpoint_etcd_use SET count = 9 WHERE checkpoint = 1;
      DELETE FROM checkpoint WHERE name = 'lost';
      """
    )
    let ids = ["etcd.miscounted", "checkpoint.miscounted", "checkpoint.orphaned"]
    let told = try Program.run(["doctor"], in: scratch)
    #expect(told.status == 1)
    for id in ids { #expect(told.output.contains("problem \(id): "), "\(told.output)") }
    let repaired = try Program.run(["doctor", "--repair"], in: scratch)
    #expect(repaired.status == 0 && repaired.output.hasSuffix("nothing is wrong\n"))
    for id in ids { #expect(repaired.output.contains("repaired \(id): "), "\(repaired.output)") }
    let before = try Data(contentsOf: URL(filePath: scratch.file("workspace.db")))
    let again = try Program.run(["doctor", "--repair"], in: scratch)
    #expect(again.status == 0 && !again.output.contains("repaired"))
    #expect(try Data(contentsOf: URL(filePath: scratch.file("workspace.db"))) == before)
    // What was altered itself is left as it is.
    try damage("UPDATE checkpoint_record SET body = CAST('[]' AS BLOB)")
    let left = try Program.run(["doctor", "--repair"], in: scratch)
    #expect(left.status == 1 && left.output.contains("problem checkpoint.damaged: "))
    #expect(left.output.contains("\n  cure: workspace.drop('kept')"))
    let script = "workspace.drop('kept') print(#secret.list{ cluster = 'c1' })"
    #expect(try Program.run(["-e", script], in: scratch).output == "3\n")
    #expect(try Program.run(["doctor"], in: scratch).status == 0)
  }

  @Test func `a row that holds what it cannot is one clear error, and doctor tells it`() throws {
    let scratch = try Scratch()
    let made = try Program.run(
      [
        "-e",
        "vault.create{ name = 'kv1', resource_group = 'rg' }:diagnostics(true)"
          + " vault.get('kv1'):update{ public_network_access = 'Disabled' }",
      ],
      in: scratch
    )
    try #require(made.status == 0, "\(made.errors)")
    let queue = try DatabaseQueue(path: scratch.file("workspace.db"))
    try queue.write { try $0.execute(sql: "UPDATE audit SET http_status_code = 'hunter2'") }
    try queue.close()
    let read = try Program.run(["-e", "for row in audit.each{} do print(row) end"], in: scratch)
    #expect(read.status == 1 && read.errors.hasPrefix("error: "), "\(read.status)")
    #expect(read.errors.contains("\nhint: kmsh doctor") && !read.errors.contains("hunter2"))
    let doctor = try Program.run(["doctor"], in: scratch)
    #expect(doctor.status == 1 && doctor.output.contains("problem audit.damaged: "))
  }

  @Test func `a wrong option is wrong usage`() throws {
    let scratch = try Scratch()
    let outcome = try Program.run(["doctor", "--no-such-thing"], in: scratch)
    #expect(outcome.status == 2 && outcome.errors.hasPrefix("error: "))
    let help = try Program.run(["doctor", "--help"], in: scratch)
    #expect(help.status == 0 && help.output.contains("--repair"))
  }
}
