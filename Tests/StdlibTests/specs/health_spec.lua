local t = require('harness')

--- The finding of a cluster's detector with an id, nil when there is none.
local function finding(c, id)
  for _, found in ipairs(c:diagnose('KMS').findings) do
    if found.id == id then return found end
  end
end

t.it('a key that expires is warned of, then found, then cured by its fix', function()
  clock.freeze('2026-01-01T00:00:00Z')
  local w = t.world(2)
  w.k:update{ expires = '2026-01-10T00:00:00Z' }
  t.same(finding(w.c, 'KeyExpiresSoon').rule, 'R05')
  t.same(w.c:health().api_server, 'healthy')
  clock.advance('P9D')
  t.same(w.c:health().api_server, 'unhealthy')
  local expired = finding(w.c, 'KeyExpired')
  t.same(expired.message, 'Operation encrypt is not allowed on an expired key.')
  t.same(expired.rule, 'R107')
  load(expired.fix)()
  t.same(w.c:health().api_server, 'healthy')
  t.same(finding(w.c, 'KeyExpired'), nil)
  t.same(w.c:kms().previous.kid, w.k.kid)
end)

t.it('every fix there is, run until none is left, ends in a clean report', function()
  clock.freeze('2026-01-01T00:00:00Z')
  local w = t.world(1)
  w.k:update{ enabled = false, expires = '2026-01-02T00:00:00Z' }
  w.v:update{ default_action = 'Deny' }
  w.v:delete_policy{ object_id = w.i }
  w.i:delete()
  clock.advance('P2D')
  for _ = 1, 10 do
    local first = w.c:diagnose().findings[1]
    if not first then break end
    load(first.fix)()
  end
  t.same(#w.c:diagnose().findings, 0)
  t.same(w.c:health().api_server, 'healthy')
  t.same(secret.get{ cluster = w.c, name = 's1' }.data.n, '1')
end)

t.it('a rotation without a rewrite is told before it strands anything', function()
  local w = t.world(3)
  w.c:update{
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = key.create{ vault_name = w.v, name = 'etcd' },
  }
  local stale = finding(w.c, 'StaleSecrets')
  t.same(stale.message, '3 Secrets are still under ' .. w.k.kid)
  load(stale.fix)()
  t.same(finding(w.c, 'StaleSecrets'), nil)
end)

t.it('the graph of a thousand Secrets is as small as that of one', function()
  local w = t.world(1)
  local nodes = #w.c:depends_on().nodes
  workspace.transaction(function()
    for n = 2, 1000 do secret.create{ cluster = w.c, name = 's' .. n } end
  end)
  t.same(#w.c:depends_on().nodes, nodes)
end)
