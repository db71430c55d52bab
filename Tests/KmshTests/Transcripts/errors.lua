-- kmsh transcript 1  seed=7 clock=2025-01-01T00:00:00Z
-- Errors carry a code, the service's words, a hint and a rule, the same everywhere.

v = vault.create{ name = 'kv2', resource_group = 'rg', enable_rbac_authorization = true }
key.create{ vault_name = v, name = 'k' }
--! access.denied
ok, err = pcall(key.create, { vault_name = v, name = 'k' })
print(err.code, err.rule, err.status, err.inner_code)
--> access.denied	R38	403	ForbiddenByRbac

-- The hint names the roles that do; one of them is given, and takes effect at once here.
role.assign{ role = 'Key Vault Crypto Officer', assignee = identity.signed_in(), scope = v }
k = key.create{ vault_name = v, name = 'k' }
print(k.name, k.enabled)
--> k	true

-- A call that destroys says what would be lost, and wants a word of consent.
v:delete()
vault.purge('kv2')
--! confirm.required
print(select(2, pcall(vault.purge, 'kv2')).message)
--> purging vault kv2 …
vault.purge('kv2', { confirm = true })
print(#vault.list_deleted())
--> 0

-- An error of one's own looks the same.
error{ code = 'shop.closed', message = 'the shop is closed', hint = 'come back at nine' }
--! shop.closed
