local t = require('harness')
local verify, monitor = require('kms.verify'), require('kms.monitor')

local OPTIONS = { cluster = 'c1' }

local function not_well(change)
  return function()
    local w = t.world(2)
    t.same(verify.run(OPTIONS).ok, true)
    change(w)
    t.same(verify.run(OPTIONS).ok, false)
  end
end

local function use(w, kid)
  w.c:update{
    enable_azure_keyvault_kms = true, azure_keyvault_kms_key_vault_network_access = 'Public',
    azure_keyvault_kms_key_id = kid,
  }
end

t.it('all is well after enabling, and the report tells how', function()
  t.world(2)
  local report = verify.run(OPTIONS)
  t.same(report.ok, true)
  t.same(report.configured.enabled, true)
  t.same(report.stored.values, 2)
  t.same(report.stored.stale, 0)
  t.same(#report.at_risk, 0)
  for _, finding in ipairs(report.detector.findings) do t.same(finding.severity, 'warning') end
end)

--- Lets the API server ask its plugin, as it does every minute.
local function let_poll(c)
  clock.advance('PT2M')
  c:readyz()
end

t.it('a rotation without a rewrite is not well', not_well(function(w)
  use(w, key.create{ vault_name = w.v, name = 'etcd' })
end))

t.it('a Secret in clear is not well', not_well(function(w)
  w.c:update{ disable_azure_keyvault_kms = true }
  secret.create{ cluster = w.c, name = 'plain', string_data = { n = '1' } }
  use(w, w.k)
end))

t.it('a key that is disabled is not well', not_well(function(w)
  w.k:update{ enabled = false }
end))

t.it('KMS switched off is not well', not_well(function(w)
  w.c:update{ disable_azure_keyvault_kms = true }
end))

t.it('a key that will expire is a risk from that day on', function()
  local w = t.world(1)
  clock.freeze('2026-03-01T00:00:00Z')
  w.k:update{ expires = '2026-06-01T00:00:00Z' }
  local report = verify.run(OPTIONS)
  t.same(report.ok, true)
  t.same(report.at_risk[1].from, '2026-06-01T00:00:00Z')
  t.same(report.at_risk[1].rule, 'R107')
  t.same(#verify.run{ cluster = 'c1', horizon = 'P30D' }.at_risk, 0)
  clock.freeze('2026-06-01T00:00:00Z')
  report = verify.run(OPTIONS)
  t.same(report.ok, false)
  t.same(report.detector.findings[1].id, 'KeyExpired')
  t.same(report.at_risk[1].from, '2026-06-01T00:00:00Z')
end)

t.it('a cluster that never used KMS is told as it is', function()
  cluster.create{ name = 'c1', resource_group = 'rg' }
  local report = verify.run(OPTIONS)
  t.same(report.ok, false)
  t.same(report.configured.enabled, false)
end)

t.it('the log of the vault is on afterwards, and read', function()
  local w = t.world(1)
  t.same(monitor.plan(OPTIONS).steps[2].effect, 'the vault logs what it is asked')
  monitor.run(OPTIONS)
  t.same(w.v:diagnostics(), true)
  let_poll(w.c)
  local report = monitor.run(OPTIONS)
  t.same(report.steps[2].status, 'skipped')
  t.same(report.log.encrypt > 0 and report.log.decrypt > 0, true)
  t.same(report.log.refused, 0)
  t.same(report.keys[1].slot, 'current')
end)

t.it('what the vault refused is counted', function()
  local w = t.world(1)
  monitor.run(OPTIONS)
  w.k:update{ expires = '2026-03-01T00:00:00Z' }
  let_poll(w.c)
  t.same(monitor.run(OPTIONS).log.refused > 0, true)
end)

t.it('a notice before the expiry is added to a policy without one', function()
  local w = t.world(0)
  w.k:rotation_policy{
    lifetime_actions = { { action = 'Rotate', time_after_create = 'P60D' } }, expiry_time = 'P1Y',
  }
  monitor.run(OPTIONS)
  local policy = w.k:rotation_policy()
  t.same(#policy.lifetime_actions, 2)
  t.same(policy.attributes.expiry_time, 'P1Y')
  monitor.run(OPTIONS)
  t.same(#w.k:rotation_policy().lifetime_actions, 2)
end)

t.it('a key that expires is told with its day', function()
  local w = t.world(0)
  w.k:update{ expires = '2036-03-01T00:00:00Z' }
  local plan = monitor.plan(OPTIONS)
  t.same(plan.findings[1].message:find('2036-03-01T00:00:00Z', 1, true) ~= nil, true)
  t.same(monitor.run(OPTIONS).keys[1].expires, '2036-03-01T00:00:00Z')
end)
