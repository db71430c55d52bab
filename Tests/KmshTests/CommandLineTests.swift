import Foundation
import Peers
import Testing

@Suite struct CommandLineTests {
  struct Case: CustomTestStringConvertible {
    let arguments: [String]
    var input: String?
    let output: String
    var status: Int32 = 0
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let cases = [
    Case(arguments: ["-e", ""], output: ""),
    Case(arguments: ["-e", "print(1 // 1, 1 / 1)"], output: "1\t1.0\n"),
    Case(arguments: ["-e", "x = 1", "-e", "print(x)"], output: "1\n"),
    Case(
      arguments: ["-l", "util.printer", "-e", "print(type(_G['util.printer']))"],
      output: "table\n"
    ),
    Case(arguments: ["-l", "p=util.printer", "-e", "print(type(p))"], output: "table\n"),
    Case(arguments: ["-", "a", "b"], input: "print(#arg, ...)", output: "2\ta\tb\n"),
    Case(arguments: [], input: "print(6 * 7)", output: "42\n"),
    Case(arguments: [], input: "", output: ""),
    Case(arguments: ["-e", "os.exit(7)"], output: "", status: 7),
    Case(arguments: ["-e", "os.exit(true)"], output: "", status: 0),
    Case(arguments: ["-e", "os.exit(false)"], output: "", status: 1),
    Case(arguments: ["-e", "error('x')"], output: "", status: 1),
    Case(
      arguments: ["-e", "print('before') error{ code = 'a.b', message = 'm' }"],
      output: "before\n",
      status: 1
    ),
    Case(arguments: ["-e", "syntax error"], output: "", status: 1),
    Case(arguments: [], input: "print(1)\nerror('stop')\nprint(2)", output: "1\n", status: 1),
    Case(arguments: ["nowhere.lua"], output: "", status: 1),
    Case(arguments: ["/tmp"], output: "", status: 1),
    Case(arguments: ["/dev/null"], output: ""),
    Case(arguments: ["-l", "nowhere"], output: "", status: 1),
    Case(arguments: ["--bogus"], output: "", status: 2),
    Case(arguments: ["-e"], output: "", status: 2),
    Case(arguments: ["--limit-memory", "0"], output: "", status: 2),
    Case(arguments: ["--limit-memory", "lots"], output: "", status: 2),
    Case(arguments: ["--limit-instructions", "0"], output: "", status: 2),
    Case(arguments: ["-i", "-"], output: "", status: 2),
    Case(arguments: ["-i", "/dev/null"], output: "", status: 2),
    Case(
      arguments: ["--limit-instructions", "100000", "-e", "while true do end"],
      output: "",
      status: 1
    ),
    Case(
      arguments: ["--limit-memory", "16", "-e", "local t = {} while true do t[#t + 1] = {} end"],
      output: "",
      status: 1
    ),
    Case(
      arguments: ["-e", "print(load(string.dump(function() end), 'x', 'b'))"],
      output: "nil\tattempt to load a binary chunk (mode is 't')\n"
    ),
  ]

  @Test(arguments: cases)
  func `output and exit status are as in the contract`(test: Case) throws {
    let outcome = try Program.run(test.arguments, in: Scratch(), input: test.input)
    #expect(outcome.output == test.output)
    #expect(outcome.status == test.status, "\(outcome.errors)")
    #expect(
      outcome.errors.isEmpty
        == (test.status == 0 || test.arguments.contains { $0.contains("os.exit") })
    )
  }

  @Test func `arg and the varargs are those of lua`() throws {
    let scratch = try Scratch()
    let script = try scratch.write(
      "#!/usr/bin/env kmsh\nprint(#arg, arg[0], arg[-1], ...)",
      to: "s.lua"
    )
    let outcome = try Program.run(["-e", "x = 1", script, "-e", "b c"], in: scratch)
    #expect(outcome.output == "2\t\(script)\tx = 1\t-e\tb c\n")
  }

  @Test func `modules beside the script are found`() throws {
    let scratch = try Scratch()
    _ = try scratch.write("return { answer = 42 }", to: "near.lua")
    let script = try scratch.write("print(require('near').answer)", to: "s.lua")
    #expect(try Program.run([script], in: scratch).output == "42\n")
  }

  @Test func `an uncaught error tells message, hint, rule, service and place`() throws {
    let scratch = try Scratch()
    let script = try scratch.write(
      """
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      local k = key.create{ vault_name = v, name = 'k', expires = '2020-01-01T00:00:00Z' }
      k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'secret words' }
      """,
      to: "s.lua"
    )
    let outcome = try Program.run([script], in: scratch)
    #expect(outcome.status == 1)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.first?.hasPrefix("error: ") == true)
    #expect(lines.contains { $0.hasPrefix("hint: ") })
    #expect(lines.contains { $0.hasPrefix("service: 403 Forbidden KeyExpired") })
    #expect(outcome.errors.contains("s.lua:3: in main chunk"))
    #expect(!outcome.errors.contains("secret words"))
  }

  @Test(arguments: ["version", "--version"])
  func `version names kmsh and the libraries`(word: String) throws {
    let names = try Program.run([word], in: Scratch()).lines.compactMap {
      $0.split(separator: " ").first
    }
    #expect(names == ["kmsh", "Lua", "OpenSSL", "SQLite", "libedit"])
  }

  @Test(arguments: ["-h", "--help"])
  func `help goes to standard output`(flag: String) throws {
    let outcome = try Program.run([flag], in: Scratch())
    #expect(outcome.status == 0 && outcome.output.contains("--workspace"))
  }

  @Test func `a script that asks nothing of the cloud makes no workspace`() throws {
    let scratch = try Scratch()
    _ = try Program.run(["-e", "print(workspace.path, json.encode{ 1 })"], in: scratch)
    #expect(!FileManager.default.fileExists(atPath: scratch.file("workspace.db")))
    _ = try Program.run(["-e", "vault.list{}"], in: scratch)
    #expect(FileManager.default.fileExists(atPath: scratch.file("workspace.db")))
  }

  @Test func `control-C ends a script with 130 and takes its transaction back`() throws {
    let scratch = try Scratch()
    let pipe = Pipe()
    let process = try Program.start(
      [
        "-e",
        """
        vault.create{ name = 'kept', resource_group = 'rg' }
        workspace.transaction(function()
          vault.create{ name = 'lost', resource_group = 'rg' }
          io.stdout:write('ready\\n') io.stdout:flush()
          while true do pcall(function() while true do end end) end
        end)
        """,
      ],
      in: scratch,
      output: pipe.fileHandleForWriting,
      errors: nil
    )
    try pipe.fileHandleForWriting.close()
    _ = pipe.fileHandleForReading.availableData
    process.send(SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    let names = try Program.run(
      ["-e", "for _, v in ipairs(vault.list{}) do print(v.name) end"],
      in: scratch
    )
    #expect(names.lines == ["kept"])
  }
}
