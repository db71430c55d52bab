import Foundation
import Peers

/// A real bash, for what is pasted into one.
enum Shell {
  /// Runs a script to its end, and returns what it left.
  @discardableResult
  static func run(_ script: String, in scratch: Scratch) throws -> Program.Outcome {
    let names = ["shell.out", "shell.err"].map(scratch.file)
    for name in names { try Data().write(to: URL(filePath: name)) }
    let process = try Program.start(
      [try scratch.write(script, to: "blocks.sh")],
      in: scratch,
      executable: "/bin/bash",
      output: FileHandle(forWritingAtPath: names[0]),
      errors: FileHandle(forWritingAtPath: names[1])
    )
    process.waitUntilExit()
    return Program.Outcome(
      status: process.terminationStatus,
      output: try String(contentsOfFile: names[0], encoding: .utf8),
      errors: try String(contentsOfFile: names[1], encoding: .utf8)
    )
  }
}
