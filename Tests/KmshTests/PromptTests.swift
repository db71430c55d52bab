import Foundation
import Testing

/// Keys at the prompt, as a person presses them.
enum Key {
  static let up = "\u{1B}[A"
  static let down = "\u{1B}[B"
  static let home = "\u{1B}[H"
  static let lineStart = "\u{1}"
  static let lineEnd = "\u{5}"
  static let cut = "\u{B}"
  static let yank = "\u{19}"
  static let left = "\u{1B}[D"
  static let delete = "\u{7F}"
  static let tab = "\t"
  static let search = "\u{12}"
  static let interrupt = "\u{3}"
  static let end = "\u{4}"
  static let suspend = "\u{1A}"
  static func paste(_ text: String) -> String { "\u{1B}[200~\(text)\u{1B}[201~" }
}

@Suite struct PromptTests {
  func prompt(_ environment: [String: String] = [:]) throws -> (Terminal, Scratch) {
    let scratch = try Scratch()
    let terminal = try Terminal(
      in: scratch,
      environment: environment
    )
    terminal.wait(for: "kmsh> ")
    return (terminal, scratch)
  }

  @Test func `one tab inserts, two list, and what is listed stands above the line`() throws {
    let (terminal, _) = try prompt()
    terminal.type("v = vault.cr" + Key.tab)
    terminal.wait(for: "eate{")
    terminal.type("name = 'kv1', resource_group = 'rg' }\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("v:net" + Key.tab)
    terminal.wait(for: "work_")
    terminal.type(Key.tab + Key.tab)
    terminal.wait(for: "network_rule_add{ip_address?, subnet?}")
    terminal.wait(for: "kmsh> v:network_")
    terminal.type("path().name" + Key.interrupt)
    terminal.wait(for: "kmsh> ")
    terminal.type("vault.get('" + Key.tab)
    terminal.wait(for: "kv1'")
    terminal.type(").resource_group\n")
    terminal.wait(for: "'rg'\r\n")
    // At the start of a line it indents.
    terminal.type(Key.tab + "#'x'\n")
    terminal.wait(for: "1\r\n")
    terminal.type("\\quit\n")
    #expect(terminal.status() == 0)
  }

  @Test func `an entry of many lines is edited as one, when it is recalled and when it is found`()
    throws
  {
    let (terminal, _) = try prompt()
    terminal.type("for i = 1, 2 do\n")
    terminal.wait(for: "   .. ")
    terminal.type("pront('turn', i)" + Key.up)
    terminal.wait(for: "kmsh> ")
    terminal.wait(for: "for i = 1, 2 do")
    terminal.wait(for: "pront('turn', i)")
    terminal.type(String(repeating: Key.left, count: 13) + Key.delete + "i")
    terminal.type("\u{5} end\n")
    terminal.wait(for: "turn\t1\r\nturn\t2\r\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("'between'\n")
    terminal.wait(for: "kmsh> ")
    terminal.type(Key.search + "turn")
    terminal.wait(for: "print(")
    terminal.type("\n")
    terminal.wait(for: "turn\t2")
    terminal.wait(for: "kmsh> ")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test(arguments: [[:], ["LC_ALL": "", "LANG": ""], ["LC_ALL": "C"]])
  func `wide characters are edited as what they are`(environment: [String: String]) throws {
    let (terminal, _) = try prompt(environment)
    terminal.type("x = '日本語テスト'" + String(repeating: Key.left, count: 4))
    terminal.type(Key.delete + "国\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("#x, x:sub(1, 9), x:sub(-9)\n")
    terminal.wait(for: "18\r\n'日本国'\r\n'テスト'\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test(arguments: [
    "while true do end", "while true do pcall(function() while true do end end) end",
    "while true do pcall(pcall, function() while true do end end) end",
    "while true do coroutine.wrap(function() while true do end end)() end",
    "while true do pcall(coroutine.wrap(function() while true do end end)) end",
    "workspace.transaction(function() vault.create{ name = 'kv1', resource_group = 'rg' } "
      + "while true do pcall(vault.get, 'kv1') end end)",
  ])
  func `control-C stops any chunk, and takes its transaction back`(chunk: String) throws {
    let (terminal, _) = try prompt()
    terminal.type("print('run' .. 'ning') \(chunk)\n")
    terminal.wait(for: "running")
    terminal.type(Key.interrupt)
    terminal.wait(for: "error: interrupted at stdin:1")
    terminal.wait(for: "kmsh> ")
    terminal.type("vault.find('kv1') == nil\n")
    terminal.wait(for: "true\r\n")
    terminal.wait(for: "kmsh> ")
    // At the prompt it drops what is typed.
    terminal.type("print('never'")
    terminal.wait(for: "never'")
    terminal.type(Key.interrupt)
    terminal.wait(for: "kmsh> ")
    terminal.type("for i = 1, 2 do\n")
    terminal.wait(for: "   .. ")
    terminal.type(Key.interrupt)
    terminal.wait(for: "kmsh> ")
    terminal.type("1 + 1\n")
    terminal.wait(for: "2\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `control-Z stops the program in a plain terminal, and it comes back with the line`()
    throws
  {
    let (terminal, _) = try prompt()
    let raw = terminal.modes
    terminal.type("'half ")
    terminal.wait(for: "'half ")
    let process = terminal.processID
    terminal.type(Key.suspend)
    terminal.wait(until: {
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      return status?.contains(") T ") == true
    })
    #expect(terminal.modes != raw)
    kill(process, SIGCONT)
    terminal.wait(for: "kmsh> 'half ")
    #expect(terminal.modes == raw)
    terminal.type("way'\n")
    terminal.wait(for: "'half way'\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `a line goes on in a window of another size`() throws {
    let (terminal, _) = try prompt()
    terminal.resize(columns: 100, rows: 30)
    terminal.type("x = 'short'")
    terminal.wait(for: "x = 'short'")
    terminal.resize(columns: 60, rows: 20)
    terminal.wait(for: "kmsh> x = 'short'")
    terminal.type(" y = '" + String(repeating: "long ", count: 20) + "'")
    terminal.wait(for: "'")
    terminal.resize(columns: 40, rows: 20)
    terminal.wait(for: "kmsh> x = 'short'")
    terminal.type("\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("#x + #y\n")
    terminal.wait(for: "105\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `a paste of 500 lines is one entry, and quick`() throws {
    let (terminal, scratch) = try prompt()
    let lines = (1...500).map { "total = (total or 0) +\t\($0) -- line \($0)" }
    let start = ContinuousClock.now
    terminal.type(Key.paste(lines.joined(separator: "\r") + "\r"))
    terminal.type("\r")
    terminal.type("'sum ' .. total\r")
    terminal.wait(for: "'sum 125250'")
    #expect(ContinuousClock.now - start < .seconds(10))
    terminal.type(Key.paste("kmsh> for i = 1, 2 do\r   .. print('turn', i)\r   .. end\u{7}") + "\r")
    terminal.wait(for: "turn\t2")
    terminal.type("\\quit\r")
    #expect(terminal.status() == 0)
    let history = try String(
      contentsOfFile: scratch.file(".local/state/kmsh/history"),
      encoding: .utf8
    ).split(separator: "\n")
    #expect(history.count == 4)
    #expect(history[0].contains("+  500 -- line 500\""))
  }

  @Test func `a terminal that can do nothing serves`() throws {
    let (terminal, _) = try prompt(["TERM": "dumb"])
    terminal.type("for i = 1, 2 do\n")
    terminal.wait(for: "   .. ")
    terminal.type("print('turn', i, '日本') end\n")
    terminal.wait(for: "turn\t2\t日本")
    terminal.wait(for: "kmsh> ")
    terminal.type("while true do end\n")
    terminal.type(Key.interrupt)
    terminal.wait(for: "kmsh> ")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `colour ends before what is typed, and NO_COLOR is heard`() throws {
    let terminal = try Terminal(in: try Scratch(), environment: ["NO_COLOR": ""])
    terminal.wait(for: "\u{1B}[1;32mkmsh>\u{1B}[0m ")
    terminal.type("clock.advance('P91D')\n")
    terminal.wait(for: "kmsh\u{1B}[0;33m[t+91d]\u{1B}[1;32m>\u{1B}[0m ")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
    let (plain, _) = try prompt()
    plain.type("clock.advance('P91D')\n")
    plain.wait(for: "kmsh[t+91d]> ")
    plain.type(Key.end)
    #expect(plain.status() == 0)
  }

  @Test func `the user's own bindings are heard`() throws {
    let scratch = try Scratch()
    _ = try scratch.write("bind '^T' ed-insert-never\nbind '^G' ed-move-to-beg\n", to: ".editrc")
    let terminal = try Terminal(in: scratch)
    terminal.wait(for: "kmsh> ")
    terminal.type("'x'\u{7}#\n")
    terminal.wait(for: "1\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `history lists and forgets`() throws {
    let (terminal, scratch) = try prompt()
    for entry in ["first = 1", "note = 'do not keep me'"] {
      terminal.type(entry + "\n")
      terminal.wait(for: "kmsh> ")
    }
    terminal.type("\\history\n")
    terminal.wait(for: "1  first = 1\r\n  2  note = 'do not keep me'\r\n")
    terminal.type("\\history forget\n")
    terminal.wait(for: "forgotten: the last entry")
    terminal.wait(for: "kmsh> ")
    terminal.type(Key.up)
    terminal.wait(for: "first = 1")
    terminal.type(Key.interrupt)
    terminal.wait(for: "kmsh> ")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
    let file = try String(
      contentsOfFile: scratch.file(".local/state/kmsh/history"),
      encoding: .utf8
    )
    #expect(file == "\"first = 1\"\n")
  }

  @Test func `control-C drops what a pasted session still holds`() throws {
    let (terminal, _) = try prompt()
    let session = "kmsh> print('run' .. 'ning') while true do end\rkmsh> 1 + 1\rkmsh> ran = true\r"
    terminal.type(Key.paste(session) + "\r")
    terminal.wait(for: "running")
    terminal.type(Key.interrupt)
    terminal.wait(for: "interrupted at stdin:1")
    terminal.wait(for: "kmsh> ")
    terminal.type("ran == nil\n")
    terminal.wait(for: "true\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `the first line tells of help, and checkpoints are completed after a command`() throws
  {
    let scratch = try Scratch()
    let terminal = try Terminal(in: scratch)
    terminal.wait(for: "\\help lists what there is")
    terminal.wait(for: "kmsh> ")
    terminal.type("workspace.checkpoint 'before'\n")
    terminal.wait(for: "]> ")
    terminal.type("\\restore be" + Key.tab)
    terminal.wait(for: "fore")
    terminal.type(Key.interrupt)
    terminal.wait(for: "]> ")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  /// A way to leave the prompt.
  enum Exit: CaseIterable {
    case end, quit, exitCall, hardExitCall, thirdInterrupt, term, hangup, quitSignal, abort
  }

  @Test(arguments: Exit.allCases)
  func `the terminal's modes are restored at every way of leaving`(exit: Exit) throws {
    let scratch = try Scratch()
    let terminal = try Terminal(in: scratch)
    let before = terminal.modes
    terminal.wait(for: "kmsh> ")
    #expect(terminal.modes != before)
    let process = terminal.processID
    var status: Int32 = 0
    switch exit {
    case .end: terminal.type(Key.end)
    case .quit: terminal.type("\\quit\n")
    case .exitCall, .hardExitCall:
      terminal.type("os.exit(\(exit == .exitCall ? "7, true" : "7"))\n")
      status = 7
    case .thirdInterrupt:
      terminal.type("print('run' .. 'ning') string.rep('a', 60):find(('.-'):rep(25) .. 'b')\n")
      terminal.wait(for: "running")
      // It has been in native code for a while.
      let ticks = terminal.processorTicks
      terminal.wait(until: { terminal.processorTicks > ticks + 5 })
      terminal.press(Key.interrupt, until: "still in native code; once more quits")
      terminal.type(Key.interrupt)
      status = 130
    case .term: (status, _) = (SIGTERM, kill(process, SIGTERM))
    case .hangup: (status, _) = (SIGHUP, kill(process, SIGHUP))
    case .quitSignal: (status, _) = (SIGQUIT, kill(process, SIGQUIT))
    case .abort: (status, _) = (SIGABRT, kill(process, SIGABRT))
    }
    terminal.wait(until: { !FileManager.default.fileExists(atPath: "/proc/\(process)") })
    #expect(terminal.modes == before)
    #expect(terminal.status() == status)
  }
}
