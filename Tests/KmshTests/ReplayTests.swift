import Foundation
import Testing

/// Transcripts: recorded, replayed, compared.
@Suite struct ReplayTests {
  static let folder = Program.root.appending(path: "Tests/KmshTests/Transcripts")
  static let names: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()

  @Test func `there are transcripts`() { #expect(Self.names.count >= 3) }

  @Test(arguments: names) func `a transcript replays as it was recorded`(name: String) throws {
    let path = Self.folder.appending(path: name).path
    let outcome = try Program.run(["replay", path], in: Scratch())
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let transcript: String
    var status: Int32 = 0
    /// Lines that the report must have.
    var lines: [String] = []
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "what is printed", transcript: "print(1)\n--> 1"),
    Case(name: "what is printed on the same line", transcript: "print(1) --> 1"),
    Case(name: "what is written", transcript: "io.write('a', 'b\\n')\n--> ab"),
    Case(name: "lines within a loop", transcript: "for n = 1, 2 do\n  print(n) --> 1\nend\n--> 2"),
    Case(name: "an empty line", transcript: "print('a\\n\\nb')\n--> a\n-->\n--> b"),
    Case(name: "blanks at the end", transcript: "print('a  ')\n--> a"),
    Case(name: "a value", transcript: "_ = { 1, a = 'x' }\n--> { 1, a = 'x' }"),
    Case(name: "a call's values", transcript: "math.max(1, 3)\n--> 3"),
    Case(
      name: "an object as the prompt shows it",
      transcript: "v = vault.create{ name = 'kv1', resource_group = 'rg' }\n--> vault kv1\n--> …"
    ),
    Case(
      name: "an object as one line",
      transcript:
        "local v = vault.create{ name = 'kv1', resource_group = 'rg' }\n--> vault kv1  rg  eastus …"
    ),
    Case(
      name: "a local is known to the next entry",
      transcript: "local x = 4 --> 4\nprint(x) --> 4"
    ),
    Case(
      name: "a local hides a module, and only here",
      transcript: "local vault = 1 --> 1\nprint(vault, _G.vault ~= 1) --> 1\ttrue"
    ),
    Case(
      name: "a local function calls itself",
      transcript:
        "local function f(n) return n < 1 and 0 or n + f(n - 1) end\nprint(f(4)) --> 10"
    ),
    Case(name: "the last value", transcript: "_ = 6 * 7 --> 42\nprint(_) --> 42"),
    Case(name: "an error by its code", transcript: "vault.get('none')\n--! vault.not_found"),
    Case(name: "an error without one", transcript: "error('x')\n--! lua.error"),
    Case(name: "an error by any code", transcript: "vault.get('none')\n--! vault.…"),
    Case(
      name: "output before an error",
      transcript: "print(1) error('x')\n--> 1\n--! lua.error\nprint(2)\n--> 2"
    ),
    Case(name: "anything in a line", transcript: "print('id 4711 of 12')\n--> id … of 12"),
    Case(name: "signs of patterns", transcript: "print('a.b%d (x)…')\n--> a.b%d (…"),
    Case(name: "any lines", transcript: "for n = 1, 9 do print(n) end\n--> 1\n--> …\n--> 9"),
    Case(name: "any lines may be none", transcript: "print(1) print(9)\n--> 1\n--> …\n--> 9"),
    Case(
      name: "identifiers and times follow seed and clock",
      transcript: """
        -- kmsh transcript 1  seed=7 clock=2025-01-01T00:00:00Z
        print(clock.now(), math.random(1000))
        --> 2025-01-01T00:00:00Z\t…
        clock.advance('P1D')
        print(clock.now())
        --> 2025-01-02T00:00:00Z
        """
    ),
    Case(
      name: "another output",
      transcript: "print(1)\n--> 1\n\nprint(2)\n--> 3",
      status: 3,
      lines: [
        "t.lua:4: differs", "  print(2)", "- --> 3", "+ --> 2", "t.lua: 1 of 2 entries differ",
      ]
    ),
    Case(
      name: "output that is not there",
      transcript: "x = 1\n--> 1\n--> 2",
      status: 3,
      lines: ["- --> 2"]
    ),
    Case(
      name: "output that is too much",
      transcript: "print(1)\nprint(2)\n--> 1",
      status: 3,
      lines: ["+ --> 2"]
    ),
    Case(
      name: "output that none was expected of",
      transcript: "print(1)",
      status: 3,
      lines: ["+ --> 1"]
    ),
    Case(
      name: "an error that none was expected of",
      transcript: "vault.get('none')",
      status: 3,
      lines: ["+ --! vault.not_found", "  The Vault 'none' not found within subscription."]
    ),
    Case(
      name: "no error where one was expected",
      transcript: "x = 1\n--! vault.not_found",
      status: 3,
      lines: ["- --! vault.not_found"]
    ),
    Case(
      name: "another error",
      transcript: "error('x')\n--! vault.not_found",
      status: 3,
      lines: ["- --! vault.not_found", "+ --! lua.error"]
    ),
    Case(name: "what is no Lua", transcript: "x = = 1", status: 1),
    Case(
      name: "a form that is not known",
      transcript: "-- kmsh transcript 2\nprint(1) --> 1",
      status: 1
    ),
    Case(name: "leaving", transcript: "os.exit(7)", status: 7),
  ]

  @Test(arguments: cases) func `a replay compares what comes out with what is written`(
    test: Case
  ) throws {
    let scratch = try Scratch()
    let path = try scratch.write(test.transcript + "\n", to: "t.lua")
    let outcome = try Program.run(["replay", path], in: scratch)
    #expect(outcome.status == test.status, "\(outcome.output)\(outcome.errors)")
    let lines = outcome.lines.map { $0.replacing(scratch.path + "/", with: "") }
    for line in test.lines { #expect(lines.contains(line), "\(outcome.output)") }
  }

  @Test func `a replay leaves the user's workspace alone, unless it is named`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      "vault.create{ name = 'kv1', resource_group = 'rg' }\nprint(#vault.list{}) --> 1\n",
      to: "t.lua"
    )
    for _ in 1...2 { #expect(try Program.run(["replay", path], in: scratch).status == 0) }
    #expect(try Program.run(["-e", "print(#vault.list{})"], in: scratch).output == "0\n")
    let file = scratch.file("named.db")
    #expect(try Program.run(["--workspace", file, "replay", path], in: scratch).status == 0)
    // The name is taken there now.
    #expect(try Program.run(["--workspace", file, "replay", path], in: scratch).status == 3)
  }

  @Test func `a script is recorded statement by statement, and replays`() throws {
    let scratch = try Scratch()
    let script = try scratch.write(
      """
      -- A comment stays.
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      print(v.name, v.id)
      for n = 1, 2 do
        print(n) --> old output goes
      end
      local function tell() print(clock.now()) end
      tell()
      vault.get('none')
      """,
      to: "s.lua"
    )
    let file = scratch.file("t.lua")
    let outcome = try Program.run(["--record", file, script], in: scratch)
    #expect(outcome.status == 1)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let lines = text.split(separator: "\n").map { String($0) }
    #expect(lines.first?.wholeMatch(of: /-- kmsh transcript 1  seed=\d+ clock=[\dT:Z-]+/) != nil)
    #expect(lines[1] == "-- A comment stays.")
    #expect(lines.contains("--> 1") && !text.contains("old output"))
    #expect(lines.suffix(2) == ["vault.get('none')", "--! vault.not_found"])
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let replay = try Program.run(["replay", file], in: scratch)
    #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
    // Afterwards the clock goes on.
    let clock = try Program.run(["-e", "print(clock.now() ~= clock.freeze())"], in: scratch)
    #expect(clock.output == "false\n")
  }

  @Test(arguments: [[], ["--seed", "7"]])
  func `identifiers and random numbers are recorded as a replay makes them`(
    flags: [String]
  ) throws {
    let scratch = try Scratch()
    let file = scratch.file("t.lua")
    let code = "print(identity.create{ name = 'id1', resource_group = 'rg' }.principal_id)"
    let recorded = try Program.run(
      flags + ["--record", file, "-e", code, "-e", "print(math.random(1e9))"],
      in: scratch
    )
    #expect(recorded.status == 0 && recorded.lines.count == 2)
    let replayed = try Program.run(["replay", file], in: scratch)
    #expect(replayed.status == 0, "\(replayed.output)")
  }

  @Test func `two runs under one seed and clock are recorded alike`() throws {
    let code = """
      clock.freeze('2025-01-01T00:00:00Z')
      local v = vault.create{ name = 'kv1', resource_group = 'rg' }
      print(key.create{ vault_name = v, name = 'k' }.kid, identity.signed_in().id, math.random(1e9))
      """
    let outputs = try (1...2).map { _ in
      try Program.run(["--seed", "7", "-e", code], in: Scratch()).output
    }
    #expect(outputs[0] == outputs[1])
  }

  @Test func `a session at the prompt is recorded as it is typed`() throws {
    let scratch = try Scratch()
    let file = scratch.file("t.lua")
    let terminal = try Terminal(in: scratch, ["--record", file])
    // What is recorded has a clock that stands, and the prompt says so.
    for line in [
      "v = vault.create{ name = 'kv1', resource_group = 'rg' }", "v", "1 + 1",
      "print('printed', v.name)", "vault.get('none')", "x = = 1", "\\help vault",
      "k = key.create{ vault_name = v, name = 'k' }", "k.kid", "#vault.list{}", "return 7", "print",
      "c = cluster.create{ name = 'c1', resource_group = 'rg' }",
      "s = secret.create{ cluster = c, name = 'db', string_data = { pw = 'swordfish' } }",
      "s.data", "s.data.pw", "stringData = { pw = 'swordfish' } )", " hidden = 'blank'",
    ] {
      terminal.wait(for: "Z]> ")
      terminal.type(line + "\n")
    }
    terminal.wait(for: "Z]> ")
    terminal.type("\u{4}")
    #expect(terminal.status() == 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    for part in [
      "\n_ = v\n--> vault kv1\n", "\n_ = 1 + 1\n--> 2\n", "\n--> printed\tkv1\n",
      "\nvault.get('none')\n--! vault.not_found\n", "\n-- x = = 1\n",
      "\n_ = #vault.list{}\n--> 1\n",
      "\n--> { pw = '…' }\n", "\n--> '…'\n", "\n_ = print\n",
    ] {
      #expect(text.contains(part), "\(text)")
    }
    #expect(!text.contains("swordfish") && !text.contains("blank'"))
    let replay = try Program.run(["replay", file], in: scratch)
    #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
  }

  @Test func `secrets are left out of what is recorded`() throws {
    let scratch = try Scratch()
    let file = scratch.file("t.lua")
    let code = """
      kms.enable_public{ cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' }
      local s = secret.create{ cluster = 'c1', name = 'db', string_data = { a = 'swordfish' } }
      s:update{ string_data = { a = ('cuttle' .. 'fish') } }
      pem = '-----BEGIN ' .. 'x'
      token = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4'
      print(s.name, 'kept words')
      print(s.data.a)
      """
    let outcome = try Program.run(["--record", file, "-e", code], in: scratch)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    for secret in ["swordfish", "cuttle", "fish'", "BEGIN", "Zm9v"] {
      #expect(!text.contains(secret), "\(text)")
    }
    #expect(text.contains("string_data = { a = '‹secret›' }") && text.contains("'kept words'"))
    #expect(try Program.run(["replay", file], in: scratch).status == 0)
  }

  @Test func `in a sandbox what a script prints is recorded at its end`() throws {
    let scratch = try Scratch()
    let file = scratch.file("t.lua")
    let script = try scratch.write("print(1)\nlocal x = 2\nprint(x)", to: "s.lua")
    _ = try Program.run(["--sandbox", "--record", file, script], in: scratch)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.hasSuffix("\nprint(1)\nlocal x = 2\nprint(x)\n--> 1\n--> 2\n"), "\(text)")
    #expect(try Program.run(["replay", file], in: scratch).status == 0)
  }

  @Test func `an update writes down what comes out, and nothing else`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      """
      -- A comment.
      print(1) --> 1
      x = 5
      print(x) --> 4
      vault.get('none')
      for n = 1, 2 do
        print(n) --> 7
      end
      print('…')
      --> …
      """,
      to: "t.lua"
    )
    let outcome = try Program.run(["replay", "--update", path], in: scratch)
    #expect(outcome.status == 0 && outcome.output.hasSuffix("t.lua: 3 changed\n"))
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == """
        -- A comment.
        print(1) --> 1
        x = 5
        print(x)
        --> 5
        vault.get('none')
        --! vault.not_found
        for n = 1, 2 do
          print(n)
        end
        --> 1
        --> 2
        print('…')
        --> …
        """
    )
    #expect(try Program.run(["replay", path], in: scratch).status == 0)
  }

  @Test func `a recording that cannot be written stops before anything runs`() throws {
    let outcome = try Program.run(
      ["--record", "/nowhere/t.lua", "-e", "print(1)"],
      in: Scratch()
    )
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("error: cannot write /nowhere/t.lua: "))
  }

  @Test func `a workspace with something in it is told of when recording begins`() throws {
    let scratch = try Scratch()
    _ = try Program.run(["-e", "vault.create{ name = 'kv1', resource_group = 'rg' }"], in: scratch)
    let outcome = try Program.run(["--record", scratch.file("t.lua"), "-e", ""], in: scratch)
    #expect(outcome.status == 0 && outcome.errors.hasPrefix("note: the workspace is not empty"))
  }
}
