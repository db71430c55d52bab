import Foundation
import Testing

@Suite struct TextTests {
  private static var sources: [URL] {
    ["Sources", "Tests", "scripts", "stdlib"]
      .flatMap { Project.files($0, ["swift", "c", "h", "lua", "sh"]) }
  }

  @Test func `no tabs, no blanks at ends of lines, no unfinished business`() throws {
    let unfinished = ["TO" + "DO", "FIX" + "ME", "X" + "XX:"]
    for file in Self.sources {
      for line in try Project.text(file).split(separator: "\n") {
        #expect(!line.contains("\t"), "\(file.lastPathComponent): a tab")
        #expect(line.last != " ", "\(file.lastPathComponent): \(line)")
        #expect(!unfinished.contains { line.contains($0) }, "\(file.lastPathComponent): \(line)")
      }
    }
  }

  @Test func `a file is a few screens long`() throws {
    for file in Self.sources {
      let count = try Project.text(file).split(separator: "\n").count
      #expect(count <= 400, "\(file.lastPathComponent) has \(count) lines")
    }
  }

  @Test func `a documented procedure has a plan, a run and a runbook, each with its parameters`()
    throws
  {
    let modules = Project.files("stdlib/kms", ["lua"]).filter { $0.lastPathComponent != "init.lua" }
    #expect(modules.count >= 3)
    for module in modules {
      let text = try Project.text(module)
      #expect(text.hasPrefix("--- "), "\(module.lastPathComponent)")
      for name in ["plan", "run", "runbook"] {
        let pattern = try Regex("(---@[^\\n]*\\n)+function M\\.\(name)\\(")
        #expect(text.contains(pattern), "\(module.lastPathComponent): \(name)")
      }
    }
  }

  @Test func `an error that is dropped has its reason beside it`() throws {
    for file in Project.files("Sources", ["swift"]) {
      let lines = try Project.text(file).split(separator: "\n").map { $0.drop { $0 == " " } }
      for (index, line) in lines.enumerated() {
        guard line.contains(#/\btry\? /#), !line.hasPrefix("//") else { continue }
        #expect(
          lines[max(0, index - 10)...index].contains { $0.contains("// ") },
          "\(file.lastPathComponent): \(line)"
        )
      }
    }
  }

  @Test func `each public declaration of Swift is documented`() throws {
    for file in Project.files("Sources", ["swift"]) {
      var before: Substring = ""
      for line in try Project.text(file).split(separator: "\n") {
        let bare = line.drop { $0 == " " }
        let isDeclaration =
          bare.hasPrefix("public ")
          && !bare.contains("import ") && !bare.hasPrefix("public extension")
        if isDeclaration {
          #expect(
            before.hasPrefix("///") || before.hasPrefix("@"),
            "\(file.lastPathComponent): \(bare)"
          )
        }
        before = bare
      }
    }
  }
}
