import Foundation
import LineEditor
import LuaModules
import LuaRuntime
import Testing

@testable import Console

@Suite struct CompletionTests {
  private let state: LuaState
  private let completer: Completer

  init() throws {
    state = try LuaState()
    let session = Session(path: ":memory:")
    try Library.register(in: state, session)
    completer = Completer(
      state: state,
      names: session,
      commands: [
        CommandName("help", .names(.topics)), CommandName("history"), CommandName("time", .chunk),
      ],
      library: { Self.library }
    )
    let world = """
      calls = 0
      local function count() calls = calls + 1 return 'x' end
      v = vault.create{ name = 'kv-prod', resource_group = 'rg-one' }
      vault.create{ name = 'kv-test', resource_group = 'rg-two' }
      k = key.create{ vault_name = v, name = 'etcd-key', kty = 'EC' }
      id = identity.create{ name = 'plugin', resource_group = 'rg-one' }
      c = cluster.create{ name = 'c1', resource_group = 'rg-one' }
      for _, name in ipairs{ 'db', 'db-copy', 'mail' } do secret.create{ cluster = c, name = name } end
      secret.create{ cluster = c, namespace = 'web', name = 'tls' }
      workspace.checkpoint('before')
      vault.create{ name = 'kv-gone', resource_group = 'rg-one' }:delete()
      mine = setmetatable({ alpha = 1, beta = function() end, list = { v } },
        { __index = { gamma = { delta = true } }, __pairs = count })
      trap = setmetatable({ own = 1 }, { __index = count, __pairs = count, __len = count })
      made = vault.create
      where = 'web'
      """
    _ = try state.call(state.load(Array(world.utf8), chunkName: "=world"))
  }

  /// What the library declares.
  private static let library: [LuaFunctionDescription] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    // The tests fail where it is missing.
    guard let other = try? LuaState(),
      (try? Library.register(in: other, Session(path: ":memory:"))) != nil,
      (try? other.setModulePath([root.appending(path: "stdlib").path])) != nil
    else { return [] }
    return other.declaredFunctions()
  }()

  private func texts(_ text: String) -> [String] { completer.candidates(for: text).all.map(\.text) }
  private func labels(_ text: String) -> [String] {
    completer.candidates(for: text).all.map(\.label)
  }

  @Test(
    arguments: [
      // Names.
      ("vau", ["vault"]), ("whi", ["while"]), ("x = vau", ["vault"]), ("print(vau", ["vault"]),
      ("mine.", ["alpha", "beta", "gamma", "list"]), ("mine.gamma.", ["delta"]),
      ("mine:", ["beta"]),
      ("mine['gamma'].", ["delta"]), ("trap.", ["own"]), ("nothing.", []),
      ("string.for", ["format"]),
      ("where:upp", ["upper"]), ("io.stdout:wri", ["write"]),
      ("kms.rota", ["rotate", "rotate_twice"]),
      ("workspace.che", ["checkpoint", "checkpoints"]), ("workspace.set", ["settings"]),
      // Objects: a colon offers methods only.
      ("v.vault_", ["vault_uri"]), ("v:vault_", []), ("v:set", ["set_policy"]),
      ("mine.list[1]:set", ["set_policy"]), ("vault.get('kv-prod'):set", ["set_policy"]),
      ("vault.find{ name = 'kv-prod' }:set", ["set_policy"]),
      ("v:create_key{ name = 'x' }:ro", ["rotate", "rotation_policy"]),
      ("k.vault:", []),
      // Options: those given are left out.
      ("vault.create{ na", ["name"]), ("vault.create{ name = 'x', na", []),
      ("vault.create({ na", ["name"]), ("made{ na", ["name"]),
      ("v:delete_policy{ obj", ["object_id"]),
      ("c:update{ dis", ["disable_azure_keyvault_kms"]), ("key.get{ va", ["vault_name"]),
      ("unknown:set_policy{ key_", ["key_permissions"]),
      ("vault.create{\n  name = 'x',\n  res", ["resource_group"]),
      ("vault.create{ name = f{ 1, 2 }, res", ["resource_group"]),
      ("print(vault.create{ name = 'x' }, vau", ["vault"]),
      // What the library declares is known before it is loaded.
      ("kms.rotate{ clu", ["cluster"]), ("kms.rotate.plan{ clu", ["cluster"]),
      ("kms.switch_mode{ to = ", ["'Private'", "'Public'"]),
      ("kms.rewrite{ cluster = 'c1', namespace = 'w", ["web"]),
      ("kms.rotate{ cluster = '", ["c1"]), ("kms.enable_public{ vault = 'kv-t", ["kv-test"]),
      // Closed values.
      ("vault.create{ sku = ", ["'standard'", "'premium'"]),
      ("vault.create{ sku = 'st", ["standard"]),
      ("c:update{ azure_keyvault_kms_key_vault_network_access = \"", ["Public", "Private"]),
      ("vault.create{ no_self_perms = ", ["true", "false"]),
      ("vault.create{ no_self_perms = tru", ["true"]),
      ("v:set_policy{ key_permissions = { 'wr", ["wrapKey"]),
      ("v:set_policy{ key_permissions = { 'get', 'li", ["list"]),
      ("role.assign{ role = 'Key Vault Crypto Off", ["Key Vault Crypto Officer"]),
      ("k:encrypt{ algorithm = 'RSA-OAEP", ["RSA-OAEP-256", "RSA-OAEP"]),
      // Existing things.
      ("vault.get('", ["kv-prod", "kv-test"]), ("vault.get'kv-t", ["kv-test"]),
      ("vault.get(", ["'kv-prod'", "'kv-test'"]),
      ("vault.recover('", ["kv-gone"]), ("key.list{ vault_name = 'kv-p", ["kv-prod"]),
      ("key.get{ vault_name = v, name = '", ["etcd-key"]),
      ("key.get{ vault_name = 'kv-test', name = '", []),
      ("identity.get('", ["plugin"]), ("cluster.create{ assign_identity = '", ["plugin"]),
      ("secret.get{ cluster = '", ["c1"]),
      ("secret.list{ cluster = c, namespace = '", ["default", "web"]),
      ("secret.get{ cluster = c, name = 'db", ["db", "db-copy"]),
      ("secret.get{ cluster = 'c1', namespace = 'web', name = '", ["tls"]),
      ("secret.get{ cluster = c, namespace = where, name = '", ["tls"]),
      ("secret.create{ cluster = c, name = 'd", []), ("c:rewrite_secrets{ namespace = 'w", ["web"]),
      ("vault.list{ resource_group = '", ["rg-one", "rg-two"]), ("workspace.restore('", ["before"]),
      // Nothing that could be meant.
      ("-- vau", []), ("x = 'vau", []), ("x = vault ", []), ("12", []),
      ("x = 1 vault.", ["create"]),
      // Commands.
      ("\\hi", ["history"]), ("\\h", ["help", "history"]), ("\\help vault.cr", ["vault.create"]),
      ("\\help kms.rotate_", ["kms.rotate_twice"]),
      ("\\time vau", ["vault"]), ("\\history vau", []), ("\\nothing vau", []),
    ] as [(String, [String])]
  )
  func `this can stand there`(text: String, expected: [String]) {
    let found = texts(text)
    // One whose list goes on is compared as far as it is told.
    #expect(text == "x = 1 vault." ? found.contains("create") : found == expected)
  }

  @Test func `identifiers of keys are offered from what is typed of them`() {
    let all = texts("c:update{ azure_keyvault_kms_key_id = '")
    #expect(all.count == 1 && all[0].hasPrefix("https://kv-prod.vault.azure.net/keys/etcd-key/"))
    for length in stride(from: 0, through: all[0].count, by: 3) {
      #expect(texts("key.get('" + all[0].prefix(length)) == all)
    }
    #expect(texts("key.get('https://kv-q") == [])
  }

  @Test func `required options come first and have a star`() {
    #expect(labels("key.create{ ").prefix(3) == ["name*", "vault_name*", "curve"])
    #expect(labels("key.create{ vault_name = v, ").first == "name*")
  }

  @Test(
    arguments: [
      ("vault.cre", "ate{"), ("vault.ge", "t"), ("v:sh", "ow()"), ("clock.no", "w()"),
      ("prin", "t("),
      ("workspace.pa", "th"), ("vault.create{ resource_g", "roup = "), ("vault.get('kv-", ""),
      ("vault.get('kv-p", "rod'"), ("vault.create{ sku = 'p", "remium'"),
      ("vault.get(\"kv-p", "rod\""),
      ("vault.get[[kv-p", "rod"), ("mine.al", "pha"), ("kms.rotate_", "twice{"), ("\\hel", "p "),
      ("zzz", ""),
      ("key.get{ vault_name = 'kv", "-"),
    ]
  )
  func `a tab inserts what all have in common, and what follows the only one`(
    text: String,
    insertion: String
  ) {
    let answer = completer.completion(of: text, columnCount: 80, again: false)
    #expect(answer.insertion == insertion)
    #expect(answer.list.isEmpty)
  }

  @Test func `a second tab lists: calls with what they take, in the width of the screen`() {
    let list = completer.completion(of: "vault.", columnCount: 80, again: true).list
    let lines = list.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(lines.contains { $0.hasPrefix("  create{name, resource_group, location?, …}") })
    #expect(lines.contains { $0.hasPrefix("  list_deleted()") })
    func rows(_ text: String) -> String {
      completer.completion(of: text, columnCount: 120, again: true).list
    }
    #expect(
      rows("vault.create{ ").contains(
        "retention_days                   7 to 90; fixed at creation; default: 90\n"
      )
    )
    #expect(rows("vault.create{ ").contains("; default: 'Enabled'\n"))
    #expect(rows("kms.rotate{ ").contains("; default: a new version\n"))
    #expect(rows("kms.enable_public{ ").contains("; default: 'etcd'\n"))
    let names = completer.completion(of: "vault.get('", columnCount: 20, again: true).list
    #expect(names == "  kv-prod  kv-test\n" || names == "")
    #expect(
      completer.completion(of: "vault.get('kv-", columnCount: 40, again: true).list
        == "  kv-prod  kv-test\n"
    )
    #expect(
      completer.completion(of: "vault.get('kv-", columnCount: 10, again: true).list
        == "  kv-prod\n  kv-test\n"
    )
  }

  @Test func `what is cut off is not taken for all there is`() throws {
    let code = "for n = 1, 300 do secret.create{ cluster = c, name = ('x%03d'):format(n) } end"
    _ = try state.call(state.load(Array(code.utf8), chunkName: "=test"))
    let start = "secret.get{ cluster = c, name = 'x"
    let answer = completer.completion(of: start, columnCount: 80, again: true)
    #expect(answer.insertion.isEmpty)
    #expect(answer.list.hasSuffix("\n  … and more\n"))
    #expect(completer.completion(of: start + "3", columnCount: 80, again: false).insertion == "00'")
  }

  @Test func `nothing of the user's runs`() throws {
    for text in [
      "kms.rotate{ ", "kms.",
      "trap.", "trap.x.", "trap:", "trap['x'].", "mine.", "trap{ ", "trap(",
      "vault.get{ name = trap.",
    ] {
      _ = completer.candidates(for: text)
    }
    let calls = try state.call(state.load(Array("return calls".utf8), chunkName: "=test")).first
    guard case .integer(0)? = calls else {
      Issue.record("something ran")
      return
    }
  }

  @Test func `files are offered inside of the strings that name them`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kmsh-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "sub"),
      withIntermediateDirectories: true
    )
    for name in ["one.lua", "two.db", ".hidden", "it's"] {
      try Data().write(to: folder.appending(path: name))
    }
    let path = folder.path
    #expect(texts("dofile('\(path)/o") == ["\(path)/one.lua"])
    #expect(texts("io.open('\(path)/") == ["\(path)/one.lua", "\(path)/sub/", "\(path)/two.db"])
    #expect(texts("io.open('\(path)/.") == ["\(path)/.hidden"])
    #expect(texts("etcd.open_snapshot('\(path)/t") == ["\(path)/two.db"])
    #expect(texts("etcd.audit{ snapshot = '\(path)/t") == ["\(path)/two.db"])
    #expect(texts("print('\(path)/o") == [])
    #expect(
      completer.completion(of: "dofile('\(path)/su", columnCount: 80, again: false).insertion
        == "b/"
    )
    #expect(texts("dofile('\(path)/none/") == [])
  }

  @Test(arguments: UInt64(0)..<300)
  func `any text can be completed`(seed: UInt64) {
    let pieces = [
      "vault", ".", ":", "create", "{", "}", "(", ")", "[", "]", "=", ",", "'", "\"", "[[", "--",
      "\n", " ",
      "name", "1", "v", "end", "function", "\\", "日", "..", "get",
    ]
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    var text = ""
    for _ in 0..<30 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      text += pieces[Int(state >> 33) % pieces.count]
      let found = completer.candidates(for: text)
      #expect(found.all.allSatisfy { $0.text.hasPrefix(found.prefix) })
    }
  }
}
