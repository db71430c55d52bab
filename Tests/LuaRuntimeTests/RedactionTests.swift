import LuaRuntime
import Testing

/// Errors do not repeat what may be a key.
@Suite struct RedactionTests {
  /// What a function that repeats its argument in message and hint says of it.
  private func echo(_ source: String) throws -> LuaError? {
    let state = try LuaState()
    try state.register(
      LuaModule("host", "Functions of the test.") { module in
        module.function("refuse", "Repeats the text that Lua finds in its arguments.") { call in
          var text = ""
          for index in 1...call.count { text += Self.texts(try call.value(index)).joined() }
          throw LuaError(
            code: "x.y",
            message: "no '\(text)' here",
            hint: "not \(text)",
            cause: text
          )
        }
      }
    )
    return #expect(throws: LuaError.self) {
      try state.call(state.load(Array("host.refuse(\(source))".utf8), chunkName: "=test"))
    }
  }

  private static func texts(_ value: LuaValue) -> [String] {
    switch value {
    case .bytes(let bytes): [String(decoding: bytes, as: UTF8.self)]
    case .array(let items): items.flatMap(texts)
    case .table(let members): members.flatMap { [$0.key.text] + texts($0.value) }
    default: []
    }
  }

  private static let base64 = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"
  private static let hex = String(repeating: "00ff7a", count: 11)

  @Test(arguments: [
    ("'\(base64)'", "(50 characters)"), ("'\(hex)'", "(66 characters)"),
    ("'\(String(repeating: "1234567", count: 9))'", "(63 characters)"),
    ("7, '\(hex)'", "(66 characters)"), ("{ '\(hex)' }", "(66 characters)"),
    ("{ a = { b = '\(base64)' } }", "ab(50 characters)"),
    ("{ ['\(hex)'] = 1 }", "(66 characters)"),
    ("'{\"d\":\"\(base64)\"}'", "{\"d\":\"(50 characters)\"}"),
    (
      "'-----BEGIN PRIVATE KEY-----\\n\(base64)\\nAzAsoCWt+VZmkZj/U9F19qY=\\n'",
      "-----BEGIN PRIVATE KEY-----\n(50 characters)\n(23 characters)=\n"
    ),
  ])
  func `a key among the arguments is told by its length`(source: String, shown: String) throws {
    let error = try echo(source)
    #expect(error?.message == "no '\(shown)' here")
    #expect(error?.hint == "not \(shown)" && error?.cause == shown)
  }

  @Test(arguments: [
    "my-vault", "3e30e0a9-6d9d-4c0f-8e3e-0b6f2d3a4c5d",
    "https://mykeyvault.vault.azure.net/keys/MyKeyName/8a06cfbb62aa4bf3b4650d1026ede271",
    "/subscriptions/3e30e0a9-6d9d-4c0f-8e3e-0b6f2d3a4c5d/resourceGroups/MyResourceGroup1/"
      + "providers/Microsoft.KeyVault/vaults/MyKeyVault",
    "production-etcd-encryption-key-of-the-cluster-in-west-europe-2026",
    "a sentence of more than forty-three characters, with 1 Digit",
  ])
  func `names, ids and addresses are repeated as they are`(text: String) throws {
    let error = try echo("'\(text)'")
    #expect(error?.message == "no '\(text)' here" && error?.hint == "not \(text)")
  }

  @Test func `what an error shows in part, or in another case, is left out too`() throws {
    let state = try LuaState()
    try state.register(
      LuaModule("host", "Functions of the test.") { module in
        module.function("refuse", "Repeats the beginning, in lower case.") { call in
          let text = try call.string(1)
          throw LuaError(code: "x.y", message: "\(text.prefix(20)), \(text.lowercased()).")
        }
      }
    )
    let error = #expect(throws: LuaError.self) {
      try state.call(state.load(Array("host.refuse'\(Self.base64)'".utf8), chunkName: "=test"))
    }
    #expect(error?.message == "(20 characters), (50 characters).")
  }

  @Test func `what follows a slash within a key is left out on its own`() throws {
    let state = try LuaState()
    try state.register(
      LuaModule("host", "Functions of the test.") { module in
        module.function("refuse", "Repeats what follows the last slash.") { call in
          let name = try call.string(1).split(separator: "/").last ?? ""
          throw LuaError(code: "x.y", message: "no '\(name)'")
        }
      }
    )
    let error = #expect(throws: LuaError.self) {
      let source = "host.refuse'\(Self.base64)/AbCd1234'"
      return try state.call(state.load(Array(source.utf8), chunkName: "=test"))
    }
    #expect(error?.message == "no '(8 characters)'")
  }

  @Test func `an error that a function of Lua raised passes through as it is`() throws {
    let state = try LuaState()
    try state.register(
      LuaModule("host", "Functions of the test.") { module in
        module.function("run", "Calls its first argument.") { call in
          try call.state.call(call.function(1)).first ?? .nil
        }
      }
    )
    let source =
      "host.run(function() error({ code = 'a.b', message = '\(Self.hex)' }) end, '\(Self.hex)')"
    let error = #expect(throws: LuaError.self) {
      try state.call(state.load(Array(source.utf8), chunkName: "=test"))
    }
    #expect(error?.code == "a.b" && error?.message == Self.hex)
  }
}
