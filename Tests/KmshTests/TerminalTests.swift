import Foundation
import Peers
import Testing

/// A person at a real terminal.
final class Terminal {
  private var master: Int32
  private let process: ChildProcess
  private var screen = ""

  init(
    in scratch: Scratch,
    _ arguments: [String] = [],
    environment: [String: String] = [:]
  ) throws {
    // What posix_openpt, unlockpt and ptsname do (ioctl_tty(2)); Glibc's module lacks them.
    let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
    var (unlocked, number): (CInt, CInt) = (0, 0)
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    guard master >= 0, ioctl(master, setLock, &unlocked) == 0,
      ioctl(master, getNumber, &number) == 0
    else { throw POSIXError(.ENXIO) }
    let line = try #require(FileHandle(forUpdatingAtPath: "/dev/pts/\(number)"))
    // A session of its own, so that control-C reaches the program as a signal.
    process = try Program.start(
      ["--ctty", "--wait", Program.path] + arguments,
      in: scratch,
      executable: "/usr/bin/setsid",
      environment: ["NO_COLOR": "1", "SWIFT_BACKTRACE": "enable=no"].merging(environment) { $1 },
      output: line,
      errors: line,
      input: line
    )
    try line.close()
  }

  deinit { hangUp() }

  /// Ends the line, and with it a program that is still there.
  private func hangUp() {
    guard master >= 0 else { return }
    if process.isRunning, processID > 0 { kill(processID, SIGKILL) }
    close(master)
    master = -1
  }

  /// Types keys, as they come from a keyboard.
  func type(_ keys: String) {
    var bytes = Array(keys.utf8)[...]
    while !bytes.isEmpty {
      // What the program shows meanwhile must be taken, or both would wait.
      let count = bytes.prefix(512).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
      guard count > 0 else {
        Issue.record("the terminal takes no keys")
        return
      }
      bytes = bytes.dropFirst(count)
      while readMore(until: .now) {}
    }
  }

  /// The program, which leads the terminal's foreground.
  var processID: pid_t { tcgetpgrp(master) }

  /// The modes of the line: flags and special characters.
  var modes: [UInt32] {
    var modes = termios()
    guard tcgetattr(master, &modes) == 0 else { return [] }
    let characters = withUnsafeBytes(of: modes.c_cc) { $0.map { UInt32($0) } }
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag] + characters
  }

  /// Changes the size of the window, which the program is told of.
  func resize(columns: UInt16, rows: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    #expect(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
  }

  /// Waits until something holds of the program, looking again whenever a moment has passed.
  func wait(until condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
      guard .now < deadline else {
        Issue.record("it never came so: \(screen.debugDescription)", sourceLocation: sourceLocation)
        return
      }
      _ = readMore(until: .now + .milliseconds(10))
    }
  }

  /// Waits until a text shows after what was waited for last.
  func wait(for text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      if let range = screen.range(of: text) {
        screen = String(screen[range.upperBound...])
        return
      }
      guard readMore(until: deadline) else {
        Issue.record("no '\(text)' in: \(screen.debugDescription)", sourceLocation: sourceLocation)
        return
      }
    }
  }

  /// Presses a key until a text shows: two that come at once may be one to the program.
  func press(_ key: String, until text: String, sourceLocation: SourceLocation = #_sourceLocation) {
    wait(
      until: {
        type(key)
        while readMore(until: .now + .milliseconds(200)), !screen.contains(text) {}
        return screen.contains(text)
      },
      sourceLocation: sourceLocation
    )
  }

  /// The processor's time that the program has taken, in hundredths of a second.
  var processorTicks: Int {
    // A program that has ended takes no time.
    let fields = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8)
      .split(separator: ")").last?.split(separator: " ")
    return fields.flatMap { $0.count > 11 ? Int($0[11]) : nil } ?? 0
  }

  /// Bytes that the program has read since it began.
  var readCount: Int {
    // A program that has ended reads nothing.
    let counts = try? String(contentsOfFile: "/proc/\(processID)/io", encoding: .utf8)
    let first = counts?.split(separator: "\n").first { $0.hasPrefix("rchar: ") }
    return first.flatMap { Int($0.dropFirst(7)) } ?? 0
  }

  private func readMore(until deadline: ContinuousClock.Instant) -> Bool {
    var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    let left = (deadline - .now) / .milliseconds(1)
    guard left > 0, poll(&request, 1, Int32(left)) == 1 else { return false }
    var room = [UInt8](repeating: 0, count: 4096)
    let count = read(master, &room, room.count)
    guard count > 0 else { return false }
    screen += String(decoding: room[..<count], as: UTF8.self)
    return true
  }

  /// Waits for the end and returns the exit status, or the number of the signal that ended it.
  func status() -> Int32 {
    let deadline = ContinuousClock.now + .seconds(60)
    while process.isRunning, .now < deadline { _ = readMore(until: .now + .milliseconds(50)) }
    hangUp()
    process.waitUntilExit()
    // setsid(1) ends with a signal's number, and with 128 more when there was a core.
    let status = process.terminationStatus
    return status > 128 && status != 130 ? status - 128 : status
  }
}

@Suite struct TerminalTests {
  @Test func `a session at a terminal: values, many lines, errors, control-C, control-D`() throws {
    let scratch = try Scratch()
    let terminal = try Terminal(in: scratch)
    terminal.wait(for: "kmsh> ")
    terminal.type("20 + 22\n")
    terminal.wait(for: "42\r\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("for i = 1, 2 do\n")
    terminal.wait(for: "   .. ")
    terminal.type("print('turn', i) end\n")
    terminal.wait(for: "turn\t1")
    terminal.wait(for: "kmsh> ")
    terminal.type("error{ code = 'a.b', message = 'it broke', hint = 'mend it' }\n")
    terminal.wait(for: "error: it broke")
    terminal.wait(for: "hint: mend it")
    terminal.wait(for: "kmsh> ")
    // At the prompt control-C drops what was typed.
    terminal.type("print('never'")
    terminal.type("\u{3}")
    terminal.wait(for: "kmsh> ")
    // In a loop it ends the loop, pcall or not.
    terminal.type(
      "print('run' .. 'ning') while true do pcall(function() while true do end end) end\n"
    )
    terminal.wait(for: "running")
    terminal.type("\u{3}")
    terminal.wait(for: "interrupted at stdin:1")
    terminal.wait(for: "kmsh> ")
    terminal.type("1 + 1\n")
    terminal.wait(for: "2\r\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("\u{4}")
    #expect(terminal.status() == 0)
  }

  @Test func `what was typed is there next time, without its secrets`() throws {
    let scratch = try Scratch()
    let file = scratch.file(".local/state/kmsh/history")
    let first = try Terminal(in: scratch)
    first.wait(for: "kmsh> ")
    first.type("kept = 'kept entry'\n")
    first.wait(for: "kmsh> ")
    first.type("t = { data = { password = 'swordfish' } }\n")
    first.wait(for: "kmsh> ")
    first.type("\u{4}")
    #expect(first.status() == 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    #expect(text.contains("kept entry") && !text.contains("swordfish"))
    #expect(text.contains("t = { data = { password = '‹secret›' } }"))
    let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let second = try Terminal(in: scratch)
    second.wait(for: "kmsh> ")
    second.type("\u{1B}[A")
    second.wait(for: "‹secret›")
    second.type("\u{1B}[A")
    second.wait(for: "kept entry")
    second.type("\n")
    second.wait(for: "kmsh> ")
    second.type("\\quit\n")
    #expect(second.status() == 0)
  }

  @Test func `after a script, -i leaves its globals at the prompt`() throws {
    let scratch = try Scratch()
    let script = try scratch.write("answer = 6 * 7", to: "s.lua")
    let terminal = try Terminal(in: scratch, ["-i", script])
    terminal.wait(for: "kmsh> ")
    terminal.type("answer\n")
    terminal.wait(for: "42\r\n")
    terminal.wait(for: "kmsh> ")
    terminal.type("\u{4}")
    #expect(terminal.status() == 0)
  }
}
