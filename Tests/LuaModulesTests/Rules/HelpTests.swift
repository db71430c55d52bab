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
    try state.setModulePath([Self.library])
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

  @Test func `the map is one screen of all modules and objects`() throws {
    let map = try printed("help()")
    for part in ["\n  vault  ", "\n  kms  ", "deleted key", "help 'R76'", "??purge"] {
      #expect(map.contains(part), "\(part)")
    }
    #expect(map.split(separator: "\n", omittingEmptySubsequences: false).count <= 40)
    #expect(try printed("print(tostring(help))") == map)
  }

  @Test func `a module, a class and a function are told`() throws {
    let module = try printed("help 'cluster'")
    #expect(module.contains("cluster.create{…}") && module.contains("cluster:update{…}"))
    let function = try printed("help 'vault.create'")
    #expect(function.hasPrefix("vault.create{…} → vault\n"))
    for part in [
      "\n  * name ", "\n    location ", "\n    sku ", "standard | premium: premium has",
      "(default: 'standard'; az: --sku)", "az: --enable-rbac-authorization)", "\nrules\n  R09 ",
      "\nerrors\n  ", "argument.missing",
      "vault.exists", "\nexample\n  local v = vault.create{ name = ",
    ] {
      #expect(function.contains(part), "\(part)")
    }
    #expect(function.split(separator: "\n").allSatisfy { $0.count <= 100 })
    let handle = try printed("help(vault.create{ name = 'kv1', resource_group = 'rg' })")
    #expect(try handle == printed("help 'vault'"))
    let method = try printed("vault.create{ name = 'kv1', resource_group = 'rg' }:help()")
    #expect(method == handle)
    #expect(try printed("help(vault.create)") == function)
    #expect(try printed("help(vault)") == handle)
    #expect(try printed("help 'key.update'").contains("key.update{…} → key\n"))
    #expect(try printed("help 'vault.sku'").hasPrefix("vault.sku: string\n"))
    #expect(try printed("help 'vault.update'").hasPrefix("vault:update{…} → vault\n"))
  }

  @Test func `a procedure is told by its own declaration`() throws {
    let one = try printed("help 'kms.rotate'")
    #expect(one.hasPrefix("kms.rotate{…} → report\n  Moves a cluster to another key"))
    #expect(one.contains("\n  * cluster ") && one.contains("\n  R79 "))
    #expect(try printed("help(kms.rotate)") == one)
    #expect(try printed("help 'kms.rotate.plan'") == one)
    #expect(try printed("help 'kms'").contains("kms.rewrite{…}"))
    #expect(throws: LuaError.self) { try printed("help 'kms.nothing'") }
  }

  @Test(arguments: [
    ("help.search 'soft-deleted'", "key.list_deleted{…}"),
    ("help.search 'SOFT-DELETED'", "key.list_deleted{…}"),
    ("help.search '--enable-purge-protection'", "vault.create{…}"),
    ("help.search 'key.not_found'", "key.get("),
    ("help.search 'kms.rehearse'", "kms.rehearse{…}"),
    ("help.search 'purge'", "R20 "),
    ("help.search 'retention_days'", "vault:update{…}"),
  ])
  func `a search finds names, texts, options, flags, codes and rules`(
    source: String,
    found: String
  ) throws {
    let text = try printed(source)
    #expect(text.contains("  \(found)"))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 96 })
  }

  @Test(arguments: [
    ("help 'R999'", "help.unknown", "did you mean 'R99'"),
    ("help 'valt'", "help.unknown", "did you mean 'vault'"),
    ("help 'vault.creat'", "help.unknown", "did you mean 'vault.create', '"),
    ("help '?!'", "help.unknown", "help() lists what there is"),
    ("help(('x'):rep(1000000))", "help.unknown", "help() lists what there is"),
    ("help('rules', 0)", "argument.value", "help('rules', 7) shows the last"),
    ("help('rules', 8)", "argument.value", "help('rules', 7) shows the last"),
    ("help('rules', 'x')", "argument.type", ""),
    ("help{}", "argument.type", "help() lists what there is"),
    ("help(print)", "argument.type", "help() lists what there is"),
    ("help.search ''", "argument.type", "help.search 'purge'"),
    ("help.search(1)", "argument.type", "help.search 'purge'"),
    ("help.search 'zzzzzz'", "help.nothing_found", "help() lists what there is"),
    ("help.search(('x'):rep(1000000))", "help.nothing_found", "help() lists what there is"),
  ])
  func `a slip is told, and shortly`(source: String, code: String, hint: String) throws {
    let error = #expect(throws: LuaError.self) { _ = try printed(source) }
    #expect(error?.code == code)
    #expect(error?.hint?.hasPrefix(hint) ?? hint.isEmpty)
    #expect((error?.message.count ?? .max) < 200)
  }

  @Test func `a name that is none is answered with the nearest three at most`() throws {
    let error = #expect(throws: LuaError.self) { _ = try printed("help 'vault.purg'") }
    let hint = try #require(error?.hint)
    #expect(hint.matches(of: /'[^']+'/).count == 3 && hint.contains("'vault.purge'"))
  }

  @Test(arguments: [
    ("vault.create{}", "argument.missing", "help 'vault.create' tells of its options"),
    ("vault.create{ name = 1, resource_group = 'rg' }", "argument.type", "help 'vault.create'"),
    ("vault.create{ zzzzzzzzz = 1 }", "argument.unknown", "its options: name, resource_group, "),
    ("kms.rotate{}", "argument.missing", "help 'kms.rotate' tells of its options"),
  ])
  func `an error over options names the page on them`(
    source: String,
    code: String,
    hint: String
  ) throws {
    let error = #expect(throws: LuaError.self) { _ = try printed(source) }
    #expect(error?.code == code && error?.hint?.hasPrefix(hint) == true)
    #expect(error?.hint?.contains("help '") == true)
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
