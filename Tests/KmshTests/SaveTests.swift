import Foundation
import Testing

/// What was entered at a prompt, saved and replayed there.
@Suite struct SaveTests {
  @Test func `a session is saved without colours, and replayed`() throws {
    let scratch = try Scratch()
    let path = scratch.file("session.lua")
    let terminal = try Terminal(in: scratch, ["--seed", "7"], environment: ["TERM": "xterm"])
    terminal.wait(for: "kmsh> ")
    for entry in [
      "clock.freeze '2026-01-01T00:00:00Z'",
      "v = vault.create{ name = 'kv1', resource_group = 'rg' }", "v",
      "print(json.encode{ password = 'swordfish' })",
      "key.get('x')",
    ] {
      terminal.type(entry + "\n")
      terminal.wait(for: "kmsh")
      terminal.wait(for: "> ")
    }
    terminal.type("\\save \(path) 2-\n")
    terminal.wait(for: "4 entries in")
    terminal.type("\\save \(path) 0-x\n")
    terminal.wait(for: "a range of entries is written as")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.hasPrefix("-- kmsh transcript 1  seed=7\nv = vault.create"))
    #expect(text.contains("--> vault kv1\n") && text.contains("--! key.id_invalid\n"))
    #expect(!text.contains("\u{1B}") && !text.contains("clock.freeze"))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    // What shows nothing is one with what follows.
    terminal.type("\\replay \(path)\n")
    terminal.wait(for: "3 run, 0 differ")
    // The prompt's own workspace is as it was.
    terminal.type("#vault.list{}\n")
    terminal.wait(for: "1\r\n")
    terminal.type("\\quit\n")
    #expect(terminal.status() == 0)
  }

  @Test func `what was entered without a seed replays as it came out`() throws {
    let scratch = try Scratch()
    let path = scratch.file("session.lua")
    let terminal = try Terminal(in: scratch)
    terminal.wait(for: "kmsh> ")
    for entry in [
      "v = vault.create{ name = 'kv1', resource_group = 'rg' }",
      "k = v:create_key{ name = 'k', kty = 'EC' }", "k", "k.kid", "key.list{ vault_name = v }",
      "identity.create{ name = 'id1', resource_group = 'rg' }", "clock.now()", "#vault.list{}",
      "return 7",
    ] {
      terminal.type(entry + "\n")
      terminal.wait(for: "kmsh> ")
    }
    terminal.type("\\save \(path)\n")
    terminal.wait(for: "9 entries in")
    terminal.type("\\replay \(path)\n")
    terminal.wait(for: "7 run, 0 differ")
    terminal.type("\\quit\n")
    #expect(terminal.status() == 0)
  }

  @Test func `one entry is saved by its number, and for its owner's eyes only`() throws {
    let scratch = try Scratch()
    let path = try scratch.write("for all", to: "session.lua")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let terminal = try Terminal(in: scratch)
    terminal.wait(for: "kmsh> ")
    for entry in ["a = 1", "b = 2", "password = 'swordfish' )"] {
      terminal.type(entry + "\n")
      terminal.wait(for: "kmsh> ")
    }
    terminal.type("\\save \(path) 2\n")
    terminal.wait(for: "1 entry in")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "-- kmsh transcript 1\nb = 2\n")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    terminal.type("\\save \(path)\n")
    terminal.wait(for: "3 entries in")
    #expect(!(try String(contentsOfFile: path, encoding: .utf8)).contains("swordfish"))
    terminal.type("\\quit\n")
    #expect(terminal.status() == 0)
  }

  @Test func `a broken transcript is told as that, and a sandbox opens none`() throws {
    let scratch = try Scratch()
    let path = try scratch.write("-- kmsh transcript 1\nx = = 1\n", to: "broken.lua")
    let terminal = try Terminal(in: scratch)
    terminal.wait(for: "kmsh> ")
    terminal.type("select(2, pcall(prompt.replay, '\(path)')).code\n")
    terminal.wait(for: "'transcript.broken'")
    terminal.type("\\quit\n")
    #expect(terminal.status() == 0)
    let sandbox = try Terminal(in: scratch, ["--sandbox"])
    sandbox.wait(for: "kmsh> ")
    for call in ["save", "replay"] {
      sandbox.type("select(2, pcall(prompt.\(call), '\(path)')).code\n")
      sandbox.wait(for: "'sandbox.refused'")
    }
    sandbox.type("\\quit\n")
    #expect(sandbox.status() == 0)
  }
}
