import Foundation

extension Benchmarks {
  /// Runs a program to its end.
  ///
  /// - Returns: its status and what it printed; `watch` is called with its identifier meanwhile.
  static func run(
    _ path: String,
    _ arguments: [String],
    watch: ((Int32) -> Void)? = nil
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    while let watch, process.isRunning { watch(process.processIdentifier) }
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// Audits of a large snapshot with and without its key, in a process of their own.
  static func audits(_ kmsh: String, snapshot: String, key: String) throws {
    let arguments = ["audit", snapshot, "--summary"]
    let opening = arguments + ["--key", "\(SnapshotValues.keyID)=\(key)"]
    let (_, text) = try run(kmsh, arguments)
    guard let count = text.firstMatch(of: /total: ([0-9]+) values/).flatMap({ Double($0.1) }) else {
      throw CocoaError(.fileReadCorruptFile)
    }
    print("An audit of \(Int(count)) Secrets")
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: snapshot), options: .mappedIfSafe))
    let hash = try median(of: 5) { _ = try Self.run("/usr/bin/sha256sum", [snapshot]) }
    show("  sha256sum of the file", Double(bytes.count) / hash / 1e6, "MB/s")
    for (what, arguments) in [("without keys", arguments), ("opening every value", opening)] {
      let seconds = try median(of: 5) { _ = try run(kmsh, arguments) }
      show("  \(what)", count / seconds, "/s", times: count / hash)
      var peak = 0
      _ = try run(kmsh, arguments) { peak = max(peak, anonymousMemory(of: $0)) }
      show("    memory beside the file's pages, at most", Double(peak) / 1024, "MiB")
    }
  }

  /// Resident memory of a process that no file backs, in KiB.
  static func anonymousMemory(of process: Int32) -> Int {
    let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    return status?.firstMatch(of: /RssAnon:\s+([0-9]+)/).flatMap { Int($0.1) } ?? 0
  }
}
