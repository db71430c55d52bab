import Foundation
import FuzzTargets

/// The target that the environment chose.
private let target: @Sendable ([UInt8]) -> Void = {
  let name = ProcessInfo.processInfo.environment["KMSH_FUZZ_TARGET"] ?? ""
  guard let target = Targets.all[name] else {
    print("KMSH_FUZZ_TARGET is one of: \(Targets.all.keys.sorted().joined(separator: " "))")
    exit(2)
  }
  return target
}()

/// Called by libFuzzer once: with `KMSH_FUZZ_SEEDS` it writes seeds into that folder and ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>?,
  _ arguments: UnsafeMutableRawPointer?
) -> Int32 {
  let environment = ProcessInfo.processInfo.environment
  guard let seeds = environment["KMSH_FUZZ_SEEDS"], let data = environment["KMSH_TEST_DATA"] else {
    return 0
  }
  do {
    try Seeds.write(from: URL(filePath: data), into: URL(filePath: seeds))
    exit(0)
  } catch {
    print("no seeds: \(error)")
    exit(1)
  }
}

/// Called by libFuzzer with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  target(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
