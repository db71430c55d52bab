import LuaModules
import LuaRuntime
import Testing

/// Rules of preparing and enabling, as a script sees them.
@Suite struct SealingRuleTests {
  /// A vault, a key in it, an identity that may use it, options to enable KMS with a key, and a
  /// function that returns the error of a call.
  static let setUp = """
    clock.freeze('2026-01-01T00:00:00Z')
    v = vault.create{ name = 'kv1', resource_group = 'rg' }
    k = key.create{ vault_name = v, name = 'k' }
    i = identity.create{ name = 'id1', resource_group = 'rg' }
    v:set_policy{ object_id = i, key_permissions = { 'encrypt', 'decrypt' } }
    function kms(key, options)
      local all = { enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = key,
        azure_keyvault_kms_key_vault_network_access = 'Public' }
      for name, value in pairs(options or {}) do all[name] = value end
      return all
    end
    function make(name, options)
      options = options or {}
      options.name, options.resource_group, options.assign_identity = name, 'rg', i
      return cluster.create(options)
    end
    -- What an API server opened once it remembers; stopped and started it begins anew.
    function restart()
      c:stop()
      c:start()
    end
    function refusal(fn, ...)
      local ok, err = pcall(fn, ...)
      assert(not ok, 'it was not refused')
      return err
    end
    """

  static func world() throws -> LuaState {
    let state = try makeWorld()
    try run(state, setUp)
    return state
  }

  @Test func `Secrets alone are sealed, under a key of one's own vault (R01, R02)`() throws {
    try run(
      Self.world(),
      """
      local err = refusal(make, 'c0', kms(nil))
      assert(err.code == 'cluster.invalid' and #vault.list() == 1 and #cluster.list() == 0)
      local c = make('c1', kms(k))
      local s = secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
      assert(s:stored().prefix == 'k8s:enc:kms:v2:azurekmsprovider:')
      local resources = c:encryption_configuration():match('resources:%s*%- resources:(.-)providers')
      assert(resources and resources:gsub('%s', '') == '-secrets', resources)
      """
    )
  }

  @Test func `nothing renews or rotates a key by itself (R05)`() throws {
    try run(
      Self.world(),
      """
      k:update{ expires = '2026-03-01T00:00:00Z' }
      local c = make('c1', kms(k))
      clock.advance('P58D')
      assert(c:health().api_server == 'healthy')
      clock.advance('P2D')
      assert(c:health().api_server ~= 'healthy' and #k:versions() == 1)
      assert(c.security_profile.azure_key_vault_kms.key_id == k.kid)
      """
    )
  }

  @Test func `each Secret names the key it was sealed under (R06)`() throws {
    try run(
      Self.world(),
      """
      local c = make('c1', kms(k))
      local old = secret.create{ cluster = c, name = 'old', string_data = { a = 'x' } }
      local second = key.create{ vault_name = v, name = 'k' }
      c:update(kms(second))
      local new = secret.create{ cluster = c, name = 'new', string_data = { a = 'x' } }
      assert(old:stored().key_id == crypto.hex(crypto.sha256(k.kid)))
      assert(new:stored().key_id == crypto.hex(crypto.sha256(second.kid)))
      assert(old.data.a == 'x' and new.data.a == 'x')
      local found = {}
      for each in c:inventory{}.each do found[each.name] = each.kid end
      assert(found.old == k.kid and found.new == second.kid)
      """
    )
  }

  @Test func `the resource tells the tunnel, and a public vault takes both (R12, R15)`() throws {
    try run(
      Self.world(),
      """
      local plain = make('c1', kms(k))
      local integrated = make('c2', kms(k, { enable_apiserver_vnet_integration = true }))
      assert(plain:kms().tunnel == 'konnectivity' and integrated:kms().tunnel == 'vnet')
      assert(integrated.api_server_access_profile.enable_vnet_integration == true)
      local profile = plain.api_server_access_profile
      assert(profile == nil or profile == json.null or profile.enable_vnet_integration ~= true)
      assert(plain:kms().enabled and integrated:kms().enabled)
      """
    )
  }

  @Test
  func `under Azure RBAC the creator helps itself first, then the identity (R37 to R41)`() throws {
    try run(
      Self.world(),
      """
      local id = vault.create{ name = 'kv2', resource_group = 'rg',
        enable_rbac_authorization = true }.id
      local function make_key() return key.create{ vault_name = 'kv2', name = 'k' } end
      local err = refusal(make_key)
      assert(err.inner_code == 'ForbiddenByRbac' and err.rule == 'R38')
      role.assign{ role = 'Key Vault Crypto Officer', assignee = identity.signed_in().id,
        assignee_principal_type = 'User', scope = id }
      local rk = make_key()
      assert(rk.kty == 'RSA' and rk.size == 2048 and key.get(rk.kid) == rk)
      err = refusal(make, 'c1', kms(rk))
      assert(err.azure_code == 'AzureKeyVaultKmsValidateIdentityPermissionCustomerError')
      role.assign{ role = 'Key Vault Crypto User', assignee = i.principal_id,
        assignee_principal_type = 'ServicePrincipal', scope = id }
      assert(make('c1', kms(rk)):health().api_server == 'healthy')
      """
    )
  }

  @Test func `enabling wants its options together (R49, R67)`() throws {
    try run(
      Self.world(),
      """
      local c = make('c1')
      local function told(options, text)
        local err = refusal(c.update, c, options)
        assert(err.message:find(text, 1, true), err.message)
        return err
      end
      local both = 'You must set "--enable-azure-keyvault-kms" and "--azure-keyvault-kms-key-id" at'
      assert(told({ enable_azure_keyvault_kms = true }, both).rule == 'R49')
      assert(told({ azure_keyvault_kms_key_id = k }, both).rule == 'R49')
      local access = '"--azure-keyvault-kms-key-vault-network-access" is required.'
      assert(told({ enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k }, access).rule
        == 'R49')
      local private = { azure_keyvault_kms_key_vault_network_access = 'Private' }
      assert(told(kms(k, private), '"--azure-keyvault-kms-key-vault-resource-id" is required').rule
        == 'R67')
      assert(not c:kms().enabled and #cluster.list() == 1)
      """
    )
  }

  @Test
  func `made with KMS nothing is in clear, given it later all is until a rewrite (R51, R52, R54)`()
    throws
  {
    try run(
      Self.world(),
      """
      local sealed, plain = make('c1', kms(k)), make('c2')
      local function add(c, name)
        return secret.create{ cluster = c, name = name, string_data = { a = 'x' } }
      end
      assert(add(sealed, 's'):stored().provider == 'kms')
      assert(sealed:rewrite_secrets{}.unchanged == 1)
      local early = add(plain, 's')
      plain:update(kms(k))
      assert(early:stored().provider == 'identity' and early.data.a == 'x')
      assert(add(plain, 't'):stored().provider == 'kms')
      local report = plain:rewrite_secrets{}
      assert(report.written == 1 and report.unchanged == 1)
      assert(early:stored().provider == 'kms' and early.data.a == 'x')
      """
    )
  }

  @Test func `a rewrite of one namespace leaves the others as they were (R53)`() throws {
    try run(
      Self.world(),
      """
      local c = make('c1')
      local secrets = {}
      for _, namespace in ipairs{ 'a', 'b' } do
        secrets[namespace] = secret.create{ cluster = c, namespace = namespace, name = 's',
          string_data = { a = 'x' } }
      end
      c:update(kms(k))
      local report = c:rewrite_secrets{ namespace = 'a' }
      assert(report.written == 1 and report.read == 1)
      assert(secrets.a:stored().provider == 'kms' and secrets.b:stored().provider == 'identity')
      assert(c:rewrite_secrets{}.written == 1 and secrets.b:stored().provider == 'kms')
      """
    )
  }

  @Test func `a private vault's keys are made through its private endpoint only (R58 to R60)`()
    throws
  {
    try run(
      Self.world(),
      """
      local p = vault.create{ name = 'kv2', resource_group = 'rg',
        public_network_access = 'Disabled' }
      assert(p.public_network_access == 'Disabled')
      local function make_key() return key.create{ vault_name = p, name = 'k' } end
      local err = refusal(make_key)
      assert(err.inner_code == 'ForbiddenByConnection' and err.rule == 'R60')
      p:private_endpoint_create{ name = 'pe' }
      assert(refusal(make_key).inner_code == 'ForbiddenByConnection')
      local pk = vault.call_from({ private_endpoint = p.private_endpoint_connections[1] }, make_key)
      assert(pk.name == 'k')
      """
    )
  }

  @Test func `a rewrite needs no right in Azure, and what it leaves out stays as it was (R127)`()
    throws
  {
    try run(
      Self.world(),
      """
      local c = make('c1', kms(k))
      for _, namespace in ipairs{ 'one', 'two' } do
        secret.create{ cluster = c, name = 's', namespace = namespace, string_data = { a = 'x' } }
      end
      local second = key.create{ vault_name = v, name = 'k' }
      c:update(kms(second))
      local nobody = identity.create{ name = 'nobody', resource_group = 'rg' }
      identity.run_as(nobody, function()
        assert(refusal(c.update, c, kms(k)).code == 'access.denied')
        assert(refusal(k.encrypt, k, { algorithm = 'RSA-OAEP-256', value = 'x' }))
        assert(c:rewrite_secrets{ namespace = 'one' }.written == 1)
      end)
      for each in c:inventory{}.each do
        assert(each.kid == (each.namespace == 'one' and second or k).kid, each.namespace)
        assert(each.stale == (each.namespace == 'two') and each.readable)
      end
      """
    )
  }
}
