local t = require('harness')
local rotate = require('kms.rotate')
local rewrite = require('kms.rewrite')

t.it('moves to a new version and rewrites every Secret', function()
  local w = t.world(3)
  local before = w.c:kms().current.kid
  local report = rotate.run{ cluster = w.c }
  t.same(report.state.previous.kid, before)
  t.same(report.state.current.kid ~= before, true)
  for n = 1, 3 do
    local s = secret.get{ cluster = w.c, name = 's' .. n }
    t.same(s.data.n, tostring(n))
    t.same(s:stored().key_id, secret.get{ cluster = w.c, name = 's1' }:stored().key_id)
  end
end)

t.it('twice in a row loses nothing, and the oldest key may go', function()
  local w = t.world(2)
  local oldest = w.c:kms().current.kid
  rotate.run{ cluster = 'c1' }
  rotate.run{ cluster = 'c1' }
  key.get(oldest):update{ enabled = false }
  t.same(w.c:health().api_server, 'healthy')
  t.same(secret.get{ cluster = w.c, name = 's2' }.data.n, '2')
end)

t.it('refuses a cluster without KMS', function()
  cluster.create{ name = 'c1', resource_group = 'rg' }
  t.same(rotate.plan{ cluster = 'c1' }.ready, false)
  t.same(t.fails('procedure.not_ready', rotate.run, { cluster = 'c1' }).rule, 'R71')
end)

t.it('a plan and a runbook change nothing', function()
  local w = t.world(1)
  local before = w.c:kms().current.kid
  t.same(rotate.plan{ cluster = w.c }.ready, true)
  t.same(rotate.runbook({ cluster = w.c }, 'bash'):find('az aks update', 1, true) ~= nil, true)
  t.same(w.c:kms().current.kid, before)
  t.same(#w.k:versions(), 1)
end)

t.it('rewriting alone moves what is still in clear', function()
  local c = cluster.create{ name = 'c1', resource_group = 'rg' }
  local s = secret.create{ cluster = c, name = 's', string_data = { a = 'x' } }
  rewrite.run{ cluster = c }
  t.same(s:stored().provider, 'identity')
  t.same(rewrite.runbook({ cluster = c }, 'markdown'):find('kubectl replace', 1, true) ~= nil, true)
end)

t.it('rewrites first what an update without a rewrite left behind, by command too', function()
  local w = t.world(1)
  w.c:update{
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = key.create{ vault_name = w.v, name = 'etcd' },
  }
  local bash = rotate.runbook({ cluster = w.c }, 'bash')
  t.same(bash:find('kubectl replace', 1, true) < bash:find('az aks update', 1, true), true)
  rotate.run{ cluster = w.c }
  t.same(secret.get{ cluster = w.c, name = 's1' }.data.n, '1')
end)

t.it('takes a newer version that waits, by command too', function()
  local w = t.world(0)
  local waiting = key.create{ vault_name = w.v, name = 'etcd' }
  local bash = rotate.runbook({ cluster = w.c }, 'bash')
  t.same(bash:find('key create', 1, true), nil)
  t.same(bash:find('NEW_KEY_ID=' .. waiting.kid, 1, true) ~= nil, true)
  t.same(rotate.run{ cluster = w.c }.state.current.kid, waiting.kid)
end)

t.it('refuses a key that is none', function()
  local w = t.world(0)
  t.same(rotate.plan{ cluster = w.c, key = 'nosuch' }.ready, false)
  t.fails('argument.type', rotate.run, { cluster = w.c, key = 5 })
  local off = cluster.create{ name = 'c2', resource_group = 'rg' }
  t.fails('procedure.not_ready', rotate.runbook, { cluster = off }, 'bash')
  t.fails('argument.type', rewrite.plan, { cluster = w.c, namespace = 5 })
end)

t.it('a Secret needs a name for each value', function()
  local w = t.world(0)
  t.fails('argument.type', secret.create, { cluster = w.c, name = 's', string_data = { 'x' } })
  t.fails('argument.type', secret.create, { cluster = w.c, name = 's', data = { 'x', a = 'y' } })
  t.same(secret.find{ cluster = w.c, name = 's' }, nil)
end)

t.it('with KMS v1, which names no key, what the older key opens is written again', function()
  local i = identity.create{ name = 'id1', resource_group = 'rg' }
  local c = cluster.create{
    name = 'c1', resource_group = 'rg', kubernetes_version = '1.25', assign_identity = i,
  }
  require('kms.enable_public').run{
    cluster = c, vault = 'kv1', identity = i, resource_group = 'rg',
  }
  for n = 1, 2 do secret.create{ cluster = c, name = 's' .. n, string_data = { n = '' .. n } } end
  t.same(c:kms().version, 'v1')
  c:update{
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = key.create{ vault_name = 'kv1', name = 'etcd' },
  }
  t.same(require('kms.verify').run{ cluster = c }.stored.stale, 2)
  for _ = 1, 2 do rotate.run{ cluster = c } end
  require('kms.rotate_twice').run{ cluster = c }
  for n = 1, 2 do t.same(secret.get{ cluster = c, name = 's' .. n }.data.n, tostring(n)) end
  t.same(c:rewrite_secrets{}.written, 0)
end)
