import Foundation

#if canImport(Glibc)
  import Glibc
#endif

extension Benchmarks {
  /// What a person at a terminal waits for, with a workspace of many Secrets.
  static func prompts(_ kmsh: String, workspace: String) throws {
    let start = try median(of: 21) {
      let run = try PromptRun(kmsh, workspace: workspace)
      try run.wait(for: "kmsh> ")
      run.close()
    }
    show("  from start to the first prompt", start * 1e3, "ms", goal: "less than 40 ms")
    let run = try PromptRun(kmsh, workspace: workspace)
    defer { run.close() }
    try run.wait(for: "kmsh> ")
    func answer(_ keys: String, _ text: String) throws -> Double {
      try median(of: 1) {
        try run.type(keys)
        try run.wait(for: text)
      }
    }
    let sums = try (0..<51).map { _ in try answer("1+1\n", "kmsh> ") }
    show("  from prompt to prompt for 1+1", sums.sorted()[25] * 1e3, "ms", goal: "less than 2 ms")
    let rows =
      "k = key.create{ vault_name = vault.create{ name = 'kv-rows', resource_group = 'rg' }, "
      + "name = 'k' } rows = {} for n = 1, 100000 do rows[n] = k end"
    _ = try answer(rows + "\n", "kmsh> ")
    let screens = try (0..<21).map { _ in
      let screen = try answer("rows\n", "more lines")
      try run.wait(for: "kmsh> ")
      return screen
    }
    show(
      "  first screen of 100000 rows",
      screens.sorted()[10] * 1e3,
      "ms",
      goal: "less than 50 ms"
    )
    _ = try answer("c = cluster.get('c1')\n", "kmsh> ")
    // The first tab finds nothing that all have in common, the second lists what there is.
    let tabs = try (0..<51).map { _ in
      _ = try answer("secret.get{ cluster = c, namespace = 'ns10', name = 's1", "'s1")
      let tab = try answer("\t", "\u{7}")
      _ = try answer("\t", "and more")
      _ = try answer("\u{15}", "kmsh> ")
      return tab
    }
    show(
      "  a tab after the name of a Secret",
      tabs.sorted()[25] * 1e3,
      "ms",
      goal: "less than 20 ms"
    )
  }
}

/// kmsh at a terminal of its own.
private final class PromptRun {
  private let master: Int32
  private var process: pid_t = 0
  private var screen = ""

  init(_ kmsh: String, workspace: String) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (unlocked, number): (CInt, CInt) = (0, 0)
    // What unlockpt and ptsname do (ioctl_tty(2)); Glibc's module lacks them.
    guard master >= 0, ioctl(master, UInt(0x4004_5431), &unlocked) == 0,
      ioctl(master, UInt(0x8004_5430), &number) == 0
    else { throw CocoaError(.fileReadUnknown) }
    var size = winsize(ws_row: 50, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0)
    guard ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else { throw CocoaError(.fileReadUnknown) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/pts/\(number)", O_RDWR, 0)
    }
    posix_spawn_file_actions_addclose(&actions, master)
    let variables = [
      "TERM=xterm", "NO_COLOR=1", "KMSH_HISTORY=", "LC_ALL=C.UTF-8", "HOME=/nonexistent",
    ]
    let words: [String] = [kmsh, "--workspace", workspace]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    guard posix_spawn(&process, kmsh, &actions, nil, &arguments, &environment) == 0 else {
      throw CocoaError(.executableLoad)
    }
  }

  func type(_ keys: String) throws {
    guard write(master, keys, keys.utf8.count) == keys.utf8.count else {
      throw CocoaError(.fileWriteUnknown)
    }
  }

  /// Waits until a text shows after what was waited for last.
  func wait(for text: String) throws {
    var room = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let range = screen.range(of: text) {
        screen = String(screen[range.upperBound...])
        return
      }
      let count = read(master, &room, room.count)
      guard count > 0 else { throw CocoaError(.fileReadUnknown) }
      screen += String(decoding: room[..<count], as: UTF8.self)
    }
  }

  /// Ends the program with its terminal.
  func close() {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
    Glibc.close(master)
  }
}
