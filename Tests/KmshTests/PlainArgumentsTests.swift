import Foundation
import Testing

/// Command lines that are read without the parser mean what the parser makes of them.
@Suite struct PlainArgumentsTests {
  private static let script = """
    print(arg and arg[0]:match('[^/]*$'), arg and #arg, workspace.path, x, type(near), ...)
    """

  static let lines: [[String]] = [
    ["s.lua"], ["s.lua", "-x", "--", "--help", "-"], ["-"], ["-", "a", "--json"],
    ["-e", "x = 1", "s.lua"], ["-e", "", "-e", "x = 2 print(x)"], ["-e", "x = 1", "-", "-e"],
    ["--workspace", ":memory:", "-l", "near=util.nearest", "-e", "x = 3", "s.lua", "a b"],
    ["--workspace", ":memory:", "doctor", "--json"], ["doctor", "--bogus"], ["version"], ["audit"],
    ["nowhere.lua"], ["-e", "error('x')", "s.lua"],
  ]

  @Test(arguments: lines) func `with a flag that changes nothing they give the same`(
    line: [String]
  ) throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.script, to: "s.lua")
    let words = line.map { $0 == "s.lua" ? path : $0 }
    // The parser reads what has another flag in it.
    let read = try Program.run(words, in: scratch, input: Self.script)
    let parsed = try Program.run(["--color", "auto"] + words, in: scratch, input: Self.script)
    #expect(read.output == parsed.output && read.errors == parsed.errors)
    #expect(read.status == parsed.status)
  }

  static let wrong: [[String]] = [
    ["-e"], ["-e", "-x"], ["--workspace"], ["-l", "-i"], ["-x", "a"],
  ]

  @Test(arguments: wrong) func `what is wrong is told by the parser`(line: [String]) throws {
    let outcome = try Program.run(line, in: Scratch())
    #expect(outcome.status == 2 && outcome.errors.hasPrefix("error: "))
  }
}
