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
