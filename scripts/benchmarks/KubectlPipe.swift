import Foundation

/// The document's rewrite as it stands there: two processes with a pipe between them.
struct KubectlPipe {
  let kmsh: String
  let workspace: String

  /// Runs it; returns seconds, and the most memory that either took, in KiB.
  func run() throws -> (seconds: Double, peaks: [Int]) {
    let between = Pipe()
    let reader = process(["get", "secrets", "--all-namespaces", "-o", "json"])
    reader.standardOutput = between
    let writer = process(["replace", "-f", "-"])
    writer.standardInput = between
    writer.standardOutput = FileHandle.nullDevice
    var peaks = [0, 0]
    let seconds = try ContinuousClock().measure {
      try reader.run()
      try writer.run()
      // Both have it now; the writer sees the end only when nobody else could write.
      try between.fileHandleForWriting.close()
      while writer.isRunning {
        for (index, process) in [reader, writer].enumerated() where process.isRunning {
          let memory = Benchmarks.anonymousMemory(of: process.processIdentifier)
          peaks[index] = max(peaks[index], memory)
        }
        usleep(20_000)
      }
    }
    guard reader.terminationStatus == 0, writer.terminationStatus == 0 else {
      throw CocoaError(.executableRuntimeMismatch)
    }
    return (seconds / .seconds(1), peaks)
  }

  private func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: kmsh)
    process.arguments = ["--workspace", workspace, "kubectl", "--cluster", "c1"] + arguments
    process.standardError = FileHandle.nullDevice
    return process
  }
}
