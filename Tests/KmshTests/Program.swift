import Foundation
import Peers
import Testing

/// The built program, run as a user would.
enum Program {
  /// What a run gave.
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
    /// Lines of standard output.
    var lines: [String] { output.split(separator: "\n").map { String($0) } }
  }

  /// The folder of the project.
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The program lies beside the tests that are running.
  static let path: String = {
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: tests ?? "").deletingLastPathComponent().appending(path: "kmsh").path
  }()

  /// Starts the program in a scratch folder that is its home.
  static func start(
    _ arguments: [String],
    in scratch: Scratch,
    executable: String = path,
    environment: [String: String] = [:],
    output: FileHandle?,
    errors: FileHandle?,
    input: FileHandle? = nil
  ) throws -> ChildProcess {
    let process = try ChildProcess(
      executable,
      arguments,
      environment: [
        "HOME": scratch.path, "PATH": "/usr/bin:/bin", "TERM": "xterm", "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "KMSH_WORKSPACE": scratch.file("workspace.db"),
      ].merging(environment) { $1 },
      folder: root.path,
      input: input,
      output: output,
      errors: errors
    )
    // The one process started here, should it hang.
    DispatchQueue.global().asyncAfter(deadline: .now() + 120) { process.send(SIGKILL) }
    return process
  }

  /// Runs the program to its end.
  static func run(
    _ arguments: [String],
    in scratch: Scratch,
    input: String? = nil
  ) throws -> Outcome {
    let names = ["in", "out", "err"].map { scratch.file(UUID().uuidString + $0) }
    try Data((input ?? "").utf8).write(to: URL(filePath: names[0]))
    for name in names[1...] { try Data().write(to: URL(filePath: name)) }
    let process = try start(
      arguments,
      in: scratch,
      output: FileHandle(forWritingAtPath: names[1]),
      errors: FileHandle(forWritingAtPath: names[2]),
      input: FileHandle(forReadingAtPath: names[0])
    )
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: try String(contentsOfFile: names[1], encoding: .utf8),
      errors: try String(contentsOfFile: names[2], encoding: .utf8)
    )
  }
}

/// A folder that goes when its owner goes.
final class Scratch: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "kmsh-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file and returns its path.
  func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: URL(filePath: file(name)))
    return file(name)
  }
}
