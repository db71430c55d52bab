import LuaModules
import LuaRuntime
import Testing

/// A state with all modules on a workspace in memory.
func makeWorld() throws -> LuaState {
  let state = try LuaState()
  try Library.register(in: state, Session(path: ":memory:"))
  return state
}

@discardableResult
func run(_ state: LuaState, _ source: String) throws -> [LuaValue] {
  try state.call(state.load(Array(source.utf8), chunkName: "=test"))
}

@Suite struct PublicPathTests {
  /// A world with a cluster under KMS and one Secret.
  static let setUp = """
    v = vault.create{ name = 'kv1', resource_group = 'rg' }
    k = key.create{ vault_name = v, name = 'k' }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
    c = cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
      enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
      azure_keyvault_kms_key_vault_network_access = 'Public' }
    s = secret.create{ cluster = c, name = 's1', string_data = { a = 'x' } }
    function rotate()
      c:update{ enable_azure_keyvault_kms = true,
        azure_keyvault_kms_key_id = key.create{ vault_name = v, name = 'k' },
        azure_keyvault_kms_key_vault_network_access = 'Public' }
    end
    """

  @Test func `rotating twice without a rewrite strands a Secret (R79)`() throws {
    let state = try makeWorld()
    try run(state, Self.setUp + "\n" + "rotate(); assert(s.data.a == 'x'); rotate()")
    let error = #expect(throws: LuaError.self) { try run(state, "return s.data.a") }
    #expect(error?.code == "secret.unreadable")
  }

  @Test func `rotating with a rewrite keeps it, and the oldest key may go (R77)`() throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\n" + """
        rotate(); assert(c:rewrite_secrets{}.written == 1)
        rotate(); assert(c:rewrite_secrets{}.written == 1)
        k:update{ enabled = false }
        assert(s.data.a == 'x' and c:health().api_server == 'healthy')
        assert(c:rewrite_secrets{}.unchanged == 1)
        """
    )
  }

  @Test func `an expired slot makes the API server unhealthy (R76, R107)`() throws {
    let state = try makeWorld()
    let values = try run(
      state,
      Self.setUp + "\n" + """
        rotate(); k:update{ expires = '2020-01-01T00:00:00Z' }
        local h = c:health()
        return h.api_server, h.reasons[1].code, h.reasons[1].rule
        """
    )
    #expect(values.map(\.text) == ["unhealthy", "KeyExpired", "R107"])
  }

  @Test func `disabling writes in clear and keeps the old key readable (R91, R92)`() throws {
    let state = try makeWorld()
    try run(
      state,
      Self.setUp + "\n" + """
        c:update{ disable_azure_keyvault_kms = true }
        assert(s.data.a == 'x' and s:stored().provider == 'kms')
        assert(c:rewrite_secrets{}.written == 1)
        assert(s:stored().provider == 'identity')
        """
    )
  }

  @Test(arguments: [
    ("cluster.create{ name = 'c1', resource_group = 'rg' }", "cluster.exists"),
    ("vault.create{ name = '1bad', resource_group = 'rg' }", "vault.name_invalid"),
    ("vault.create{ nme = 'kv2', resource_group = 'rg' }", "argument.unknown"),
    ("vault.create{}", "argument.missing"),
    ("vault.create{ name = 1, resource_group = 'rg' }", "argument.type"),
    (
      "c:update{ enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = "
        + "'https://kv1.vault.azure.net/keys/k', azure_keyvault_kms_key_vault_network_access = 'Public' }",
      "cluster.invalid"
    ),
    ("c:update{ enable_azure_keyvault_kms = true }", "cluster.invalid"),
    ("secret.create{ cluster = c, name = 's1' }", "secret.exists"),
    ("secret.get{ cluster = c, name = 'nope' }", "secret.not_found"),
    ("secret.create{ cluster = c, name = 'Bad_Name' }", "secret.invalid"),
  ])
  func `a slip is told and changes nothing`(source: String, code: String) throws {
    let state = try makeWorld()
    try run(state, Self.setUp)
    let count = "return #vault.list{} + #cluster.list{} + #secret.list{ cluster = c }"
    let before = try run(state, count)
    let error = #expect(throws: LuaError.self) { try run(state, source) }
    #expect(error?.code == code)
    #expect("\(before)" == "\(try run(state, count))")
  }

  @Test func `a grant to the client id is told for what it is (R46)`() throws {
    let state = try makeWorld()
    try run(
      state,
      """
      v = vault.create{ name = 'kv1', resource_group = 'rg' }
      k = key.create{ vault_name = v, name = 'k' }
      i = identity.create{ name = 'id1', resource_group = 'rg' }
      v:set_policy{ object_id = i.client_id, key_permissions = { 'encrypt', 'decrypt' } }
      """
    )
    let error = #expect(throws: LuaError.self) {
      try run(
        state,
        """
        cluster.create{ name = 'c1', resource_group = 'rg', assign_identity = i,
          enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
          azure_keyvault_kms_key_vault_network_access = 'Public' }
        """
      )
    }
    #expect(error?.code == "kms.identity_denied")
    #expect(error?.azureCode == "AzureKeyVaultKmsValidateIdentityPermissionCustomerError")
    #expect(error?.hint?.contains("client id") == true)
    try run(state, "assert(#cluster.list{} == 0)")
  }
}
