import Foundation
import LuaModules
import LuaRuntime
import Testing

/// What `help` tells.
@Suite struct HelpTests {
  private static let library = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "stdlib").path

  /// What a chunk prints.
  private func printed(_ source: String) throws -> String {
    let state = try makeWorld()
    try run(state, "out = {} function print(text) out[#out + 1] = tostring(text) end")
    try run(state, source)
    return try #require(run(state, "return table.concat(out, '\\n')").first?.text)
  }

  @Test func `a rule is told by its id, in any letter case`() throws {
    let text = try printed("help 'R76'")
    #expect(text.hasPrefix("R76\n  rule          Two keys are in use at once: "))
    for part in [
      "\n  section       rotation", "\n  seen in       cluster:", "\n  to do         keep",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(text.contains("\n  proved by     PublicPathTests: an expired slot"))
    #expect(try printed("help 'r76'") == text)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 96 })
    #expect(try printed("help 'R118'").contains("\n  not modelled  a slip of the text"))
  }

  @Test func `an error is told by the rule it rests on`() throws {
    let text = try printed(
      """
      local v = vault.create{ name = 'kv1', resource_group = 'rg', enable_rbac_authorization = true }
      local _, err = pcall(key.create, { vault_name = v, name = 'k' })
      help(err)
      """
    )
    #expect(text.hasPrefix("R38\n"))
  }

  @Test func `all rules are listed in pages, each once`() throws {
    var ids: [String] = []
    for page in 1...7 {
      let text = try printed("help('rules', \(page))")
      #expect(text.hasPrefix("page \(page) of 7"))
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 96 })
      ids += text.matches(of: #/(?m)^  (R\d+) /#).map { String($0.output.1) }
    }
    #expect(ids == Rule.all.map(\.id))
    #expect(try printed("help 'rules'") == printed("help('rules', 1)"))
  }

  @Test func `a module, a class and a function are told`() throws {
    let map = try printed("help()")
    #expect(map.contains("\n  vault       ") && map.contains("help 'R76'"))
    let module = try printed("help 'cluster'")
    #expect(module.contains("cluster.create{…}") && module.contains("cluster:update{…}"))
    let function = try printed("help 'vault.create'")
    #expect(function.hasPrefix("vault.create{…} → vault\n"))
    #expect(
      function.contains("\n  name ") && function.contains("(az: --enable-rbac-authorization)")
    )
    let handle = try printed("help(vault.create{ name = 'kv1', resource_group = 'rg' })")
    #expect(try handle == printed("help 'vault'"))
  }

  @Test func `a procedure is told by the comments of its module`() throws {
    let path = "package.path = '\(Self.library)/?.lua;\(Self.library)/?/init.lua' "
    let one = try printed(path + "help 'kms.rotate'")
    #expect(one.hasPrefix("kms.rotate\n  Moves a cluster to another key"))
    #expect(one.contains("\n  cluster any the cluster, by handle, name or id"))
    #expect(try printed(path + "help 'kms'").hasPrefix("kms\n  The documented procedures"))
    #expect(throws: LuaError.self) { try printed(path + "help 'kms.nothing'") }
  }

  @Test(arguments: [
    ("help 'R999'", "help.unknown", "did you mean 'R99'?"),
    ("help 'valt'", "help.unknown", "did you mean 'vault'?"),
    ("help 'vault.creat'", "help.unknown", "did you mean 'vault.create'?"),
    ("help '?!'", "help.unknown", "help() lists what there is"),
    ("help(('x'):rep(1000000))", "help.unknown", "help() lists what there is"),
    ("help('rules', 0)", "argument.value", "help('rules', 7) shows the last"),
    ("help('rules', 8)", "argument.value", "help('rules', 7) shows the last"),
    ("help{}", "argument.type", "help() lists what there is"),
    ("help(print)", "argument.type", "help() lists what there is"),
  ])
  func `a slip is told, and shortly`(source: String, code: String, hint: String) throws {
    let error = #expect(throws: LuaError.self) { _ = try printed(source) }
    #expect(error?.code == code && error?.hint == hint)
    #expect((error?.message.count ?? .max) < 200)
  }

  @Test func `kms dot rules has every rule as a table`() throws {
    let state = try makeWorld()
    try state.setModulePath([Self.library])
    try run(
      state,
      """
      local rules, count = require('kms.rules'), 0
      for id, rule in pairs(rules) do
        count = count + 1
        assert(rule.id == id and #rule.text > 0 and #rule.section > 0 and #rule.advice > 0)
        assert((#rule.proofs == 0) == (rule.reason ~= nil), id)
      end
      assert(count == 127 and rules == require('kms').rules and rules.R999 == nil)
      """
    )
  }
}
