import Foundation
import Peers

extension Program {
  /// Runs Lua that prints `begin` and goes on for ever, kills it some milliseconds after that, and
  /// returns its whole lines.
  static func killed(
    _ source: String,
    after milliseconds: Int,
    in scratch: Scratch
  ) throws -> [String] {
    let pipe = Pipe()
    let process = try start(
      ["-e", source],
      in: scratch,
      output: pipe.fileHandleForWriting,
      errors: nil
    )
    try pipe.fileHandleForWriting.close()
    var bytes = Data()
    var isTimed = false
    while true {
      let more = pipe.fileHandleForReading.availableData
      if more.isEmpty { break }
      bytes += more
      guard !isTimed, bytes.range(of: Data("begin\n".utf8)) != nil else { continue }
      isTimed = true
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
        process.send(SIGKILL)
      }
    }
    process.waitUntilExit()
    // A line without its end may be half of one.
    return String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { String($0) }
  }
}
