local t = require('harness')
local recover = require('kms.recover')
local verify = require('kms.verify')

local OPTIONS = { cluster = 'c1' }

local function done(report)
  local titles = {}
  for _, step in ipairs(report.steps) do
    if step.status == 'done' then titles[#titles + 1] = step.rule end
  end
  return table.concat(titles, ' ')
end

local function is_well()
  for _, s in ipairs(secret.list{ cluster = 'c1' }) do t.same(s.data.n, s.name:sub(2)) end
  t.same(cluster.get('c1'):health().api_server, 'healthy')
end

t.it('does nothing to a healthy cluster', function()
  t.world(2)
  local report = recover.run(OPTIONS)
  t.same(report.ok, true)
  t.same(done(report), 'R106')
end)

t.it('brings back what was deleted, disabled, closed and expired all at once', function()
  local w = t.world(2)
  clock.freeze('2026-03-01T00:00:00Z')
  local kid = w.c:kms().current.kid
  w.k:update{ expires = '2026-03-02T00:00:00Z', enabled = false, ops = { 'sign' } }
  w.k:delete{ confirm = true }
  w.v:update{ public_network_access = 'Disabled' }
  w.v:delete_policy{ object_id = w.i }
  w.i:delete()
  clock.freeze('2026-03-03T00:00:00Z')
  local report = recover.run(OPTIONS)
  t.same(report.ok, true)
  t.same(done(report), 'R24 R43 R19 R64 R17 R75 R109 R36 R81 R73 R71 R74 R106')
  is_well()
  t.same(w.c:kms().previous.kid, kid)
  t.same(verify.run(OPTIONS).ok, true)
  t.same(next(key.get(kid).tags), nil)
  t.same(key.get(kid).expires, '2027-03-03T00:00:00Z')
end)

t.it('grants anew what a recovered vault under Azure RBAC has lost (R18)', function()
  require('kms.enable_public').run{
    cluster = 'c1', vault = 'kv1', identity = 'id1', resource_group = 'rg', rbac = true,
  }
  secret.create{ cluster = 'c1', name = 's1', string_data = { n = '1' } }
  vault.get('kv1'):delete{ confirm = true }
  t.same(done(recover.run(OPTIONS)), 'R18 R38 R64 R106')
  is_well()
end)

t.it('looks after the previous key too, and rotates away from it', function()
  local w = t.world(2)
  clock.freeze('2026-03-01T00:00:00Z')
  w.k:update{ expires = '2026-03-05T00:00:00Z' }
  require('kms.rotate').run(OPTIONS)
  clock.freeze('2026-03-06T00:00:00Z')
  t.same(w.c:health().api_server, 'unhealthy')
  t.same(recover.run(OPTIONS).ok, true)
  is_well()
  t.same(#w.k:versions(), 3)
  t.same(w.c:kms().previous.kid ~= w.k.kid, true)
end)

t.it('extends the retained key of a cluster with KMS off, and rotates nothing', function()
  local w = t.world(1)
  clock.freeze('2026-03-01T00:00:00Z')
  require('kms.disable').run(OPTIONS)
  w.k:update{ expires = '2026-03-05T00:00:00Z' }
  clock.freeze('2026-03-06T00:00:00Z')
  t.same(recover.run{ cluster = 'c1', expires = '2028-01-01T00:00:00Z' }.ok, true)
  is_well()
  t.same(w.k.expires, '2028-01-01T00:00:00Z')
  t.same(#w.k:versions(), 1)
end)

t.it('proves what is lost when the key was purged', function()
  local w = t.world(3)
  w.v:set_policy{
    object_id = identity.signed_in(), key_permissions = { 'get', 'list', 'delete', 'purge' },
  }
  w.k:delete{ confirm = true }:purge{ confirm = true }
  local plan = recover.plan(OPTIONS)
  t.same(plan.ready, false)
  t.same(plan.findings[1].rule, 'R20')
  local report = recover.run(OPTIONS)
  t.same(report.ok, false)
  t.same(report.lost.count, 3)
  t.same(table.concat(report.lost.names, ' '), 'default/s1 default/s2 default/s3')
  t.same(report.lost.keys[1], w.c:kms().current.kid)
  t.fails('procedure.not_ready', recover.runbook, OPTIONS, 'bash')
end)

t.it('proves what is lost when the vault was purged, and counts one slot only once', function()
  local w = t.world(1)
  require('kms.rotate').run(OPTIONS)
  w.v:delete{ confirm = true }:purge{ confirm = true }
  local report = recover.run(OPTIONS)
  t.same(report.ok, false)
  t.same(report.lost.count, 1)
  t.same(#report.lost.keys, 2)
end)

t.it('refuses a cluster that never used KMS', function()
  cluster.create{ name = 'c1', resource_group = 'rg' }
  t.fails('procedure.not_ready', recover.run, OPTIONS)
end)

t.it('prints each cure as its command', function()
  local w = t.world(1)
  w.k:update{ expires = '2026-03-02T00:00:00Z' }
  w.v:delete{ confirm = true }
  local function script()
    return recover.runbook({ cluster = 'c1', expires = '2030-01-01T00:00:00Z' }, 'bash')
  end
  local extend = ('az keyvault key set-attributes --id %s --expires 2030-01-01T00:00:00Z'):format(
    w.c:kms().current.kid)
  t.same(script():find('az keyvault recover --name kv1', 1, true) ~= nil, true)
  -- What is wrong with a key that is not there cannot be seen yet.
  t.same(script():find(extend, 1, true), nil)
  vault.recover('kv1')
  t.same(script():find('az keyvault recover', 1, true), nil)
  t.same(script():find(extend, 1, true) ~= nil, true)
end)

local function strand(w)
  for _ = 1, 2 do
    w.c:update{
      enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
      azure_keyvault_kms_key_id = key.create{ vault_name = w.v, name = 'etcd' },
    }
  end
end

t.it('brings Secrets back that two rotations without a rewrite have stranded (R79)', function()
  local w = t.world(2)
  strand(w)
  secret.create{ cluster = w.c, name = 's3', string_data = { n = '3' } }
  local kid = w.c:kms().current.kid
  t.fails('secret.unreadable', secret.list, { cluster = w.c })
  t.same(recover.run(OPTIONS).ok, true)
  is_well()
  t.same(w.c:kms().current.kid, kid)
  t.same(verify.run(OPTIONS).ok, true)
  t.same(next(key.get(w.k.kid).tags), nil)
end)

t.it('proves what is lost when the key of stranded Secrets was purged', function()
  local w = t.world(2)
  for _, name in ipairs{ 'second', 'third' } do
    w.c:update{
      enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
      azure_keyvault_kms_key_id = key.create{ vault_name = w.v, name = name },
    }
  end
  w.v:set_policy{
    object_id = identity.signed_in(),
    key_permissions = { 'get', 'list', 'update', 'recover', 'delete', 'purge' },
  }
  w.k:delete()
  t.same(recover.plan(OPTIONS).ready, true)
  key.purge{ vault_name = w.v, name = 'etcd', confirm = true }
  local report = recover.run(OPTIONS)
  t.same(report.ok, false)
  t.same(report.lost.count, 2)
end)
