import Foundation
import LineEditor
import Testing

@Suite struct HistoryTests {
  private func withPath(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "kmsh-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "state/history").path)
  }

  @Test func `entries of many lines come back whole, for the owner only`() throws {
    try withPath { path in
      let history = History(path: path)
      #expect(history.load().isEmpty)
      for entry in ["x = 1", "for i = 1, 2 do\n  print(i)\nend", "é \\ \"quoted\""] {
        history.append(entry)
      }
      #expect(
        History(path: path).load() == [
          "x = 1", "for i = 1, 2 do\n  print(i)\nend", "é \\ \"quoted\"",
        ]
      )
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func `a repeat, what begins with a blank, and a secret are not kept`() throws {
    try withPath { path in
      let history = History(path: path)
      for entry in ["a", "a", " b", "t = { data = { a = 'x' } }", "c", "a"] {
        history.append(entry)
      }
      #expect(History(path: path).load() == ["a", "c", "a"])
    }
  }

  @Test func `two prompts share the file`() throws {
    try withPath { path in
      let (one, two) = (History(path: path), History(path: path))
      _ = (one.load(), two.load())
      for n in 0..<50 {
        one.append("one \(n)")
        two.append("two \(n)")
      }
      #expect(Set(History(path: path).load()).count == 100)
    }
  }

  @Test func `a damaged line costs that line only`() throws {
    try withPath { path in
      History(path: path).append("before")
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.seekToEnd()
      try handle.write(contentsOf: Data("\"cut sho\n\u{0}\n".utf8))
      try handle.close()
      History(path: path).append("after")
      #expect(History(path: path).load() == ["before", "after"])
    }
  }

  @Test(
    arguments: [
      (["KMSH_HISTORY": "/h"], "/h"), (["KMSH_HISTORY": ""], nil),
      (["HOME": "/home/a"], "/home/a/.local/state/kmsh/history"),
      (["HOME": "/home/a", "XDG_STATE_HOME": "/s"], "/s/kmsh/history"),
    ] as [([String: String], String?)]
  )
  func `where it lies`(environment: [String: String], path: String?) {
    #expect(History.defaultPath(environment: environment) == path)
  }
}

@Suite struct SecretShapesTests {
  @Test(arguments: [
    "secret.create{ cluster = c, name = 's', data = { a = 'x' } }",
    "secret.create{ string_data = { a = 'x' } }", "d = { password = 'x' }",
    "t['data'] = { a = 'x' }",
    "s:update{ data={a='x'} }", "json.decode('{\"data\":{\"a\":\"eA==\"}}')",
    "k = [[-----BEGIN PRIVATE KEY-----]]", "key.import{ pem = p }", "key.import{ jwk = j }",
    "k:encrypt{ algorithm = 'RSA-OAEP-256', value = 'words' }",
    "x = '5ee2d55231a830072f5fb3a7ae480a14e8fc915c082bd1ec'",
    "x = 'VGhpcyBpcyBub3QgYSBzZWNyZXQgYnV0IGl0IGxvb2tzIGxpa2Ugb25l'",
  ])
  func `a secret is seen`(text: String) { #expect(SecretShapes.occur(in: text)) }

  @Test(arguments: [
    "print(s.data.password)", "x == data", "data == 1", "c:update{ azure_keyvault_kms_key_id = k }",
    "k = key.get('https://mykeyvault.vault.azure.net/keys/k/3f1c9a5e0b7d4c2f8a6e1d5b9c0f7a31')",
    "i = identity.get('/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg1/x')",
    "vault.create{ name = 'kv1', resource_group = 'rg' }", "value", "#metadata",
  ])
  func `what is none is kept`(text: String) { #expect(!SecretShapes.occur(in: text)) }
}
