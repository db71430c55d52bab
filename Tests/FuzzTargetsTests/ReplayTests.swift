import Foundation
import FuzzTargets
import TestData
import Testing

/// What fuzzing found once, and what it begins with, run without a fuzzer.
@Suite struct ReplayTests {
  private static func inputs(_ folder: URL) throws -> [(target: String, input: URL)] {
    let manager = FileManager.default
    return try manager.contentsOfDirectory(atPath: folder.path).flatMap { target in
      let place = folder.appending(path: target)
      return try manager.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
        .map { (target, $0) }
    }
  }

  private static func run(_ inputs: [(target: String, input: URL)]) throws {
    for (name, input) in inputs {
      let target = try #require(Targets.all[name], "\(name)")
      target([UInt8](try Data(contentsOf: input)))
    }
  }

  @Test func `what was found once is handled now`() throws {
    let findings = try Self.inputs(TestFolder.url.appending(path: "Findings"))
    #expect(!findings.isEmpty)
    try Self.run(findings)
  }

  @Test func `every target takes its seeds`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Seeds.write(from: TestFolder.url, into: folder)
    let seeds = try Self.inputs(folder)
    #expect(Set(seeds.map(\.target)) == Set(Targets.all.keys).subtracting(["canary"]))
    try Self.run(seeds)
  }

  @Test func `a target that fails ends the program`() async {
    await #expect(processExitsWith: .failure) { Targets.all["canary"]?(Array("kms".utf8)) }
    await #expect(processExitsWith: .success) { Targets.all["canary"]?(Array("kmt".utf8)) }
  }
}
