import Foundation
import Testing

/// `--dry-run`: a whole run on a branch of the workspace.
@Suite struct DryRunTests {
  private static let world = """
    kms.enable_public{ cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' }
    secret.create{ cluster = 'c1', name = 'db', string_data = { password = 'swordfish' } }
    """

  private static let dump = """
    local rows = {}
    for _, v in ipairs(vault.list{}) do rows[#rows + 1] = v.name end
    for _, c in ipairs(cluster.list{}) do rows[#rows + 1] = c.name .. c:health().api_server end
    print(table.concat(rows, ' '), clock.now():sub(1, 4))
    """

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let code: String
    let status: Int32
    let line: String
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "what harms nothing",
      code: "vault.create{ name = 'kv2', resource_group = 'rg' }",
      status: 0,
      line: "what if: 1 thing changed, 0 Secrets lost"
    ),
    Case(
      name: "what loses a Secret",
      code: "vault.get('kv1'):delete() vault.purge('kv1')",
      status: 3,
      line: "! 1 Secret of c1 lost: "
    ),
    Case(
      name: "what makes a cluster worse",
      code: "for _, k in ipairs(key.list{ vault_name = 'kv1' }) do k:update{ enabled = false } end "
        + "clock.advance('PT1H')",
      status: 3,
      line: "  cluster c1: healthy → unhealthy"
    ),
    Case(
      name: "an error",
      code: "vault.create{ name = 'kv2', resource_group = 'rg' } vault.get('none')",
      status: 1,
      line: "! stopped by: The Vault 'none' not found within subscription."
    ),
    Case(
      name: "leaving with a status",
      code: "vault.create{ name = 'kv2', resource_group = 'rg' } os.exit(4)",
      status: 4,
      line: "what if: 1 thing changed, 0 Secrets lost"
    ),
    Case(
      name: "leaving without one",
      code: "vault.create{ name = 'kv2', resource_group = 'rg' } os.exit()",
      status: 0,
      line: "what if: 1 thing changed, 0 Secrets lost"
    ),
  ]

  @Test(arguments: cases) func `it tells what would be, and leaves everything as it was`(
    test: Case
  ) throws {
    let scratch = try Scratch()
    _ = try Program.run(["-e", Self.world], in: scratch)
    let before = try Program.run(["-e", Self.dump], in: scratch).output
    let outcome = try Program.run(["--dry-run", "-e", test.code], in: scratch)
    #expect(outcome.status == test.status, "\(outcome.errors)")
    #expect(outcome.lines.contains { $0.hasPrefix(test.line) }, "\(outcome.output)")
    #expect(try Program.run(["-e", Self.dump], in: scratch).output == before)
  }

  @Test func `with --json the report is the last document`() throws {
    let outcome = try Program.run(
      ["--dry-run", "--json", "-e", "vault.create{ name = 'kv1', resource_group = 'rg' }.name"],
      in: Scratch()
    )
    #expect(outcome.lines.count == 2 && outcome.lines.first == "\"kv1\"")
    let report =
      try JSONSerialization.jsonObject(with: Data((outcome.lines.last ?? "").utf8))
      as? [String: Any]
    #expect(report?["lost_count"] as? Int == 0 && report?["changes"] is [Any])
  }

  @Test func `a terminal without a script has nothing to try`() throws {
    let terminal = try Terminal(in: Scratch(), ["--dry-run"])
    terminal.wait(for: "error: --dry-run is for scripts")
    #expect(terminal.status() == 2)
  }

  @Test func `an interruption takes everything back and tells no report`() throws {
    let scratch = try Scratch()
    let outcome = try Program.run(
      [
        "--dry-run", "--timeout", "0.5", "-e",
        "vault.create{ name = 'kv1', resource_group = 'rg' } while true do end",
      ],
      in: scratch
    )
    #expect(outcome.status == 124 && outcome.output.isEmpty)
    #expect(try Program.run(["-e", "print(#vault.list{})"], in: scratch).output == "0\n")
  }
}
