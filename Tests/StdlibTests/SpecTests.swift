import Foundation
import LuaModules
import LuaRuntime
import Testing

/// The specs of the documented procedures, in Lua as the procedures are.
@Suite struct SpecTests {
  private static let specs = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "specs")

  /// A test of a spec, by its file and place.
  struct Spec: CustomTestStringConvertible, Sendable {
    let file: String
    let number: Int
    let title: String
    var testDescription: String { "\(file): \(title)" }
  }

  /// A state in which a spec's file has run, and registered its tests.
  private static func load(_ file: String) throws -> LuaState {
    let root = specs.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let state = try LuaState()
    try Library.register(in: state, Session(path: ":memory:"))
    try state.setModulePath([root.appending(path: "stdlib").path, specs.path])
    let source = try Data(contentsOf: specs.appending(path: file))
    _ = try state.call(state.load([UInt8](source), chunkName: "=" + file))
    return state
  }

  private static func run(_ state: LuaState, _ source: String) throws -> [LuaValue] {
    try state.call(state.load(Array(source.utf8), chunkName: "=spec"))
  }

  static let all: [Spec] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: specs.path)) ?? []
    return names.filter { $0.hasSuffix("_spec.lua") }.sorted().flatMap { file in
      do {
        let source = """
          local titles = {}
          for n, test in ipairs(require('harness').tests) do titles[n] = test.title end
          return table.unpack(titles)
          """
        return try run(load(file), source).enumerated().map { index, title in
          Spec(file: file, number: index + 1, title: title.text ?? "")
        }
      } catch {
        return [Spec(file: file, number: 0, title: "does not load: \(error)")]
      }
    }
  }()

  @Test func `there are specs`() { #expect(Self.all.count >= 10) }

  @Test(arguments: all) func `a procedure does what its spec says`(spec: Spec) throws {
    let state = try Self.load(spec.file)
    _ = try Self.run(state, "require('harness').tests[\(spec.number)].body()")
  }
}
