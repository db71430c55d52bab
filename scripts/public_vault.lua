-- The document's public path without Azure RBAC, told step by step: vault, key, identity, grant,
-- cluster with KMS, secrets, rotation, rewrite, check. Safe to run again in the same workspace.

local GROUP = 'MyResourceGroup'

local step_number = 0
local function step(rule, title)
  step_number = step_number + 1
  print(('%2d. %-58s %s'):format(step_number, title, rule))
end
local function told(...) print('      ' .. string.format(...)) end
local function hex(bytes, count)
  local shown = bytes:sub(1, count or #bytes)
    :gsub('.', function(c) return ('%02x'):format(c:byte()) end)
  return shown .. (count and #bytes > count and '…' or '')
end

step('R32', 'a vault with access policies')
local v = vault.find('MyKeyVault')
  or vault.create{ name = 'MyKeyVault', resource_group = GROUP }
told('%s', v.vault_uri)

step('R33', 'a key')
local k = key.find{ vault_name = v, name = 'MyKeyName' }
  or key.create{ vault_name = v, name = 'MyKeyName' }
told('RSA %d, enabled %s', k.size, k.enabled)

step('R34', 'its versioned id')
told('%s', k.kid)

step('R43', 'a user-assigned identity')
local i = identity.find('MyIdentity')
  or identity.create{ name = 'MyIdentity', resource_group = GROUP }
told('principal id %s', i.principal_id)

step('R35', 'encrypt and decrypt, granted to it')
v:set_policy{ object_id = i.principal_id, key_permissions = { 'decrypt', 'encrypt' } }
told('%d access policies', #v.access_policies)

step('R48', 'a cluster that seals its Secrets with the key')
local c = cluster.find('myAKSCluster')
if c then
  c:update{
    enable_azure_keyvault_kms = true,
    azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = k.kid,
  }
else
  c = cluster.create{
    name = 'myAKSCluster', resource_group = GROUP, assign_identity = i.id,
    enable_azure_keyvault_kms = true,
    azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = k.kid,
  }
end
told('KMS %s, API server %s', c:kms().version, c:health().api_server)

step('R54', 'secrets, sealed from the start')
for n = 1, 3 do
  local name = 'db-' .. n
  if not secret.find{ cluster = c, name = name } then
    secret.create{ cluster = c, name = name, string_data = { password = 'swordfish-' .. n } }
  end
end
told('%d secrets', #secret.list{ cluster = c })

step('R71', 'a new key version, and the cluster told to use it')
local old = c:kms().current.kid
local new = key.create{ vault_name = v, name = 'MyKeyName' }
c:update{
  enable_azure_keyvault_kms = true,
  azure_keyvault_kms_key_vault_network_access = 'Public',
  azure_keyvault_kms_key_id = new,
}
told('previous key  %s', old)
told('current key   %s', new.kid)

step('R52', 'every secret rewritten')
local report = c:rewrite_secrets{}
told('read %d, written %d, failed %d', report.read, report.written, #report.failed)

step('R80', 'check')
local state = c:kms()
local shown = c:show().securityProfile.azureKeyVaultKms.keyId
told('the resource shows %s', shown)
told('API server %s', c:health().api_server)

local s = secret.get{ cluster = c, name = 'db-1' }
local stored = s:stored()
print()
print(s.name .. ' as it lies in etcd, ' .. #stored.bytes .. ' bytes')
told('key           %s', stored.etcd_key)
told('prefix        %s', stored.prefix)
told('key_id        %s', stored.key_id)
told('wrapped seed  %s (%d bytes)', stored.encrypted_dek_source:sub(1, 24) .. '…',
  #stored.encrypted_dek_source)
told('info          %s', hex(stored.info, 12))
told('nonce         %s', hex(stored.nonce))
told('ciphertext    %d bytes', stored.ciphertext_length)
told('tag           %s', hex(stored.tag))

local ok = state.enabled and state.current.kid == new.kid and state.previous.kid == old
  and shown == new.kid and #report.failed == 0 and report.read == report.written
  and c:health().api_server == 'healthy' and s.data.password == 'swordfish-1'
if not ok then
  io.stderr:write('error: the end state is not the documented one\n')
  os.exit(1)
end
