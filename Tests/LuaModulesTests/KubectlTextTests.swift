import LuaRuntime
import Testing

/// What kubectl prints when a Secret cannot be read or written: the whole text, word for word.
@Suite struct KubectlTextTests {
  /// A call, and the cause that its text ends with; `@` stands for what Lua returns as `at`.
  struct Case: CustomTestStringConvertible, Sendable {
    let call: String
    let text: String
    var testDescription: String { call }
  }

  /// As kubectl words an answer of the API server.
  private static let setUp = """
    clock.freeze('2026-01-01T00:00:00Z')
    """ + "\n" + PublicPathTests.setUp + "\n" + """
      old = k.kid
      function shown(fn, ...)
        local ok, e = pcall(fn, ...)
        assert(not ok, 'nothing failed')
        return 'Error from server (' .. e.azure_code .. '): ' .. e.message
      end
      calls = {
        get = function() return shown(secret.get, { cluster = c, name = 's1' }) end,
        list = function() return shown(secret.list, { cluster = c }) end,
        update = function() return shown(s.update, s, { string_data = { a = 'y' } }) end,
        delete = function() return shown(s.delete, s) end,
        create = function()
          return shown(secret.create, { cluster = c, name = 's2', string_data = { a = 'x' } })
        end,
      }
      function id(kid) return crypto.hex(crypto.sha256(kid)) end
      """

  private static let internalError = "Error from server (InternalError): Internal error occurred: "
  /// What a list says before the cause.
  private static let place = "unable to transform key \"/registry/secrets/default/s1\": "

  private func texts(_ provoke: String, _ calls: [String]) throws -> [String] {
    let state = try makeWorld()
    try run(state, Self.setUp + "\n" + provoke)
    return try calls.map { try run(state, "return calls.\($0)()").first?.text ?? "" }
  }

  /// What makes a Secret unreadable, and the cause that is told; `OLD` and `NEW` stand for kids,
  /// `OLDID` and `NEWID` for their key ids.
  static let unreadable: [(String, String)] = [
    (
      // Sealed by a provider that the cluster does not have.
      "c:etcd():put('/registry/secrets/default/s1', 'k8s:enc:aescbc:v1:key1:' .. ('x'):rep(48))",
      "no matching prefix found"
    ),
    (
      "rotate() rotate()",
      "failed to decrypt DEK, error: rpc error: code = Unknown desc = key id OLDID does not match "
        + "expected key id NEWID used for encryption"
    ),
    (
      "rotate() k:update{ enabled = false }",
      "failed to decrypt DEK, error: rpc error: code = Unknown desc = failed to decrypt, error: "
        + "keyvault.BaseClient#Decrypt: Failure responding to request: StatusCode=403 -- Original "
        + "Error: autorest/azure: Service returned an error. Status=403 Code=\"Forbidden\" "
        + "Message=\"Operation decrypt is not allowed on a disabled key.\""
    ),
    (
      // The vault would decrypt; the sidecar is restarted all the time (R108, R113).
      "rotate() k:update{ expires = '2025-01-01T00:00:00Z' }",
      "failed to decrypt DEK, error: rpc error: code = DeadlineExceeded desc = context deadline "
        + "exceeded"
    ),
    (
      "rotate() v:delete{ confirm = true }",
      "failed to decrypt DEK, error: rpc error: code = Unknown desc = failed to decrypt, error: "
        + "keyvault.BaseClient#Decrypt: Failure sending request: StatusCode=0 -- Original Error: "
        + "Post \"OLD/decrypt?api-version=2016-10-01\": dial tcp: lookup kv1.vault.azure.net: no "
        + "such host"
    ),
    (
      "rotate() i:delete()",
      "failed to decrypt DEK, error: rpc error: code = Unknown desc = failed to decrypt, error: "
        + "keyvault.BaseClient#Decrypt: Failure sending request: StatusCode=400 -- Original Error: "
        + "azure.BearerAuthorizer#WithAuthorization: Failed to refresh the Token for request to "
        + "OLD/decrypt?api-version=2016-10-01: StatusCode=400 -- Original Error: adal: Refresh "
        + "request failed. Status Code = '400'. Response body: {\"error\":\"invalid_request\","
        + "\"error_description\":\"Identity not found\"}"
    ),
  ]

  @Test(arguments: unreadable)
  func `an unreadable Secret fails get, update, delete, and the list as a whole`(
    provoke: String,
    cause: String
  ) throws {
    let state = try makeWorld()
    try run(state, Self.setUp + "\n" + provoke)
    let kids = try run(state, "return old, id(old), id(c:kms().current.kid)").compactMap(\.text)
    let cause =
      cause.replacing("OLDID", with: kids[1]).replacing("NEWID", with: kids[2])
      .replacing("OLD", with: kids[0])
    for call in ["get", "update", "delete", "list"] {
      let text = try run(state, "return calls.\(call)()").first?.text
      #expect(text == Self.internalError + (call == "list" ? Self.place : "") + cause, "\(call)")
    }
  }

  @Test(arguments: ["create", "update"])
  func `a write fails three minutes after the last good answer of the plugin`(call: String) throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\n" + """
        k:update{ enabled = false }
        clock.advance('PT2M59S')
        secret.create{ cluster = c, name = 'in-time', string_data = { a = 'x' } }
        clock.advance('PT1S')
        """
    )
    let hash = try run(state, "return id(id(k.kid))").first?.text ?? ""
    #expect(
      try run(state, "return calls.\(call)()").first?.text
        == Self.internalError + "encryptedDEKSource with keyID hash \"sha256:\(hash)\" expired at "
        + "2026-01-01T00:03:00Z (current time is 2026-01-01T00:03:00Z)"
    )
    // What is unwrapped stays readable.
    try run(state, "assert(s.data.a == 'x' and #secret.list{ cluster = c } == 2)")
  }

  @Test func `a cluster whose identity is gone writes nothing in clear (R19)`() throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\n" + """
        i:delete()
        local t = secret.create{ cluster = c, name = 't', string_data = { a = 'x' } }
        assert(t:stored().provider == 'kms')
        clock.advance('PT3M')
        assert(calls.create():find('encryptedDEKSource with keyID hash', 1, true))
        assert(not secret.find{ cluster = c, name = 's2' })
        """
    )
  }
}
