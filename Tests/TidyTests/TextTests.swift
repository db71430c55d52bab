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
        // What a transcript says was printed stands there as it was.
        #expect(
          !line.contains("\t") || line.hasPrefix("--> "),
          "\(file.lastPathComponent): a tab"
        )
        #expect(line.last != " ", "\(file.lastPathComponent): \(line)")
        #expect(!unfinished.contains { line.contains($0) }, "\(file.lastPathComponent): \(line)")
      }
    }
  }

  @Test func `a file is a few screens long`() throws {
    // Stubs are generated, and as long as what they tell.
    for file in Self.sources where !file.path.contains("/_meta/") {
      let count = try Project.text(file).split(separator: "\n").count
      #expect(count <= 400, "\(file.lastPathComponent) has \(count) lines")
    }
  }

  @Test func `a documented procedure tells what it is for, and declares itself`() throws {
    let modules = try Project.files("stdlib/kms", ["lua"]).filter {
      try Project.text($0).contains("return procedure.define{")
    }
    #expect(modules.count >= 11)
    for module in modules {
      let text = try Project.text(module)
      let name = module.deletingPathExtension().lastPathComponent
      #expect(text.hasPrefix("--- ") && text.contains("--- ```lua\n"), "\(name)")
      // What each option means, the test of the whole table asks.
      #expect(text.contains("\nlocal HELP = {\n") && text.contains(" help = HELP,"), "\(name)")
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
