import Foundation
import Peers
import Testing

/// Flags of scripts: what each does, in which order, and how a script ends.
@Suite struct FlagTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let arguments: [String]
    var output = ""
    var status: Int32 = 0
    var error = ""
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "-n runs nothing", arguments: ["-n", "-e", "print(1) error('x')"]),
    Case(
      name: "-n refuses what is no Lua",
      arguments: ["-n", "-e", "x = = 1"],
      status: 1,
      error: "unexpected symbol near '='"
    ),
    Case(
      name: "code may stand at its flag, as in lua",
      arguments: ["-eprint(1)", "-lutil.nearest", "-e", "print(type(_G['util.nearest']))"],
      output: "1\ntable\n"
    ),
    Case(
      name: "a module may stand at its flag with the name that it gets",
      arguments: ["--quiet", "-lnear=util.nearest", "-e", "print(type(near))"],
      output: "table\n"
    ),
    Case(
      name: "code at its flag may have an equals sign",
      arguments: ["-ex=1", "-e", "print(x)"],
      output: "1\n"
    ),
    Case(
      name: "what follows a flag is its value, whatever it looks like",
      arguments: ["--seed", "7", "-e", "print(...)", "-", "-lx=y"],
      output: "\n"
    ),
    Case(
      name: "-l comes before -e wherever it stands",
      arguments: ["-e", "print(type(near))", "-l", "near=util.nearest"],
      output: "table\n"
    ),
    Case(
      name: "a deadline ends a loop, whatever catches its error",
      arguments: [
        "--timeout", "0.2", "-e",
        "while true do pcall(function() while true do end end) end",
      ],
      status: 124,
      error: "error: out of time"
    ),
    Case(
      name: "a deadline ends a coroutine that catches its error",
      arguments: [
        "--timeout", "0.2", "-e",
        "while true do pcall(coroutine.wrap(function() while true do end end)) end",
      ],
      status: 124,
      error: "error: out of time"
    ),
    Case(
      name: "a message handler does not hear of a deadline",
      arguments: [
        "--timeout", "0.2", "-e",
        "while true do xpcall(function() while true do end end, print) end",
      ],
      status: 124,
      error: "error: out of time"
    ),
    Case(
      name: "a message handler does not hear of a limit",
      arguments: [
        "--limit-instructions", "100000", "-e", "xpcall(function() while true do end end, print)",
      ],
      status: 1,
      error: "instruction limit"
    ),
    Case(
      name: "a deadline met in a message handler ends it",
      arguments: ["--timeout", "0.2", "-e", "xpcall(error, function() while true do end end)"],
      status: 124,
      error: "error: out of time"
    ),
    Case(
      name: "a deadline ends what runs when a block ends",
      arguments: [
        "--timeout", "0.2", "-e",
        "local c <close> = setmetatable({}, { __close = function() while true do end end })",
      ],
      status: 124,
      error: "error: out of time"
    ),
    Case(
      name: "a deadline ends what Lua's own C does for ever",
      arguments: [
        "--timeout", "0.2", "-e", "string.find(('a'):rep(60), ('.-'):rep(30) .. 'b')",
      ],
      status: 124,
      error: "out of time in native code"
    ),
    Case(
      name: "a script in time does not hear of its deadline",
      arguments: ["--timeout", "60", "-e", "print(1)"],
      output: "1\n"
    ),
    Case(
      name: "--memory is what --limit-memory is",
      arguments: ["--memory", "16", "-e", "local t = {} while true do t[#t + 1] = {} end"],
      status: 1,
      error: "not enough memory"
    ),
    Case(
      name: "no time is no limit",
      arguments: ["--timeout", "0", "-e", ""],
      status: 2,
      error: "--timeout"
    ),
    Case(
      name: "--color knows three words",
      arguments: ["--color", "blue"],
      status: 2,
      error: "color"
    ),
    Case(
      name: "--color always is told by the variables that programs know",
      arguments: [
        "--color", "always", "-e", "print(os.getenv('CLICOLOR_FORCE'), os.getenv('NO_COLOR'))",
      ],
      output: "1\tnil\n"
    ),
    Case(
      name: "--color never is told so too",
      arguments: [
        "--color", "never", "-e", "print(os.getenv('CLICOLOR_FORCE'), os.getenv('NO_COLOR'))",
      ],
      output: "nil\t1\n"
    ),
    Case(name: "warnings are off at first", arguments: ["-e", "warn('x')"]),
    Case(
      name: "warnings go to standard error once they are on",
      arguments: ["-e", "warn('@on') warn('a', 'b') warn('@off') warn('c') print(1)"],
      output: "1\n",
      error: "warning: ab\n"
    ),
    Case(
      name: "-E knows no variable of kmsh",
      arguments: [
        "-E", "-e", "print((workspace.path:gsub('^.*/(kmsh/)', '%1')))",
      ],
      output: "kmsh/workspace.db\n"
    ),
    Case(
      name: "what is said of a check that failed is told from what is broken",
      arguments: ["-e", "require('tools.assertions').equal(1, 2)"],
      status: 3,
      error: "expected 1, got 2"
    ),
    Case(
      name: "a script that is named like a command",
      arguments: ["tset"],
      status: 1,
      error: "hint: did you mean 'test'?"
    ),
    Case(name: "help as a command", arguments: ["help"], status: 1, error: "hint: kmsh --help"),
    Case(name: "-i without a terminal", arguments: ["-i"], status: 2, error: "-i needs a terminal"),
    Case(name: "-i with --json", arguments: ["-i", "--json"], status: 2, error: "without -i"),
    Case(
      name: "a sandbox lets no module in C in",
      arguments: ["--sandbox", "--allow-c-modules", "-e", ""],
      status: 2,
      error: "exclude each other"
    ),
  ]

  @Test(arguments: cases) func `a flag does what it says`(test: Case) throws {
    let outcome = try Program.run(test.arguments, in: Scratch())
    #expect(outcome.output == test.output)
    #expect(outcome.status == test.status, "\(outcome.errors)")
    #expect(test.error.isEmpty ? outcome.errors.isEmpty : outcome.errors.contains(test.error))
  }

  @Test func `a seed makes identifiers and random numbers repeatable`() throws {
    let code = "print(identity.create{ name = 'id1', resource_group = 'rg' }.id, math.random(1e9))"
    let outputs = try ["7", "7", "8"].map { seed in
      try Program.run(["--seed", seed, "-e", code], in: Scratch()).output
    }
    #expect(outputs[0] == outputs[1] && outputs[0] != outputs[2] && !outputs[0].isEmpty)
  }

  // MARK: arg and modules

  static let argumentLines: [[String]] = [
    ["s.lua"], ["s.lua", "a", "-x", "--", "-"], ["-e", "x = 1", "s.lua", "b c"],
    ["--", "s.lua", "a"], ["-e", "x = 1", "-"], ["-", "a", "b"], ["-e", "x = 1", "--", "s.lua"],
  ]

  @Test(arguments: argumentLines) func `arg and the varargs are as in real lua`(
    arguments: [String]
  ) throws {
    let scratch = try Scratch()
    let code = """
      local all = {}
      for k, v in pairs(arg) do all[#all + 1] = k .. '=' .. (k < 0 and k == M and '' or v) end
      table.sort(all)
      print(table.concat(all, ' '), select('#', ...), ...)
      """
    // What stands first is the program itself.
    let script = "M = 0 while arg[M - 1] do M = M - 1 end\n" + code
    let path = try scratch.write(script, to: "s.lua")
    let line = arguments.map { $0 == "s.lua" ? path : $0 }
    let input = scratch.file("input")
    try Data(script.utf8).write(to: URL(filePath: input))
    let outputs = try ["/usr/bin/lua5.4", Program.path].map { program in
      let output = scratch.file("output")
      try Data().write(to: URL(filePath: output))
      let process = try Program.start(
        line,
        in: scratch,
        executable: program,
        output: FileHandle(forWritingAtPath: output),
        errors: nil,
        input: FileHandle(forReadingAtPath: input)
      )
      process.waitUntilExit()
      return try String(contentsOfFile: output, encoding: .utf8)
    }
    #expect(outputs[0] == outputs[1] && !outputs[0].isEmpty)
  }

  @Test func `modules are looked for beside the script, where the user says, and not here`() throws
  {
    let scratch = try Scratch()
    let folders = ["scripts", "path", ".local/share/kmsh/lua"]
    for folder in folders {
      try FileManager.default.createDirectory(
        atPath: scratch.file(folder),
        withIntermediateDirectories: true
      )
    }
    _ = try scratch.write("return 'user'", to: ".local/share/kmsh/lua/one.lua")
    _ = try scratch.write("return 'here'", to: "here.lua")
    _ = try scratch.write("return 'script'", to: "scripts/two.lua")
    _ = try scratch.write("return 'user'", to: ".local/share/kmsh/lua/two.lua")
    let script = try scratch.write(
      "print((require('one')), (require('two')), pcall(require, 'here'))",
      to: "scripts/s.lua"
    )
    let outcome = try Program.run([script], in: scratch)
    #expect(outcome.lines.first?.hasPrefix("user\tscript\tfalse\t") == true)
    // The environment's folder lies in between.
    _ = try scratch.write("return 'path'", to: "path/two.lua")
    _ = try scratch.write("return 'path'", to: "path/one.lua")
    let command =
      "KMSH_PATH='\(scratch.file("path"))' '\(Program.path)' -e "
      + "\"print((require('one')), (require('two')))\""
    let output = scratch.file("output")
    try Data().write(to: URL(filePath: output))
    try Program.start(
      ["-c", command + "; cd '\(scratch.path)'; '\(Program.path)' -e \"require('here')\""],
      in: scratch,
      executable: "/bin/sh",
      output: FileHandle(forWritingAtPath: output),
      errors: nil
    ).waitUntilExit()
    #expect(try String(contentsOfFile: output, encoding: .utf8) == "path\tpath\n")
  }

  @Test func `a startup file is for the prompt, and its errors stop nothing`() throws {
    let scratch = try Scratch()
    let folder = scratch.file(".config/kmsh")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    _ = try scratch.write("started = 'yes' error('too early')", to: ".config/kmsh/init.lua")
    #expect(try Program.run(["-e", "print(started)"], in: scratch).output == "nil\n")
    let prompt = try Terminal(in: scratch, ["-i", "-e", "print('chunk', started)"])
    prompt.wait(for: "warning: error: ")
    prompt.wait(for: "too early")
    prompt.wait(for: "chunk\tyes")
    prompt.wait(for: "kmsh> ")
    prompt.type("os.exit(9)\n")
    #expect(prompt.status() == 9)
    let without = try Terminal(in: scratch, ["-E", "-i", "-e", "print('chunk', started)"])
    without.wait(for: "chunk\tnil")
    without.wait(for: "kmsh> ")
    without.type("\u{4}")
    #expect(without.status() == 0)
  }
}

/// Progress of a script, in the program.
@Suite struct ScriptProgressTests {
  private static let code = """
    local p <close> = progress{ total = 20, title = 'count' }
    for n = 1, 20 do p:step() end
    print('done')
    """

  @Test func `in a log it stands on standard error, a line each tenth`() throws {
    let outcome = try Program.run(["-e", Self.code], in: Scratch())
    #expect(outcome.output == "done\n")
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 10)
    #expect(lines.first?.hasPrefix("count [##..................] 10% 2 of 20, ") == true)
  }

  @Test func `with --quiet there is none`() throws {
    let outcome = try Program.run(["--quiet", "-e", Self.code], in: Scratch())
    #expect(outcome.output == "done\n" && outcome.errors.isEmpty)
  }

  @Test func `at a terminal it is one line, which goes`() throws {
    let terminal = try Terminal(in: Scratch(), ["-e", Self.code])
    terminal.wait(for: "\r\u{1B}[Kcount [")
    terminal.wait(for: "\r\u{1B}[K")
    #expect(terminal.status() == 0)
  }
}
