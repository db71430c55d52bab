-- The document's public path without Azure RBAC, told step by step: vault, key, identity, grant,
-- cluster with KMS, Secrets, rotation, rewrite, check, and a Secret's stored form taken apart.

local story = require('lib.story')

local GROUP = 'MyResourceGroup'
local PUBLIC = 'azure_keyvault_kms_key_vault_network_access'

local function hex(bytes)
  return (bytes:gsub('.', function(c) return ('%02x'):format(c:byte()) end))
end

story.begin('A public vault with access policies')

story.step('R32', 'a vault with access policies')
local v = vault.create{ name = 'MyKeyVault', resource_group = GROUP }
story.told('%s', v.vault_uri)

story.step('R33', 'a key')
local k = key.create{ vault_name = v, name = 'MyKeyName' }
story.told('RSA %d, enabled %s', k.size, k.enabled)

story.step('R34', 'its versioned id')
story.told('%s', k.kid)

story.step('R43', 'a user-assigned identity')
local i = identity.create{ name = 'MyIdentity', resource_group = GROUP }
story.told('principal id %s', i.principal_id)

story.step('R35', 'encrypt and decrypt, granted to it')
v:set_policy{ object_id = i.principal_id, key_permissions = { 'decrypt', 'encrypt' } }
story.told('%d access policies', #v.access_policies)

story.step('R48', 'a cluster that seals its Secrets with the key')
local c = cluster.create{
  name = 'myAKSCluster', resource_group = GROUP, assign_identity = i.id,
  enable_azure_keyvault_kms = true, [PUBLIC] = 'Public', azure_keyvault_kms_key_id = k.kid,
}
story.told('KMS %s, API server %s', c:kms().version, c:health().api_server)

story.step('R54', 'Secrets, sealed from the start')
for n = 1, 3 do
  secret.create{
    cluster = c, name = 'db-' .. n, string_data = { password = 'swordfish-' .. n },
  }
end
story.told('%d Secrets', #secret.list{ cluster = c })

story.step('R71', 'a new key version, and the cluster told to use it')
local old = c:kms().current.kid
local new = key.create{ vault_name = v, name = 'MyKeyName' }
c:update{
  enable_azure_keyvault_kms = true, [PUBLIC] = 'Public', azure_keyvault_kms_key_id = new,
}
story.told('previous key  %s', old)
story.told('current key   %s', new.kid)

story.step('R52', 'every Secret rewritten')
local report = c:rewrite_secrets{}
story.told('read %d, written %d, failed %d', report.read, report.written, #report.failed)

story.step('R80', 'a look at the resource')
local state = c:kms()
local shown = c:show().securityProfile.azureKeyVaultKms.keyId
story.told('it shows %s', shown)

story.step('R06', 'db-1 as it lies in etcd')
local s = secret.get{ cluster = c, name = 'db-1' }
local stored = s:stored()
story.told('key           %s', stored.etcd_key)
story.told('prefix        %s', stored.prefix)
story.told('key_id        %s', stored.key_id)
story.told('wrapped seed  %d bytes', #stored.encrypted_dek_source)
story.told('info, nonce   %d and %d bytes', #stored.info, #stored.nonce)
story.told('ciphertext    %d bytes and a tag of %d', stored.ciphertext_length, #stored.tag)

story.expect('KMS is on', state.enabled)
story.expect('the new version is in use', state.current.kid == new.kid and shown == new.kid)
story.expect('the old version is in the previous slot', state.previous.kid == old)
story.expect('every Secret was rewritten', #report.failed == 0 and report.written == 3)
story.expect('db-1 is under the new version',
  stored.key_id == hex(crypto.sha256(new.kid)))
story.expect('db-1 holds what it held', s.data.password == 'swordfish-1')
story.expect('the API server is healthy', c:health().api_server == 'healthy')
story.finish()
