-- kmsh transcript 1  seed=7 clock=2025-01-01T00:00:00Z
-- The first ten minutes: a vault, a key, a cluster under KMS, a Secret, and what etcd holds.

v = vault.create{ name = 'MyKeyVault', resource_group = 'MyResourceGroup' }
k = key.create{ vault_name = v, name = 'MyKeyName' }
print(k.kty, k.size, #k.key_ops, k.created)
--> RSA	2048	6	2025-01-01T00:00:00Z

-- Mistakes are told with what was meant.
vault.create{ nmae = 'kv1', resource_group = 'rg' }
--! argument.unknown
print(select(2, pcall(vault.create, { nmae = 'kv1', resource_group = 'rg' })).hint)
--> did you mean 'name'?
vault.get('MyKeyVualt')
--! vault.not_found

i = identity.create{ name = 'MyIdentity', resource_group = 'MyResourceGroup' }
c = cluster.create{ name = 'myAKSCluster', resource_group = 'MyResourceGroup', assign_identity = i }
secret.create{ cluster = c, name = 'db', string_data = { password = 'swordfish' } }

-- Without KMS a Secret lies in etcd as it is.
s = secret.get{ cluster = c, name = 'db' }
print(s:stored().provider, c:kms().enabled)
--> identity	false

-- The identity gets a grant, and the cluster its key.
function kms_options(kid)
  return { enable_azure_keyvault_kms = true, azure_keyvault_kms_key_id = kid,
    azure_keyvault_kms_key_vault_network_access = 'Public' }
end
v:set_policy{ object_id = i.principal_id, key_permissions = { 'decrypt', 'encrypt' } }
c:update(kms_options(k))
print(c:health())
--> API server of myAKSCluster: healthy

-- What was there before stays in clear until it is written again.
print(s:stored().provider)
--> identity
print(c:rewrite_secrets{}.written)
--> 1
print(s:stored().provider, s:stored().kms_version, s.data.password)
--> kms	v2	swordfish

-- What would happen if the key were disabled? Nothing does, in a what-if.
r = workspace.what_if(function()
  k:update{ enabled = false }
  clock.advance('PT10M')
end)
print(r.health.before, r.health.after, r.lost_count, k.enabled)
--> healthy	unhealthy	1	true

-- In half a year the key is still there.
clock.advance('P180D')
print(clock.now(), c:health().api_server)
--> 2025-06-30T00:00:00Z	healthy
help 'R05'
--> R05
--> …
