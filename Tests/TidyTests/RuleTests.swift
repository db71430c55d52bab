import Foundation
import LuaModules
import LuaRuntime
import Testing

/// The table of rules, beside what mentions them and what proves them.
@Suite struct RuleTests {
  @Test func `the table has every rule once, in order`() {
    let ids = (1...127).map { $0 < 10 ? "R0\($0)" : "R\($0)" }
    #expect(Rule.all.map(\.id) == ids)
    #expect(RuleSection.all.flatMap(\.rules).count == ids.count)
  }

  @Test(arguments: Rule.all.map(\.id))
  func `a rule has words, and a test that proves it or a reason for none`(id: String) throws {
    let rule = try #require(Rule.find(id.lowercased()))
    #expect(rule.text.hasSuffix(".") && rule.text.first?.isUppercase == true)
    #expect(!rule.section.isEmpty && !rule.advice.isEmpty && rule.advice.last != ".")
    #expect(rule.proofs.isEmpty == (rule.reason != nil), "neither a test nor a reason")
    #expect(rule.calls.isEmpty == false || rule.reason != nil, "nothing shows it")
  }

  @Test func `the tests that prove rules are there`() throws {
    let tests = try Project.tests()
    for rule in Rule.all {
      for proof in rule.proofs { #expect(tests.contains(proof), "\(rule.id): \(proof)") }
    }
  }

  @Test func `the calls that rules name are there`() throws {
    let state = try LuaState()
    try Library.register(in: state, Session(path: ":memory:"))
    var calls = Set(state.functionNames)
    for file in Project.files("stdlib/kms", ["lua"])
    where try Project.text(file).contains("return procedure.define{") {
      let name = file.deletingPathExtension().lastPathComponent
      for verb in ["plan", "run", "runbook"] { calls.insert("kms.\(name).\(verb)") }
    }
    for rule in Rule.all {
      for call in rule.calls { #expect(calls.contains(call), "\(rule.id): \(call)") }
    }
  }

  @Test func `every rule that sources, modules, scripts and the README mention is in the table`()
    throws
  {
    let files =
      ["Sources", "stdlib", "scripts", "Tests"].flatMap { Project.files($0, ["swift", "lua"]) }
      + [Project.root.appending(path: "README.md")]
    var mentioned: Set<String> = []
    for file in files {
      for match in try Project.text(file).matches(of: /\b(R\d{2,3})\b/) {
        let id = String(match.output.1)
        // R999 is what help is asked in vain.
        guard id != "R999" else { continue }
        mentioned.insert(id)
        #expect(Rule.find(id) != nil, "\(file.lastPathComponent): \(id)")
      }
    }
    #expect(mentioned.count > 50)
  }

  @Test func `errors and findings rest on rules of the table, by literal ids`() throws {
    let files = ["Sources", "stdlib"].flatMap { Project.files($0, ["swift", "lua"]) }
    var count = 0
    for file in files where !file.path.contains("/Rules/") {
      for match in try Project.text(file).matches(of: /\brule(?::| =) ["']([^"']*)["']/) {
        count += 1
        #expect(Rule.find(String(match.output.1)) != nil, "\(file.lastPathComponent)")
      }
    }
    #expect(count > 40)
  }
}
