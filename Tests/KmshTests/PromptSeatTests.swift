import Foundation
import Testing

/// What a prompt at a real terminal does beside reading lines.
@Suite struct PromptSeatTests {
  /// Starts a prompt and waits for it.
  private func start(_ scratch: Scratch, _ arguments: [String] = []) throws -> Terminal {
    let terminal = try Terminal(in: scratch, arguments)
    terminal.wait(for: "kmsh> ")
    return terminal
  }

  private func enter(_ terminal: Terminal, _ line: String, thenSee texts: String...) {
    terminal.type(line + "\n")
    for text in texts { terminal.wait(for: text) }
    terminal.wait(for: "kmsh> ")
  }

  private func leave(_ terminal: Terminal) {
    terminal.type("\\quit\n")
    #expect(terminal.status() == 0)
  }

  @Test func `what destroys asks for the name, and does nothing unless it is typed`() throws {
    let scratch = try Scratch()
    let terminal = try start(scratch)
    enter(terminal, "v = vault.create{ name = 'kv1', resource_group = 'rg' }")
    for answer in ["yes\n", "\n", "\u{4}", "\u{3}"] {
      terminal.type("workspace.reset()\n")
      terminal.wait(for: "takes 1 × resource group, 1 × vault")
      terminal.wait(for: "type workspace.db to go on: ")
      terminal.type(answer)
      terminal.wait(for: "kmsh> ")
    }
    enter(terminal, "'vaults: ' .. #vault.list{}", thenSee: "'vaults: 1'")
    terminal.type("workspace.reset()\n")
    terminal.wait(for: "type workspace.db to go on: ")
    terminal.type("workspace.db\n")
    terminal.wait(for: "kmsh> ")
    enter(terminal, "'vaults: ' .. #vault.list{}", thenSee: "'vaults: 0'")
    enter(terminal, "\\undo", thenSee: "took back: ", "deleted vault kv1")
    enter(terminal, "'vaults: ' .. #vault.list{}", thenSee: "'vaults: 1'")
    leave(terminal)
  }

  @Test func `help lists the commands`() throws {
    let scratch = try Scratch()
    let terminal = try start(scratch)
    enter(
      terminal,
      "\\help",
      thenSee: "commands\r\n",
      "\\time CHUNK",
      "\\undo [log]",
      "\\quit",
      "modules\r\n"
    )
    leave(terminal)
  }

  @Test func `a script at a terminal is not asked`() throws {
    let scratch = try Scratch()
    let script = try scratch.write(
      """
      local c = cluster.create{ name = 'c1', resource_group = 'rg' }
      secret.create{ cluster = c, name = 's' }
      print(select(2, pcall(c.delete, c)).code)
      """,
      to: "s.lua"
    )
    let terminal = try Terminal(in: scratch, [script])
    terminal.wait(for: "confirm.required")
    #expect(terminal.status() == 0)
  }

  @Test func `what does not fit on the screen waits`() throws {
    let scratch = try Scratch()
    let terminal = try start(scratch)
    enter(terminal, "\\! stty rows 12 columns 40 < /dev/tty")
    enter(terminal, "t = {} for n = 1, 30 do t[n] = { n = 'item ' .. n } end")
    terminal.type("t\n")
    terminal.wait(for: "item 9")
    terminal.wait(for: "more lines (\\more or more() goes on)")
    terminal.wait(for: "kmsh> ")
    enter(terminal, "more()", thenSee: "item 10", "item 19", "more lines")
    enter(terminal, "\\more", thenSee: "item 20", "item 29", "2 more lines")
    enter(terminal, "\\more", thenSee: "item 30", "}")
    enter(terminal, "\\more", thenSee: "there is no more")
    leave(terminal)
  }

  @Test func `a watch ends with control-C`() throws {
    let scratch = try Scratch()
    let terminal = try start(scratch)
    terminal.type("\\watch 0.1 'turn'\n")
    for _ in 1...3 {
      terminal.wait(for: "-- 20")
      terminal.wait(for: "'turn'")
    }
    terminal.type("\u{3}")
    terminal.wait(for: "kmsh> ")
    enter(terminal, "1 + 1", thenSee: "2\r\n")
    leave(terminal)
  }

  @Test func `an entry of yesterday is taken back today`() throws {
    let scratch = try Scratch()
    let yesterday = try start(scratch)
    enter(yesterday, "v = vault.create{ name = 'kv1', resource_group = 'rg' }")
    leave(yesterday)
    let today = try start(scratch)
    enter(today, "\\undo", thenSee: "created vault kv1")
    enter(today, "'vaults: ' .. #vault.list{}", thenSee: "'vaults: 0'")
    leave(today)
  }
}
