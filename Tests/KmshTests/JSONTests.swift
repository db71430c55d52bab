import Foundation
import Testing

/// `--json`: one document for each returned value, errors too, and nothing else.
@Suite struct JSONTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let code: String
    let output: String
    var testDescription: String { code }
  }

  static let cases = [
    Case(code: "1 + 1", output: "2\n"),
    Case(code: "return 1, nil, 'x', 2.5", output: "1\nnull\n\"x\"\n2.5\n"),
    Case(code: "x = 1", output: ""),
    Case(code: "{ 1, { a = true } }", output: "[1,{\"a\":true}]\n"),
    Case(code: "json.null", output: "null\n"),
    Case(code: "'\\xff\\xfe'", output: "{\"base64\":\"//4=\"}\n"),
    Case(code: "{ f = { '\\xff' } }", output: "{\"f\":[{\"base64\":\"/w==\"}]}\n"),
    Case(code: "print('talk') io.write('talk') return 3", output: "3\n"),
    Case(code: "json = nil print = nil return 4", output: "4\n"),
  ]

  @Test(arguments: cases) func `each returned value is one document`(test: Case) throws {
    let outcome = try Program.run(["--json", "-e", test.code], in: Scratch())
    #expect(outcome.output == test.output && outcome.status == 0, "\(outcome.errors)")
  }

  @Test func `handles, lists of them and iterators are what az would show`() throws {
    let code = """
      v = vault.create{ name = 'kv1', resource_group = 'rg' }
      v:diagnostics(true)
      key.create{ vault_name = v, name = 'k' }
      return v, vault.list{}, audit.each{ vault = v }
      """
    let lines = try Program.run(["--json", "-e", code], in: Scratch()).lines
    let documents = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) }
    #expect(documents.count == 3)
    #expect((documents[0] as? [String: Any])?["type"] as? String == "Microsoft.KeyVault/vaults")
    #expect((documents[1] as? [[String: Any]])?.first?["name"] as? String == "kv1")
    let rows = try #require(documents[2] as? [[String: Any]])
    #expect(rows.contains { $0["operationName"] as? String == "KeyCreate" })
  }

  @Test func `a script's values come out like a chunk's`() throws {
    let scratch = try Scratch()
    let script = try scratch.write("return { ... }, #arg", to: "s.lua")
    #expect(try Program.run(["--json", script, "a"], in: scratch).output == "[\"a\"]\n1\n")
    let piped = try Program.run(["--json"], in: scratch, input: "return 5")
    #expect(piped.output == "5\n")
  }

  /// Code that fails, with the code of its error and the exit status.
  static let failures: [(code: String, error: String, status: Int32)] = [
    ("vault.get('none')", "vault.not_found", 1), ("error('x')", "lua.error", 1),
    ("x = = 1", "lua.syntax", 1), ("local t = {} t.t = t return t", "json.invalid", 1),
    ("require('tools.assertions').same(1, 2)", "check.failed", 3),
  ]

  @Test(arguments: failures) func `an error is one document on standard output`(
    code: String,
    error: String,
    status: Int32
  ) throws {
    let outcome = try Program.run(["--json", "-e", code], in: Scratch())
    #expect(outcome.status == status)
    let last = Data((outcome.lines.last ?? "").utf8)
    let document = try JSONSerialization.jsonObject(with: last) as? [String: [String: Any]]
    let fields = try #require(document?["error"])
    #expect(fields["code"] as? String == error)
    #expect((fields["message"] as? String)?.isEmpty == false)
    #expect(outcome.errors.isEmpty)
  }

  @Test func `an error has the service's own fields`() throws {
    let output = try Program.run(["--json", "-e", "vault.get('none')"], in: Scratch()).output
    let document =
      try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: [String: Any]]
    let fields = try #require(document?["error"])
    #expect(fields["status"] as? Int == 404)
    #expect(fields["azure_code"] as? String == "ResourceNotFound")
    #expect(fields["hint"] is String && fields["traceback"] is String)
  }
}
