import Foundation
import Peers
import Testing

/// The README's blocks, run.
///
/// A `lua` block is a transcript; in a `console` block lines after `$ ` are commands and the others
/// what they print.
@Suite struct ReadmeTests {
  private static func blocks(_ language: String) throws -> [[String]] {
    let text = try String(contentsOf: Program.root.appending(path: "README.md"), encoding: .utf8)
    var blocks: [[String]] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```\(language)" {
        isInside = true
        blocks.append([])
      } else if line == "```" {
        isInside = false
      } else if isInside {
        blocks[blocks.count - 1].append(String(line))
      }
    }
    return blocks
  }

  @Test func `every lua block prints what it says`() throws {
    let blocks = try Self.blocks("lua")
    #expect(!blocks.isEmpty)
    for block in blocks {
      let scratch = try Scratch()
      let script = try scratch.write(block.joined(separator: "\n"), to: "block.lua")
      let outcome = try Program.run(["replay", script], in: scratch)
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
  }

  @Test func `every console block prints what it says`() throws {
    let blocks = try Self.blocks("console")
    #expect(!blocks.isEmpty)
    for block in blocks {
      let scratch = try Scratch()
      try FileManager.default.createSymbolicLink(
        atPath: scratch.file("kmsh"),
        withDestinationPath: Program.path
      )
      var printed: [String] = []
      for line in block where line.hasPrefix("$ ") {
        printed.append(line)
        let command = "PATH=\(scratch.path):$PATH; exec 2>&1; " + line.dropFirst(2)
        let output = scratch.file("output")
        try Data().write(to: URL(filePath: output))
        let process = try Program.start(
          ["-c", command],
          in: scratch,
          executable: "/bin/sh",
          output: FileHandle(forWritingAtPath: output),
          errors: nil
        )
        process.waitUntilExit()
        printed += try String(contentsOfFile: output, encoding: .utf8)
          .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { String($0) }
      }
      #expect(printed == block)
    }
  }
}
