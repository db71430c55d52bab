import Foundation
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

  @Test func `a wrong option is wrong usage`() throws {
    let scratch = try Scratch()
    let outcome = try Program.run(["doctor", "--no-such-thing"], in: scratch)
    #expect(outcome.status == 2 && outcome.errors.hasPrefix("error: "))
    let help = try Program.run(["doctor", "--help"], in: scratch)
    #expect(help.status == 0 && help.output.contains("--repair"))
  }
}
