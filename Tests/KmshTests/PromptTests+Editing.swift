import Foundation
import Testing

extension PromptTests {
  /// Types the first half of a pasted block and waits until the program has it.
  private func begin(paste text: String, at terminal: Terminal) {
    let before = terminal.readCount
    terminal.type("\u{1B}[200~" + text)
    let count = text.utf8.count + 6
    terminal.wait(until: { terminal.readCount >= before + count })
  }

  @Test func `a resize and a stop wait for the end of a pasted block`() throws {
    let (terminal, _) = try prompt()
    begin(paste: "x = 4\ry ", at: terminal)
    let process = terminal.processID
    terminal.resize(columns: 60, rows: 20)
    kill(process, SIGTSTP)
    terminal.type("= 5\u{1B}[201~")
    terminal.wait(until: {
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      return status?.contains(") T ") == true
    })
    kill(process, SIGCONT)
    terminal.wait(for: "y = 5")
    terminal.type("\r")
    terminal.wait(for: "kmsh> ")
    terminal.type("x * y\r")
    terminal.wait(for: "20\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `control-C within a pasted block drops it`() throws {
    let (terminal, _) = try prompt()
    begin(paste: "leaked = 1\r", at: terminal)
    terminal.type(Key.interrupt)
    terminal.wait(for: "kmsh> ")
    terminal.type("leaked == nil\r")
    terminal.wait(for: "true\r\n")
    terminal.wait(for: "kmsh> ")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `a pasted block above a mebibyte is refused whole, and the line is kept`() throws {
    let (terminal, _) = try prompt()
    terminal.type("'ke' .. (leaked)" + Key.left)
    terminal.type(Key.paste(String(repeating: "leaked = 1\r", count: (1 << 20) / 11 + 500)))
    terminal.wait(for: "\u{7}")
    terminal.wait(for: "a pasted block may have 1 MiB at most")
    terminal.wait(for: "kmsh> 'ke' .. (leaked)")
    terminal.type(" or 'pt'\r")
    terminal.wait(for: "'kept'\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `in an entry of many lines the keys for a line's ends stay in the line`() throws {
    let (terminal, _) = try prompt()
    terminal.type(Key.paste("a = 1\rb = 2\rc = 3") + Key.up)
    terminal.type(Key.lineStart + "b0, " + Key.lineEnd + ", 5" + Key.up)
    // At a line's end the cut joins it with the next one.
    terminal.type(Key.lineEnd + " + 10 " + Key.cut + Key.down)
    terminal.type(Key.home + Key.cut + "d = [[" + Key.yank + "]]\r")
    terminal.wait(for: "kmsh> ")
    terminal.type("a, b0, b, d\r")
    terminal.wait(for: "11\r\n2\r\n5\r\n'c = 3'\r\n")
    terminal.type("#[[" + "x" + Key.home + "1 + " + Key.lineEnd + "y]]\r")
    terminal.wait(for: "3\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }

  @Test func `what was changed in an entry comes back with the arrows until a line is taken`()
    throws
  {
    let (terminal, _) = try prompt()
    for entry in ["one = 1", "two = 2"] {
      terminal.type(entry + "\r")
      terminal.wait(for: "kmsh> ")
    }
    terminal.type("'new'" + Key.up + "2" + Key.up + Key.down + Key.down + Key.up + "\r")
    terminal.wait(for: "kmsh> ")
    terminal.type("two + one\r")
    terminal.wait(for: "23\r\n")
    // Above what was entered since, the entry is as it was.
    terminal.type(Key.up + Key.up + Key.up + "\r")
    terminal.wait(for: "kmsh> ")
    terminal.type("two + one\r")
    terminal.wait(for: "3\r\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("'new'" + Key.up + Key.up + Key.down + Key.down + Key.down + "\r")
    terminal.wait(for: "'new'\r\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("for i = 1, 2 do\r")
    terminal.wait(for: "   .. ")
    terminal.type("print('turn', i)" + Key.up)
    terminal.wait(for: "print('turn', i)")
    terminal.wait(for: "print('turn', i)")
    terminal.type(Key.down + Key.down + " end\r")
    terminal.wait(for: "turn\t2\r\n")
    terminal.type(Key.end)
    #expect(terminal.status() == 0)
  }
}
