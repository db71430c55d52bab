import Foundation
import Testing

/// The command blocks of the document, in its order, in a real bash through the shims.
///
/// A path is one bash, so that variables live from block to block as they do for a reader. After
/// each block it is checked how it ended, what it printed, and how the workspace stands.
@Suite(.serialized) struct ArticleTests {
  /// What a reader's bash is given to run: each block with its outcome in files of its number.
  private static func script(_ path: Article.Path, _ scratch: Scratch) -> String {
    let start = "eval \"$('\(Program.path)' env '\(scratch.file("env"))')\"\n"
    return path.blocks.enumerated().reduce(start) { text, item in
      let (number, block) = (item.offset, item.element)
      let state = block.state.map { "'\(Program.path)' -e \"print(\($0))\"" } ?? ":"
      let place = "\(scratch.path)/\(number)"
      return text + "{ \(block.shell)\n} >'\(place).out' 2>'\(place).err'\n"
        + "echo $? >'\(place).status'\n\(state) >'\(place).state' 2>&1\n"
    }
  }

  private static func read(_ scratch: Scratch, _ number: Int, _ name: String) throws -> String {
    try String(contentsOfFile: scratch.file("\(number).\(name)"), encoding: .utf8)
  }

  @Test(arguments: Article.paths + Article.slips) func `the blocks of a path run as printed`(
    path: Article.Path
  ) throws {
    let scratch = try Scratch()
    try Shell.run(Self.script(path, scratch), in: scratch)
    for (number, block) in path.blocks.enumerated() {
      let errors = try Self.read(scratch, number, "err")
      let place = "block \(number), \(block.rules): \(errors)"
      #expect(try Self.read(scratch, number, "status") == "\(block.status)\n", "\(place)")
      if let prints = block.prints {
        let output = try Self.read(scratch, number, "out")
        #expect(try Regex(prints).wholeMatch(in: output) != nil, "\(output) \(place)")
      }
      if let says = block.says { #expect(errors.contains(says), "\(place)") }
      if block.state != nil {
        #expect(try Self.read(scratch, number, "state") == "true\n", "\(place)")
      }
    }
  }
}
