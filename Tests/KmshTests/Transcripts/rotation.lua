-- kmsh transcript 1  seed=7 clock=2025-01-01T00:00:00Z
-- A rotation, and what two of them without a rewrite do.

kms.enable_public{ cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg' }
c = cluster.get('c1')
for n = 1, 3 do secret.create{ cluster = c, name = 's' .. n, string_data = { n = 'x' .. n } } end
first = c:kms().current.kid

-- Planned, then run: the Secrets are rewritten on the way.
for _, step in ipairs(kms.rotate.plan{ cluster = 'c1' }.steps) do print(step.n, step.title) end
--> 1	Rewrite what is still under an older key
--> 2	Make a new version of the key
--> 3	Tell the cluster
--> 4	Rewrite the Secrets
--> 5	Check the key in use
report = kms.rotate{ cluster = 'c1' }
print(#report.steps, report.state.previous.kid == first, c:inventory{}.stale)
--> 5	true	0
print(c:can_delete(first).safe_to_disable, c:can_delete(first).secrets)
--> false	0

-- Twice by hand, without a rewrite in between.
for n = 1, 2 do
  c:update{ enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = key.create{ vault_name = 'kv1', name = 'by-hand' } }
  print(n, c:inventory{}.stale, c:inventory{}.unreadable)
end
--> 1	3	0
--> 2	0	3
print(secret.get{ cluster = c, name = 's1' }.data.n)
--! secret.unreadable
