import LuaRuntime
import Testing

@Suite struct SourceRedactionTests {
  private static let redaction: SourceRedaction = {
    let secret = LuaModule("secret", "Secrets.") { module in
      module.function(
        "create",
        "",
        options: [
          .required("name", .string, ""), .optional("data", .table, "").concealed(),
          .optional("string_data", .table, "", az: "--from-literal").concealed(),
          .optional("labels", .table, ""),
        ]
      ) { _ in .nil }
      module.function("list", "", options: [.optional("value", .string, "")]) { _ in .nil }
    }
    let key = LuaModule("key", "Keys.") { module in
      module.function("import", "", options: [.optional("pem", .secret, "", az: "--pem-string")]) {
        _ in .nil
      }
      module.function("hash", "", parameters: "name, bytes") { _ in .nil }
      module.function("base64", "", parameters: "bytes") { _ in .nil }
      module.takesSecret(argument: 2, "hash")
      module.takesSecret(argument: 1, "base64")
    }
    final class Handle: LuaObject {}
    let type = LuaClass<Handle>("key", "A key.") { type in
      type.method(
        "encrypt",
        "",
        options: [.required("algorithm", .string, ""), .required("value", .secret, "")]
      ) { _, _ in .nil }
    }
    guard let state = try? LuaState(), (try? state.register(secret)) != nil,
      (try? state.register(key)) != nil, (try? state.register(type)) != nil
    else { preconditionFailure("a state for the test cannot be made") }
    return SourceRedaction(state.descriptions)
  }()

  @Test(
    arguments: [
      // By the option.
      (
        "secret.create{ name = 's', data = { a = 'x', b = [[y]] } }",
        "secret.create{ name = 's', data = { a = '‹secret›', b = [[‹secret›]] } }"
      ),
      (
        "secret.create({ string_data = { ['k.txt'] = \"x\" }, name = 's' })",
        "secret.create({ string_data = { ['k.txt'] = \"‹secret›\" }, name = 's' })"
      ),
      (
        "k:encrypt{ algorithm = 'RSA-OAEP', value = 'words' }",
        "k:encrypt{ algorithm = 'RSA-OAEP', value = '‹secret›' }"
      ),
      (
        "secret.create{ data = { pin = 1234 }, name = 's' }",
        "secret.create{ data = { pin = '‹secret›' }, name = 's' }"
      ),
      (
        "secret.create{ data = { a = f('x') .. 'y' }, labels = { b = 'z' } }",
        "secret.create{ data = { a = f('‹secret›') .. '‹secret›' }, labels = { b = 'z' } }"
      ),
      (
        "secret.create{\n  data = {\n    a = 'x',\n  },\n}",
        "secret.create{\n  data = {\n    a = '‹secret›',\n  },\n}"
      ),
      // An option misspelt of a function that has secret ones.
      (
        "secret.create{ stringdata = { a = 'x' } }",
        "secret.create{ stringdata = { a = '‹secret›' } }"
      ),
      // By the argument.
      ("key.hash('name', 'x')", "key.hash('name', '‹secret›')"),
      ("key.base64'x'", "key.base64'‹secret›'"),
      ("print(key.base64('x'), 'y')", "print(key.base64('‹secret›'), 'y')"),
      // By the name alone, where nobody known is called.
      ("t = { data = { a = 'x' } }", "t = { data = { a = '‹secret›' } }"),
      ("t['data'] = { a = 'x' }", "t['data'] = { a = '‹secret›' }"),
      ("t.pem = 'x'", "t.pem = '‹secret›'"),
      ("password = 'x'\nprint('y')", "password = '‹secret›'\nprint('y')"),
      ("local password = 'x' local y = 'z'", "local password = '‹secret›' local y = 'z'"),
      ("mine{ password = 'x', name = 'y' }", "mine{ password = '‹secret›', name = 'y' }"),
      // By the shape.
      ("k = [[-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----]]", "k = [[‹secret›]]"),
      ("t = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln'", "t = '‹secret›'"),
      ("c = 'DefaultEndpointsProtocol=https;AccountKey=abc=='", "c = '‹secret›'"),
      ("x = '5ee2d55231a830072f5fb3a7ae480a14e8fc915c082bd1ec'", "x = '‹secret›'"),
      ("json.decode('{\"data\":{\"a\":\"eA==\"}}')", "json.decode('‹secret›')"),
      ("-- the key is VGhpcyBpcyBub3QgYSBzZWNyZXQgYnV0IGl0IGxvb2tz1", "-- the key is ‹secret›"),
      // What is no Lua, or goes wrong inside of a secret.
      ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n", "‹secret›\n"),
      ("secret.create{ data = { a = 'it's me' } }", "secret.create{ data =‹secret›"),
      ("secret.create{ data = { a = 'open }\nb", "secret.create{ data =‹secret›"),
      ("secret.create{ data = { a = hun$ter2 } }", "secret.create{ data =‹secret›"),
      // Command lines.
      (
        "\\az keyvault key import --name k --pem-string 'a b' --size 2048",
        "\\az keyvault key import --name k --pem-string ‹secret› --size 2048"
      ),
      (
        "\\kubectl create secret generic s --from-literal=pw=x -n web",
        "\\kubectl create secret generic s --from-literal=‹secret› -n web"
      ),
      (
        "\\kubectl create secret docker-registry s --docker-password x --docker-username=y",
        "\\kubectl create secret docker-registry s --docker-password ‹secret› --docker-username=y"
      ),
      (
        "prompt.kubectl 'create secret generic s --from-literal=pw=x -n web'",
        "prompt.kubectl '‹secret›'"
      ),
      ("x = '--docker-password y'", "x = '‹secret›'"),
      ("prompt.az 'keyvault key import --pem-string y'", "prompt.az '‹secret›'"),
      // A command line as a shell reads it: what goes on below, escapes, quotes in quotes.
      (
        "\\kubectl create secret generic a --from-literal \\\npw=x -n web",
        "\\kubectl create secret generic a --from-literal ‹secret› -n web"
      ),
      (
        "\\kubectl create --from-literal=pw=a\\ b -n w",
        "\\kubectl create --from-literal=‹secret› -n w"
      ),
      (
        "\\kubectl create --from-literal=\"pw=a\\\" b\" -n w",
        "\\kubectl create --from-literal=‹secret› -n w"
      ),
      (
        "\\kubectl create --from-literal=pw=$(echo a b) -n w",
        "\\kubectl create --from-literal=‹secret› -n w"
      ),
      (
        "\\kubectl create --from-literal\\=pw=x -n w",
        "\\kubectl create --from-literal=‹secret› -n w"
      ),
      ("\\az PW=x", "\\az PW=‹secret›"),
      (
        "\\kubectl echo '{\"stringData\":{\"pw\":\"x\"}}' | kubectl apply -f -",
        "\\kubectl echo ‹secret› | kubectl apply -f -"
      ),
      (
        "\\time secret.create{ data = { a = 'x' } }",
        "\\time secret.create{ data = { a = '‹secret›' } }"
      ),
    ]
  )
  func `a secret is left out`(text: String, written: String) {
    #expect(Self.redaction.applied(to: text) == written)
  }

  @Test(arguments: [
    "print(s.data.password)", "x == data", "data == 1", "value", "#metadata", "x = 'a -- b'",
    "secret.list{ value = 'plain' }", "secret.create{ name = 's', labels = { a = 'b' } }",
    "k = key.get('https://mykeyvault.vault.azure.net/keys/k/3f1c9a5e0b7d4c2f8a6e1d5b9c0f7a31')",
    "i = identity.get('/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg1/x')",
    "vault.create{ name = 'kv1', resource_group = 'rg' }", "for i = 1, 3 do print('日本', i) end",
    "key.hash('name')", "x = 'a --from-literal=‹secret› b'", "broken = 'it's'",
    "\\az keyvault show --name kv1", "\\history data", "",
  ])
  func `what is none is written as it is`(text: String) {
    #expect(Self.redaction.applied(to: text) == text)
  }
}
