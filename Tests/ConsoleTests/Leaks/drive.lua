-- Makes every call there is on vaults, keys, principals, roles, clusters and Secrets, with key
-- material whose bytes are known, right and wrong, and shows what comes back in every way there is.
-- Only what a call is there to give back is not shown: a plaintext, a backup, a Secret's data.

local sweep = require('sweep')
local see, see_error, see_object = sweep.value, sweep.error, sweep.object
local material, leaks = material, leaks

local function outcome(name, is_good, ...)
  leaks.called(name)
  if not is_good then
    see_error((...))
    return nil, (...)
  end
  return ...
end

--- Calls a function of a module by its full name; an error is shown and is no end.
local function try(name, ...)
  local module, member = name:match('^(%w+)%.([%w_]+)$')
  return outcome(name, pcall(_G[module][member], ...))
end

--- Calls a method, named by class and method.
local function try_method(name, object, ...)
  local member = name:match(':([%w_]+)$')
  return outcome(name, pcall(object[member], object, ...))
end

--- As try, and the call must succeed.
local function must(name, ...)
  local result, err = try(name, ...)
  assert(err == nil, name .. ': ' .. tostring(err))
  see(result)
  return result
end

local function must_method(name, object, ...)
  local result, err = try_method(name, object, ...)
  assert(err == nil, name .. ': ' .. tostring(err))
  return result
end

--- A call that must be refused.
local function refused(name, ...)
  local result, err = try(name, ...)
  assert(err ~= nil, name .. ' was not refused')
  return result
end

local function refused_method(name, object, ...)
  local _, err = try_method(name, object, ...)
  assert(err ~= nil, name .. ' was not refused')
end

-- Vaults -------------------------------------------------------------------------------------

workspace.settings.policy_all = 'everything'
local v = must('vault.create', { name = 'kv1', resource_group = 'rg' })
must_method('vault:diagnostics', v, true)
must('vault.get', 'kv1')
must('vault.find', 'kv1')
must('vault.list', {})
must('vault.check_name', 'kv2')
must('vault.call_from', { ip_address = '203.0.113.9' }, function() see(v) end)
must_method('vault:update', v, { tags = { a = 'b' } })
must_method('vault:network_rule_add', v, { ip_address = '203.0.113.7' })
must_method('vault:network_rule_remove', v, { ip_address = '203.0.113.7' })
see(must_method('vault:network_path', v))
see(must_method('vault:private_endpoint_create', v, { name = 'pe1' }))
local connection = v.private_endpoint_connections[1].name
must_method('vault:private_endpoint_connection_reject', v, { name = connection })
must_method('vault:private_endpoint_connection_approve', v, { name = connection })
must_method('vault:private_endpoint_delete', v, { name = 'pe1' })
must_method('vault:private_endpoint_connection_delete', v, { name = connection })

-- Principals and roles -----------------------------------------------------------------------

local i = must('identity.create', { name = 'id1', resource_group = 'rg' })
must('identity.get', 'id1')
must('identity.get', { name = 'id1', resource_group = 'rg' })
must('group.create', { name = 'rg2', location = 'westus', tags = { a = 'b' } })
must('group.list')
must('group.find', 'rg2')
local second = must('group.get', 'rg2')
see(must_method('group:show', second))
must_method('group:delete', second)
must('identity.find', 'id1')
must('identity.list', {})
local me = must('identity.signed_in')
see_object('principal', me)
see(try_method('principal:show', me))
must('identity.create_user', { user_principal_name = 'ada@contoso.onmicrosoft.com' })
must('identity.create_service_principal', { display_name = 'app' })
must('identity.principals')
must('identity.run_as', i, function()
  refused('key.list', { vault_name = v })
end)
must_method('vault:set_policy', v, { object_id = i, key_permissions = { 'encrypt', 'decrypt' } })
must('role.assign', { role = 'Key Vault Reader', assignee = i, scope = v })
must('role.list', {})
must('role.definitions', {})
must('role.revoke', { role = 'Key Vault Reader', assignee = i, scope = v })
try('role.elevate_access')

-- Keys ---------------------------------------------------------------------------------------

local rsa = must('key.import', { vault_name = v, name = 'rsa', pem = material.rsa_pem })
must('key.import', { vault_name = v, name = 'rsa-jwk', jwk = material.rsa_jwk })
must('key.import', { vault_name = v, name = 'rsa-table', jwk = json.decode(material.rsa_jwk) })
local ec = must('key.import', { vault_name = v, name = 'ec', pem = material.ec_pem })
must('key.import', { vault_name = v, name = 'ec-jwk', jwk = material.ec_jwk })
must('key.create', { vault_name = v, name = 'made', kty = 'EC' })
see(must_method('vault:create_key', v, { name = 'made', kty = 'EC' }))
for _, k in ipairs(must('key.list', { vault_name = v })) do
  see_object('key', k)
  see(must_method('key:show', k))
end
for k in must('key.each', { vault_name = v }) do see(k) end
must('key.get', rsa.kid)
must('key.find', rsa.kid)
see(must_method('key:show_listed', must('key.at', rsa.kid), { version = true }))
see(must_method('key:versions', ec))
must_method('key:update', rsa, { tags = { a = 'b' } })

local cipher = { algorithm = 'RSA-OAEP-256', value = material.plaintext }
local sealed = must_method('key:encrypt', rsa, cipher)
local wrapped = must_method('key:wrap', rsa, cipher)
see{ sealed, wrapped }
assert(must_method('key:decrypt', rsa, { algorithm = 'RSA-OAEP-256', value = sealed.value }).value
  == material.plaintext)
must_method('key:unwrap', rsa, { algorithm = 'RSA-OAEP-256', value = wrapped.value })
local digest = crypto.sha256(material.plaintext)
for k, algorithm in pairs{ [rsa] = 'PS256', [ec] = 'ES256' } do
  local signed = must_method('key:sign', k, { algorithm = algorithm, value = digest })
  see(signed)
  must_method('key:verify', k,
    { algorithm = algorithm, digest = digest, value = signed.value })
end

-- Each operation with what it does not take.
for _, name in ipairs{ 'encrypt', 'wrap', 'decrypt', 'unwrap' } do
  local method = 'key:' .. name
  refused_method(method, rsa, { algorithm = 'RSA-OAEP-256', value = material.rsa_pem })
  refused_method(method, rsa, { algorithm = 'none', value = material.plaintext })
  refused_method(method, rsa, { algorithm = material.rsa_jwk, value = material.plaintext })
  refused_method(method, ec, { algorithm = 'RSA-OAEP-256', value = material.plaintext })
  refused_method(method, rsa, { algorithm = 'RSA-OAEP-256', value = material })
end
refused_method('key:sign', rsa, { algorithm = 'PS256', value = material.rsa_pem })
refused_method('key:verify', ec,
  { algorithm = 'ES256', digest = material.ec_pem, value = digest })

-- Material that is not what it says, or not in order.
local function without(text, from, to) return text:sub(1, from) .. text:sub(to) end
for _, given in ipairs{
  { pem = material.rsa_jwk }, { jwk = material.rsa_pem }, { pem = material.rsa_pem:sub(1, -90) },
  { pem = without(material.rsa_pem, 700, 720) }, { pem = without(material.ec_pem, 90, 100) },
  { jwk = material.rsa_jwk:sub(1, -20) }, { jwk = without(material.rsa_jwk, 100, 140) },
  { jwk = { kty = 'RSA', d = material.rsa_hex } }, { jwk = { kty = 'oct', k = material.rsa_hex } },
  { jwk = { d = material.plaintext, kty = 'EC', crv = 'P-256', x = 'AA', y = 'AA' } },
  { jwk = { [material.rsa_hex] = 'member' } }, { pem = material.rsa_pem, jwk = material.rsa_jwk },
  { pem = material.rsa_pem, kty = 'EC' }, { pem = material.rsa_pem, kty = material.rsa_hex },
  { pem = string.rep(material.rsa_pem, 50) }, { pem = material.rsa_raw },
  { jwk = material.rsa_raw },
  { pem = material }, { jwk = 7 },
} do
  given.vault_name, given.name = v, 'wrong'
  refused('key.import', given)
end

-- Backups.
local blob = must_method('key:backup', rsa)
leaks.backup(blob)
refused('key.restore', { vault_name = v, blob = blob })
refused('key.restore', { vault_name = v, blob = without(blob, 300, 304) })
refused('key.restore', { vault_name = v, blob = blob:sub(1, 200) })
refused('key.restore', { vault_name = v, blob = material.rsa_pem })
refused('key.restore', { vault_name = v, blob = material.rsa_raw })

-- The rest of a key's life, and its states.
see(must_method('key:rotate', ec))
see(must_method('key:rotation_policy', ec,
  { lifetime_actions = { { action = 'Rotate', time_after_create = 'P30D' } } }))
see(must_method('key:show_rotation_policy', ec))
must_method('key:delete', must('key.get', { vault_name = v, name = 'rsa-jwk' }),
  { confirm = true })
must('key.list_deleted', { vault_name = v })
local gone = must('key.get_deleted', { vault_name = v, name = 'rsa-jwk' })
see_object('deleted key', gone)
see(must_method('deleted key:show', gone))
must_method('deleted key:recover', gone)
for _, name in ipairs{ 'rsa-jwk', 'ec-jwk', 'rsa-table' } do
  must_method('key:delete', must('key.get', { vault_name = v, name = name }), { confirm = true })
end
must('key.recover', { vault_name = v, name = 'ec-jwk' })
must('key.purge', { vault_name = v, name = 'rsa-jwk', confirm = true })
must_method('deleted key:purge', must('key.get_deleted', { vault_name = v, name = 'rsa-table' }),
  { confirm = true })

-- A cluster and its Secrets ------------------------------------------------------------------

local function kms(k)
  return { enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = k,
    azure_keyvault_kms_key_vault_network_access = 'Public' }
end
local options = kms(rsa)
options.name, options.resource_group, options.assign_identity = 'c1', 'rg', i
local c = must('cluster.create', options)
must('cluster.get', 'c1')
must('cluster.find', 'c1')
must('cluster.versions')
must('cluster.list', {})
local data = { cluster = c, name = 's1', string_data = { a = material.plaintext } }
local s = must('secret.create', data)
refused('secret.create', data)
refused('secret.create', { cluster = c, name = 'Wrong', string_data = { a = material.plaintext } })
refused('secret.create', { cluster = c, name = 's2', data = material.plaintext })
refused('secret.create',
  { cluster = c, name = 's2', string_data = { ['a b'] = material.plaintext } })
refused('secret.create',
  { cluster = c, name = 's2', data = { a = string.rep(material.rsa_pem, 900) } })
must('secret.get', { cluster = c, name = 's1' })
see_object('secret', must('secret.create', { cluster = c, name = 'odd', type = material.rsa_pem }))
must('secret.find', { cluster = c, name = 's1' })
must('secret.list', { cluster = c })
for each in must('secret.each', { cluster = c }) do see(each) end
see_object('secret', s)
see(must_method('secret:explain', s))
local stored = must_method('secret:stored', s)
see(stored)
local sealed_seed = crypto.base64_decode(stored.encrypted_dek_source)
leaks.seed(must_method('key:decrypt', rsa,
  { algorithm = 'RSA-OAEP-256', value = sealed_seed }).value)
must_method('secret:update', s, { string_data = { b = material.plaintext } })
refused_method('secret:update', s, { data = { a = material } })
see_object('cluster', c)
for _, name in ipairs{ 'show', 'kms', 'health', 'readyz', 'kms_client' } do
  see(must_method('cluster:' .. name, c))
end
see(must_method('cluster:encryption_configuration', c))
must_method('cluster:update', c, kms(must('key.import',
  { vault_name = v, name = 'rsa', pem = material.rsa_pem })))
see(must_method('cluster:rewrite_secrets', c, {}))
see(must_method('cluster:can_delete', c, rsa))
local inventory = must_method('cluster:inventory', c, {})
see(inventory)
for each in inventory.each do see(each) end
local etcd_of_c = must_method('cluster:etcd', c)
see(etcd_of_c)
for entry in etcd_of_c:each('/registry/') do see(entry) end
must('etcd.audit', { cluster = c, keys = { [rsa.kid] = material.rsa_pem } })
refused('etcd.audit', { cluster = c, keys = { [rsa.kid] = material.rsa_jwk } })

-- A key that goes under its cluster: what the plugin is told, and tells.
local current = must('key.get', { vault_name = v, name = 'rsa' })
current:update{ enabled = false }
see(c:health())
clock.advance('P1D')
see(c:health())
data.name = 's3'
see((try('secret.create', data)))
current:update{ enabled = true }

-- Everything in the wrong place --------------------------------------------------------------

local hostile = {
  material.rsa_pem, material.rsa_jwk, material.rsa_hex, material.rsa_raw, material.rsa_base64,
  material.rsa_base64url, material.ec_pem, material.ec_jwk,
  { material.rsa_pem }, { a = material.rsa_hex }, { [material.rsa_base64url] = 'b' },
}
local benign = {
  vault_name = v, name = 'x', resource_group = 'rg', cluster = c, algorithm = 'RSA-OAEP-256',
  value = 'x', digest = digest, signature = digest, object_id = i, role = 'Key Vault Reader',
  assignee = i, scope = v, blob = 'x', user_principal_name = 'x@contoso.com', display_name = 'x',
  key_permissions = { 'get' },
}
-- What may be anything and is kept as it is.
local content = {
  data = true, string_data = true, value = true, labels = true, tags = true, display_name = true,
  description = true, request_message = true,
}
--- The options of a call in which one is hostile.
local function with(hostile_name, value, description)
  local given = {}
  for _, option in ipairs(description.options) do
    if option.required then given[option.name] = benign[option.name] end
  end
  given[hostile_name] = value
  return given
end
local targets = {
  vault = v, key = rsa, cluster = c, secret = s, identity = i, principal = me,
  ['deleted key'] = gone,
}
-- What gives back what it was asked for, whatever else it is told.
local gives = { ['key:backup'] = true, ['key:decrypt'] = true, ['key:unwrap'] = true }

--- Calls a function or a method, if there is something to call it on, and shows the outcome.
local function call(name, ...)
  local class = name:match('^(.+):')
  local result
  if not class then
    result = try(name, ...)
  elseif targets[class] then
    result = try_method(name, targets[class], ...)
  end
  if not gives[name] then see(result) end
end

for _, description in ipairs(leaks.functions()) do
  for _, value in ipairs(hostile) do
    for _, option in ipairs(description.options) do
      if not content[option.name] then
        call(description.name, with(option.name, value, description))
      end
    end
    call(description.name, value)
    call(description.name, { [tostring(value)] = 'option' })
  end
end

-- The end of things --------------------------------------------------------------------------

see((try_method('secret:delete', s)))
see((try_method('identity:delete', i)))
must_method('vault:delete_policy', v, { object_id = me })
must_method('vault:delete', v, { confirm = true })
must('vault.list_deleted')
local deleted = must('vault.get_deleted', 'kv1')
see_object('deleted vault', deleted)
see(must_method('deleted vault:show', deleted))
must_method('deleted vault:recover', deleted)
must_method('vault:delete', v, { confirm = true })
must('vault.recover', 'kv1')
for row in must('audit.each', {}) do see(row) end
must_method('vault:delete', v, { confirm = true })
must('vault.purge', { name = 'kv1', confirm = true })
must_method('vault:delete', must('vault.create', { name = 'kv2', resource_group = 'rg' }))
must_method('deleted vault:purge', must('vault.get_deleted', 'kv2'), { confirm = true })
