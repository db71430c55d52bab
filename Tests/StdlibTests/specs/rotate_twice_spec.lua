local t = require('harness')
local disable = require('kms.disable')
local rotate_twice = require('kms.rotate_twice')

local OPTIONS = { cluster = 'c1' }

t.it('frees the key in use before, and tells which it was', function()
  local w = t.world(2)
  local oldest = w.c:kms().current.kid
  local report = rotate_twice.run(OPTIONS)
  t.same(report.retired, oldest)
  t.same(w.c:can_delete(oldest).secrets, 0)
  key.get(oldest):update{ enabled = false }
  t.same(w.c:health().api_server, 'healthy')
  t.same(secret.get{ cluster = w.c, name = 's2' }.data.n, '2')
  t.same(#w.k:versions(), 3)
end)

t.it('warns that a version cannot be deleted by itself (R123)', function()
  t.world(0)
  t.same(rotate_twice.plan(OPTIONS).findings[1].rule, 'R123')
end)

t.it('leaves no note on the versions it made', function()
  local w = t.world(1)
  rotate_twice.run(OPTIONS)
  for _, version in ipairs(w.k:versions()) do t.same(next(version.tags), nil) end
end)

t.it('keeps size and tags of what it finds', function()
  local w = t.world(0)
  local k = key.create{ vault_name = w.v, name = 'etcd', size = 3072, tags = { team = 'a' } }
  rotate_twice.run(OPTIONS)
  local versions = w.k:versions()
  t.same(k.tags.team, 'a')
  t.same(versions[3].size, 3072)
  t.same(versions[3].kid, w.c:kms().current.kid)
end)

t.it('goes on after an operation of the service that takes its time', function()
  local w = t.world(1)
  clock.freeze('2026-03-01T00:00:00Z')
  workspace.settings.cluster_operation_duration = 'PT5M'
  local oldest = w.c:kms().current.kid
  local problem = t.fails('cluster.conflict', rotate_twice.run, OPTIONS)
  t.same(problem.azure_code, 'OperationNotAllowed')
  clock.advance('PT6M')
  t.same(rotate_twice.run(OPTIONS).retired, oldest)
  t.same(#w.k:versions(), 3)
  t.same(secret.get{ cluster = w.c, name = 's1' }.data.n, '1')
end)

t.it('a Secret that cannot be rewritten stops it before it is stranded', function()
  local w = t.world(1)
  local store = w.c:etcd()
  t.same(store:get('/registry/secrets/default/s1') ~= nil, true)
  w.c:update{
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = key.create{ vault_name = w.v, name = 'other' },
  }
  w.k:update{ enabled = false }
  t.fails('procedure.not_ready', rotate_twice.run, OPTIONS)
  t.same(w.c:kms().previous.kid, w.k.kid)
end)

t.it('disabling keeps the key and warns of it, and can be repeated', function()
  local w = t.world(1)
  local plan = disable.plan(OPTIONS)
  t.same(plan.findings[1].rule, 'R93')
  local report = disable.run(OPTIONS)
  t.same(report.state.enabled, false)
  t.same(report.state.current.kid, w.k.kid)
  t.same(secret.get{ cluster = w.c, name = 's1' }:stored().provider, 'identity')
  local again = disable.run(OPTIONS)
  t.same(again.steps[2].status, 'skipped')
  t.same(again.steps[3].status, 'skipped')
end)

t.it('disabling warns of a key that will expire (R93)', function()
  local w = t.world(0)
  clock.freeze('2026-03-01T00:00:00Z')
  w.k:update{ expires = '2026-04-01T00:00:00Z' }
  local said = disable.plan(OPTIONS).findings[2].message
  t.same(said:find('2026-04-01T00:00:00Z', 1, true) ~= nil, true)
end)

t.it('disabling what never was enabled changes nothing (R94)', function()
  cluster.create{ name = 'c1', resource_group = 'rg' }
  t.same(disable.run(OPTIONS).state.enabled, false)
end)
